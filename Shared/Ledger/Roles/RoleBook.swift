import Synchronization

/// The roles of all partitions as they were last read.
final class RoleBook: Sendable {
    private struct State {
        /// Empty until the ledger was asked for the first time.
        var roles: [PartitionRoles] = []
        /// Counts the changes, see ``Ledger/rolesVersion``.
        var version: Int64?
        var readAt: ContinuousClock.Instant?
        var isReading = false
    }

    private let state = Mutex(State())

    /// Nil before the ledger was asked.
    subscript(partition: Partition) -> PartitionRoles? {
        self.state.withLock { partition.number < $0.roles.count ? $0.roles[partition.number] : nil }
    }

    var all: [PartitionRoles] { self.state.withLock { $0.roles } }
    var version: Int64? { self.state.withLock { $0.version } }

    /// Whether it is this caller who has to read: nobody does, and what is known is as old as `age`. Who is `urgent` does not rely on what another
    /// began to read before; should that come later, the next look corrects it by the version.
    func mustRead(at now: ContinuousClock.Instant, after age: Duration, urgent: Bool = false) -> Bool {
        self.state.withLock { state in
            guard urgent || (!state.isReading && (state.readAt.map { $0.duration(to: now) >= age } ?? true)) else { return false }
            state.isReading = true
            return true
        }
    }

    func isUnchanged(at now: ContinuousClock.Instant) {
        self.state.withLock { state in
            state.readAt = now
            state.isReading = false
        }
    }

    func failed() { self.state.withLock { $0.isReading = false } }

    func learn(_ roles: [PartitionRoles], version: Int64, at now: ContinuousClock.Instant) {
        self.state.withLock { state in
            state.roles = roles
            state.version = version
            state.readAt = now
            state.isReading = false
        }
    }
}
