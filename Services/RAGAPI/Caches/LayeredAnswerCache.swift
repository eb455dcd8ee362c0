import Caching
import RedisClient
import Synchronization

/// Answers in memory and, where there is a shared cache, in Redis.
final class LayeredAnswerCache: AnswerCache {
    /// Keys under it tell all replicas what happened; a hash tag keeps them in one slot.
    static let controlPrefix = "{nephoran:rag:control}"
    private static let clearedKey = controlPrefix + ":cleared"

    private struct State {
        var configuration: LayeredCache.Configuration
        var isEnabled: Bool
        var levels: LayeredCache
    }

    private let redis: RedisClient?
    private let state: Mutex<State>

    /// Without `redis` there is one level. Keys begin with `rag:search:` behind the configuration's prefix.
    ///
    /// - Parameter isEnabled: whether anything is cached at all.
    init(_ configuration: LayeredCache.Configuration, redis: RedisClient?, isEnabled: Bool = true) {
        self.redis = redis
        self.state = Mutex(State(configuration: configuration, isEnabled: isEnabled, levels: LayeredCache(configuration, redis: redis)))
    }

    var statistics: LayeredCache.Statistics { self.state.withLock { $0.levels }.statistics }

    /// Other sizes and lifetimes from now on; the memory begins empty when they differ.
    func reconfigure(isEnabled: Bool, _ change: (inout LayeredCache.Configuration) -> Void) {
        self.state.withLock { state in
            state.isEnabled = isEnabled
            let before = state.configuration
            change(&state.configuration)
            if state.configuration != before { state.levels = LayeredCache(state.configuration, redis: self.redis) }
        }
    }

    func value(for key: String, load: @escaping @Sendable () async throws -> [UInt8]) async throws -> (value: [UInt8], level: CacheLevel) {
        let (levels, isEnabled) = self.state.withLock { ($0.levels, $0.isEnabled) }
        // `load` never gives nil, so neither does the cache.
        guard isEnabled, let found = try await levels.value(for: Array(key.utf8), load: { try await load() }) else { return (try await load(), .miss) }
        return switch found.origin {
        case .memory: (found.value, .l1)
        case .redis: (found.value, .l2)
        case .load: (found.value, .miss)
        }
    }

    /// The memory of this replica, the answers of all replicas in Redis, and, told by Redis, the memory of the others.
    func clear() async throws {
        self.clearMemory()
        guard let redis = self.redis else { return }
        let prefix = self.state.withLock { $0.configuration.prefix }
        for node in try await redis.primaries() { try await Self.clear(redis, prefix, scanning: node) }
        _ = try await redis.send(RedisCommand("INCR", Self.clearedKey))
    }

    func clearMemory() { self.state.withLock { $0.levels }.removeAllFromMemory() }

    /// A scan shows the keys of one server only.
    private static func clear(_ redis: RedisClient, _ prefix: String, scanning node: RedisNode) async throws {
        var cursor = "0"
        // A scan of a large Redis takes many steps; the bound is there for a server that never says it is done.
        for _ in 0..<1_000_000 {
            try Task.checkCancellation()
            let reply = try await node.send(RedisCommand("SCAN", cursor, "MATCH", prefix + "rag:search:*", "COUNT", 1000))
            guard let parts = reply.array, parts.count == 2, let next = parts[0].string else { return }
            // One by one: on a cluster they lie in different slots.
            let unlinks = (parts[1].array ?? []).compactMap(\.string).map { RedisCommand("UNLINK", $0) }
            if !unlinks.isEmpty { _ = try await redis.pipeline(unlinks) }
            if next == "0" { return }
            cursor = next
        }
    }

    /// What has expired in memory; Redis lets it go by its own clock.
    func removeExpired() async throws -> Int { self.state.withLock { $0.levels }.removeExpired() }
}
