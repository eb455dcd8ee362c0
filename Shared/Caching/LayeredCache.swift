package import RedisClient

/// Bytes by bytes in two levels: memory of this process, then Redis. Concurrent misses of this process share one load.
package final class LayeredCache: Sendable {
    package struct Configuration: Sendable {
        /// Stands before every key in Redis. Put in the versions of everything the values depend on: model, prompt,
        /// vocabulary, knowledge.
        package var prefix: String
        package var memoryBytes = 32 << 20
        package var memoryLifetime = CacheLifetime(.seconds(600))
        package var redisLifetime = CacheLifetime(.seconds(86_400))
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

    private let memory: MemoryCache<[UInt8], [UInt8]>
    private let redis: RedisCache?
    private let flights = SingleFlight<[UInt8], Found?>()

    /// Without `redis` there is one level.
    package init(_ configuration: Configuration, redis: RedisClient?) {
        self.memory = MemoryCache(byteLimit: configuration.memoryBytes, lifetime: configuration.memoryLifetime)
        self.redis = redis.map {
            RedisCache(
                $0, prefix: configuration.prefix, lifetime: configuration.redisLifetime, timeout: configuration.redisTimeout,
                pause: configuration.redisPause)
        }
    }

    /// The cached value, if there is one.
    package func value(for key: [UInt8]) async -> Found? {
        if let value = self.memory.value(for: key) { return Found(value: value, origin: .memory) }
        guard let redis = self.redis, let value = await redis.value(for: key) else { return nil }
        self.memory.insert(value, for: key, cost: key.count + value.count)
        return Found(value: value, origin: .redis)
    }

    /// The cached value, or what `load` returns, which both levels keep. Nil from `load`, or an error, is not cached.
    package func value(for key: [UInt8], load: @escaping @Sendable () async throws -> [UInt8]?) async throws -> Found? {
        try await self.found(for: key) { try await load().map { Loaded($0) } }
    }

    /// The same for a load that says what may be kept. All who ask for the key meanwhile get what one load brings, kept or not.
    package func found(for key: [UInt8], load: @escaping @Sendable () async throws -> Loaded?) async throws -> Found? {
        if let value = self.memory.value(for: key) { return Found(value: value, origin: .memory) }
        return try await self.flights.value(for: key) {
            if let value = self.memory.peek(key) { return Found(value: value, origin: .memory) }
            if let value = await self.redis?.value(for: key) {
                self.memory.insert(value, for: key, cost: key.count + value.count)
                return Found(value: value, origin: .redis)
            }
            guard let loaded = try await load() else { return nil }
            switch loaded.keeping {
            case .usual: await self.insert(loaded.value, for: key)
            case .lifetime(let lifetime): await self.insert(loaded.value, for: key, lifetime: lifetime)
            case .never: break
            }
            return Found(value: loaded.value, origin: .load)
        }
    }

    /// `lifetime` replaces the usual ones of both levels, such as by a short one for the news that something does not exist.
    package func insert(_ value: [UInt8], for key: [UInt8], lifetime: CacheLifetime? = nil) async {
        self.memory.insert(value, for: key, cost: key.count + value.count, lifetime: lifetime)
        await self.redis?.insert(value, for: key, lifetime: lifetime)
    }

    package func removeValue(for key: [UInt8]) async {
        self.memory.removeValue(for: key)
        await self.redis?.removeValue(for: key)
    }

    package var statistics: Statistics {
        Statistics(memory: self.memory.statistics, redis: self.redis?.statistics ?? CacheStatistics(), coalesced: self.flights.coalesced)
    }
}
