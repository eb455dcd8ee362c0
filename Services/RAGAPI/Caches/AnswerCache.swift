/// Where an answer came from: this process, the shared cache, or the store.
enum CacheLevel: String, Codable, Sendable, CaseIterable { case l1, l2, miss }

/// Keeps answers as bytes in front of the store: the two levels of the shared cache, or none at all when caching is switched off.
protocol AnswerCache: Sendable {
    /// The cached bytes, or those that `load` gives, which are kept. What `load` throws is thrown and nothing is kept.
    func value(for key: String, load: @escaping @Sendable () async throws -> [UInt8]) async throws -> (value: [UInt8], level: CacheLevel)
    /// Empties all levels.
    func clear() async throws
    /// Drops what has expired; the number of entries dropped.
    func removeExpired() async throws -> Int
}
