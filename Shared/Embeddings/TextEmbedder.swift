package import Resilience

/// Makes vectors of texts, such that texts of like meaning have vectors of a high dot product.
package protocol TextEmbedder: Sendable {
    /// Which vectors these are: two embedders of one name make the same vector of the same text. Kept with what is stored, so that vectors of
    /// another model are never compared; part of every cache key.
    var name: String { get }
    /// Of every vector.
    var dimensions: Int { get }

    /// One vector of length 1 for each text, in their order. What is longer than the model reads (256 tokens for the embedded one) counts
    /// with its beginning.
    ///
    /// Never runs on the caller's thread. Cancelling the task ends the work at the next text.
    ///
    /// - Parameter purpose: a query goes before the passages of an ingest that is under way.
    func embed(_ texts: [String], for purpose: EmbeddingPurpose, deadline: Deadline?) async throws(EmbeddingError) -> [[Float]]
}

/// What a vector is for.
package enum EmbeddingPurpose: Sendable {
    /// Somebody waits for it.
    case query
    /// To be searched for later; the more texts at once the better.
    case passage
}
