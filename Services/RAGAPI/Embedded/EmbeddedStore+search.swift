import GRDB
import KeywordIndex
import VectorIndex

extension EmbeddedStore {
    /// Of each kind, what is fused at least.
    private static let pool = 200
    /// … and of the nearest, so many for each that is asked for are the nearest of all: whoever comes after them comes first only by the words.
    private static let nearest = 4

    /// Before each attempt. The indexes follow a commit, which may write much of the file over before it returns: a second in all.
    private static let pauses: [Duration] = [.zero, .zero] + (0..<10).map { .milliseconds(1 << $0) }

    func search(_ query: PassageQuery) async throws -> FoundPassages {
        for (attempt, pause) in Self.pauses.enumerated() {
            if pause > .zero { try await Task.sleep(for: pause) }
            // On a reader's queue: the search computes, and fetching what it found blocks. Passages are never changed under their numbers, so that
            // they need not be read in one transaction, which would cost as much as reading them.
            let isLast = attempt == Self.pauses.count - 1
            let found = try await self.pool.unsafeRead { db in try self.search(query, in: db, isLast: isLast) }
            if let found { return found }
        }
        return FoundPassages(passages: [], version: self.version, mode: query.mode)
    }

    /// Nil when what was found is gone from the file's snapshot, because an ingest came in between.
    private func search(_ query: PassageQuery, in db: Database, isLast: Bool) throws -> FoundPassages? {
        let snapshot = self.keywords.snapshot
        let version = KnowledgeVersion(bytes: snapshot.mark) ?? KnowledgeVersion()
        let embedding = self.vectors == nil || query.mode == .keyword ? nil : query.embedding
        let mode: SearchMode = embedding == nil ? .keyword : query.mode
        var filters = query.filters.map(PassageAttributes.of)
        if let readers = PassageAttributes.of(query.readers), snapshot.passages(with: PassageAttributes.restricted) > 0 { filters.append(readers) }
        let words = self.configuration.words.query(query.text, filters: filters)

        let allowed = embedding == nil ? nil : snapshot.numbers(passing: filters).map { IDSet($0) }
        var pool = mode == .hybrid ? max(Self.pool, query.limit * 2) : query.limit
        var hits: [FusedHit] = []
        while true {
            let found = try self.find(words, embedding, mode, limit: pool, exact: query.limit * Self.nearest, allowed, snapshot)
            let (byWords, byMeaning) = (found.words, found.meaning)
            let ranked =
                switch mode {
                case .keyword: Self.ranked(byWords)
                case .vector: Self.ranked(byMeaning, snapshot)
                case .hybrid: try self.fused(byWords, byMeaning, words, embedding, alpha: query.alpha, snapshot)
                }
            hits = Self.capped(ranked, limit: query.limit, perDocument: query.perDocument)
            // Where few documents have most of the best passages, more are looked at, until there are enough or no more.
            guard hits.count < query.limit, max(byWords.count, byMeaning.count) >= pool else { break }
            pool *= 4
        }

        var passages: [FoundPassage] = []
        for hit in hits {
            guard var passage = try Self.fetch(hit, in: db) else {
                if isLast { continue }
                return nil
            }
            if query.explains { passage.explanation = self.explanation(of: hit, words, alpha: query.alpha, mode: mode, snapshot) }
            passages.append(passage)
        }
        return FoundPassages(passages: passages, version: version, mode: mode)
    }

    private struct Found: Sendable {
        var words: [KeywordHit] = []
        var meaning: [VectorIndex.Hit] = []
    }

    /// By words and by meaning, side by side where a processor has nothing else to do.
    private func find(
        _ words: KeywordQuery, _ embedding: [Float]?, _ mode: SearchMode, limit: Int, exact: Int, _ allowed: IDSet?, _ snapshot: KeywordSnapshot
    ) throws -> Found {
        let found = onAllProcessors(mode == .hybrid ? [.vector, .keyword] : [mode], least: 1) { part in
            Result { () throws -> Found in
                guard part == .vector, let embedding, let vectors = self.vectors else { return Found(words: snapshot.search(words, limit: limit)) }
                return Found(meaning: try vectors.search(embedding, limit: limit, exact: exact, allowed: allowed))
            }
        }
        return try found.reduce(into: Found()) { all, part in
            let part = try part.get()
            all.words += part.words
            all.meaning += part.meaning
        }
    }

