/// A passage of a document: what is indexed and what a search returns.
struct Chunk: Sendable, Equatable {
    /// 0-based position in the document.
    var ordinal: Int
    /// The headings above the passage, outermost first, without the document's title.
    var heading: [String]
    var text: String
}
