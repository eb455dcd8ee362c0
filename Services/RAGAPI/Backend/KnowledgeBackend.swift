/// Where prepared documents are kept and their passages are searched: the embedded store, or a server.
///
/// Everything before it (reading files, cutting, embedding, caching) and behind it (answers, metrics) is the same for all backends.
/// Errors are the backend's own, and `CancellationError`.
protocol KnowledgeBackend: Sendable {
    /// The value of `VECTOR_STORE` that chooses it.
    var name: String { get }

    /// What it holds now, as far as this process knows; part of every cache key. Costs nothing.
    var version: KnowledgeVersion { get }

    /// How much it holds, as far as this process knows. Costs nothing.
    var size: KnowledgeSize { get }

    /// The passages that answer the query, best first. What was searched is told by the answer: an ingest may come in between.
    func search(_ query: PassageQuery) async throws -> FoundPassages

    /// What is held of these documents, by id; those that are not held are absent. Tells what need not be cut and embedded again.
    func held(_ ids: [String]) async throws -> [String: HeldDocument]

    /// Stores documents, each replacing what was held under its id. Returns once they are durable and found by searches.
    func put(_ documents: [PreparedDocument]) async throws

    /// Removes documents; those that are not held are no error. Returns how many were held.
    func delete(_ ids: [String]) async throws -> Int

    /// Nil when it is not held.
    func document(_ id: String) async throws -> StoredDocument?

    /// The ids of one source.
    func ids(ofSource source: String) async throws -> [String]

    /// Of what these readers may read; the size in bytes and the version are those of the whole.
    func stats(for readers: Readers) async throws -> KnowledgeStats

    /// Documents in order of their ids, with the passages and embeddings that are held of them: what a migration moves and compares.
    ///
    /// - Parameter id: of the last document of the page before; nil for the first page.
    func export(after id: String?, limit: Int) async throws -> [PreparedDocument]

    /// Documents in order of their ids, as two backends are compared.
    ///
    /// - Parameter id: of the last document of the page before; nil for the first page.
    func inventory(after id: String?, limit: Int) async throws -> [InventoryEntry]

    /// Passages without an embedding of `model`, oldest first: what is still to be embedded.
    func unembedded(model: String, limit: Int) async throws -> [UnembeddedPassage]

    /// Stores embeddings that were made later. A passage whose document is gone or was replaced meanwhile is skipped.
    func setEmbeddings(_ embeddings: [(passage: UnembeddedPassage.ID, embedding: [Float])], model: String) async throws

    /// Throws what is wrong when it cannot serve.
    func check() async throws

    func close() async throws
}

struct KnowledgeSize: Sendable, Equatable {
    var documents = 0
    var chunks = 0
    /// Passages with an embedding of the model in use.
    var embedded = 0
}

/// What a backend holds of a document.
struct HeldDocument: Sendable, Equatable {
    var hash: ContentHash
    var chunks: Int
    var source: String
    /// Tags of which a reader must hold one; empty for everybody.
    var access: [String]
}

/// A passage that was stored before there was a model to embed it with.
struct UnembeddedPassage: Sendable, Equatable {
    struct ID: Sendable, Hashable {
        var documentId: String
        /// Of the document the text was taken from: one that replaced it has another.
        var hash: ContentHash
        var ordinal: Int
    }

    var id: ID
    var text: String
}
