/// Pauses between attempts to connect: they double up to a limit and are spread over the upper half of each.
struct ReconnectDelay {
    private static let first: Duration = .milliseconds(10)
    /// A connection that lived so long proves the server well.
    private static let proof: Duration = .seconds(1)

    private let limit: Duration
    private var next = Self.first

    init(limit: Duration) { self.limit = limit }

    mutating func pause(random: Double = .random(in: 0..<1)) -> Duration {
        let pause = min(self.next, self.limit)
        self.next = min(self.next * 2, self.limit)
        return pause * (0.5 + 0.5 * random)
    }

    mutating func connectionEnded(since start: MonotonicTime, now: MonotonicTime) {
        if start + Self.proof <= now { self.next = Self.first }
    }
}
