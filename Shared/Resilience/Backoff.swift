/// How long to wait before another attempt: exponential with full jitter, so that those who failed together do not
/// come back together. Pure.
package struct Backoff: Sendable, Equatable {
    /// Upper bound of the first wait.
    package var base: Duration
    /// Upper bound of every wait.
    package var cap: Duration
    /// Growth of the upper bound from one attempt to the next; at least 1.
    package var factor: Double

    package init(base: Duration = .milliseconds(100), cap: Duration = .seconds(10), factor: Double = 2) {
        self.base = base
        self.cap = cap
        self.factor = max(1, factor)
    }

    /// The longest wait before attempt `attempt + 1`; the first attempt is 0.
    package func bound(attempt: Int) -> Duration {
        var bound = self.base
        // Stops at the cap, hence no overflow however large the attempt; a factor of 1 never grows.
        guard self.factor > 1 else { return min(bound, self.cap) }
        var step = 0
        while bound < self.cap, step < attempt, bound != .zero {
            bound = bound * self.factor
            step += 1
        }
        return min(bound, self.cap)
    }

    /// A wait between zero and ``bound(attempt:)``, placed by `random` in 0..<1. What the server asked for
    /// (`Retry-After`) is waited first, and the jitter after it, since it asked everybody for the same.
    package func delay(attempt: Int, random: Double, retryAfter: Duration? = nil) -> Duration {
        (retryAfter ?? .zero) + self.bound(attempt: attempt) * min(max(random, 0), 1)
    }

    package func delay(attempt: Int, retryAfter: Duration? = nil) -> Duration {
        self.delay(attempt: attempt, random: .random(in: 0..<1), retryAfter: retryAfter)
    }
}
