import IntentModel
import Synchronization

/// What published packages request of their clusters, kept by tree id, which never lies.
package final class PublishedRequests: Sendable {
    private static let limit = 65_536
    private let known = Mutex<[String: ClusterEntry.Amounts]>([:])

    package init() {}

    /// What each package of a cluster requests, whosever it is, by path.
    func all(in cluster: String, inventory: any InventorySource, catalogue: Catalogue) async throws -> [String: (tree: String, amounts: ClusterEntry.Amounts)] {
        let inventory = inventory.whole
        var all: [String: (tree: String, amounts: ClusterEntry.Amounts)] = [:]
        for item in try await inventory.items(function: nil, instance: nil, namespace: nil, cluster: cluster) {
            all[item.path] = (item.tree, try await self.amounts(of: item, inventory: inventory, catalogue: catalogue))
        }
        return all
    }

    private func amounts(of item: InventoryItem, inventory: any InventorySource, catalogue: Catalogue) async throws -> ClusterEntry.Amounts {
        if let known = self.known.withLock({ $0[item.tree] }) { return known }
        var amounts = ClusterEntry.Amounts.nothing
        if let entry = catalogue.entry(item.function), entry.workload != .none, let package = try await inventory.files(path: item.path) {
            var contents = PackageContents(package.files)
            let identity = PackageIdentity(cluster: item.cluster, namespace: item.namespace, instance: item.instance, function: item.function)
            // What a person made unreadable is not counted; whoever changes it is told.
            if let state = try? contents.state(of: identity, entry: entry) { amounts = ClusterEntry.Amounts(state) }
            // Published anew between the list and the files: true now, but not of that tree.
            guard package.tree == item.tree else { return amounts }
        }
        self.known.withLock { known in
            if known.count >= Self.limit { known.removeAll(keepingCapacity: true) }
            known[item.tree] = amounts
        }
        return amounts
    }
}

extension ClusterEntry.Amounts {
    /// What all replicas of a state request together.
    init(_ state: WorkloadState) {
        self.init(
            cpu: ((state.cpuRequest ?? 0) + state.besideCPU) * state.replicas,
            memory: ((state.memoryRequest ?? 0) + state.besideMemory) * state.replicas,
            storage: (state.storage ?? 0) * state.replicas)
    }

    mutating func add(_ other: Self) {
        self.cpu += other.cpu
        self.memory += other.memory
        self.storage = (self.storage ?? 0) + (other.storage ?? 0)
    }
}
