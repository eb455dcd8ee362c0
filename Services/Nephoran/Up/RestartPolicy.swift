/// How long to wait before a process that ended is started again: at once the first time, longer each time it ends young.
struct RestartPolicy: Sendable {
    static let first = Duration.milliseconds(50)
    static let longest = Duration.seconds(5)
    /// A process that ran this long counts as healthy.
    static let healthy = Duration.seconds(30)

    private var failures = 0

    mutating func ended(after running: Duration) -> Duration {
        if running >= Self.healthy { self.failures = 0 }
        defer { self.failures = min(self.failures + 1, 20) }
        return min(Self.first * (1 << self.failures), Self.longest)
    }
}
