import Synchronization

/// When each key was last used, as this process knows.
final class KeyUses: Sendable {
    private let times = Mutex<[String: Int64]>([:])

    func note(_ name: String, at milliseconds: Int64) {
        self.times.withLock { $0[name] = milliseconds }
    }

    subscript(_ name: String) -> Int64? { self.times.withLock { $0[name] } }
}
