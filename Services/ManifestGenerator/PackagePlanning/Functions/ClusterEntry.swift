/// What is known of a cluster that packages go to. Everything but the name may be unknown.
package struct ClusterEntry: Sendable, Equatable {
    /// In which form its packages are written.
    package enum Form: String, Sendable, CaseIterable { case kubernetes, nephio }

    package struct Amounts: Sendable, Equatable, Codable {
        /// Millicores.
        package var cpu: Int
        /// MiB.
        package var memory: Int
        /// GiB; nil where it is not counted.
        package var storage: Int?

        package init(cpu: Int, memory: Int, storage: Int?) {
            self.cpu = cpu
            self.memory = memory
            self.storage = storage
        }
    }

    package var name: String
    package var form: Form?
    package var zones: [String]
    /// What may be requested in it altogether, beside what it needs for itself.
    package var capacity: Amounts?
    /// The largest node: what one replica may request.
    package var node: Amounts?
    /// GiB of 1 GiB pages of a node; 0 for none.
    package var hugepages: Int
    /// Extended resource of its SR-IOV devices; nil for none.
    package var device: String?
    /// Network attachments by network instance.
    package var networks: [String]
    package var prices: SizingRules.Prices?
    /// What its places are called, as the O-Cloud has them.
    package var places: [String] = []
    /// What the O-Cloud says is free; nil where it does not say.
    package var available: Amounts?
    /// Set where the capacity is the O-Cloud's word.
    package var observation: Observation?
    /// The same of the largest node, which may be known from elsewhere.
    package var nodeObservation: Observation?

    package init(name: String) {
        self.name = name
        self.zones = []
        self.hugepages = 0
        self.networks = []
    }
}

extension ClusterEntry {
    init(_ reader: CatalogueReader) throws(CatalogueError) {
        try reader.keys(["name", "form", "zones", "capacity", "node", "hugepages", "device", "networks", "prices"])
        let name = try reader.required("name")
        self.name = try name.text()
        guard DNSLabel.isValid(self.name) else { throw name.fault("'\(self.name)' is not a DNS label") }
        self.form = Form(rawValue: try reader["form"]?.text(oneOf: Form.allCases.map(\.rawValue)) ?? "")
        self.zones = try reader["zones"]?.texts() ?? []
        self.capacity = try reader["capacity"].map(Amounts.init(reading:))
        self.node = try reader["node"].map(Amounts.init(reading:))
        self.hugepages = try reader["hugepages"]?.integer(in: 0...65536) ?? 0
        self.device = try reader["device"]?.text()
        self.networks = try reader["networks"]?.texts() ?? []
        self.prices = try reader["prices"].map(SizingRules.Prices.init)
    }

    /// The `clusters` of a file, by name.
    package static func all(inFile path: String) throws(CatalogueError) -> [ClusterEntry] {
        try self.all(try CatalogueReader(file: path))
    }

    static func all(_ reader: CatalogueReader) throws(CatalogueError) -> [ClusterEntry] {
        try reader.keys(["clusters"])
        var clusters: [ClusterEntry] = []
        for item in try reader.required("clusters").list() {
            let cluster = try ClusterEntry(item)
            guard !clusters.contains(where: { $0.name == cluster.name }) else { throw item.fault("'\(cluster.name)' occurs twice") }
            clusters.append(cluster)
        }
        return clusters
    }
}

extension ClusterEntry.Amounts {
    fileprivate init(reading reader: CatalogueReader) throws(CatalogueError) {
        try reader.keys(["cpu", "memory", "storage"])
        self.cpu = try reader.required("cpu").millicores()
        self.memory = try reader.required("memory").mebibytes()
        self.storage = try reader["storage"]?.mebibytes().quotientAndRemainder(dividingBy: 1024).quotient
    }
}
