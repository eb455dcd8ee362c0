import Foundation
import Synchronization
import Testing

@testable import RAGAPI

/// One level, no limit; may be told to let something happen before it loads.
private final class DictionaryCache: AnswerCache {
    let values = Mutex<[String: [UInt8]]>([:])
    let beforeLoad = Mutex<(@Sendable () async throws -> Void)?>(nil)

    func value(for key: String, load: @escaping @Sendable () async throws -> [UInt8]) async throws -> (value: [UInt8], level: CacheLevel) {
        if let value = self.values.withLock({ $0[key] }) { return (value, .l1) }
        let before = self.beforeLoad.withLock { hook in
            defer { hook = nil }
            return hook
        }
        try await before?()
        let value = try await load()
        self.values.withLock { $0[key] = value }
        return (value, .miss)
    }
    func clear() async throws { self.values.withLock { $0.removeAll() } }
    func removeExpired() async throws -> Int { 0 }
}

@Suite struct KnowledgeSearchTests {
    static let amf = KnowledgeDocument(id: "amf", text: "The AMF registers devices.")

    @Test("other synonyms or words that say nothing are other answers, the same ones are the same")
    func words() {
        func key(_ words: QueryWords) -> SearchKey {
            SearchKey(PassageQuery(text: "AMF"), words: words.identity, model: "", embedded: 0, backend: "sqlite", version: KnowledgeVersion())
        }
        #expect(key(QueryWords(stopWords: ["the", "of"])) == key(QueryWords(stopWords: ["of", "the"])))
        #expect(key(QueryWords(stopWords: ["the", "of"])) != key(QueryWords(stopWords: ["the"])))
        #expect(!QueryWords().identity.isEmpty)
    }

    @Test("the same text is one answer; another text, limit or filter is another")
    func keys() async throws {
        try await withStore { store, _ in
            _ = try await store.ingest([Self.amf])
            let search = KnowledgeSearch(backend: store.store, cache: DictionaryCache())
            #expect(try await search.answer(SearchRequest(query: "AMF devices")).cache == .miss)
            #expect(try await search.answer(SearchRequest(query: "AMF devices", mode: .vector)).cache == .l1)
            #expect(try await search.answer(SearchRequest(query: "devices AMF")).cache == .miss)
            #expect(try await search.answer(SearchRequest(query: "AMF devices", limit: 5)).cache == .miss)
            #expect(try await search.answer(SearchRequest(query: "AMF devices", filters: [SearchFilter(field: "a", anyOf: [.text("b")])])).cache == .miss)
            #expect(try await search.answer(SearchRequest(query: "AMF devices"), skippingCache: true).cache == .miss)
        }
    }

    @Test("an ingest is never followed by an older answer")
    func fresh() async throws {
        try await withStore { store, _ in
            let search = KnowledgeSearch(backend: store.store, cache: DictionaryCache())
            #expect(try await search.answer(SearchRequest(query: "amf")).results == Array("[]".utf8))
            _ = try await store.ingest([Self.amf])
            let answer = try await search.answer(SearchRequest(query: "amf"))
            #expect(answer.cache == .miss)
            #expect(answer.results != Array("[]".utf8))
        }
    }

    @Test("an ingest between key and search does not leave its answer under the older key")
    func race() async throws {
        try await withStore { store, _ in
            let cache = DictionaryCache()
            let search = KnowledgeSearch(backend: store.store, cache: cache)
            cache.beforeLoad.withLock { $0 = { _ = try await store.ingest([Self.amf]) } }
            let answer = try await search.answer(SearchRequest(query: "amf"))
            #expect(String(decoding: answer.results, as: UTF8.self).contains("amf#0"))
            #expect(cache.values.withLock { $0.count } == 1)
            #expect(try await store.delete("amf"))
            #expect(try await search.answer(SearchRequest(query: "amf")).results == Array("[]".utf8))
        }
    }

    @Test("the answer has the members of the contract and says that it was a keyword search", arguments: SearchMode.allCases)
    func json(mode: SearchMode) async throws {
        try await withStore { store, _ in
            _ = try await store.ingest([Self.amf])
            let answer = try await KnowledgeSearch(backend: store.store, cache: DictionaryCache()).answer(SearchRequest(query: "amf", mode: mode))
            let body = try #require(try JSONSerialization.jsonObject(with: Data(answer.json)) as? [String: Any])
            #expect(Set(body.keys) == ["results", "version", "mode", "cache", "tookMs"])
            #expect(body["mode"] as? String == "keyword")
            #expect(body["cache"] as? String == "miss")
            #expect(body["tookMs"] is Double)
            let result = try #require((body["results"] as? [[String: Any]])?.first)
            #expect(Set(result.keys) == ["documentId", "chunkId", "title", "heading", "text", "snippet", "score", "source", "metadata"])
        }
    }
}
