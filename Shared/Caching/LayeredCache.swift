package import RedisClient
import Synchronization

/// Bytes by bytes in two levels: memory of this process, then Redis. Concurrent misses of this process share one load.
package final class LayeredCache: Sendable {
    package struct Configuration: Sendable, Equatable {
        /// Stands before every key in Redis. Put in the versions of everything the values depend on: model, prompt,
        /// vocabulary, knowledge.
        package var prefix: String
        package var memoryBytes = 32 << 20
        package var memoryLifetime = CacheLifetime(.seconds(600))
        package var redisLifetime = CacheLifetime(.seconds(86_400))
        /// How long a value whose life is over is still given to those who ask with a load, while one load replaces it.
        package var staleLifetime: Duration = .zero
        /// Whether Redis keeps values compressed.
        package var compresses = false
        /// Longest wait for one reply of Redis; a slower one is a miss.
        package var redisTimeout: Duration = .milliseconds(50)
        /// After a failure, how long Redis is not asked.
        package var redisPause: Duration = .seconds(1)

        package init(prefix: String) { self.prefix = prefix }
    }

    package enum Origin: String, Sendable { case memory, redis, load }

    /// A value, and where it was found.
    package struct Found: Sendable, Equatable {
        package let value: [UInt8]
        package let origin: Origin
    }

    package struct Statistics: Sendable, Equatable {
        package var memory: CacheStatistics
        package var redis: CacheStatistics
        /// Calls that waited for the load of another one.
        package var coalesced: UInt64

        package init(memory: CacheStatistics, redis: CacheStatistics = CacheStatistics(), coalesced: UInt64 = 0) {
            self.memory = memory
            self.redis = redis
            self.coalesced = coalesced
        }
    }

    /// What a load brought.
    package struct Loaded: Sendable {
        package let value: [UInt8]
        package let keeping: Keeping

        package enum Keeping: Sendable {
            /// For the usual time of each level.
            case usual
            /// For another time than the usual one.
            case lifetime(CacheLifetime)
            /// For those who wait now and nobody else.
            case never
        }

        package init(_ value: [UInt8], keeping: Keeping = .usual) {
            self.value = value
            self.keeping = keeping
        }
    }

    private struct Kept: Sendable {
        let value: [UInt8]
        let freshUntil: ContinuousClock.Instant
    }

    private let memory: MemoryCache<[UInt8], Kept>
    private let memoryLifetime: CacheLifetime
    private let staleLifetime: Duration
    private let redis: RedisCache?
    private let now: @Sendable () -> ContinuousClock.Instant
    private let flights = SingleFlight<[UInt8], Found?>()
    /// Keys whose stale value is being replaced.
    private let refreshing = Mutex<Set<[UInt8]>>([])

    /// Without `redis` there is one level.
    package init(_ configuration: Configuration, redis: RedisClient?, now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }) {
        self.memory = MemoryCache(byteLimit: configuration.memoryBytes, lifetime: configuration.memoryLifetime, now: now)
        self.memoryLifetime = configuration.memoryLifetime
        self.staleLifetime = configuration.staleLifetime
        self.now = now
        self.redis = redis.map {
            RedisCache(
                $0, prefix: configuration.prefix, lifetime: configuration.redisLifetime, timeout: configuration.redisTimeout,
                pause: configuration.redisPause, compresses: configuration.compresses)
        }
    }

    /// The cached value, if there is one whose life is not over.
    package func value(for key: [UInt8]) async -> Found? {
        if let kept = self.memory.value(for: key), kept.freshUntil > self.now() { return Found(value: kept.value, origin: .memory) }
        guard let redis = self.redis, let value = await redis.value(for: key) else { return nil }
        self.keep(value, for: key)
        return Found(value: value, origin: .redis)
    }

    /// The cached value, or what `load` returns, which both levels keep. Nil from `load`, or an error, is not cached.
    package func value(for key: [UInt8], load: @escaping @Sendable () async throws -> [UInt8]?) async throws -> Found? {
        try await self.found(for: key) { try await load().map { Loaded($0) } }
    }

    /// The same for a load that says what may be kept. All who ask for the key meanwhile get what one load brings, kept or not.
    package func found(for key: [UInt8], load: @escaping @Sendable () async throws -> Loaded?) async throws -> Found? {
        if let kept = self.memory.value(for: key) {
            if kept.freshUntil <= self.now() { self.refresh(key, load: load) }
            return Found(value: kept.value, origin: .memory)
        }
        return try await self.flights.value(for: key) {
            if let kept = self.memory.peek(key) { return Found(value: kept.value, origin: .memory) }
            if let value = await self.redis?.value(for: key) {
                self.keep(value, for: key)
                return Found(value: value, origin: .redis)
            }
            return try await self.loaded(key, load)
        }
    }

    private func loaded(_ key: [UInt8], _ load: @Sendable () async throws -> Loaded?) async throws -> Found? {
        guard let loaded = try await load() else { return nil }
        switch loaded.keeping {
        case .usual: await self.insert(loaded.value, for: key)
        case .lifetime(let lifetime): await self.insert(loaded.value, for: key, lifetime: lifetime)
        case .never: break
        }
        return Found(value: loaded.value, origin: .load)
    }

    /// One load behind the caller's back. When it fails the stale value stays until its time is up.
    private func refresh(_ key: [UInt8], load: @escaping @Sendable () async throws -> Loaded?) {
        guard self.refreshing.withLock({ $0.insert(key).inserted }) else { return }
        Task {
            _ = try? await self.loaded(key, load)
            _ = self.refreshing.withLock { $0.remove(key) }
        }
    }

    private func keep(_ value: [UInt8], for key: [UInt8], lifetime: CacheLifetime? = nil) {
        let fresh = (lifetime ?? self.memoryLifetime).sample()
        self.memory.insert(
            Kept(value: value, freshUntil: self.now() + fresh), for: key, cost: key.count + value.count,
            lifetime: CacheLifetime(fresh + self.staleLifetime, jitter: 0))
    }

    /// `lifetime` replaces the usual ones of both levels, such as by a short one for the news that something does not exist.
    package func insert(_ value: [UInt8], for key: [UInt8], lifetime: CacheLifetime? = nil) async {
        self.keep(value, for: key, lifetime: lifetime)
        await self.redis?.insert(value, for: key, lifetime: lifetime)
    }

    package func removeValue(for key: [UInt8]) async {
        self.memory.removeValue(for: key)
        await self.redis?.removeValue(for: key)
    }

    /// Empties the memory of this process.
    package func removeAllFromMemory() { self.memory.removeAll() }

    /// Drops from memory what has expired; returns how many. Redis does so by itself.
    package func removeExpired() -> Int { self.memory.removeExpired() }

    package var statistics: Statistics {
        Statistics(memory: self.memory.statistics, redis: self.redis?.statistics ?? CacheStatistics(), coalesced: self.flights.coalesced)
    }
}
