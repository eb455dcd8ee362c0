/// What a backend answers.
struct FoundPassages: Sendable, Equatable {
    var passages: [FoundPassage]
    /// What was searched: differs from the backend's version when an ingest came in between.
    var version: KnowledgeVersion
    /// How it was searched: `keyword` when a query asked for more than there was an embedding for.
    var mode: SearchMode
    /// What is to be said about the answer: that another backend than the chosen one gave it.
    var note: String?
}

/// One passage found.
struct FoundPassage: Sendable, Equatable {
    var documentId: String
    var ordinal: Int
    var title: String
    /// The headings above the passage, joined by " › "; empty at the top of a document.
    var heading: String
    /// The whole passage.
    var text: String
    /// 0…1, larger is better.
    var score: Double
    var source: String
    /// A JSON object, forwarded as it was stored.
    var metadata: String
    var explanation: ScoreParts?

    /// `<documentId>#<ordinal>`: what a provenance names.
    var chunkId: String { "\(self.documentId)#\(self.ordinal)" }
}

/// What a score is made of.
struct ScoreParts: Sendable, Equatable, Encodable {
    struct Term: Sendable, Equatable, Encodable {
        var term: String
        /// How often the query has the word; less than 1 for a synonym.
        var weight: Double
        /// Passages with the term.
        var passages: Int
        /// Its share of the BM25 score.
        var bm25: Double
    }

    /// BM25 of the passage, 0…∞; nil in a search by meaning.
    var bm25: Double?
    /// Cosine of query and passage; nil in a search by words, and when the passage has no embedding yet.
    var cosine: Double?
    /// Both as they are fused: 1 for the best of this search, 0 for the last that the part itself would have found, below 0 beyond that.
    var keyword: Double
    var vector: Double
    var alpha: Double
    var terms: [Term]
}
