import IntentModel

/// The clusters that an O-Cloud's inventory tells of, and how old that is.
package struct ObservedClusters: Sendable, Equatable {
    /// As the oran-adaptor hands it over: quantities are texts as Kubernetes writes them.
    package struct Cluster: Sendable, Equatable, Decodable {
        package struct Node: Sendable, Equatable, Decodable {
            var name: String
            var capacity: [String: String]

            package init(name: String, capacity: [String: String]) {
                self.name = name
                self.capacity = capacity
            }
        }

        var name: String
        /// What its places are called.
        var places: [String]
        /// By resource; empty where the O-Cloud does not say.
        var capacity: [String: String]
        var available: [String: String]
        var nodes: [Node]

        package init(name: String, places: [String] = [], capacity: [String: String] = [:], available: [String: String] = [:], nodes: [Node] = []) {
            self.name = name
            self.places = places
            self.capacity = capacity
            self.available = available
            self.nodes = nodes
        }
    }

    package var clusters: [Cluster]
    /// Unix milliseconds.
    package var readAt: Int64
    /// Too old to decide by.
    package var isStale: Bool

    package init(clusters: [Cluster], readAt: Int64, isStale: Bool) {
        self.clusters = clusters
        self.readAt = readAt
        self.isStale = isStale
    }
}

/// What is known of the O-Cloud.
package enum CloudKnowledge: Sendable, Equatable {
    /// There is none, as far as is known.
    case none
    /// There is one, and its inventory was not read yet.
    case awaited
    /// There is one, and it has not answered for minutes.
    case silent
    case read(ObservedClusters)
}

/// Where a new function goes depends on an inventory that nobody has read yet: to be planned later.
package struct InventoryAwaited: Error, CustomStringConvertible {
    package let description = "the O-Cloud's inventory, which says what clusters there are, has not been read yet"
}

extension ClusterEntry {
    /// When the figures of a cluster were read, where they are not the operator's own.
    package struct Observation: Sendable, Equatable {
        /// Unix milliseconds.
        package var readAt: Int64
        package var isStale: Bool

        /// For people: `inventory of 14:03 UTC`, with the day where it is another one than that of `now`.
        func text(at now: Int64) -> String {
            let (read, today) = (Timestamp.secondsText(self.readAt), Timestamp.secondsText(now).prefix(10))
            let time = read.dropFirst(11).prefix(5)
            let day = read.prefix(10) == today ? "" : "\(read.prefix(10)) "
            return "inventory of \(day)\(time) UTC\(self.isStale ? ", which is stale" : "")"
        }
    }

    /// A cluster that the O-Cloud tells of; nil when its name is none for a package.
    init?(_ cluster: ObservedClusters.Cluster, _ observed: ObservedClusters) {
        guard let name = DNSLabel.lowered(cluster.name) else { return nil }
        self.init(name: name)
        self.learn(cluster, observed)
    }

    /// What the O-Cloud says fills in what the operator's file does not.
    mutating func learn(_ cluster: ObservedClusters.Cluster, _ observed: ObservedClusters) {
        self.places = cluster.places
        let nodes = cluster.nodes.compactMap { Amounts($0.capacity) }
        if self.capacity == nil {
            self.capacity = Amounts(cluster.capacity) ?? Amounts(sumOf: nodes)
            if self.capacity != nil { self.observation = Observation(readAt: observed.readAt, isStale: observed.isStale) }
            self.available = Amounts(cluster.available)
        }
        // The largest in cores; the memory is of the same.
        if self.node == nil {
            self.node = nodes.max { ($0.cpu, $0.memory) < ($1.cpu, $1.memory) }.map { Amounts(cpu: $0.cpu, memory: $0.memory, storage: nil) }
            if self.node != nil { self.nodeObservation = Observation(readAt: observed.readAt, isStale: observed.isStale) }
        }
        let resources = cluster.nodes.map(\.capacity) + [cluster.capacity]
        if self.hugepages == 0 { self.hugepages = resources.compactMap { $0["hugepages-1Gi"].flatMap(Quantity.mebibytes) }.max().map { $0 / 1024 } ?? 0 }
        if self.device == nil { self.device = resources.flatMap(\.keys).filter { $0.contains("/") && $0.lowercased().contains("sriov") }.min() }
    }
}

extension ClusterEntry.Amounts {
    /// Nil where cores or memory are not said.
    fileprivate init?(_ resources: [String: String]) {
        guard let cpu = resources["cpu"].flatMap(Quantity.millicores), let memory = resources["memory"].flatMap(Quantity.mebibytes) else { return nil }
        self.init(cpu: cpu, memory: memory, storage: resources["storage"].flatMap(Quantity.mebibytes).map { $0 / 1024 })
    }

    fileprivate init?(sumOf nodes: [Self]) {
        guard !nodes.isEmpty else { return nil }
        self.init(cpu: nodes.reduce(0) { $0 + $1.cpu }, memory: nodes.reduce(0) { $0 + $1.memory }, storage: nil)
    }
}
