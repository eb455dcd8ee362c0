import Caching
import Foundation
import Logging
import RedisClient
import Synchronization
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
        let heard = Mutex(0)
        let feed = InvalidationFeed(
            redis, prefix: LayeredAnswerCache.controlPrefix, logger: Logger(label: "silent") { _ in SwiftLogNoOpLogHandler() }
        ) { _ in
            other.clearMemory()
            heard.withLock { $0 += 1 }
        }
        let listening = Task { await feed.run() }
        defer { listening.cancel() }
        // It begins with telling that anything may have changed, and forgets nothing from then on that was not changed.
        try await self.until("the feed stands") { heard.withLock { $0 } == 1 }
        _ = try await redis.send(RedisCommand("SET", "unrelated", "1"))
        #expect(try await self.levels(one, "rag:search:a") == .miss)
        #expect(try await self.levels(other, "rag:search:a") == .l2)
        #expect(try await self.levels(other, "rag:search:a") == .l1)
        try await one.clear()
        #expect(try await redis.send(RedisCommand("EXISTS", "nephoran:rag:search:a")).int == 0)
        #expect(try await redis.send(RedisCommand("EXISTS", "unrelated")).int == 1)
        try await self.until("the other one's memory is empty") { other.statistics.memory.entries == 0 }
        #expect(try await self.levels(other, "rag:search:a") == .miss)
    }

    /// Waits, for at most twenty seconds, until it holds.
    private func until(_ what: Comment, _ condition: () -> Bool) async throws {
        let end = ContinuousClock.now + .seconds(20)
        while ContinuousClock.now < end {
            if condition() { return }
            try await Task.sleep(for: .milliseconds(5))
        }
        Issue.record(what)
    }

    @Test("Redis not answering is a miss, and others do not wait for it again; Redis being away is a miss and clearing says so")
    func outage() async throws {
        let server = try await RedisServer.start(appendOnly: false)
        defer { server.stop() }
        let redis = try server.client()
        defer { redis.stop() }
        var configuration = Self.configuration
        configuration.redisTimeout = .milliseconds(500)
        let cache = LayeredAnswerCache(configuration, redis: redis)
        #expect(try await self.levels(cache, "rag:search:warm") == .miss)
        server.signal(SIGSTOP)
        let start = ContinuousClock.now
        for number in 0..<20 { #expect(try await self.levels(cache, "rag:search:\(number)") == .miss) }
        // Each on its own would have waited half a second for the answer and another for keeping it: twenty, on an idle machine.
        #expect(ContinuousClock.now - start < .seconds(18))
        #expect(cache.statistics.redis.failures >= 1)
        #expect(try await self.levels(cache, "rag:search:0") == .l1)
        server.signal(SIGCONT)
        server.stop()
        await #expect(throws: RedisError.self) { try await cache.clear() }
        #expect(try await self.levels(cache, "rag:search:0") == .miss)
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
