import Synchronization

/// A clock that stands still until it is told how much time has passed.
final class SteppedClock: Sendable {
    private let time = Mutex(ContinuousClock.now)

    var now: ContinuousClock.Instant { self.time.withLock { $0 } }
    func advance(_ by: Duration) { self.time.withLock { $0 += by } }
}
