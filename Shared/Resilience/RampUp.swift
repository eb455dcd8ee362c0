/// Lets a share of the calls through that grows from a tenth to all of them over a time, so that an upstream which has just
/// come back is not met by everybody at once. A call that comes alone always passes. Pure.
struct RampUp: Sendable {
    typealias Instant = ContinuousClock.Instant

    private static let firstShare = 0.1
    private static let steps = 100

    private let start: Instant
    private let length: Duration
    /// Parts of calls that were held back and add up to one that passes.
    private var credit = 1.0
    private var lastPass: Instant?

    init(over length: Duration, from start: Instant) {
        self.start = start
        self.length = length
    }

    func isOver(at now: Instant) -> Bool { self.start.duration(to: now) >= self.length }

    func share(at now: Instant) -> Double {
        guard !self.isOver(at: now) else { return 1 }
        let part = Double(max(0, self.start.duration(to: now).ticks)) / Double(max(1, self.length.ticks))
        return Self.firstShare + (1 - Self.firstShare) * part
    }

    /// Nil when the call may pass, else how long one that comes alone has to wait.
    mutating func hold(at now: Instant) -> Duration? {
        self.credit += self.share(at: now)
        let pause = self.length / Self.steps
        let waited = self.lastPass.map { $0.duration(to: now) } ?? pause
        guard self.credit >= 1 || waited >= pause else { return pause - waited }
        self.credit -= min(1, self.credit)
        self.lastPass = now
        return nil
    }
}
