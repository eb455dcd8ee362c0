import Caching
import Logging
import RedisClient
import TestSupport
import Testing

@testable import RAGAPI

/// Two replicas with a Redis between them.
@Suite struct AnswerCacheTests {
    private static let configuration: LayeredCache.Configuration = {
        var configuration = LayeredCache.Configuration(prefix: "nephoran:")
        configuration.compresses = true
        configuration.redisTimeout = .seconds(5)
        return configuration
    }()

    private static let answer = Array(String(repeating: #"{"documentId":"amf"},"#, count: 100).utf8)

    private func levels(_ cache: LayeredAnswerCache, _ key: String) async throws -> CacheLevel {
        let found = try await cache.value(for: key) { Self.answer }
        #expect(found.value == Self.answer)
        return found.level
    }

    @Test("an answer is loaded once, then found in memory, and by another replica in Redis, where it is kept compressed")
    func levels() async throws {
        let server = try await RedisServer.start(appendOnly: false)
        defer { server.stop() }
        let redis = try server.client()
        defer { redis.stop() }
        let one = LayeredAnswerCache(Self.configuration, redis: redis)
        let other = LayeredAnswerCache(Self.configuration, redis: redis)
        #expect(try await self.levels(one, "rag:search:a") == .miss)
        #expect(try await self.levels(one, "rag:search:a") == .l1)
        #expect(try await self.levels(other, "rag:search:a") == .l2)
        #expect(try await self.levels(other, "rag:search:a") == .l1)
        let length = try await redis.send(RedisCommand("STRLEN", "nephoran:rag:search:a"))
        #expect((length.int ?? .max) < Self.answer.count / 5)
        #expect((try await redis.send(RedisCommand("PTTL", "nephoran:rag:search:a")).int ?? 0) > 0)
    }

    @Test("clearing one replica empties Redis and the memory of the others")
    func clear() async throws {
        let server = try await RedisServer.start(appendOnly: false)
        defer { server.stop() }
        let redis = try server.client()
        defer { redis.stop() }
        let one = LayeredAnswerCache(Self.configuration, redis: redis)
        let other = LayeredAnswerCache(Self.configuration, redis: redis)
        let feed = InvalidationFeed(
            redis, prefix: LayeredAnswerCache.controlPrefix, logger: Logger(label: "silent") { _ in SwiftLogNoOpLogHandler() }
        ) { _ in other.clearMemory() }
        let listening = Task { await feed.run() }
        defer { listening.cancel() }
        // Until the feed stands, the memory may be emptied at any moment.
        let end = ContinuousClock.now + .seconds(20)
        var isHeard = false
        while !isHeard, ContinuousClock.now < end {
            let clients = try await redis.send(RedisCommand("CLIENT", "LIST")).string ?? ""
            isHeard = clients.contains("flags=t") || clients.contains("tracking")
            try await Task.sleep(for: .milliseconds(10))
        }
        _ = try await redis.send(RedisCommand("SET", "unrelated", "1"))
        _ = try await self.levels(one, "rag:search:a")
        _ = try await self.levels(other, "rag:search:a")
        var level = try await self.levels(other, "rag:search:a")
        while level != .l1, ContinuousClock.now < end { level = try await self.levels(other, "rag:search:a") }
        try await one.clear()
        #expect(try await redis.send(RedisCommand("EXISTS", "nephoran:rag:search:a")).int == 0)
        #expect(try await redis.send(RedisCommand("EXISTS", "unrelated")).int == 1)
        while other.statistics.memory.entries > 0, ContinuousClock.now < end { try await Task.sleep(for: .milliseconds(5)) }
        #expect(try await self.levels(other, "rag:search:a") == .miss)
    }

    @Test("Redis being away is a miss, and nobody waits for it twice")
    func outage() async throws {
        let server = try await RedisServer.start(appendOnly: false)
        let redis = try server.client()
        defer { redis.stop() }
        let cache = LayeredAnswerCache(Self.configuration, redis: redis)
        server.stop()
        #expect(try await self.levels(cache, "rag:search:a") == .miss)
        #expect(try await self.levels(cache, "rag:search:a") == .l1)
        await #expect(throws: RedisError.self) { try await cache.clear() }
        #expect(try await self.levels(cache, "rag:search:a") == .miss)
    }

    @Test("settings that are read again take effect at once: other sizes, no cache at all")
    func reload() async throws {
        let cache = LayeredAnswerCache(Self.configuration, redis: nil)
        _ = try await self.levels(cache, "a")
        cache.reconfigure(isEnabled: true) { _ in }
        #expect(try await self.levels(cache, "a") == .l1)
        cache.reconfigure(isEnabled: true) { $0.memoryBytes = 0 }
        #expect(try await self.levels(cache, "a") == .miss)
        #expect(try await self.levels(cache, "a") == .miss)
        cache.reconfigure(isEnabled: false) { $0.memoryBytes = 1 << 20 }
        #expect(try await self.levels(cache, "a") == .miss)
        #expect(try await self.levels(cache, "a") == .miss)
        cache.reconfigure(isEnabled: true) { _ in }
        _ = try await self.levels(cache, "a")
        #expect(try await self.levels(cache, "a") == .l1)
        #expect(cache.statistics.memory.bytes > Self.answer.count)
    }
}
