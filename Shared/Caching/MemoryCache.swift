import Synchronization

/// A cache in this process: S3-FIFO over a byte limit, entries that expire, and one load for concurrent misses.
package final class MemoryCache<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private struct State {
        var entries: S3FIFO<Key, Value>
        var requests: UInt64 = 0
        var hits: UInt64 = 0
    }

    private let lifetime: CacheLifetime
    private let now: @Sendable () -> ContinuousClock.Instant
    private let state: Mutex<State>
    private let flights = SingleFlight<Key, Value>()

    /// - Parameters:
    ///   - byteLimit: for the costs that callers state and an estimate of the bookkeeping.
    ///   - now: the clock.
    package init(byteLimit: Int, lifetime: CacheLifetime, now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }) {
        self.lifetime = lifetime
        self.now = now
        self.state = Mutex(State(entries: S3FIFO(byteLimit: byteLimit)))
    }

    package func value(for key: Key) -> Value? {
        let now = self.now()
        return self.state.withLock { state in
            state.requests += 1
            guard let value = state.entries.value(for: key, now: now) else { return nil }
            state.hits += 1
            return value
        }
    }

    /// - Parameters:
    ///   - cost: bytes of key and value.
    ///   - lifetime: another life than the cache's usual one, such as a short one for the news that something does not exist.
    package func insert(_ value: Value, for key: Key, cost: Int, lifetime: CacheLifetime? = nil) {
        let now = self.now()
        let expiry = now + (lifetime ?? self.lifetime).sample()
        self.state.withLock { $0.entries.insert(value, for: key, cost: cost, expiry: expiry, now: now) }
    }

    /// The cached value, or what `load` returns, which is cached. Callers that miss at the same time share one load.
    ///
    /// A failure is not cached. Cancelling one caller does not disturb the others.
    /// - Parameters:
    ///   - cost: bytes of key and value.
    ///   - lifetime: of this value, if not the usual one; a duration of zero keeps it out of the cache.
    package func value(
        for key: Key, cost: @escaping @Sendable (Value) -> Int, lifetime: (@Sendable (Value) -> CacheLifetime?)? = nil,
        load: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        if let value = self.value(for: key) { return value }
        return try await self.flights.value(for: key) {
            // A flight may have landed between the miss and the start of this one.
            if let value = self.peek(key) { return value }
            let value = try await load()
            self.insert(value, for: key, cost: cost(value), lifetime: lifetime?(value))
            return value
        }
    }

    package func removeValue(for key: Key) { self.state.withLock { $0.entries.removeValue(for: key) } }

    /// Removes what has expired and was not asked for since; returns how many.
    package func removeExpired() -> Int {
        let now = self.now()
        return self.state.withLock { $0.entries.removeExpired(now: now) }
    }

    package func removeAll() { self.state.withLock { $0.entries.removeAll() } }

    package var statistics: CacheStatistics {
        self.state.withLock { state in
            var statistics = CacheStatistics()
            statistics.requests = state.requests
            statistics.hits = state.hits
            statistics.misses = state.requests - state.hits
            statistics.evictions = state.entries.evictions
            statistics.expirations = state.entries.expirations
            statistics.entries = state.entries.count
            statistics.bytes = state.entries.bytes
            return statistics
        }
    }

    /// A look that is not a request.
    func peek(_ key: Key) -> Value? {
        let now = self.now()
        return self.state.withLock { $0.entries.value(for: key, now: now) }
    }
}
