import Synchronization

/// One Git repository that clusters are delivered from, and how packages come into it.
final class DeploymentRepository: Sendable {
    /// What health checks, logs and problems call it.
    let name: String
    /// As the settings have it, for the policy of tenants.
    let address: String
    /// Patterns of the clusters it is for.
    let clusters: [String]
    let packages: PackageRepository
    /// Publishes instead of us, where set.
    let delivery: (any PackageDelivery)?
    /// Works that were given up waiting for, and go on.
    private let overdue = Atomic<Int>(0)

    init(name: String, address: String, clusters: [String] = ["*"], packages: PackageRepository, delivery: (any PackageDelivery)? = nil) {
        self.name = name
        self.address = address
        self.clusters = clusters
        self.packages = packages
        self.delivery = delivery
    }

    /// Waits for `work` on this repository, for `patience` at most where others would stand behind it: its server may not answer.
    ///
    /// - Returns: nil when it is not done by then. It is finished all the same, and before that nothing else is begun: nil at once.
    func attend<Value: Sendable>(for patience: Duration?, _ work: @escaping @Sendable () async -> Value) async -> Value? {
        guard let patience else { return await work() }
        guard self.overdue.load(ordering: .acquiring) == 0 else { return nil }
        let (ends, end) = AsyncStream.makeStream(of: Value?.self, bufferingPolicy: .bufferingOldest(1))
        let state = Mutex((isDone: false, isLate: false))
        Task {
            let value = await work()
            let wasLate = state.withLock { state in
                state.isDone = true
                return state.isLate
            }
            if wasLate { self.overdue.subtract(1, ordering: .releasing) }
            end.yield(value)
        }
        let timer = Task {
            try await Task.sleep(for: patience)
            let isLate = state.withLock { state in
                state.isLate = !state.isDone
                return state.isLate
            }
            guard isLate else { return }
            self.overdue.add(1, ordering: .releasing)
            end.yield(nil)
        }
        defer { timer.cancel() }
        var iterator = ends.makeAsyncIterator()
        return await iterator.next() ?? nil
    }
}
