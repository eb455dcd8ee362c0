extension FunctionEntry {
    /// What `{{…}}` may name in configurations, arguments and environments.
    static let templateNames = Set(["instance", "namespace", "cluster", "core", "upf", "pool", "database", "databaseOptions"] + TemplateValues.fields.keys)

    init(_ reader: CatalogueReader) throws(CatalogueError) {
        try reader.keys([
            "code", "name", "description", "kind", "workload", "image", "command", "arguments", "environment", "ports", "readiness", "liveness",
            "resources", "replicas", "security", "configuration", "writablePaths", "dataPath", "capacity", "peers", "reachesOutside", "ranges", "dependsOn",
            "interfaces", "nephio", "sizing", "dataPlane", "replication", "companions", "admitsSlices",
        ])
        self.code = try reader.required("code").text()
        let name = try reader.required("name")
        self.name = try name.text()
        guard DNSLabel.isValid(self.name) else { throw name.fault("'\(self.name)' is not a DNS label") }
        self.description = try reader.required("description").text()
        self.kind = try reader.required("kind").text(oneOf: ["NetworkFunction", "NetworkSlice", "Application", "E2Node", "Infrastructure", "Policy"])
        let workload = try reader.required("workload").text(oneOf: Workload.allCases.map(\.rawValue))
        self.workload = Workload(rawValue: workload) ?? .none
        self.image = try reader["image"].map(Image.init(reading:))
        self.command = try reader["command"]?.texts() ?? []
        var arguments: [TextTemplate] = []
        for item in try reader["arguments"]?.list() ?? [] { arguments.append(try item.template()) }
        self.arguments = arguments
        var environment: [(String, TextTemplate)] = []
        for member in try reader["environment"]?.members() ?? [] { environment.append((member.key, try member.value.template())) }
        self.environment = environment
        var ports: [Port] = []
        for item in try reader["ports"]?.list() ?? [] { ports.append(try Port(reading: item)) }
        self.ports = ports
        self.readiness = try reader["readiness"].map { reader throws(CatalogueError) in try Probe(reading: reader, ports: ports) }
        self.liveness = try reader["liveness"].map { reader throws(CatalogueError) in try Probe(reading: reader, ports: ports) }
        self.resources = try Resources(reading: try reader.required("resources"))
        self.replicas = try Replicas(reading: try reader.required("replicas"))
        self.replication =
            try reader["replication"].map { reader throws(CatalogueError) in
                Replication(rawValue: try reader.text(oneOf: Replication.allCases.map(\.rawValue))) ?? .alike
            } ?? .alike
        var companions: [Companion] = []
        for item in try reader["companions"]?.list() ?? [] { companions.append(try Companion(reading: item, ports: ports)) }
        self.companions = companions
        self.security = try reader["security"].map(Security.init(reading:)) ?? Security(user: 10001, capabilities: [], readOnlyRoot: true, exception: nil)
        self.configuration = try reader["configuration"].map(Configuration.init(reading:))
        self.writablePaths = try reader["writablePaths"]?.texts() ?? []
        self.dataPath = try reader["dataPath"]?.text() ?? "/data"
        self.capacity = try reader["capacity"].map(Capacity.init(reading:)) ?? Capacity()
        self.peers = try reader["peers"]?.texts()
        self.reachesOutside = try reader["reachesOutside"]?.boolean() ?? false
        self.dependencies = try reader["dependsOn"]?.texts() ?? []
        var interfaces: [Interface] = []
        for item in try reader["interfaces"]?.list() ?? [] { interfaces.append(try Interface(reading: item)) }
        self.interfaces = interfaces
        self.nephio = try reader["nephio"].map(Operator.init(reading:))
        var sizing: [String: [SizingStep]] = [:]
        for member in try reader["sizing"]?.members() ?? [] { sizing[member.key] = try SizingStep.curve(member.value, attribute: member.key) }
        self.sizing = sizing
        self.isDataPlane = try reader["dataPlane"]?.boolean() ?? false
        self.admitsSlices = try reader["admitsSlices"]?.boolean() ?? false
        self.ranges = try reader["ranges"].map(AllowedValues.table) ?? [:]
        self.reachesDatabase = self.namesDatabase()
        for (attribute, curve) in sizing {
            let carried = attribute == "maxUsers" ? self.capacity.maxUsers : self.capacity.throughput
            guard carried == curve.last?.load else { throw reader.fault("sizing.\(attribute) must end at the capacity of one replica") }
        }
        guard self.replication != .single || self.replicas.highAvailability == 1 && self.replicas.range.upperBound == 1 else {
            throw reader.fault("what is single has one replica, highly available or not")
        }
        if self.workload != .none {
            guard self.image != nil else { throw reader.fault("image is missing") }
            guard self.readiness != nil, self.liveness != nil else { throw reader.fault("readiness and liveness are needed") }
        }
    }
}

