import Synchronization

/// Keeps the calls under way at something to what it can do without a queue: ``ConcurrencyLimit`` behind a lock.
package final class ConcurrencyLimiter: Sendable {
    package struct Configuration: Sendable {
        /// Off, everybody enters.
        package var isEnabled: Bool
        package var initial: Int
        package var least: Int
        package var most: Int
        /// Calls may take this many times as long as the shortest, and `slack` more, before the limit falls.
        package var tolerance: Double
        package var slack: Duration
        /// The limit is looked at this often, once there were enough calls.
        package var window: Duration
        package var minimumCalls: Int
        /// Part of the way to a new limit that is gone at once; 0…1.
        package var smoothing: Double
        /// What the limit is multiplied with when calls were dropped.
        package var backOff: Double
        /// Part by which the shortest time is taken to rise within a second.
        package var drift: Double

        package init(
            isEnabled: Bool = true, initial: Int = 200, least: Int = 100, most: Int = 1_000, tolerance: Double = 2, slack: Duration = .milliseconds(10),
            window: Duration = .milliseconds(100), minimumCalls: Int = 10, smoothing: Double = 0.5, backOff: Double = 0.7, drift: Double = 0.005
        ) {
            self.isEnabled = isEnabled
            self.least = max(1, least)
            self.most = max(self.least, most)
            self.initial = min(max(initial, self.least), self.most)
            self.tolerance = max(1, tolerance)
            self.slack = slack
            self.window = window
            self.minimumCalls = max(1, minimumCalls)
            self.smoothing = min(max(smoothing, 0.01), 1)
            self.backOff = min(max(backOff, 0.1), 1)
            self.drift = max(0, drift)
        }
    }

    private let state: Mutex<ConcurrencyLimit>
    private let now: @Sendable () -> ContinuousClock.Instant

    package init(_ configuration: Configuration = .init(), now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }) {
        self.state = Mutex(ConcurrencyLimit(configuration, at: now()))
        self.now = now
    }

    /// When the call began; nil when there is no place for it. Every place is given back with ``leave(since:dropped:)``.
    ///
    /// - Parameter share: part of the limit up to which this call may enter.
    package func enter(share: Double = 1) -> ContinuousClock.Instant? {
        self.state.withLock { $0.enter(share: share) } ? self.now() : nil
    }

    /// - Parameter dropped: the call brought nothing because what was called is overloaded or gone.
    package func leave(since start: ContinuousClock.Instant, dropped: Bool = false) {
        let now = self.now()
        self.state.withLock { $0.leave(took: start.duration(to: now), dropped: dropped, at: now) }
    }

    /// Whether a call of this share would be refused now.
    package func isFull(share: Double) -> Bool {
        self.state.withLock { $0.configuration.isEnabled && $0.inFlight >= $0.places(share) }
    }

    /// For gauges.
    package var status: (limit: Int, inFlight: Int, shortest: Duration?) { self.state.withLock { ($0.limit, $0.inFlight, $0.shortest) } }
}