    /// The first `limit`, with no more of a document than it may have.
    private static func capped(_ hits: [FusedHit], limit: Int, perDocument: Int) -> [FusedHit] {
        guard perDocument < limit else { return Array(hits.prefix(limit)) }
        var taken: [Int64: Int] = [:]
        var kept: [FusedHit] = []
        for hit in hits where taken[hit.group, default: 0] < perDocument {
            taken[hit.group, default: 0] += 1
            kept.append(hit)
            if kept.count == limit { break }
        }
        return kept
    }

    private static func ranked(_ hits: [KeywordHit]) -> [FusedHit] {
        hits.map { hit in
            let score = KeywordScale.score(bm25: Double(hit.score))
            return FusedHit(number: hit.number, group: hit.group, score: score, keyword: score, bm25: Double(hit.score))
        }
    }

    private static func ranked(_ hits: [VectorIndex.Hit], _ snapshot: KeywordSnapshot) -> [FusedHit] {
        hits.compactMap { hit in
            guard let group = snapshot.group(of: hit.id) else { return nil }
            let score = min(max(Double(hit.score), 0), 1)
            return FusedHit(number: hit.id, group: group, score: score, vector: score, cosine: Double(hit.score))
        }
    }

    private func fused(
        _ byWords: [KeywordHit], _ byMeaning: [VectorIndex.Hit], _ words: KeywordQuery, _ embedding: [Float]?, alpha: Double, _ snapshot: KeywordSnapshot
    ) throws -> [FusedHit] {
        var fusion = ScoreFusion(keyword: byWords, vector: byMeaning) { snapshot.group(of: $0) }
        let wordless = fusion.withoutBM25
        let bm25 = Dictionary(zip(wordless, snapshot.scores(of: wordless, words))) { first, _ in first }
        let cosine = try embedding.flatMap { try self.vectors?.scores(of: fusion.withoutCosine, to: $0) }
        fusion.fill(bm25: bm25, cosine: cosine ?? [:])
        return fusion.ranked(alpha: alpha)
    }

    private static func fetch(_ hit: FusedHit, in db: Database) throws -> FoundPassage? {
        let row = try Row.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT d.id, p.ordinal, d.title, p.heading, p.text, d.source, d.metadata
                    FROM passages p JOIN documents d ON d.number = p.document WHERE p.number = ?
                    """), arguments: [hit.number])
        return row.map { row in
            FoundPassage(
                documentId: row[0], ordinal: row[1], title: row[2], heading: row[3], text: row[4], score: min(max(hit.score, 0), 1), source: row[5],
                metadata: row[6])
        }
    }

    private func explanation(of hit: FusedHit, _ words: KeywordQuery, alpha: Double, mode: SearchMode, _ snapshot: KeywordSnapshot) -> ScoreParts {
        let parts = snapshot.parts(of: hit.number, words) ?? []
        let terms = zip(words.terms, parts).filter { $0.1 > 0 }.map { term, part in
            ScoreParts.Term(term: term.word, weight: Double(term.weight), passages: snapshot.passages(with: term.term), bm25: Double(part))
        }
        let weight =
            switch mode {
            case .hybrid: alpha
            case .keyword: 0.0
            case .vector: 1.0
            }
        return ScoreParts(
            bm25: hit.bm25, cosine: hit.cosine, keyword: hit.keyword, vector: hit.vector, alpha: weight, terms: terms.sorted { $0.bm25 > $1.bm25 })
    }
}

/// BM25 on a scale that searches share.
enum KeywordScale {
    /// BM25 of a passage that matches a rare term in its title: such a passage scores a half.
    private static let halfway = 8.0

    /// Maps 0…∞ to 0…1 without changing the order.
    static func score(bm25: Double) -> Double { max(0, bm25) / (max(0, bm25) + self.halfway) }
}
