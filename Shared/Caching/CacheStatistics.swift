/// Counters of one cache level since it was made, and its present size. A service turns them into metrics.
package struct CacheStatistics: Sendable, Equatable {
    package var requests: UInt64 = 0
    package var hits: UInt64 = 0
    package var misses: UInt64 = 0
    /// Removed to make room; what expired is not counted.
    package var evictions: UInt64 = 0
    package var expirations: UInt64 = 0
    /// Attempts that failed, each of which was also a miss. Always 0 for memory.
    package var failures: UInt64 = 0
    /// Present size; 0 for a level whose size another process knows.
    package var entries = 0
    package var bytes = 0

    package init() {}

    /// Hits per request; 0 before the first.
    package var hitRatio: Double { self.requests == 0 ? 0 : Double(self.hits) / Double(self.requests) }
}
