import Synchronization

/// A clock that is set by hand.
final class MockClock: Sendable {
    private let instant = Mutex(ContinuousClock.now)

    var now: ContinuousClock.Instant { self.instant.withLock { $0 } }
    func pass(_ duration: Duration) { self.instant.withLock { $0 = $0.advanced(by: duration) } }
}
