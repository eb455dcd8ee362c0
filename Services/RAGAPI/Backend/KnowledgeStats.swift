/// The body of `GET /v1/documents/stats`.
struct KnowledgeStats: Sendable, Equatable, Encodable {
    var documents: Int
    var chunks: Int
    /// Passages with an embedding of the model in use.
    var embedded: Int
    /// Size of what is kept, as far as the backend tells.
    var bytes: Int
    /// Changes with every document that comes, goes or changes.
    var version: String
    /// Documents per source, the hundred largest.
    var sources: [String: Int]
    /// RFC 3339 UTC; nil while there is no document.
    var updatedAt: String?
    /// What is to be said about the numbers.
    var note: String?
}
