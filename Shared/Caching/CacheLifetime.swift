/// How long an entry is kept. Jitter shortens each life by a random part, so that what was cached together does not expire together.
package struct CacheLifetime: Sendable, Equatable {
    package let duration: Duration
    /// 0…1: the largest part by which a life is shortened.
    package let jitter: Double

    package init(_ duration: Duration, jitter: Double = 0.1) {
        self.duration = duration
        self.jitter = min(max(jitter, 0), 1)
    }

    func sample(random: Double = .random(in: 0..<1)) -> Duration { self.duration * (1 - self.jitter * random) }
}
