import Synchronization

/// The last status that a RIC told of each policy on its own, for RICs that tell rather than answer. Bounded; nothing depends on it
/// but how soon a change is seen.
package final class StatusBoard: Sendable {
    struct Key: Hashable {
        let ric: String
        let type: String
        let policy: String
    }

    private let limit: Int
    private let statuses = Mutex<[Key: (status: PolicyStatus, at: ContinuousClock.Instant)]>([:])

    package init(limit: Int = 20_000) { self.limit = limit }

    func record(_ status: PolicyStatus, for key: Key) {
        self.statuses.withLock { statuses in
            if statuses[key] == nil, statuses.count >= self.limit {
                // A tenth at once, so that a flood costs one sort now and then.
                for key in statuses.sorted(by: { $0.value.at < $1.value.at }).prefix(max(1, self.limit / 10)).map(\.key) { statuses[key] = nil }
            }
            statuses[key] = (status, .now)
        }
    }

    /// What was told last, of the document that the RIC was given last: a new one forgets what came before.
    func status(of key: Key) -> PolicyStatus? { self.statuses.withLock { $0[key]?.status } }

    func forget(_ key: Key) { self.statuses.withLock { $0[key] = nil } }
}
