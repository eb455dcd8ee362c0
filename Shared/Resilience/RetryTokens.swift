/// The arithmetic of a retry budget: every call earns a part of a retry, time earns a few more, and no more than
/// a burst can be saved up. Pure.
struct RetryTokens: Sendable, Equatable {
    typealias Instant = ContinuousClock.Instant

    private let ratio: Double
    private let perTick: Double
    private let burst: Double
    private(set) var balance: Double
    private var updated: Instant

    init(ratio: Double, perSecond: Double, burst: Double, at now: Instant) {
        self.ratio = ratio
        self.perTick = perSecond / Double(Duration.seconds(1).ticks)
        self.burst = burst
        self.balance = min(perSecond, burst)
        self.updated = now
    }

    mutating func deposit(at now: Instant) {
        self.accrue(now)
        self.balance = min(self.burst, self.balance + self.ratio)
    }

    /// False when a retry now would be one too many.
    mutating func withdraw(at now: Instant) -> Bool {
        self.accrue(now)
        // What many small deposits of a fraction lack to a whole.
        guard self.balance >= 1 - 1e-9 else { return false }
        self.balance = max(0, self.balance - 1)
        return true
    }

    private mutating func accrue(_ now: Instant) {
        guard now > self.updated else { return }
        self.balance = min(self.burst, self.balance + self.perTick * Double(self.updated.duration(to: now).ticks))
        self.updated = now
    }
}
