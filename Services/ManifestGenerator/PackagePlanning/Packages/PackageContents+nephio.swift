extension PackageContents {
    /// The parameters of an NFDeployment's NFConfig; nil when the package has no NFDeployment.
    mutating func nephioParameters(of identity: PackageIdentity) throws(Unreadable) -> Parameters? {
        guard try self.locate(kinds: ["NFDeployment"], name: identity.instance) != nil else { return nil }
        guard let location = try self.locate(kinds: ["NFConfig"]), let text = Self.parametersText(in: self[location]) else { return Parameters() }
        do {
            let node = try YAMLNode.document(in: text)
            if node.entries != nil { return Parameters(node) }
        } catch {
            throw Unreadable(path: "\(location.path): \(Parameters.file)", reason: error.description)
        }
        throw Unreadable(path: "\(location.path): \(Parameters.file)", reason: "a mapping is expected")
    }

    private static func parametersText(in configuration: YAMLNode) -> String? {
        configuration[["spec", "configRefs"]]?.items?.lazy.compactMap { $0[["data", Parameters.file]]?.string }.first
    }

    /// Writes what differs between two states into an NFConfig and the Capacity. False when the package has no NFDeployment.
    mutating func applyToNephio(_ wanted: WorkloadState, over current: WorkloadState, objects: PackageObjects) throws(Unreadable) -> Bool {
        guard let deployment = try self.locate(kinds: ["NFDeployment"], name: objects.name) else { return false }
        guard let nephio = objects.entry.nephio else {
            throw Unreadable(path: deployment.path, reason: "the catalogue names no operator for \(objects.entry.code)")
        }
        var parameters = wanted.parameters
        parameters.write(wanted, over: WorkloadState(objects.entry))
        guard parameters != current.parameters else { return true }
        let form = NephioObjects(identity: objects.identity, entry: objects.entry, nephio: nephio, dependencies: [], context: .init())
        if let location = try self.locate(kinds: ["NFConfig"]) {
            var object = self[location]
            var references = object[["spec", "configRefs"]]?.items ?? []
            if let index = references.firstIndex(where: { $0[["data", Parameters.file]] != nil }) {
                references[index][["data", Parameters.file]] = .text(parameters.text)
                object[["spec", "configRefs"]] = .sequence(references)
            }
            self.replace(location, with: object)
        } else {
            try self.add("nfconfig.yaml", form.configuration(parameters))
            var object = self[deployment]
            let reference: YAMLNode = ["apiVersion": "workload.nephio.org/v1alpha1", "kind": "NFConfig", "name": .text(objects.configMapName)]
            object[["spec", "parametersRefs"]] = .sequence((object[["spec", "parametersRefs"]]?.items ?? []) + [reference])
            self.replace(deployment, with: object)
        }
        // Of the capacity only what the load changes.
        let (before, after) = (form.capacity(current.parameters)["spec"], form.capacity(parameters)["spec"])
        if before != after, let location = try self.locate(kinds: ["Capacity"]) {
            var object = self[location]
            for entry in after?.entries ?? [] where before?[entry.key] != entry.value { object[["spec", entry.key]] = entry.value }
            self.replace(location, with: object)
        }
        return true
    }
}

extension WorkloadState {
    private static let section = "sizing"

    /// What an NFConfig says of how the operator is to run it.
    mutating func take(_ parameters: Parameters) {
        func integer(_ name: String) -> Int? { parameters.value(Self.section, name)?.integer }
        func text(_ name: String) -> String? { parameters.value(Self.section, name)?.string }
        if let replicas = integer("replicas") { self.replicas = replicas }
        if let maximum = integer("maxReplicas") {
            self.autoscaling = .init(
                minimum: integer("minReplicas") ?? self.replicas, maximum: maximum, cpu: integer("targetCPUUtilization"),
                memory: integer("targetMemoryUtilization"))
        }
        if parameters.value(Self.section, "highAvailability")?.boolean == true { self.highAvailability = true }
        if let cpu = text("cpu").flatMap(Quantity.millicores) { self.cpuRequest = cpu }
        if let cpu = text("cpuLimit").flatMap(Quantity.millicores) { self.cpuLimit = cpu }
        if let memory = text("memory").flatMap(Quantity.mebibytes) { self.memoryRequest = memory }
        if let memory = text("memoryLimit").flatMap(Quantity.mebibytes) { self.memoryLimit = memory }
        if let storage = integer("storage") { self.storage = storage }
        if let image = text("image") { self.image = image }
        self.region = text("region")
        self.zone = text("zone")
        self.restartedAt = text("restartedAt")
        self.isMonitored = parameters.value("settings", "monitoring")?.boolean == true
    }
}

extension Parameters {
    /// What of a state differs from the catalogue's, for an operator that sizes by itself otherwise.
    mutating func write(_ state: WorkloadState, over usual: WorkloadState) {
        func set(_ name: String, _ value: YAMLNode?, unless isUsual: Bool) {
            if let value, !isUsual { self.set("sizing", name, value) } else { self.remove("sizing", name) }
        }
        set("replicas", .integer(state.replicas), unless: state.replicas == usual.replicas)
        set("minReplicas", (state.autoscaling?.minimum).map { .integer($0) }, unless: state.autoscaling == usual.autoscaling)
        set("maxReplicas", (state.autoscaling?.maximum).map { .integer($0) }, unless: state.autoscaling == usual.autoscaling)
        set("targetCPUUtilization", (state.autoscaling?.cpu).map { .integer($0) }, unless: state.autoscaling == usual.autoscaling)
        set("targetMemoryUtilization", (state.autoscaling?.memory).map { .integer($0) }, unless: state.autoscaling == usual.autoscaling)
        set("highAvailability", true, unless: !state.highAvailability)
        set("cpu", state.cpuRequest.map { .text(Quantity.cores($0)) }, unless: state.cpuRequest == usual.cpuRequest)
        set("cpuLimit", state.cpuLimit.map { .text(Quantity.cores($0)) }, unless: state.cpuLimit == usual.cpuLimit)
        set("memory", state.memoryRequest.map { .text(Quantity.memory($0)) }, unless: state.memoryRequest == usual.memoryRequest)
        set("memoryLimit", state.memoryLimit.map { .text(Quantity.memory($0)) }, unless: state.memoryLimit == usual.memoryLimit)
        set("storage", state.storage.map { .integer($0) }, unless: state.storage == usual.storage)
        set("image", state.image.map { .text($0) }, unless: state.image == usual.image)
        set("region", state.region.map { .text($0) }, unless: state.region == nil)
        set("zone", state.zone.map { .text($0) }, unless: state.zone == nil)
        set("restartedAt", state.restartedAt.map { .text($0) }, unless: state.restartedAt == nil)
    }
}
