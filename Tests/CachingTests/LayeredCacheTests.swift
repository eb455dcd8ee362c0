import RedisClient
import TestSupport
import Testing

@testable import Caching

@Suite struct LayeredCacheTests {
    static let key: [UInt8] = Array("intent".utf8)
    static let value: [UInt8] = [0, 1, 255, 10]

    static func configuration(_ change: (inout LayeredCache.Configuration) -> Void = { _ in }) -> LayeredCache.Configuration {
        var configuration = LayeredCache.Configuration(prefix: "cache:test:v1:")
        configuration.redisTimeout = .seconds(5)
        change(&configuration)
        return configuration
    }

    static func client(_ url: String) throws -> RedisClient { RedisClient(try RedisConfiguration(url: url), label: "cache") }

    @Test("a value is found first where it was loaded, then in memory, and by another process in Redis") func levels() async throws {
        let server = try await RedisServer.start(appendOnly: false)
        let redis = try Self.client(server.url)
        let (one, other) = (LayeredCache(Self.configuration(), redis: redis), LayeredCache(Self.configuration(), redis: redis))
        #expect(try await one.value(for: Self.key) { Self.value } == LayeredCache.Found(value: Self.value, origin: .load))
        #expect(try await one.value(for: Self.key) { [] }?.origin == .memory)
        #expect(try await other.value(for: Self.key) { [] } == LayeredCache.Found(value: Self.value, origin: .redis))
        #expect(await other.value(for: Self.key)?.origin == .memory)
        #expect(other.statistics.redis.hits == 1)
        #expect(other.statistics.memory.hits == 1)

        let lifetime = try await redis.send(RedisCommand("PTTL", "cache:test:v1:intent")).int ?? 0
        #expect((86_400_000 * 9 / 10 - 60_000...86_400_000).contains(lifetime))
        await one.removeValue(for: Self.key)
        #expect(await one.value(for: Self.key) == nil)
    }

    @Test("what cannot be loaded is not cached") func absent() async throws {
        let server = try await RedisServer.start(appendOnly: false)
        let cache = LayeredCache(Self.configuration(), redis: try Self.client(server.url))
        #expect(try await cache.value(for: Self.key) { nil } == nil)
        #expect(try await cache.value(for: Self.key) { Self.value }?.origin == .load)
    }

    @Test("without Redis memory does alone") func memoryOnly() async throws {
        let cache = LayeredCache(Self.configuration(), redis: nil)
        #expect(try await cache.value(for: Self.key) { Self.value }?.origin == .load)
        #expect(try await cache.value(for: Self.key) { [] }?.origin == .memory)
        #expect(cache.statistics.redis.requests == 0)
    }

    @Test("Redis being away is a miss, and is not asked again during the pause") func away() async throws {
        let redis = try Self.client("redis://127.0.0.1:\(try FreePort.next())")
        let cache = LayeredCache(
            Self.configuration {
                $0.redisTimeout = .milliseconds(20)
                $0.redisPause = .seconds(3_600)
            }, redis: redis)
        for index in 0..<200 {
            #expect(try await cache.value(for: [UInt8(index)]) { [UInt8(index)] } == LayeredCache.Found(value: [UInt8(index)], origin: .load))
        }
        #expect(cache.statistics.redis.failures == 1)
        #expect(cache.statistics.redis.misses == 200)
    }

    @Test("a Redis that does not answer costs its time limit, not an error") func slow() async throws {
        let server = try await RedisServer.start(appendOnly: false)
        let (redis, other) = (try Self.client(server.url), try Self.client(server.url))
        _ = try await redis.send(RedisCommand("PING"))
        let cache = LayeredCache(Self.configuration { $0.redisTimeout = .milliseconds(50) }, redis: redis)
        async let nap = other.send(RedisCommand("DEBUG", "SLEEP", 1))
        #expect(try await cache.value(for: Self.key) { Self.value }?.value == Self.value)
        _ = try await nap
        #expect(redis.poolStatus.connectionsLost == 0)
    }

    @Test("a key of another type in Redis is a miss that does not pause the level") func wrongType() async throws {
        let server = try await RedisServer.start(appendOnly: false)
        let redis = try Self.client(server.url)
        let cache = LayeredCache(Self.configuration(), redis: redis)
        _ = try await redis.send(RedisCommand("RPUSH", "cache:test:v1:list", "x"))
        #expect(await cache.value(for: Array("list".utf8)) == nil)
        #expect(try await cache.value(for: Self.key) { Self.value }?.origin == .load)
        #expect(try await redis.send(RedisCommand("GET", "cache:test:v1:intent")).bytes == Self.value)
        #expect(cache.statistics.redis.failures == 1)
    }

    @Test("concurrent misses share one load and one look into Redis") func singleFlight() async throws {
        let server = try await RedisServer.start(appendOnly: false)
        let cache = LayeredCache(Self.configuration(), redis: try Self.client(server.url))
        let loads = Counter()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<50 {
                group.addTask {
                    let found = try await cache.value(for: Self.key) {
                        loads.increment()
                        return Self.value
                    }
                    #expect(found?.value == Self.value)
                }
            }
            try await group.waitForAll()
        }
        #expect(loads.value == 1)
        #expect(cache.statistics.redis.requests == 1)
    }
}
