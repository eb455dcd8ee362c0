extension PackageContents {
    /// How the instance runs according to its files. A package without a workload has only parameters.
    mutating func state(of identity: PackageIdentity, entry: FunctionEntry) throws(Unreadable) -> WorkloadState {
        var state = WorkloadState(entry)
        if let parameters = try self.nephioParameters(of: identity) {
            state.parameters = parameters
            state.take(parameters)
            return state
        }
        state.parameters = try self.parameters(of: identity)
        state.members = try self.configMap(of: identity).flatMap { self[$0][["data", PackageObjects.membersFile]]?.string.flatMap { Int($0) } }
        guard let location = try self.workload(of: identity) else { return state }
        let workload = self[location]
        let pod = workload[["spec", "template"]]
        let index = Self.container(in: pod, entry: entry)
        let container = index.flatMap { pod?[["spec", "containers"]]?.items?[$0] }

        let sized = workload[["metadata", "annotations", PackageObjects.loadAnnotation]]?.string?.split(separator: ",").map(String.init) ?? []
        state.sizedByLoad = Set(sized)
        state.replicas = workload[["spec", "replicas"]]?.integer ?? 1
        if let location = try self.autoscaler(of: identity) {
            let spec = self[location]["spec"]
            let minimum = spec?["minReplicas"]?.integer ?? 1
            let metrics = spec?["metrics"]?.items ?? []
            func utilization(_ name: String) -> Int? {
                metrics.first { $0[["resource", "name"]]?.string == name }?[["resource", "target", "averageUtilization"]]?.integer
            }
            state.autoscaling = .init(
                minimum: minimum, maximum: spec?["maxReplicas"]?.integer ?? minimum, cpu: utilization("cpu"), memory: utilization("memory"))
            if workload[["spec", "replicas"]]?.integer != 0 { state.replicas = minimum }
        } else {
            state.autoscaling = nil
        }
        state.highAvailability = pod?[["spec", "topologySpreadConstraints"]]?.items?.isEmpty == false
        func resource(_ part: String, _ name: String) -> String? { container?[["resources", part, name]]?.string }
        state.cpuRequest = resource("requests", "cpu").flatMap(Quantity.millicores)
        state.cpuLimit = resource("limits", "cpu").flatMap(Quantity.millicores)
        state.memoryRequest = resource("requests", "memory").flatMap(Quantity.mebibytes)
        state.memoryLimit = resource("limits", "memory").flatMap(Quantity.mebibytes)
        let others = (pod?[["spec", "containers"]]?.items ?? []).enumerated().filter { $0.offset != index }.map(\.element)
        func together(_ name: String, _ read: (String) -> Int?) -> Int {
            others.reduce(0) { $0 + ($1[["resources", "requests", name]]?.string.flatMap(read) ?? 0) }
        }
        state.besideCPU = together("cpu", Quantity.millicores)
        state.besideMemory = together("memory", Quantity.mebibytes)
        state.image = container?["image"]?.string
        if workload["kind"]?.string == FunctionEntry.Workload.statefulSet.rawValue {
            let claims = workload[["spec", "volumeClaimTemplates"]]?.items
            let size = claims?.first?[["spec", "resources", "requests", "storage"]]?.string.flatMap(Quantity.mebibytes)
            state.storage = size.map { $0 / 1024 }
        } else {
            state.storage = resource("requests", "ephemeral-storage").flatMap(Quantity.mebibytes).map { $0 / 1024 }
        }
        state.hugepages = resource("limits", PackageObjects.hugepagesResource).flatMap(Quantity.mebibytes).map { $0 / 1024 }
        state.device = container?[["resources", "limits"]]?.entries?.first { $0.key.contains("/") }?.key
        let annotations = pod?[["metadata", "annotations"]]
        state.networks =
            annotations?[PackageObjects.networksAnnotation]?.string?.split(separator: ",").map { $0.filter { $0 != " " } } ?? []
        state.restartedAt = annotations?[PackageObjects.restartAnnotation]?.string
        state.isMonitored = annotations?["prometheus.io/scrape"]?.string == "true"
        let terms = pod?[["spec", "affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution", "nodeSelectorTerms"]]?.items
        let expressions = terms?.first?["matchExpressions"]?.items ?? []
        func place(_ key: String) -> String? { expressions.first { $0["key"]?.string == key }?["values"]?.items?.first?.string }
        state.region = place("topology.kubernetes.io/region")
        state.zone = place("topology.kubernetes.io/zone")
        return state
    }

    /// Writes what differs between two states, and nothing else.
    mutating func apply(_ wanted: WorkloadState, over current: WorkloadState, identity: PackageIdentity, entry: FunctionEntry) throws(Unreadable) {
        let objects = PackageObjects(identity: identity, entry: entry)
        if try self.applyToNephio(wanted, over: current, objects: objects) { return }
        if wanted.parameters != current.parameters { try self.write(wanted.parameters, objects: objects) }
        if wanted.members != current.members, let members = wanted.members { try self.write(members: members, of: identity) }
        guard let location = try self.workload(of: identity) else { return }
        var workload = self[location]
        var objectsOfKind = objects
        // A person may have turned the Deployment into a StatefulSet or back; the objects beside it follow the file.
        if let kind = workload["kind"]?.string.flatMap(FunctionEntry.Workload.init(rawValue:)), kind != entry.workload {
            var entry = entry
            entry.workload = kind
            objectsOfKind = PackageObjects(identity: identity, entry: entry)
        }

        if wanted.replicas != current.replicas || (wanted.autoscaling == nil) != (current.autoscaling == nil) {
            workload[["spec", "replicas"]] = wanted.autoscaling == nil || wanted.replicas == 0 ? .integer(wanted.replicas) : nil
        }
        if wanted.sizedByLoad != current.sizedByLoad {
            workload[["metadata", "annotations", PackageObjects.loadAnnotation]] = PackageObjects.sizedByLoad(wanted).map { .text($0) }
            if workload[["metadata", "annotations"]]?.entries?.isEmpty == true { workload[["metadata", "annotations"]] = nil }
        }
        if wanted.autoscaling != current.autoscaling { try self.write(wanted.autoscaling, objects: objectsOfKind) }
        if wanted.highAvailability != current.highAvailability {
            workload[["spec", "template", "spec", "topologySpreadConstraints"]] = wanted.highAvailability ? objects.spread : nil
            workload[["spec", "template", "spec", "affinity", "podAntiAffinity"]] = wanted.highAvailability ? objects.antiAffinity : nil
            if workload[["spec", "template", "spec", "affinity"]]?.entries?.isEmpty == true { workload[["spec", "template", "spec", "affinity"]] = nil }
            if wanted.highAvailability, try self.locate(kinds: ["PodDisruptionBudget"]) == nil { try self.add("pdb.yaml", objects.disruptionBudget()) }
        }
        let isOne = { (state: WorkloadState) in state.replicas <= 1 && state.autoscaling == nil }
        if !isOne(wanted), isOne(current), try self.locate(kinds: ["PodDisruptionBudget"]) == nil { try self.add("pdb.yaml", objects.disruptionBudget()) }
        if wanted.region != current.region || wanted.zone != current.zone {
            workload[["spec", "template", "spec", "affinity", "nodeAffinity"]] = PackageObjects.nodeAffinity(region: wanted.region, zone: wanted.zone)
        }
        if wanted.restartedAt != current.restartedAt {
            workload[["spec", "template", "metadata", "annotations", PackageObjects.restartAnnotation]] = wanted.restartedAt.map { .text($0) }
        }
        if wanted.isMonitored != current.isMonitored {
            try self.write(monitor: wanted.isMonitored, objects: objects)
            for entry in objects.scrapeAnnotations {
                workload[["spec", "template", "metadata", "annotations", entry.key]] = wanted.isMonitored ? entry.value : nil
            }
        }
        if wanted.parameters != current.parameters { try self.follow(configurationOf: objects, in: &workload) }
        let isStateful = workload["kind"]?.string == FunctionEntry.Workload.statefulSet.rawValue
        if wanted.hugepages != nil, current.hugepages == nil {
            let path = ["spec", "template", "spec", "volumes"]
            workload[path] = .sequence((workload[path]?.items ?? []) + [objects.hugepagesVolume])
        }
        self.editContainer(of: &workload, entry: entry) { container in
            if wanted.hugepages != nil, current.hugepages == nil {
                container["volumeMounts"] = .sequence((container["volumeMounts"]?.items ?? []) + [objects.hugepagesMount])
            }
            func set(_ path: [String], _ wanted: String?, _ current: String?) {
                if wanted != current { container[path] = wanted.map { .text($0) } }
            }
            set(["image"], wanted.image, current.image)
            set(["resources", "requests", "cpu"], wanted.cpuRequest.map(Quantity.cores), current.cpuRequest.map(Quantity.cores))
            set(["resources", "limits", "cpu"], wanted.cpuLimit.map(Quantity.cores), current.cpuLimit.map(Quantity.cores))
            set(["resources", "requests", "memory"], wanted.memoryRequest.map(Quantity.memory), current.memoryRequest.map(Quantity.memory))
            set(["resources", "limits", "memory"], wanted.memoryLimit.map(Quantity.memory), current.memoryLimit.map(Quantity.memory))
            for part in ["requests", "limits"] {
                set(["resources", part, PackageObjects.hugepagesResource], wanted.hugepages.map { "\($0)Gi" }, current.hugepages.map { "\($0)Gi" })
                if wanted.device != current.device {
                    if let device = current.device { container[["resources", part, device]] = nil }
                    if let device = wanted.device { container[["resources", part, device]] = "1" }
                }
            }
            if !isStateful {
                set(["resources", "requests", "ephemeral-storage"], wanted.storage.map { "\($0)Gi" }, current.storage.map { "\($0)Gi" })
                set(["resources", "limits", "ephemeral-storage"], wanted.storage.map { "\($0)Gi" }, current.storage.map { "\($0)Gi" })
            }
        }
        // What runs beside it of the same image changes with it.
        if wanted.image != current.image, let image = wanted.image {
            for companion in entry.companions {
                self.editContainer(of: &workload, named: companion.name) { container in
                    if container["image"]?.string == current.image { container["image"] = .text(image) }
                }
            }
        }
        self.replace(location, with: workload)
    }

    /// The same package at another place: namespaces, and the context that kpt keeps of the package.
    mutating func move(from identity: PackageIdentity, to destination: PackageIdentity, entry: FunctionEntry) throws(Unreadable) {
        for location in try self.locations() {
            var object = self[location]
            if object[["metadata", "namespace"]]?.string == identity.namespace { object[["metadata", "namespace"]] = .text(destination.namespace) }
            switch object["kind"]?.string {
            case "Namespace" where object[["metadata", "name"]]?.string == identity.namespace: object[["metadata", "name"]] = .text(destination.namespace)
            case "Kptfile":
                if let mutators = object[["pipeline", "mutators"]]?.items {
                    object[["pipeline", "mutators"]] = .sequence(
                        mutators.map { mutator in
                            var mutator = mutator
                            if mutator[["configMap", "namespace"]] != nil { mutator[["configMap", "namespace"]] = .text(destination.namespace) }
                            return mutator
                        })
                }
            case "ConfigMap" where object[["metadata", "name"]]?.string == "kptfile.kpt.dev":
                if object[["data", "namespace"]] != nil { object[["data", "namespace"]] = .text(destination.namespace) }
                if object[["data", "cluster"]] != nil { object[["data", "cluster"]] = .text(destination.cluster) }
            case "WorkloadCluster": object[["spec", "clusterName"]] = .text(destination.cluster)
            case "PackageVariant":
                let there = PackageObjects(identity: destination, entry: entry).packageVariant()
                object[["metadata", "name"]] = there[["metadata", "name"]]
                for part in ["upstream", "downstream", "packageContext"] { object[["spec", part]] = there[["spec", part]] }
            default: break
            }
            let owner = ["metadata", "annotations", "specializer.nephio.org/namespace"]
            if object[owner] != nil { object[owner] = .text(destination.namespace) }
            if let references = object[["spec", "configRefs"]]?.items {
                object[["spec", "configRefs"]] = .sequence(
                    references.map { reference in
                        var reference = reference
                        if reference[["metadata", "namespace"]] != nil { reference[["metadata", "namespace"]] = .text(destination.namespace) }
                        return reference
                    })
            }
            self.replace(location, with: object)
        }
        if identity.namespace == "default", destination.namespace != "default", try self.locate(kinds: ["Namespace"]) == nil {
            try self.add("namespace.yaml", PackageObjects(identity: destination, entry: entry).namespace())
        }
    }

    // MARK: Parts

    mutating func workload(of identity: PackageIdentity) throws(Unreadable) -> Location? {
        try self.locate(kinds: ["Deployment", "StatefulSet"], name: identity.instance)
    }

    private mutating func autoscaler(of identity: PackageIdentity) throws(Unreadable) -> Location? {
        try self.locate(kinds: ["HorizontalPodAutoscaler"], name: identity.instance)
    }

    mutating func configMap(of identity: PackageIdentity) throws(Unreadable) -> Location? {
        let name = "\(identity.instance)-config"
        guard let location = try self.locate(kinds: ["ConfigMap"], name: name), self[location][["metadata", "name"]]?.string == name else { return nil }
        return location
    }

    private mutating func parameters(of identity: PackageIdentity) throws(Unreadable) -> Parameters {
        guard let location = try self.configMap(of: identity), let text = self[location][["data", Parameters.file]]?.string else { return Parameters() }
        let place = "\(location.path): \(Parameters.file)"
        do {
            let node = try YAMLNode.document(in: text)
            if node.entries != nil { return Parameters(node) }
        } catch {
            throw Unreadable(path: place, reason: error.description)
        }
        throw Unreadable(path: place, reason: "a mapping is expected")
    }

    private mutating func write(_ parameters: Parameters, objects: PackageObjects) throws(Unreadable) {
        if let location = try self.configMap(of: objects.identity) {
            var object = self[location]
            object[["data", Parameters.file]] = .text(parameters.text)
            self.replace(location, with: object)
        } else {
            try self.add("configmap.yaml", objects.configMap(data: .mapping([YAMLEntry(Parameters.file, .text(parameters.text))])))
        }
    }

    private mutating func write(members: Int, of identity: PackageIdentity) throws(Unreadable) {
        guard let location = try self.configMap(of: identity) else { return }
        var object = self[location]
        object[["data", PackageObjects.membersFile]] = .text(String(members))
        self.replace(location, with: object)
    }

    private mutating func write(_ autoscaling: WorkloadState.Autoscaling?, objects: PackageObjects) throws(Unreadable) {
        switch (try self.autoscaler(of: objects.identity), autoscaling) {
        case (nil, nil): return
        case (let location?, nil): self.remove(location)
        case (nil, let autoscaling?): try self.add("hpa.yaml", objects.autoscaler(autoscaling))
        case (let location?, let autoscaling?):
            var object = self[location]
            object[["spec", "minReplicas"]] = .integer(autoscaling.minimum)
            object[["spec", "maxReplicas"]] = .integer(autoscaling.maximum)
            var metrics = object[["spec", "metrics"]]?.items ?? []
            for metric in PackageObjects.metrics(autoscaling).items ?? [] {
                let path = ["resource", "target", "averageUtilization"]
                if let index = metrics.firstIndex(where: {
                    $0[["resource", "name"]] == metric[["resource", "name"]] || $0[["resource", "name"]]?.string == metric[["resource", "name"]]?.string
                }) {
                    metrics[index][path] = metric[path]
                } else {
                    metrics.append(metric)
                }
            }
            object[["spec", "metrics"]] = .sequence(metrics)
            self.replace(location, with: object)
        }
    }

    private mutating func write(monitor isWanted: Bool, objects: PackageObjects) throws(Unreadable) {
        let location = try self.locate(kinds: ["ServiceMonitor"], name: objects.name)
        if isWanted, location == nil, let monitor = objects.serviceMonitor() { try self.add("servicemonitor.yaml", monitor) }
        if !isWanted, let location { self.remove(location) }
    }

    /// Mounts the ConfigMap where it is not, and names its content on the pods so that they roll.
    mutating func follow(configurationOf objects: PackageObjects, in workload: inout YAMLNode) throws(Unreadable) {
        guard let location = try self.configMap(of: objects.identity) else { return }
        let hash = PackageObjects.configurationHash(self[location])
        workload[["spec", "template", "metadata", "annotations", PackageObjects.hashAnnotation]] = .text(hash)
        let path = ["spec", "template", "spec", "volumes"]
        var volumes = workload[path]?.items ?? []
        guard !volumes.contains(where: { $0[["configMap", "name"]]?.string == objects.configMapName }) else { return }
        volumes.append(objects.configurationVolume)
        workload[path] = .sequence(volumes)
        self.editContainer(of: &workload, entry: objects.entry) { container in
            container["volumeMounts"] = .sequence((container["volumeMounts"]?.items ?? []) + [objects.configurationMount])
        }
    }

    /// The function's own container among those of the pod.
    private static func container(in pod: YAMLNode?, entry: FunctionEntry) -> Int? {
        guard let containers = pod?[["spec", "containers"]]?.items, !containers.isEmpty else { return nil }
        return containers.firstIndex { $0["name"]?.string == entry.name } ?? 0
    }

    private func editContainer(of workload: inout YAMLNode, named name: String, _ edit: (inout YAMLNode) -> Void) {
        let path = ["spec", "template", "spec", "containers"]
        guard var containers = workload[path]?.items, let index = containers.firstIndex(where: { $0["name"]?.string == name }) else { return }
        edit(&containers[index])
        workload[path] = .sequence(containers)
    }

    private func editContainer(of workload: inout YAMLNode, entry: FunctionEntry, _ edit: (inout YAMLNode) -> Void) {
        let path = ["spec", "template", "spec", "containers"]
        guard var containers = workload[path]?.items, let index = Self.container(in: workload[["spec", "template"]], entry: entry) else { return }
        let before = containers[index]
        edit(&containers[index])
        if containers[index] != before { workload[path] = .sequence(containers) }
    }
}
