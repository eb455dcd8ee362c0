import Foundation
import JSONSchema

extension WeaviateStore {
    /// Fields that are searched by words, with their weights of ``FieldWeights``.
    private static let properties = #"properties:["title^2","heading^1.5","text"]"#
    /// Somebody waits, and the embedded store can answer instead.
    private static let timeout: Duration = .seconds(3)
    private static let fields = "documentId ordinal name heading text source metadata"

    func search(_ query: PassageQuery) async throws -> FoundPassages {
        let version = self.version
        let embedding = query.mode == .keyword ? nil : query.embedding
        let mode: SearchMode = embedding == nil ? .keyword : query.mode
        var filters: [WeaviateFilter] = [.equal("kind", WeaviateObject.passage)]
        filters += query.filters.map { .anyOf("attributes", PassageAttributes.of($0).map(WeaviateObject.name)) }
        if let readers = PassageAttributes.of(query.readers) { filters.append(.anyOf("attributes", readers.map(WeaviateObject.name))) }

        var limit = query.limit
        while true {
            let (operation, additional) = Self.operation(query, mode, embedding)
            let rows = try await self.client.query(
                GraphQLQuery(
                    "Get", WeaviateObject.className, [operation, WeaviateFilter.all(filters).argument, "limit:\(limit)"],
                    fields: "\(Self.fields) _additional{\(additional)}"), timeout: Self.timeout)
            var taken: [String: Int] = [:]
            var passages: [FoundPassage] = []
            for row in rows {
                guard let passage = Self.passage(row, query, mode) else { throw WeaviateFault.malformed("a passage without a document") }
                guard taken[passage.documentId, default: 0] < query.perDocument else { continue }
                taken[passage.documentId, default: 0] += 1
                passages.append(passage)
                if passages.count == query.limit { break }
            }
            // Where few documents have most of the best passages, more are looked at, until there are enough or no more.
            guard passages.count < query.limit, rows.count >= limit, limit < Self.mostResults else {
                return FoundPassages(passages: passages, version: version, mode: mode)
            }
            limit = min(limit * 4, Self.mostResults)
        }
    }

    private static func operation(_ query: PassageQuery, _ mode: SearchMode, _ embedding: [Float]?) -> (String, additional: String) {
        let text = GraphQLQuery.literal(query.text)
        switch (mode, embedding) {
        case (.hybrid, let vector?):
            let alpha = String(format: "%.6f", query.alpha)
            let fields = "query:\(text),vector:\(GraphQLQuery.literal(vector)),alpha:\(alpha),fusionType:relativeScoreFusion,\(self.properties)"
            return ("hybrid:{\(fields)}", "id score explainScore")
        case (.vector, let vector?): return ("nearVector:{vector:\(GraphQLQuery.literal(vector))}", "id distance")
        default: return ("bm25:{query:\(text),\(self.properties)}", "id score")
        }
    }

    private static func passage(_ row: JSONValue, _ query: PassageQuery, _ mode: SearchMode) -> FoundPassage? {
        guard let id = row["documentId"]?.string, let ordinal = row["ordinal"]?.integer else { return nil }
        let additional = row["_additional"]
        // A number as a text, in answers of GraphQL.
        let score = additional?["score"].flatMap { $0.number ?? $0.string.flatMap(Double.init) } ?? 0
        var passage = FoundPassage(
            documentId: id, ordinal: ordinal, title: row["name"]?.string ?? "", heading: row["heading"]?.string ?? "", text: row["text"]?.string ?? "",
            score: 0, source: row["source"]?.string ?? "", metadata: row["metadata"]?.string ?? "{}")
        var parts = ScoreParts(keyword: 0, vector: 0, alpha: query.alpha, terms: [])
        switch mode {
        case .hybrid:
            passage.score = min(max(score, 0), 1)
            let explained = WeaviateExplanation(additional?["explainScore"]?.string ?? "")
            (parts.bm25, parts.cosine) = (explained.keyword?.original, explained.vector?.original)
            // Weaviate tells them times their weights.
            if query.alpha < 1 { parts.keyword = (explained.keyword?.normalized ?? 0) / (1 - query.alpha) }
            if query.alpha > 0 { parts.vector = (explained.vector?.normalized ?? 0) / query.alpha }
        case .keyword:
            passage.score = KeywordScale.score(bm25: score)
            (parts.bm25, parts.keyword, parts.alpha) = (score, passage.score, 0)
        case .vector:
            let cosine = 1 - (additional?["distance"]?.number ?? 1)
            passage.score = min(max(cosine, 0), 1)
            (parts.cosine, parts.vector, parts.alpha) = (cosine, passage.score, 1)
        }
        if query.explains { passage.explanation = parts }
        return passage
    }
}

/// The text of `explainScore`: `Hybrid (Result Set keyword,bm25) Document …: original score 1.2, normalized score: 0.5 - Hybrid (Result Set vector,…`.
struct WeaviateExplanation: Equatable {
    struct Part: Equatable {
        var original: Double
        /// 0…1, times the weight of the part.
        var normalized: Double
    }

    private(set) var keyword: Part?
    private(set) var vector: Part?

    init(_ text: String) {
        for piece in text.components(separatedBy: "Result Set ").dropFirst() {
            guard let original = Self.number(after: "original score ", in: piece), let normalized = Self.number(after: "normalized score: ", in: piece) else {
                continue
            }
            let part = Part(original: original, normalized: normalized)
            if piece.hasPrefix("keyword") { self.keyword = part } else { self.vector = part }
        }
    }

    private static func number(after label: String, in text: String) -> Double? {
        guard let range = text.range(of: label) else { return nil }
        return Double(text[range.upperBound...].prefix { $0.isNumber || $0 == "." || $0 == "-" || $0 == "+" || $0 == "e" })
    }
}
