import Synchronization
package import RedisClient

/// A cache that processes share. Redis being slow or away is a miss, never an error, and after a failure nobody waits for
/// it again until a pause has passed.
package final class RedisCache: Sendable {
    private struct State {
        var statistics = CacheStatistics()
        var pausedUntil = ContinuousClock.Instant.now
    }

    private let redis: RedisClient
    private let prefix: [UInt8]
    private let lifetime: CacheLifetime
    private let timeout: Duration
    private let pause: Duration
    private let compresses: Bool
    private let state = Mutex(State())

    /// - Parameters:
    ///   - prefix: stands before every key; carries the versions of whatever the values depend on.
    ///   - timeout: longest wait for one reply.
    ///   - pause: after a failure, how long Redis is not asked.
    ///   - compresses: whether values are kept in the LZ4 block format.
    package init(
        _ redis: RedisClient, prefix: String, lifetime: CacheLifetime, timeout: Duration = .milliseconds(50), pause: Duration = .seconds(1),
        compresses: Bool = false
    ) {
        self.compresses = compresses
        self.redis = redis
        self.prefix = Array(prefix.utf8)
        self.lifetime = lifetime
        self.timeout = timeout
        self.pause = pause
    }

    package func value(for key: [UInt8]) async -> [UInt8]? {
        let reply = await self.send(RedisCommand("GET", self.prefix + key))
        // What is no block was written by somebody else: a miss.
        let value = self.compresses ? reply?.bytes.flatMap { BlockCompression.decompress($0) } : reply?.bytes
        self.state.withLock { state in
            state.statistics.requests += 1
            if value == nil { state.statistics.misses += 1 } else { state.statistics.hits += 1 }
        }
        return value
    }

    package func insert(_ value: [UInt8], for key: [UInt8], lifetime: CacheLifetime? = nil) async {
        let milliseconds = Int((lifetime ?? self.lifetime).sample() / .milliseconds(1))
        guard milliseconds > 0 else { return }
        _ = await self.send(RedisCommand("SET", self.prefix + key, self.compresses ? BlockCompression.compress(value) : value, "PX", milliseconds))
    }

    package func removeValue(for key: [UInt8]) async { _ = await self.send(RedisCommand("UNLINK", self.prefix + key)) }

    package var statistics: CacheStatistics { self.state.withLock { $0.statistics } }

    private func send(_ command: RedisCommand) async -> RedisValue? {
        let isPaused = self.state.withLock { $0.pausedUntil > .now }
        guard !isPaused else { return nil }
        do throws(RedisError) {
            return try await self.redis.send(command, timeout: self.timeout)
        } catch {
            self.state.withLock { state in
                state.statistics.failures += 1
                // A refusal concerns this command; anything else concerns the server.
                if error.code != .refused { state.pausedUntil = .now + self.pause }
            }
            return nil
        }
    }
}
