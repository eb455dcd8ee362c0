/// A document that was cut, named by its content and, where there is a model, embedded: what a backend stores.
struct PreparedDocument: Sendable, Equatable {
    var document: KnowledgeDocument
    var hash: ContentHash
    /// At least one, in the order of the text.
    var chunks: [Chunk]
    /// Of each chunk, unit length; empty when there was no model.
    var embeddings: [[Float]] = []
    /// What the embeddings were made with; nil when there are none.
    var model: String?
    /// RFC 3339 UTC; nil is now.
    var updatedAt: String?
}
