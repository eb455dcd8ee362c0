import Foundation

/// Answers searches from the caches and the store.
struct KnowledgeSearch<Cache: AnswerCache>: Sendable {
    let store: KnowledgeStore
    let cache: Cache

    /// Of hybrid, keyword and vector only keyword is there: the answer says so in `mode`.
    func answer(_ request: SearchRequest, skippingCache: Bool = false) async throws -> SearchAnswer {
        let start = ContinuousClock.now
        let expression = self.store.expression(for: request.query)
        let (results, level) = try await skippingCache ? (self.results(of: expression, request).bytes, .miss) : self.cached(expression, request)
        return SearchAnswer(results: results, mode: .keyword, cache: level, took: .now - start)
    }

    private func cached(_ expression: SearchExpression, _ request: SearchRequest) async throws -> ([UInt8], CacheLevel) {
        for _ in 0..<3 {
            let version = self.store.version
            let key = try SearchKey(terms: expression.terms, limit: request.limit, mode: .keyword, filters: request.filters, version: version)
            do {
                return try await self.cache.value(for: key.text) {
                    let found = try await self.results(of: expression, request)
                    // An ingest came in between: the answer is right but belongs under another key.
                    guard found.version == version else { throw KnowledgeMoved() }
                    return found.bytes
                }
            } catch is KnowledgeMoved {
                continue
            }
        }
        return (try await self.results(of: expression, request).bytes, .miss)
    }

    private func results(of expression: SearchExpression, _ request: SearchRequest) async throws -> (bytes: [UInt8], version: KnowledgeVersion) {
        let found = try await self.store.search(expression, limit: request.limit, filters: request.filters)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return (Array(try encoder.encode(found.results)), found.version)
    }
}

private struct KnowledgeMoved: Error {}
