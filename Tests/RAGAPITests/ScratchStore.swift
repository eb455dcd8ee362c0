import Embeddings
import Foundation
import KeywordIndex

@testable import RAGAPI

/// An embedded store in a directory of its own, and what brings documents into it.
struct ScratchKnowledge: Sendable {
    let store: EmbeddedStore
    let ingestion: Ingestion

    var version: KnowledgeVersion { self.store.version }

    func ingest(_ documents: [KnowledgeDocument]) async throws -> Ingestion.Outcome { try await self.ingestion.ingest(documents) }

    func synchronise(source: String, with documents: [KnowledgeDocument]) async throws -> Ingestion.Outcome {
        try await self.ingestion.synchronise(source: source, with: documents)
    }

    func delete(_ id: String) async throws -> Bool { try await self.store.delete([id]) > 0 }
    func document(_ id: String) async throws -> StoredDocument? { try await self.store.document(id) }
    func stats() async throws -> KnowledgeStats { try await self.store.stats(for: .administration) }

    func search(_ query: String, limit: Int = 10, filters: [SearchFilter] = [], readers: Readers = .everybody) async throws -> [FoundPassage] {
        try await self.store.search(PassageQuery(text: query, limit: limit, filters: filters, readers: readers)).passages
    }
}

/// Runs `body` with an empty store in a directory of its own, which is removed afterwards.
func withStore<Value>(
    chunker: Chunker = Chunker(), stopWords: Set<String> = [], model: (name: String, dimensions: Int)? = nil,
    _ body: (ScratchKnowledge, _ path: String) async throws -> Value
) async throws -> Value {
    let directory = FileManager.default.temporaryDirectory.appending(path: "knowledge-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    var configuration = EmbeddedStore.Configuration(path: directory.appending(path: "knowledge.sqlite").path)
    configuration.words = QueryWords(stopWords: stopWords)
    configuration.model = model
    let store = try await EmbeddedStore.open(configuration)
    let value = try await body(ScratchKnowledge(store: store, ingestion: Ingestion(backend: store, chunker: chunker)), configuration.path)
    try await store.close()
    return value
}
