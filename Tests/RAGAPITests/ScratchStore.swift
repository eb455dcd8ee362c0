import Foundation

@testable import RAGAPI

/// Runs `body` with an empty store in a directory of its own, which is removed afterwards.
func withStore<Value>(
    chunker: MarkdownChunker = MarkdownChunker(), stopWords: Set<String> = [], _ body: (KnowledgeStore, _ path: String) async throws -> Value
) async throws -> Value {
    let directory = FileManager.default.temporaryDirectory.appending(path: "knowledge-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    let path = directory.appending(path: "knowledge.sqlite").path
    let store = try await KnowledgeStore.open(path: path, chunker: chunker, stopWords: stopWords)
    let value = try await body(store, path)
    try await store.close()
    return value
}

extension KnowledgeStore {
    func search(_ query: String, limit: Int = 10, filters: [SearchFilter] = []) async throws -> [SearchResult] {
        try await self.search(self.expression(for: query), limit: limit, filters: filters).results
    }
}
