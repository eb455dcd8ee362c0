import Synchronization

/// A token bucket for each key. Tokens are refilled at `rate` a second up to one second's worth.
final class RateLimiter: Sendable {
    struct Verdict: Equatable {
        var isAllowed: Bool
        var limit: Int
        var remaining: Int
        /// Whole seconds until there is a token again.
        var retryAfter: Int
    }

    private struct Bucket {
        var tokens: Double
        var at: ContinuousClock.Instant
        var rate: Double
    }

    private static let maxKeys = 10_000
    private let rate: Double
    private let clock: @Sendable () -> ContinuousClock.Instant
    private let buckets = Mutex<[String: Bucket]>([:])

    /// - Parameter rate: requests per second and key; 0 switches the limiter off.
    init(rate: Int, clock: @escaping @Sendable () -> ContinuousClock.Instant = { .now }) {
        self.rate = Double(rate)
        self.clock = clock
    }

    var isOff: Bool { self.rate <= 0 }

    /// - Parameter rate: of this key, instead of the one of all.
    func take(_ key: String, rate: Int? = nil) -> Verdict { self.take(key, rate: rate, now: self.clock()) }

    func take(_ key: String, rate own: Int? = nil, now: ContinuousClock.Instant) -> Verdict {
        let rate = own.map(Double.init) ?? self.rate
        return self.buckets.withLock { buckets in
            if buckets[key] == nil, buckets.count >= Self.maxKeys {
                // Full buckets say nothing that a new one would not.
                buckets = buckets.filter { ($0.value.at.duration(to: now) / .seconds(1)) * $0.value.rate + $0.value.tokens < $0.value.rate }
            }
            var bucket = buckets[key] ?? Bucket(tokens: rate, at: now, rate: rate)
            bucket.tokens = min(rate, bucket.tokens + (bucket.at.duration(to: now) / .seconds(1)) * rate)
            bucket.rate = rate
            bucket.at = now
            let isAllowed = bucket.tokens >= 1
            if isAllowed { bucket.tokens -= 1 }
            buckets[key] = bucket
            let wait = isAllowed ? 0 : max(1, Int(((1 - bucket.tokens) / rate).rounded(.up)))
            return Verdict(isAllowed: isAllowed, limit: Int(rate), remaining: Int(bucket.tokens), retryAfter: wait)
        }
    }
}
