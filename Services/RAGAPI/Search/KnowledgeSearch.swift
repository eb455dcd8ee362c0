/// Answers searches from the caches and the backend.
struct KnowledgeSearch<Cache: AnswerCache>: Sendable {
    let backend: any KnowledgeBackend
    let cache: Cache
    var embedding: QueryEmbedding?
    /// Words that say nothing are not marked in snippets.
    var stopTerms: Set<UInt64> = []
    /// ``QueryWords/identity``
    var words = ""
    /// The weight of meaning where a request names none.
    var alpha: @Sendable () -> Double = { 0.5 }

    func answer(_ request: SearchRequest, for readers: Readers = .everybody, skippingCache: Bool = false) async throws -> SearchAnswer {
        let start = ContinuousClock.now
        let query = PassageQuery(
            text: request.query, mode: self.embedding == nil ? .keyword : request.mode, alpha: request.alpha ?? self.alpha(), limit: request.limit,
            perDocument: request.perDocument, filters: request.filters, readers: readers, explains: request.explains)
        let found = try await skippingCache ? self.uncached(query) : self.cached(query)
        return SearchAnswer(results: found.bytes, version: found.version, mode: found.mode, cache: found.level, took: .now - start, note: found.note)
    }

    private typealias Answered = (bytes: [UInt8], version: KnowledgeVersion, mode: SearchMode, level: CacheLevel, note: String?)

    private func uncached(_ query: PassageQuery) async throws -> Answered {
        let found = try await self.passages(query)
        return (self.json(found, query), found.version, found.mode, .miss, found.note)
    }

    private func cached(_ query: PassageQuery) async throws -> Answered {
        for _ in 0..<3 {
            let version = self.backend.version
            let key = SearchKey(
                query, words: self.words, model: self.embedding?.model ?? "", embedded: self.backend.size.embedded, backend: self.backend.name, version: version
            )
            do {
                let (bytes, level) = try await self.cache.value(for: key.text) {
                    let found = try await self.passages(query)
                    // Another backend answered for the one that is away: for as long as it is.
                    guard found.note == nil else { throw NotUnderThisKey.answeredBy(found) }
                    // An ingest came in between: the answer is right but belongs under another key.
                    guard found.version == version else { throw NotUnderThisKey.knowledgeMoved }
                    // Without the embedding the answer is less than was asked for: the next may get more.
                    guard found.mode == query.mode else { throw NotUnderThisKey.answeredBy(found) }
                    return self.json(found, query)
                }
                return (bytes, version, query.mode, level, nil)
            } catch NotUnderThisKey.knowledgeMoved {
                continue
            } catch NotUnderThisKey.answeredBy(let found) {
                return (self.json(found, query), found.version, found.mode, .miss, found.note)
            }
        }
        return try await self.uncached(query)
    }

    private func json(_ found: FoundPassages, _ query: PassageQuery) -> [UInt8] {
        found.json(highlighting: Highlighter(query.text, stopWords: self.stopTerms))
    }

    private func passages(_ query: PassageQuery) async throws -> FoundPassages {
        var query = query
        if query.mode != .keyword {
            query.embedding = await self.embedding?.vector(of: query.text)
            if query.embedding == nil { query.mode = .keyword }
        }
        return try await self.backend.search(query)
    }
}

private enum NotUnderThisKey: Error {
    case knowledgeMoved
    case answeredBy(FoundPassages)
}
