import Caching
import Embeddings
import Resilience

/// Turns the text of a query into a vector, or says that there is none just now. Equal texts share one vector while it is kept.
struct QueryEmbedding: Sendable {
    private let embedder: any TextEmbedder
    private let timeout: Duration
    private let cache: MemoryCache<String, [Float]>

    /// - Parameters:
    ///   - cached: vectors kept.
    ///   - timeout: after which a search goes on by its words alone.
    init(_ embedder: any TextEmbedder, cached: Int, timeout: Duration = .seconds(1)) {
        self.embedder = embedder
        self.timeout = timeout
        self.cache = MemoryCache(byteLimit: cached * (embedder.dimensions * 4 + 512), lifetime: CacheLifetime(.seconds(86_400)))
    }

    /// What the vectors are of.
    var model: String { self.embedder.name }

    var statistics: CacheStatistics { self.cache.statistics }

    /// Nil when the model cannot be asked in time: the search is by keyword then.
    func vector(of text: String) async -> [Float]? {
        let (embedder, timeout) = (self.embedder, self.timeout)
        return try? await self.cache.value(for: text, cost: { $0.count * 4 + text.utf8.count }) {
            let vectors = try await embedder.embed([text], for: .query, deadline: Deadline(in: timeout))
            guard let vector = vectors.first else { throw EmbeddingError.malformed("no vector") }
            return vector
        }
    }

    func clear() { self.cache.removeAll() }
}
