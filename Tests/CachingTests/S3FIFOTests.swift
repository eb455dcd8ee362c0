import Testing

@testable import Caching

@Suite struct S3FIFOTests {
    typealias Cache = S3FIFO<Int, Int>

    static let start = ContinuousClock.now
    static let never = start + .seconds(1 << 40)

    /// Room for `count` entries that cost nothing themselves.
    static func cache(entries count: Int) -> Cache { Cache(byteLimit: count * Cache.overhead) }

    @Test("the byte limit holds whatever is inserted, replaced and removed") func bytes() {
        var random = SeededNumbers(seed: 7)
        var cache = Cache(byteLimit: 200_000)
        var present: [Int: Int] = [:]
        for step in 0..<50_000 {
            let key = Int.random(in: 0..<3_000, using: &random)
            switch Int.random(in: 0..<10, using: &random) {
            case 0:
                cache.removeValue(for: key)
                present[key] = nil
            case 1..<6:
                cache.insert(step, for: key, cost: Int.random(in: 0..<4_000, using: &random), expiry: Self.never, now: Self.start)
                present[key] = step
            default:
                if let value = cache.value(for: key, now: Self.start) { #expect(value == present[key]) }
            }
            #expect(cache.bytes <= cache.byteLimit)
        }
        #expect(cache.count > 50)
        for key in 0..<3_000 { cache.removeValue(for: key) }
        #expect(cache.bytes == 0)
        #expect(cache.count == 0)
    }

    @Test("what is larger than the cache is not kept, nor is the older value of its key") func tooLarge() {
        var cache = Cache(byteLimit: 10_000)
        cache.insert(1, for: 1, cost: 10, expiry: Self.never, now: Self.start)
        cache.insert(2, for: 1, cost: 10_000, expiry: Self.never, now: Self.start)
        #expect(cache.value(for: 1, now: Self.start) == nil)
        #expect(cache.bytes == 0)
    }

    @Test("an entry is gone from its expiry on") func expires() {
        var cache = Self.cache(entries: 10)
        let expiry = Self.start + .seconds(5)
        cache.insert(1, for: 1, cost: 0, expiry: expiry, now: Self.start)
        #expect(cache.value(for: 1, now: expiry - .nanoseconds(1)) == 1)
        #expect(cache.value(for: 1, now: expiry) == nil)
        #expect(cache.count == 0)
        #expect(cache.expirations == 1)
        #expect(cache.evictions == 0)
    }

    @Test("what was asked for again survives a scan of keys that never come back") func scan() {
        var cache = Self.cache(entries: 100)
        for key in 0..<50 { cache.insert(key, for: key, cost: 0, expiry: Self.never, now: Self.start) }
        for _ in 0..<2 { for key in 0..<50 { _ = cache.value(for: key, now: Self.start) } }
        for key in 1_000..<3_000 { cache.insert(key, for: key, cost: 0, expiry: Self.never, now: Self.start) }
        #expect((0..<50).allSatisfy { cache.value(for: $0, now: Self.start) == $0 })
    }

    @Test("a key that comes back soon after its eviction is kept longer") func ghost() {
        var cache = Self.cache(entries: 10)
        for key in 0..<11 { cache.insert(key, for: key, cost: 0, expiry: Self.never, now: Self.start) }
        #expect(cache.value(for: 0, now: Self.start) == nil)
        cache.insert(0, for: 0, cost: 0, expiry: Self.never, now: Self.start)
        for key in 100..<108 { cache.insert(key, for: key, cost: 0, expiry: Self.never, now: Self.start) }
        #expect(cache.value(for: 0, now: Self.start) == 0)
    }

    /// Zipf-distributed requests, exponent 1, over 100,000 keys, the first third to warm up. LRU reaches 0.51 and 0.74
    /// on such traces; knowing the best keys beforehand 0.62 and 0.81.
    @Test("the hit ratio on skewed requests is that of the policy's authors, well above LRU", arguments: [(1_000, 0.58), (10_000, 0.76)])
    func hitRatio(capacity: Int, minimum: Double) {
        var random = SeededNumbers(seed: 42)
        let keys = 100_000
        var cumulative: [Double] = []
        for rank in 1...keys { cumulative.append((cumulative.last ?? 0) + 1 / Double(rank)) }
        let total = cumulative.last ?? 1
        var cache = Self.cache(entries: capacity)
        var hits = 0
        let requests = 200_000
        for request in -requests / 2..<requests {
            let point = Double.random(in: 0..<total, using: &random)
            var (low, high) = (0, keys - 1)
            while low < high {
                let middle = (low + high) / 2
                if cumulative[middle] < point { low = middle + 1 } else { high = middle }
            }
            if cache.value(for: low, now: Self.start) != nil {
                if request >= 0 { hits += 1 }
            } else {
                cache.insert(low, for: low, cost: 0, expiry: Self.never, now: Self.start)
            }
        }
        let ratio = Double(hits) / Double(requests)
        #expect(ratio > minimum, "\(ratio)")
    }
}

/// The same numbers in each run (splitmix64).
struct SeededNumbers: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { self.state = seed }

    mutating func next() -> UInt64 {
        self.state &+= 0x9e37_79b9_7f4a_7c15
        var word = self.state
        word = (word ^ word >> 30) &* 0xbf58_476d_1ce4_e5b9
        word = (word ^ word >> 27) &* 0x94d0_49bb_1331_11eb
        return word ^ word >> 31
    }
}
