import Synchronization
import Testing

@testable import Caching

@Suite struct StaleValueTests {
    private final class Clock: Sendable {
        private let instant = Mutex(ContinuousClock.now)
        var now: ContinuousClock.Instant { self.instant.withLock { $0 } }
        func advance(_ duration: Duration) { self.instant.withLock { $0 += duration } }
    }

    private func cache(_ clock: Clock, stale: Duration) -> LayeredCache {
        var configuration = LayeredCache.Configuration(prefix: "stale:")
        configuration.memoryLifetime = CacheLifetime(.seconds(10), jitter: 0)
        configuration.staleLifetime = stale
        return LayeredCache(configuration, redis: nil, now: { clock.now })
    }

    @Test("a value past its life is given once more while one load replaces it; past its grace it is loaded")
    func revalidation() async throws {
        let clock = Clock()
        let cache = self.cache(clock, stale: .seconds(5))
        let loads = Counter()
        let gate = Gate()
        #expect(try await cache.value(for: [1]) { [1] }?.origin == .load)
        clock.advance(.seconds(12))
        for _ in 0..<3 {
            let found = try await cache.value(for: [1]) {
                loads.increment()
                await gate.wait()
                return [2]
            }
            #expect(found == LayeredCache.Found(value: [1], origin: .memory))
        }
        gate.open()
        var value: [UInt8]?
        let end = ContinuousClock.now + .seconds(10)
        while value != [2], ContinuousClock.now < end {
            value = await cache.value(for: [1])?.value
            await Task.yield()
        }
        #expect(value == [2])
        #expect(loads.value == 1)
        clock.advance(.seconds(16))
        #expect(await cache.value(for: [1]) == nil)
        #expect(try await cache.value(for: [1]) { [3] } == LayeredCache.Found(value: [3], origin: .load))
    }

    @Test("a load that fails leaves the stale value until its grace is over")
    func failure() async throws {
        struct Broken: Error {}
        let clock = Clock()
        let cache = self.cache(clock, stale: .seconds(5))
        _ = try await cache.value(for: [1]) { [1] }
        clock.advance(.seconds(11))
        #expect(try await cache.value(for: [1]) { throw Broken() }?.value == [1])
        clock.advance(.seconds(5))
        await #expect(throws: Broken.self) { try await cache.value(for: [1]) { throw Broken() } }
    }

    @Test("what has expired can be swept out")
    func sweep() async throws {
        let clock = Clock()
        let cache = self.cache(clock, stale: .zero)
        for key in 0..<10 { await cache.insert([1], for: [UInt8(key)]) }
        clock.advance(.seconds(5))
        for key in 10..<15 { await cache.insert([1], for: [UInt8(key)]) }
        clock.advance(.seconds(6))
        #expect(cache.removeExpired() == 10)
        #expect(cache.statistics.memory.entries == 5)
        cache.removeAllFromMemory()
        #expect(cache.statistics.memory.entries == 0)
    }
}
