import Caching
import RedisClient
import Synchronization

/// Answers in memory and, where there is a shared cache, in Redis.
final class LayeredAnswerCache: AnswerCache {
    private let configuration: LayeredCache.Configuration
    private let redis: RedisClient?
    /// Replaced by an empty one to clear the first level; loads under way end in the one they began with.
    private let levels: Mutex<LayeredCache>

    /// Without `redis` there is one level. Keys begin with `rag:search:` behind the configuration's prefix.
    init(_ configuration: LayeredCache.Configuration, redis: RedisClient?) {
        self.configuration = configuration
        self.redis = redis
        self.levels = Mutex(LayeredCache(configuration, redis: redis))
    }

    var statistics: LayeredCache.Statistics { self.levels.withLock { $0 }.statistics }

    func value(for key: String, load: @escaping @Sendable () async throws -> [UInt8]) async throws -> (value: [UInt8], level: CacheLevel) {
        let levels = self.levels.withLock { $0 }
        // `load` never gives nil, so neither does the cache.
        guard let found = try await levels.value(for: Array(key.utf8), load: { try await load() }) else { return (try await load(), .miss) }
        return switch found.origin {
        case .memory: (found.value, .l1)
        case .redis: (found.value, .l2)
        case .load: (found.value, .miss)
        }
    }

    /// This replica's memory and the answers of all replicas in Redis. What other replicas hold in memory stays until it expires;
    /// being keyed by the state of the knowledge, it is never out of date.
    func clear() async throws {
        let empty = LayeredCache(self.configuration, redis: self.redis)
        self.levels.withLock { $0 = empty }
        guard let redis = self.redis else { return }
        for node in try await redis.primaries() { try await self.clear(redis, scanning: node) }
    }

    /// A scan shows the keys of one server only.
    private func clear(_ redis: RedisClient, scanning node: RedisNode) async throws {
        var cursor = "0"
        // A scan of a large Redis takes many steps; the bound is there for a server that never says it is done.
        for _ in 0..<1_000_000 {
            try Task.checkCancellation()
            let reply = try await node.send(RedisCommand("SCAN", cursor, "MATCH", self.configuration.prefix + "rag:search:*", "COUNT", 1000))
            guard let parts = reply.array, parts.count == 2, let next = parts[0].string else { return }
            // One by one: on a cluster they lie in different slots.
            let unlinks = (parts[1].array ?? []).compactMap(\.string).map { RedisCommand("UNLINK", $0) }
            if !unlinks.isEmpty { _ = try await redis.pipeline(unlinks) }
            if next == "0" { return }
            cursor = next
        }
    }

    /// Neither level ever serves an expired entry, and both let it go by themselves (Redis by its own clock, the memory when the
    /// entry is next looked at or its room is needed), so there is nothing left to do here.
    func removeExpired() async throws -> Int { 0 }
}
