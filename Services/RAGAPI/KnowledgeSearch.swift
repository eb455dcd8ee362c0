import Foundation

/// Answers searches from the caches and the store.
struct KnowledgeSearch<Cache: AnswerCache>: Sendable {
    let store: KnowledgeStore
    let cache: Cache

    /// Of hybrid, keyword and vector only keyword is there: the answer says so in `mode`.
    func answer(_ request: SearchRequest, skippingCache: Bool = false) async throws -> SearchAnswer {
        let start = ContinuousClock.now
        let expression = self.store.expression(for: request.query)
        let found = try await skippingCache ? self.uncached(expression, request) : self.cached(expression, request)
        return SearchAnswer(results: found.bytes, version: found.version, mode: .keyword, cache: found.level, took: .now - start)
    }

    private typealias Answered = (bytes: [UInt8], version: KnowledgeVersion, level: CacheLevel)

    private func uncached(_ expression: SearchExpression, _ request: SearchRequest) async throws -> Answered {
        let found = try await self.results(of: expression, request)
        return (found.bytes, found.version, .miss)
    }

    private func cached(_ expression: SearchExpression, _ request: SearchRequest) async throws -> Answered {
        for _ in 0..<3 {
            let version = self.store.version
            let key = try SearchKey(terms: expression.terms, limit: request.limit, mode: .keyword, filters: request.filters, version: version)
            do {
                let (bytes, level) = try await self.cache.value(for: key.text) {
                    let found = try await self.results(of: expression, request)
                    // An ingest came in between: the answer is right but belongs under another key.
                    guard found.version == version else { throw KnowledgeMoved() }
                    return found.bytes
                }
                return (bytes, version, level)
            } catch is KnowledgeMoved {
                continue
            }
        }
        return try await self.uncached(expression, request)
    }

    private func results(of expression: SearchExpression, _ request: SearchRequest) async throws -> (bytes: [UInt8], version: KnowledgeVersion) {
        let found = try await self.store.search(expression, limit: request.limit, filters: request.filters)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return (Array(try encoder.encode(found.results)), found.version)
    }
}

private struct KnowledgeMoved: Error {}