extension CatalogueReader {
    fileprivate func template() throws(CatalogueError) -> TextTemplate {
        guard let template = TextTemplate(try self.text(), names: FunctionEntry.templateNames) else {
            throw self.fault("a {{…}} is not closed or not one of \(FunctionEntry.templateNames.sorted().joined(separator: ", "))")
        }
        return template
    }

    func millicores() throws(CatalogueError) -> Int {
        guard let value = Quantity.millicores(try self.text()), value > 0 else { throw self.fault("a CPU quantity is expected, such as 500m") }
        return value
    }

    func mebibytes() throws(CatalogueError) -> Int {
        guard let value = Quantity.mebibytes(try self.text()), value > 0 else { throw self.fault("a memory quantity is expected, such as 512Mi") }
        return value
    }
}

extension FunctionEntry.Image {
    fileprivate init(reading reader: CatalogueReader) throws(CatalogueError) {
        try reader.keys(["repository", "tag", "source"])
        self.repository = try reader.required("repository").text()
        let tag = try reader.required("tag")
        self.tag = try tag.text()
        self.source = try reader["source"]?.text()
        guard ImageReference.isPinnedTag(self.tag) else { throw tag.fault("'\(self.tag)' does not pin a version") }
    }
}

extension FunctionEntry.Port {
    fileprivate init(reading reader: CatalogueReader) throws(CatalogueError) {
        try reader.keys(["name", "port", "protocol", "external"])
        let name = try reader.required("name")
        self.name = try name.text()
        guard DNSLabel.isValid(self.name), self.name.utf8.count <= 15 else { throw name.fault("a port's name has at most 15 lower-case letters, digits and -") }
        self.number = try reader.required("port").integer(in: 1...65535)
        let transport = try reader.required("protocol").text(oneOf: Transport.allCases.map(\.rawValue))
        self.transport = Transport(rawValue: transport) ?? .tcp
        self.isExternal = try reader["external"]?.boolean() ?? false
    }
}

extension FunctionEntry.Probe {
    fileprivate init(reading reader: CatalogueReader, ports: [FunctionEntry.Port]) throws(CatalogueError) {
        try reader.keys(["tcp", "http", "exec", "initialDelaySeconds", "periodSeconds", "failureThreshold"])
        func port(_ reader: CatalogueReader) throws(CatalogueError) -> String {
            try reader.text(oneOf: ports.filter { $0.transport == .tcp }.map(\.name))
        }
        if let tcp = reader["tcp"] {
            self.check = .tcp(port: try port(tcp))
        } else if let http = reader["http"] {
            try http.keys(["port", "path"])
            self.check = .http(port: try port(try http.required("port")), path: try http.required("path").text())
        } else {
            self.check = .exec(try reader.required("exec").texts())
        }
        self.initialDelaySeconds = try reader["initialDelaySeconds"]?.integer(in: 0...600) ?? 5
        self.periodSeconds = try reader["periodSeconds"]?.integer(in: 1...300) ?? 10
        self.failureThreshold = try reader["failureThreshold"]?.integer(in: 1...60) ?? 3
    }
}

extension FunctionEntry.Resources {
    fileprivate init(reading reader: CatalogueReader) throws(CatalogueError) {
        try reader.keys(["cpu", "cpuLimit", "memory", "memoryLimit", "storage"])
        self.cpuRequest = try reader.required("cpu").millicores()
        self.cpuLimit = try reader["cpuLimit"]?.millicores() ?? self.cpuRequest * 2
        self.memoryRequest = try reader.required("memory").mebibytes()
        self.memoryLimit = try reader["memoryLimit"]?.mebibytes() ?? self.memoryRequest
        self.storage = try reader["storage"]?.integer(in: 1...65536)
        guard self.cpuLimit >= self.cpuRequest, self.memoryLimit >= self.memoryRequest else { throw reader.fault("a limit is below its request") }
    }
}

extension FunctionEntry.Replicas {
    fileprivate init(reading reader: CatalogueReader) throws(CatalogueError) {
        try reader.keys(["default", "highAvailability", "min", "max"])
        let minimum = try reader["min"]?.integer(in: 0...1000) ?? 0
        let maximum = try reader.required("max").integer(in: max(minimum, 1)...1000)
        self.range = minimum...maximum
        self.standard = try reader["default"]?.integer(in: self.range) ?? 1
        self.highAvailability = try reader["highAvailability"]?.integer(in: self.range) ?? 3
    }
}

