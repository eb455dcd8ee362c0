/// Pauses before a command that was not executed is sent again, and the end of them.
struct Patience {
    private static let first: Duration = .milliseconds(5)
    private static let longest: Duration = .milliseconds(100)
    /// A slot that has just moved may be passed on once or twice without a pause; servers that disagree would pass it on for ever.
    private static let hops = 3

    private let deadline: MonotonicTime
    private var next = Self.first
    private var hops = 0

    init(until deadline: MonotonicTime) { self.deadline = deadline }

    mutating func mayHop() -> Bool {
        self.hops += 1
        return self.hops <= Self.hops
    }

    /// The next pause; nil when the deadline would pass meanwhile.
    mutating func pause(now: MonotonicTime = .now(), random: Double = .random(in: 0..<1)) -> Duration? {
        let pause = self.next * (0.5 + 0.5 * random)
        self.next = min(self.next * 2, Self.longest)
        self.hops = 0
        return now + pause < self.deadline ? pause : nil
    }
}
