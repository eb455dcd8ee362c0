import Logging

/// A server, and the embedded store that answers while the server does not.
///
/// Writes go to the server, then into the embedded store: what this replica ingested is there when it is needed. A write that the server does not
/// take fails. Reads that the server does not answer are answered by the embedded store, and say so.
final class MirroredBackend: KnowledgeBackend {
    let server: WeaviateStore
    let mirror: EmbeddedStore
    private let logger: Logger

    init(server: WeaviateStore, mirror: EmbeddedStore, logger: Logger) {
        self.server = server
        self.mirror = mirror
        self.logger = logger
    }

    var name: String { self.server.name }
    var version: KnowledgeVersion { self.server.version }
    var size: KnowledgeSize { self.server.size }

    func search(_ query: PassageQuery) async throws -> FoundPassages {
        do {
            return try await self.server.search(query)
        } catch let fault as WeaviateFault {
            try Task.checkCancellation()
            var found = try await self.mirror.search(query)
            found.note = Self.note(fault)
            return found
        }
    }

    func document(_ id: String) async throws -> StoredDocument? {
        try await self.reading {
            try await self.server.document(id)
        } orElse: {
            try await self.mirror.document(id)
        }
    }

    func stats(for readers: Readers) async throws -> KnowledgeStats {
        try await self.reading {
            try await self.server.stats(for: readers)
        } orElse: {
            var stats = try await self.mirror.stats(for: readers)
            stats.note = "Weaviate cannot be asked: these are the numbers of the embedded store"
            return stats
        }
    }

    private func reading<Value>(_ body: () async throws -> Value, orElse other: () async throws -> Value) async throws -> Value {
        do { return try await body() } catch is WeaviateFault { return try await other() }
    }

    static func note(_ fault: WeaviateFault) -> String { "\(fault); answered by the embedded store" }

    // MARK: What only the server can say

    func held(_ ids: [String]) async throws -> [String: HeldDocument] { try await self.server.held(ids) }
    func ids(ofSource source: String) async throws -> [String] { try await self.server.ids(ofSource: source) }
    func export(after id: String?, limit: Int) async throws -> [PreparedDocument] { try await self.server.export(after: id, limit: limit) }
    func inventory(after id: String?, limit: Int) async throws -> [InventoryEntry] { try await self.server.inventory(after: id, limit: limit) }
    func unembedded(model: String, limit: Int) async throws -> [UnembeddedPassage] { try await self.server.unembedded(model: model, limit: limit) }
    func check() async throws { try await self.server.check() }
    func close() async throws { try await self.mirror.close() }

    // MARK: Writing

    func put(_ documents: [PreparedDocument]) async throws {
        try await self.server.put(documents)
        await self.mirroring { try await self.mirror.put(documents) }
    }

    func delete(_ ids: [String]) async throws -> Int {
        let count = try await self.server.delete(ids)
        await self.mirroring { _ = try await self.mirror.delete(ids) }
        return count
    }

    func setEmbeddings(_ embeddings: [(passage: UnembeddedPassage.ID, embedding: [Float])], model: String) async throws {
        try await self.server.setEmbeddings(embeddings, model: model)
        await self.mirroring { try await self.mirror.setEmbeddings(embeddings, model: model) }
    }

    /// What the server has is taken, whatever becomes of the copy.
    private func mirroring(_ body: () async throws -> Void) async {
        do { try await body() } catch { self.logger.warning("not copied into the embedded store", metadata: ["error": .string("\(error)")]) }
    }
}
