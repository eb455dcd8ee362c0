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
    package func recordCall() {
        let now = self.now()
        self.tokens.withLock { $0.deposit(at: now) }
    }

    /// Takes one retry or hedge out of the budget; false when it is spent and the error should be returned instead.
    package func mayRetry() -> Bool {
        let now = self.now()
        return self.tokens.withLock { $0.withdraw(at: now) }
    }

    /// Retries that could be made at once.
    package var balance: Double { self.tokens.withLock { $0.balance } }
}
