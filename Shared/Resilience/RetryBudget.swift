import Synchronization

/// Keeps retries and hedges to a fraction of the calls to one upstream, so that they cannot multiply an outage.
package final class RetryBudget: Sendable {
    private let tokens: Mutex<RetryTokens>
    private let now: @Sendable () -> ContinuousClock.Instant

    /// `ratio` retries per call, `perSecond` more whatever the traffic, at most `burst` saved up.
    package init(
        ratio: Double = 0.2, perSecond: Double = 10, burst: Double = 100, now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        self.now = now
        self.tokens = Mutex(RetryTokens(ratio: ratio, perSecond: perSecond, burst: burst, at: now()))
    }

    /// A first attempt is made.
    package func recordCall() { self.recordCall(at: self.now()) }

    /// With a clock that the caller has read already.
    func recordCall(at now: ContinuousClock.Instant) {
        self.tokens.withLock { $0.deposit(at: now) }
    }

    /// Takes one retry or hedge out of the budget; false when it is spent and the error should be returned instead.
    package func mayRetry() -> Bool { self.mayRetry(at: self.now()) }

    func mayRetry(at now: ContinuousClock.Instant) -> Bool {
        self.tokens.withLock { $0.withdraw(at: now) }
    }

    /// Retries that could be made at once.
    package var balance: Double { self.tokens.withLock { $0.balance } }
}
