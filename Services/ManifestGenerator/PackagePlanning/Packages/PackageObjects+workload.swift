extension PackageObjects {
    func workload(_ state: WorkloadState, configurationHash: String?) -> YAMLNode {
        let isStateful = self.entry.workload == .statefulSet
        var spec: [YAMLEntry] = []
        // An autoscaler owns the number: stated here as well, every sync would reset it.
        if state.autoscaling == nil || state.replicas == 0 { spec.append(YAMLEntry("replicas", .integer(state.replicas))) }
        spec.append(YAMLEntry("selector", ["matchLabels": self.selector]))
        if isStateful {
            spec.append(YAMLEntry("serviceName", .text(self.name)))
            spec.append(YAMLEntry("podManagementPolicy", "Parallel"))
        } else {
            spec.append(YAMLEntry("strategy", ["type": "RollingUpdate", "rollingUpdate": ["maxSurge": 1, "maxUnavailable": 0]]))
        }
        spec.append(YAMLEntry("template", self.podTemplate(state, configurationHash: configurationHash)))
        if isStateful, let storage = state.storage {
            spec.append(
                YAMLEntry(
                    "volumeClaimTemplates",
                    [
                        [
                            "metadata": ["name": "data"],
                            "spec": ["accessModes": ["ReadWriteOnce"], "resources": ["requests": ["storage": .text("\(storage)Gi")]]],
                        ]
                    ]))
        }
        return [
            "apiVersion": "apps/v1",
            "kind": .text(self.entry.workload.rawValue),
            "metadata": .compact([
                "name": .text(self.name), "namespace": .text(self.identity.namespace), "labels": self.labels,
                "annotations": Self.sizedByLoad(state).map { [Self.loadAnnotation: .text($0)] },
            ]),
            "spec": .mapping(spec),
        ]
    }

    /// Names what a later load may make smaller again.
    static func sizedByLoad(_ state: WorkloadState) -> String? {
        state.sizedByLoad.isEmpty ? nil : state.sizedByLoad.sorted().joined(separator: ",")
    }

    private func podTemplate(_ state: WorkloadState, configurationHash: String?) -> YAMLNode {
        var annotations: [YAMLEntry] = []
        if let restartedAt = state.restartedAt { annotations.append(YAMLEntry(Self.restartAnnotation, .text(restartedAt))) }
        if let configurationHash { annotations.append(YAMLEntry(Self.hashAnnotation, .text(configurationHash))) }
        if let exception = self.entry.security.exception { annotations.append(YAMLEntry("nephoran.com/security-exception", .text(exception))) }
        if !state.networks.isEmpty { annotations.append(YAMLEntry(Self.networksAnnotation, .text(state.networks.joined(separator: ", ")))) }
        if state.isMonitored { annotations.append(contentsOf: self.scrapeAnnotations) }

        let security = self.entry.security
        var podSecurity: YAMLNode = ["runAsNonRoot": .boolean(security.user != 0), "runAsUser": .integer(security.user), "runAsGroup": .integer(security.user)]
        if security.user != 0 { podSecurity["fsGroup"] = .integer(security.user) }
        podSecurity["seccompProfile"] = ["type": "RuntimeDefault"]

        var spec: [YAMLEntry] = [
            YAMLEntry("serviceAccountName", .text(self.name)),
            YAMLEntry("automountServiceAccountToken", false),
            YAMLEntry("terminationGracePeriodSeconds", 30),
            YAMLEntry("securityContext", podSecurity),
        ]
        if state.highAvailability { spec.append(YAMLEntry("topologySpreadConstraints", self.spread)) }
        if let affinity = self.affinity(state) { spec.append(YAMLEntry("affinity", affinity)) }
        spec.append(YAMLEntry("containers", .sequence([self.container(state)] + self.entry.companions.map { self.companion($0, state) })))
        spec.append(YAMLEntry("volumes", self.volumes(state)))
        return [
            "metadata": .compact(["labels": self.labels, "annotations": annotations.isEmpty ? nil : .mapping(annotations)]),
            "spec": .mapping(spec),
        ]
    }

    var scrapeAnnotations: [YAMLEntry] {
        var entries = [YAMLEntry("prometheus.io/scrape", "true")]
        if let port = self.metricsPort ?? self.entry.ports.first(where: { $0.transport == .tcp }) {
            entries.append(YAMLEntry("prometheus.io/port", .text(String(port.number))))
        }
        return entries
    }

    /// Evenly over zones; a cluster of one zone still runs it.
    var spread: YAMLNode {
        [
            [
                "maxSkew": 1,
                "topologyKey": "topology.kubernetes.io/zone",
                "whenUnsatisfiable": "ScheduleAnyway",
                "labelSelector": ["matchLabels": self.selector],
            ]
        ]
    }

    var antiAffinity: YAMLNode {
        [
            "preferredDuringSchedulingIgnoredDuringExecution": [
                ["weight": 100, "podAffinityTerm": ["topologyKey": "kubernetes.io/hostname", "labelSelector": ["matchLabels": self.selector]]]
            ]
        ]
    }

    /// A place that was said is where it runs, or it does not run.
    private func affinity(_ state: WorkloadState) -> YAMLNode? {
        var affinity: [YAMLEntry] = []
        if let node = Self.nodeAffinity(region: state.region, zone: state.zone) { affinity.append(YAMLEntry("nodeAffinity", node)) }
        if state.highAvailability { affinity.append(YAMLEntry("podAntiAffinity", self.antiAffinity)) }
        return affinity.isEmpty ? nil : .mapping(affinity)
    }

    static func nodeAffinity(region: String?, zone: String?) -> YAMLNode? {
        let expressions = [("topology.kubernetes.io/region", region), ("topology.kubernetes.io/zone", zone)].compactMap { key, value -> YAMLNode? in
            value.map { ["key": .text(key), "operator": "In", "values": [.text($0)]] }
        }
        if expressions.isEmpty { return nil }
        return ["requiredDuringSchedulingIgnoredDuringExecution": ["nodeSelectorTerms": [["matchExpressions": .sequence(expressions)]]]]
    }

    private func container(_ state: WorkloadState) -> YAMLNode {
        let values = self.values
        let environment = self.entry.environment.map { variable -> YAMLNode in
            ["name": .text(variable.name), "value": .text(variable.value.filled(values.callAsFunction))]
        }
        let arguments = self.entry.arguments.map { YAMLNode.text($0.filled(values.callAsFunction)) }
        let ports = self.entry.ports.map { port -> YAMLNode in
            ["name": .text(port.name), "containerPort": .integer(port.number), "protocol": .text(port.transport.rawValue)]
        }
        return .compact([
            "name": .text(self.entry.name),
            "image": state.image.map { .text($0) },
            "imagePullPolicy": "IfNotPresent",
            "command": self.entry.command.isEmpty ? nil : .sequence(self.entry.command.map { .text($0) }),
            "args": arguments.isEmpty ? nil : .sequence(arguments),
            "env": environment.isEmpty ? nil : .sequence(environment),
            "ports": ports.isEmpty ? nil : .sequence(ports),
            "resources": self.resources(state),
            "readinessProbe": self.entry.readiness.map(self.probe),
            "livenessProbe": self.entry.liveness.map(self.probe),
            "securityContext": self.containerSecurity(self.entry.security.capabilities),
            "volumeMounts": self.mounts(state),
        ])
    }

    /// Beside the function's own: of its image, with its configuration and scratch, knowing which pod it is in.
    private func companion(_ companion: FunctionEntry.Companion, _ state: WorkloadState) -> YAMLNode {
        let values = self.values
        func field(_ name: String, _ path: String) -> YAMLNode {
            ["name": .text(name), "valueFrom": ["fieldRef": ["apiVersion": "v1", "fieldPath": .text(path)]]]
        }
        let environment = companion.environment.map { variable -> YAMLNode in
            ["name": .text(variable.name), "value": .text(variable.value.filled(values.callAsFunction))]
        }
        func amounts(_ cpu: Int, _ memory: Int) -> YAMLNode { ["cpu": .text(Quantity.cores(cpu)), "memory": .text(Quantity.memory(memory))] }
        let resources = companion.resources
        var mounts: [YAMLNode] = [["name": "tmp", "mountPath": "/tmp"]]
        if self.hasConfiguration(state) { mounts.append(self.configurationMount) }
        return .compact([
            "name": .text(companion.name),
            "image": state.image.map { .text($0) },
            "imagePullPolicy": "IfNotPresent",
            "command": .sequence(companion.command.map { .text($0) }),
            "env": .sequence([field("POD_NAME", "metadata.name"), field("POD_NAMESPACE", "metadata.namespace")] + environment),
            "resources": [
                "requests": amounts(resources.cpuRequest, resources.memoryRequest), "limits": amounts(resources.cpuLimit, resources.memoryLimit),
            ],
            "readinessProbe": self.probe(companion.readiness),
            "livenessProbe": self.probe(companion.liveness),
            "securityContext": self.containerSecurity([]),
            "volumeMounts": .sequence(mounts),
        ])
    }

    private func containerSecurity(_ capabilities: [String]) -> YAMLNode {
        [
            "allowPrivilegeEscalation": false,
            "readOnlyRootFilesystem": .boolean(self.entry.security.readOnlyRoot),
            "capabilities": .compact([
                "drop": ["ALL"],
                "add": capabilities.isEmpty ? nil : .sequence(capabilities.map { .text($0) }),
            ]),
        ]
    }

    static let hugepagesResource = "hugepages-1Gi"

    private func resources(_ state: WorkloadState) -> YAMLNode {
        // Requested and at most alike.
        var both: [YAMLEntry] = []
        if self.entry.workload == .deployment, let storage = state.storage { both.append(YAMLEntry("ephemeral-storage", .text("\(storage)Gi"))) }
        if let hugepages = state.hugepages { both.append(YAMLEntry(Self.hugepagesResource, .text("\(hugepages)Gi"))) }
        if let device = state.device { both.append(YAMLEntry(device, "1")) }
        func amounts(_ cpu: Int?, _ memory: Int?) -> YAMLNode {
            var entries: [YAMLEntry] = []
            if let cpu { entries.append(YAMLEntry("cpu", .text(Quantity.cores(cpu)))) }
            if let memory { entries.append(YAMLEntry("memory", .text(Quantity.memory(memory)))) }
            return .mapping(entries + both)
        }
        return ["requests": amounts(state.cpuRequest, state.memoryRequest), "limits": amounts(state.cpuLimit, state.memoryLimit)]
    }

    private func probe(_ probe: FunctionEntry.Probe) -> YAMLNode {
        let check: (String, YAMLNode) =
            switch probe.check {
            case .tcp(let port): ("tcpSocket", ["port": .text(port)])
            case .http(let port, let path): ("httpGet", ["path": .text(path), "port": .text(port)])
            case .exec(let command): ("exec", ["command": .sequence(command.map { .text($0) })])
            }
        return .mapping([
            YAMLEntry(check.0, check.1),
            YAMLEntry("initialDelaySeconds", .integer(probe.initialDelaySeconds)),
            YAMLEntry("periodSeconds", .integer(probe.periodSeconds)),
            YAMLEntry("failureThreshold", .integer(probe.failureThreshold)),
        ])
    }

    /// Where parameters go when the catalogue gives the function no configuration directory of its own.
    private static let parametersPath = "/etc/nephoran"

    private func hasConfiguration(_ state: WorkloadState) -> Bool {
        self.entry.configuration != nil || state.members != nil || !state.parameters.isEmpty
    }

    private func mounts(_ state: WorkloadState) -> YAMLNode {
        var mounts: [YAMLNode] = [["name": "tmp", "mountPath": "/tmp"]]
        if self.hasConfiguration(state) {
            mounts.append(["name": "config", "mountPath": .text(self.entry.configuration?.mountPath ?? Self.parametersPath), "readOnly": true])
        }
        if self.entry.workload == .statefulSet, state.storage != nil { mounts.append(["name": "data", "mountPath": .text(self.entry.dataPath)]) }
        if state.hugepages != nil { mounts.append(self.hugepagesMount) }
        for (index, path) in self.entry.writablePaths.enumerated() { mounts.append(["name": .text("writable-\(index)"), "mountPath": .text(path)]) }
        return .sequence(mounts)
    }

    private func volumes(_ state: WorkloadState) -> YAMLNode {
        let scratch: YAMLNode = ["sizeLimit": "256Mi"]
        var volumes: [YAMLNode] = [["name": "tmp", "emptyDir": scratch]]
        if self.hasConfiguration(state) { volumes.append(self.configurationVolume) }
        if state.hugepages != nil { volumes.append(self.hugepagesVolume) }
        for index in self.entry.writablePaths.indices { volumes.append(["name": .text("writable-\(index)"), "emptyDir": scratch]) }
        return .sequence(volumes)
    }

    var hugepagesVolume: YAMLNode { ["name": "hugepages", "emptyDir": ["medium": "HugePages-1Gi"]] }
    var hugepagesMount: YAMLNode { ["name": "hugepages", "mountPath": "/dev/hugepages"] }
    var configurationVolume: YAMLNode { ["name": "config", "configMap": ["name": .text(self.configMapName)]] }
    var configurationMount: YAMLNode {
        ["name": "config", "mountPath": .text(self.entry.configuration?.mountPath ?? Self.parametersPath), "readOnly": true]
    }
}
