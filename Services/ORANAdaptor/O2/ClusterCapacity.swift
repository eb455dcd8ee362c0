import JSONSchema

/// What a `capacity` of O2 says. The standard leaves its members open; three forms are written: resources as Kubernetes names them, the same
/// of each node as `<node>_<resource>` (O-RAN SC), and either of them under `allocatable`, `capacity` or `available`. What is none of these is left out.
struct ClusterCapacity: Sendable, Equatable {
    private(set) var total: [String: String] = [:]
    private(set) var available: [String: String] = [:]
    private(set) var nodes: [CloudCluster.Node] = []
    /// More nodes than this are a mistake.
    private static let mostNodes = 5_000

    init(_ value: JSONValue?) {
        // Some write the object as a text.
        guard let members = value?.object ?? value?.string.flatMap({ try? JSONValue(parsing: Array($0.utf8)) })?.object else { return }
        // What may be used comes before what is there.
        for part in ["allocatable", "total", "capacity"] where self.total.isEmpty {
            if let inner = members[part]?.object { self.total = Self.resources(inner) }
        }
        for part in ["available", "free"] where self.available.isEmpty {
            if let inner = members[part]?.object { self.available = Self.resources(inner) }
        }
        if self.total.isEmpty { self.total = Self.resources(members) }
        self.readNodes(members)
    }

    private mutating func readNodes(_ members: [String: JSONValue]) {
        var nodes: [String: [String: String]] = [:]
        for (key, value) in members {
            // Names of nodes have no underscore, those of resources may.
            guard let mark = key.firstIndex(of: "_"), mark > key.startIndex, let quantity = Self.quantity(value) else { continue }
            let (node, resource) = (String(key[..<mark]), String(key[key.index(after: mark)...]))
            guard Self.isResource(resource), nodes.count < Self.mostNodes || nodes[node] != nil else { continue }
            nodes[node, default: [:]][resource] = quantity
        }
        self.nodes = nodes.sorted { $0.key < $1.key }.map { CloudCluster.Node(name: $0.key, capacity: $0.value) }
    }

    private static func resources(_ members: [String: JSONValue]) -> [String: String] {
        var resources: [String: String] = [:]
        for (name, value) in members where self.isResource(name) { resources[name] = self.quantity(value) }
        return resources
    }

    private static func isResource(_ name: String) -> Bool {
        ["cpu", "memory", "ephemeral-storage", "storage", "pods"].contains(name) || name.hasPrefix("hugepages-") || name.contains("/")
    }

    private static func quantity(_ value: JSONValue) -> String? {
        if let text = value.string { return text.isEmpty ? nil : text }
        return value.number == nil ? nil : value.text
    }
}