extension FunctionEntry.Companion {
    fileprivate init(reading reader: CatalogueReader, ports: [FunctionEntry.Port]) throws(CatalogueError) {
        try reader.keys(["name", "command", "environment", "resources", "readiness", "liveness"])
        let name = try reader.required("name")
        self.name = try name.text()
        guard DNSLabel.isValid(self.name) else { throw name.fault("'\(self.name)' is not a DNS label") }
        self.command = try reader.required("command").texts()
        var environment: [Variable] = []
        for member in try reader["environment"]?.members() ?? [] { environment.append(Variable(name: member.key, value: try member.value.template())) }
        self.environment = environment
        self.resources = try FunctionEntry.Resources(reading: try reader.required("resources"))
        self.readiness = try FunctionEntry.Probe(reading: try reader.required("readiness"), ports: ports)
        self.liveness = try FunctionEntry.Probe(reading: try reader.required("liveness"), ports: ports)
    }
}

extension FunctionEntry.Security {
    fileprivate init(reading reader: CatalogueReader) throws(CatalogueError) {
        try reader.keys(["user", "capabilities", "readOnlyRoot", "exception"])
        self.user = try reader["user"]?.integer(in: 0...65535) ?? 10001
        self.capabilities = try reader["capabilities"]?.texts() ?? []
        self.readOnlyRoot = try reader["readOnlyRoot"]?.boolean() ?? true
        self.exception = try reader["exception"]?.text()
        guard self.exception != nil || (self.user != 0 && self.capabilities.isEmpty) else {
            throw reader.fault("a root user or added capabilities need an exception that says why")
        }
    }
}

extension FunctionEntry.Configuration {
    fileprivate init(reading reader: CatalogueReader) throws(CatalogueError) {
        try reader.keys(["file", "mountPath", "content", "besides"])
        self.file = try reader.required("file").text()
        self.mountPath = try reader.required("mountPath").text()
        self.content = try reader.required("content").template()
        var besides: [Besides] = []
        for member in try reader["besides"]?.members() ?? [] { besides.append(Besides(file: member.key, content: try member.value.template())) }
        self.besides = besides
    }
}

extension FunctionEntry.Capacity {
    fileprivate init(reading reader: CatalogueReader) throws(CatalogueError) {
        try reader.keys(["maxUsers", "throughput"])
        self.maxUsers = try reader["maxUsers"]?.number()
        self.throughput = try reader["throughput"]?.number()
        for value in [self.maxUsers, self.throughput].compactMap({ $0 }) where !(value > 0) { throw reader.fault("a capacity is above 0") }
    }
}

extension FunctionEntry.SizingStep {
    fileprivate static func curve(_ reader: CatalogueReader, attribute: String) throws(CatalogueError) -> [FunctionEntry.SizingStep] {
        guard attribute == "maxUsers" || attribute == "throughput" else { throw reader.fault("a curve is for maxUsers or throughput") }
        var curve: [FunctionEntry.SizingStep] = []
        for item in try reader.list() {
            try item.keys(["upTo", "cpu", "memory"])
            let step = FunctionEntry.SizingStep(
                load: try item.required("upTo").number(), cpu: try item.required("cpu").millicores(), memory: try item.required("memory").mebibytes())
            if let last = curve.last, step.load <= last.load || step.cpu < last.cpu || step.memory < last.memory { throw item.fault("does not rise") }
            curve.append(step)
        }
        guard !curve.isEmpty else { throw reader.fault("at least one step is expected") }
        return curve
    }
}

extension FunctionEntry.Interface {
    fileprivate init(reading reader: CatalogueReader) throws(CatalogueError) {
        try reader.keys(["name", "network", "attachment"])
        let name = try reader.required("name")
        self.name = try name.text()
        guard DNSLabel.isValid(self.name) else { throw name.fault("'\(self.name)' is not a DNS label") }
        let network = try reader.required("network")
        self.network = try network.text()
        guard DNSLabel.isValid(self.network) else { throw network.fault("'\(self.network)' is not a DNS label") }
        let attachment = try reader.required("attachment").text(oneOf: Attachment.allCases.map(\.rawValue))
        self.attachment = Attachment(rawValue: attachment) ?? .none
    }
}

extension FunctionEntry.Operator {
    fileprivate init(reading reader: CatalogueReader) throws(CatalogueError) {
        try reader.keys(["provider", "capacity"])
        self.provider = try reader.required("provider").text()
        self.capacity = try reader["capacity"]?.text() ?? "control-plane"
    }
}
