/// One passage found.
struct SearchResult: Sendable, Equatable, Encodable {
    var documentId: String
    /// `<documentId>#<ordinal>`: what a provenance names.
    var chunkId: String
    var title: String
    /// The headings above the passage, joined by " › "; empty at the top of a document.
    var heading: String
    /// The whole passage, about 200 words at most.
    var text: String
    /// 0…1, larger is better; comparable between searches of the same number of terms.
    var score: Double
    var source: String
    var metadata: [String: MetadataValue]

    /// Maps BM25 (0…∞, larger is better) to 0…1 without changing the order.
    static func score(bm25: Double) -> Double {
        let relevance = max(0, bm25)
        return (relevance / (relevance + Self.halfway) * 10_000).rounded() / 10_000
    }

    /// BM25 of a passage that matches a rare term in its title: such a passage scores a half.
    private static let halfway = 8.0
}
