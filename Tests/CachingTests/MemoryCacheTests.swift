import Synchronization
import Testing

@testable import Caching

@Suite struct MemoryCacheTests {
    @Test("a miss loads, a hit does not, and both are counted") func counts() async throws {
        let cache = MemoryCache<String, [UInt8]>(byteLimit: 1 << 20, lifetime: CacheLifetime(.seconds(60)))
        let loads = Counter()
        for _ in 0..<5 {
            let value = try await cache.value(for: "key", cost: \.count) {
                loads.increment()
                return [1, 2, 3]
            }
            #expect(value == [1, 2, 3])
        }
        #expect(loads.value == 1)
        let statistics = cache.statistics
        #expect((statistics.requests, statistics.hits, statistics.misses) == (5, 4, 1))
        #expect(statistics.hitRatio == 0.8)
        #expect(statistics.entries == 1)
        #expect(statistics.bytes >= 3)
    }

    @Test("a failed load is not cached") func failure() async throws {
        struct Failure: Error {}
        let cache = MemoryCache<String, Int>(byteLimit: 1 << 20, lifetime: CacheLifetime(.seconds(60)))
        await #expect(throws: Failure.self) { try await cache.value(for: "key", cost: { _ in 8 }) { throw Failure() } }
        #expect(try await cache.value(for: "key", cost: { _ in 8 }) { 4 } == 4)
    }

    @Test("a value may have a life of its own, so that an absence is remembered briefly") func absence() async throws {
        let time = Mutex(ContinuousClock.now)
        let cache = MemoryCache<String, Int?>(byteLimit: 1 << 20, lifetime: CacheLifetime(.seconds(60), jitter: 0), now: { time.withLock { $0 } })
        let loads = Counter()
        func look() async throws -> Int? {
            try await cache.value(for: "key", cost: { _ in 8 }, lifetime: { $0 == nil ? CacheLifetime(.seconds(1), jitter: 0) : nil }) {
                loads.increment() == 1 ? nil : 9
            }
        }
        #expect(try await look() == nil)
        #expect(try await look() == nil)
        time.withLock { $0 += .seconds(1) }
        #expect(try await look() == 9)
        time.withLock { $0 += .seconds(59) }
        #expect(try await look() == 9)
        #expect(loads.value == 2)
    }

    @Test("jitter only shortens a life, by its share at most", arguments: [(0.0, 0.5, 10.0), (0.2, 0, 10.0), (0.2, 1, 8.0), (5, 1, 0.0)])
    func jitter(share: Double, random: Double, seconds: Double) {
        #expect(CacheLifetime(.seconds(10), jitter: share).sample(random: random) == .seconds(seconds))
    }

    @Test("removing forgets, and evictions are counted") func removes() {
        let cache = MemoryCache<Int, Int>(byteLimit: 5_000, lifetime: CacheLifetime(.seconds(60)))
        for key in 0..<100 { cache.insert(key, for: key, cost: 100) }
        #expect(cache.statistics.evictions > 0)
        #expect(cache.statistics.bytes <= 5_000)
        #expect(cache.value(for: 99) == 99)
        cache.removeValue(for: 99)
        #expect(cache.value(for: 99) == nil)
        cache.removeAll()
        #expect(cache.statistics.entries == 0)
        #expect(cache.statistics.evictions > 0)
    }
}
