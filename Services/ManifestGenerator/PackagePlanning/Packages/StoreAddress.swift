/// How the clients of a core's database reach it: by its Service, or by the names of its members, whichever of them runs.
struct StoreAddress: Sendable, Equatable {
    /// Of a connection string, between the scheme and the path.
    var hosts: String
    /// What follows the path.
    var options: String

    /// - Parameter members: how many there are; nil for a store that is not a replica set.
    init(_ entry: FunctionEntry, instance: String, members: Int?) {
        // MongoDB's own port is left out: some parsers of URLs take no port of several hosts.
        let port = entry.ports.first.flatMap { $0.number == 27017 ? nil : ":\($0.number)" } ?? ""
        if let members {
            // A member that is not there yet is passed over, so that a set that grows later is named already.
            let count = max(members, entry.replicas.highAvailability)
            self.hosts = (0..<count).map { "\(instance)-\($0).\(instance)\(port)" }.joined(separator: ",")
            self.options = "?replicaSet=\(instance)"
        } else {
            self.hosts = "\(instance)\(port)"
            self.options = ""
        }
    }
}

extension FunctionEntry {
    /// The store that functions of a core keep their state in.
    static let databaseCode = "Database"

    /// Whether a place of its templates names its core's database; of all of them, so asked once an entry.
    func namesDatabase() -> Bool {
        func names(_ template: TextTemplate) -> Bool { template.parts.contains(.value("database")) }
        return self.environment.contains { names($0.value) } || self.arguments.contains(where: names)
            || self.configuration.map { names($0.content) || $0.besides.contains { names($0.content) } } == true
    }
}

extension Catalogue {
    /// As a database of the catalogue, deployed beside the function, would be reached; nil where the function names none.
    func usualDatabase(of identity: PackageIdentity, for entry: FunctionEntry) -> StoreAddress? {
        guard entry.reachesDatabase, let store = self.functions[FunctionEntry.databaseCode] else { return nil }
        return StoreAddress(
            store, instance: "\(identity.core)\(store.name)", members: store.replication == .joined ? store.replicas.highAvailability : nil)
    }
}
