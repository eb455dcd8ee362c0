import Embeddings
import Foundation
import IntentModel
import Testing

@testable import RAGAPI

@Suite struct HybridSearchTests {
    static let documents = [
        KnowledgeDocument(id: "car", text: "An automobile has four wheels."), KnowledgeDocument(id: "words", text: "The car stands in the garage."),
        KnowledgeDocument(id: "other", text: "Slices isolate tenants."),
    ]
    static let embedder = WordVectors(meanings: ["automobile": "car"])

    private func withKnowledge(_ body: (ScratchKnowledge, QueryEmbedding) async throws -> Void) async throws {
        try await withStore(model: (Self.embedder.name, Self.embedder.dimensions)) { knowledge, _ in
            let embedding = PassageEmbedding(embedder: Self.embedder)
            let ingestion = Ingestion(backend: knowledge.store, chunker: Chunker(), embedding: embedding)
            _ = try await ingestion.ingest(Self.documents)
            try await body(ScratchKnowledge(store: knowledge.store, ingestion: ingestion), QueryEmbedding(Self.embedder, cached: 10))
        }
    }

    private func ids(_ knowledge: ScratchKnowledge, _ embedding: QueryEmbedding, _ query: PassageQuery) async throws -> [String] {
        var query = query
        query.embedding = await embedding.vector(of: query.text)
        return try await knowledge.store.search(query).passages.map(\.documentId)
    }

    @Test("each mode finds what it should: words, meaning, or both")
    func modes() async throws {
        try await self.withKnowledge { knowledge, embedding in
            #expect(try await self.ids(knowledge, embedding, PassageQuery(text: "car", mode: .keyword)) == ["words"])
            let byMeaning = try await self.ids(knowledge, embedding, PassageQuery(text: "car", mode: .vector))
            #expect(Set(byMeaning.prefix(2)) == ["car", "words"])
            let both = try await self.ids(knowledge, embedding, PassageQuery(text: "car", mode: .hybrid))
            #expect(both.first == "words")
            #expect(both.count == 3)
        }
    }

    @Test("alpha 0 is the order of words, alpha 1 that of meaning")
    func alpha() async throws {
        try await self.withKnowledge { knowledge, embedding in
            let words = try await self.ids(knowledge, embedding, PassageQuery(text: "car garage", mode: .hybrid, alpha: 0))
            #expect(words.first == "words")
            let meaning = try await self.ids(knowledge, embedding, PassageQuery(text: "an automobile has four wheels", mode: .hybrid, alpha: 1))
            let byMeaning = try await self.ids(knowledge, embedding, PassageQuery(text: "an automobile has four wheels", mode: .vector))
            #expect(meaning == byMeaning)
        }
    }

    @Test("explained scores are made of their parts")
    func explanation() async throws {
        try await self.withKnowledge { knowledge, embedding in
            var query = PassageQuery(text: "car", mode: .hybrid, alpha: 0.3, explains: true)
            query.embedding = await embedding.vector(of: "car")
            let found = try await knowledge.store.search(query)
            for passage in found.passages {
                let parts = try #require(passage.explanation)
                #expect(abs(passage.score - min(max(0.3 * parts.vector + 0.7 * parts.keyword, 0), 1)) < 1e-9)
                #expect(parts.terms.isEmpty == ((parts.bm25 ?? 0) == 0))
                if let bm25 = parts.bm25 { #expect(abs(parts.terms.reduce(0) { $0 + $1.bm25 } - bm25) < 0.001) }
                #expect(parts.cosine != nil)
            }
            let text = String(decoding: found.json(highlighting: Highlighter("car")), as: UTF8.self)
            #expect(text.contains(#""explanation":{"#))
            #expect(try JSONSerialization.jsonObject(with: Data(text.utf8)) is [Any])
        }
    }

    @Test("filters hold for both parts")
    func filters() async throws {
        try await self.withKnowledge { knowledge, embedding in
            let filter = [SearchFilter(field: "documentId", anyOf: [.text("other")])]
            for mode in SearchMode.allCases {
                let ids = try await self.ids(knowledge, embedding, PassageQuery(text: "car slices", mode: mode, filters: filter))
                #expect(ids == ["other"])
            }
        }
    }

    @Test("without an answer of the model a search goes by words, says so, and is not kept")
    func fallback() async throws {
        let embedder = WordVectors()
        try await withStore(model: (embedder.name, embedder.dimensions)) { knowledge, _ in
            let ingestion = Ingestion(backend: knowledge.store, chunker: Chunker(), embedding: PassageEmbedding(embedder: embedder))
            _ = try await ingestion.ingest(Self.documents)
            let cache = LayeredAnswerCache(.init(prefix: "test:"), redis: nil)
            let search = KnowledgeSearch(backend: knowledge.store, cache: cache, embedding: QueryEmbedding(embedder, cached: 10))
            embedder.fail(with: .timedOut)
            #expect(try await search.answer(SearchRequest(query: "car")).mode == .keyword)
            embedder.fail(with: nil)
            let answer = try await search.answer(SearchRequest(query: "car"))
            #expect(answer.mode == .hybrid)
            #expect(answer.cache == .miss)
            #expect(try await search.answer(SearchRequest(query: "car")).cache == .l1)
            #expect(try await search.answer(SearchRequest(query: "car", mode: .keyword)).mode == .keyword)
        }
    }

    @Test("what was stored without a model, or with another one, is embedded later; equal texts cost one embedding")
    func backfill() async throws {
        let embedder = WordVectors(name: "first")
        try await withStore(model: (embedder.name, embedder.dimensions)) { knowledge, path in
            embedder.fail(with: .unreachable("test"))
            let ingestion = Ingestion(backend: knowledge.store, chunker: Chunker(), embedding: PassageEmbedding(embedder: embedder))
            _ = try await ingestion.ingest(Self.documents)
            #expect(knowledge.store.size == KnowledgeSize(documents: 3, chunks: 3, embedded: 0))
            embedder.fail(with: nil)
            let backfill = EmbeddingBackfill(backend: knowledge.store, embedding: PassageEmbedding(embedder: embedder), logger: ingestion.logger)
            #expect(try await backfill.embedSome())
            #expect(try await !backfill.embedSome())
            #expect(knowledge.store.size.embedded == 3)
            #expect(try await knowledge.stats().embedded == 3)

            var configuration = EmbeddedStore.Configuration(path: path)
            configuration.model = ("second", embedder.dimensions)
            let other = try await EmbeddedStore.open(configuration)
            #expect(other.size == KnowledgeSize(documents: 3, chunks: 3, embedded: 0))
            try await other.close()
            configuration.model = ("first", embedder.dimensions)
            let same = try await EmbeddedStore.open(configuration)
            #expect(same.size.embedded == 3)
            try await same.close()
        }
        let counting = WordVectors()
        try await withStore(model: (counting.name, counting.dimensions)) { knowledge, _ in
            let ingestion = Ingestion(backend: knowledge.store, chunker: Chunker(), embedding: PassageEmbedding(embedder: counting))
            _ = try await ingestion.ingest((0..<10).map { KnowledgeDocument(id: "copy-\($0)", title: "T", text: "the same text") })
            #expect(counting.texts == 1)
            #expect(knowledge.store.size.embedded == 10)
        }
    }

    @Test("no more passages of one document than were asked for, unless there is nothing else")
    func perDocument() async throws {
        try await withStore(chunker: Chunker(limit: 32, overlap: 0)) { knowledge, _ in
            let long = (0..<40).map { "Sentence \($0) speaks of slices and of the network in many words." }.joined(separator: " ")
            _ = try await knowledge.ingest([KnowledgeDocument(id: "long", text: long), KnowledgeDocument(id: "short", text: "One of slices.")])
            func ids(_ perDocument: Int) async throws -> [String] {
                try await knowledge.store.search(PassageQuery(text: "slices", limit: 5, perDocument: perDocument)).passages.map(\.documentId)
            }
            #expect(try await ids(1).sorted() == ["long", "short"])
            #expect(try await ids(2).filter { $0 == "long" }.count == 2)
            #expect(try await ids(100).count == 5)
        }
    }

    @Test("as many documents as were asked for are found behind one that has most of the best passages")
    func manyOfOne() async throws {
        let embedder = WordVectors()
        try await withStore(chunker: Chunker(limit: 32, overlap: 0), model: (embedder.name, embedder.dimensions)) { knowledge, _ in
            let long = (0..<600).map { "Slices, slices, slices: sentence \($0) of very many words on slices." }.joined(separator: " ")
            let others = (0..<8).map { KnowledgeDocument(id: "other-\($0)", text: "Among much else about the network, number \($0) has a word on slices.") }
            let ingestion = Ingestion(backend: knowledge.store, chunker: Chunker(limit: 32, overlap: 0), embedding: PassageEmbedding(embedder: embedder))
            _ = try await ingestion.ingest([KnowledgeDocument(id: "long", text: long)] + others)
            for mode in SearchMode.allCases {
                var query = PassageQuery(text: "slices", mode: mode, limit: 5, perDocument: 1)
                query.embedding = await QueryEmbedding(embedder, cached: 1).vector(of: query.text)
                let ids = try await knowledge.store.search(query).passages.map(\.documentId)
                #expect(ids.count == 5 && Set(ids).count == 5)
            }
        }
    }

    @Test("an embedding of a text that was replaced meanwhile is not taken for the new one")
    func replacedMeanwhile() async throws {
        let embedder = WordVectors()
        try await withStore(model: (embedder.name, embedder.dimensions)) { knowledge, _ in
            _ = try await knowledge.ingest([KnowledgeDocument(id: "a", text: "old words")])
            let passages = try await knowledge.store.unembedded(model: embedder.name, limit: 10)
            _ = try await knowledge.ingest([KnowledgeDocument(id: "a", text: "new words")])
            let late = passages.map { ($0.id, [Float](repeating: 0.1, count: embedder.dimensions)) }
            try await knowledge.store.setEmbeddings(late, model: embedder.name)
            #expect(passages.count == 1)
            #expect(knowledge.store.size.embedded == 0)
            #expect(try await knowledge.store.unembedded(model: embedder.name, limit: 10).map(\.text) == ["new words"])
        }
    }

    @Test("documents with access tags are found and shown only by those who hold one")
    func access() async throws {
        try await withStore { knowledge, _ in
            _ = try await knowledge.ingest([
                KnowledgeDocument(id: "open", text: "common words"), KnowledgeDocument(id: "noc", text: "common words", access: ["noc", "ops"]),
                KnowledgeDocument(id: "tenant", text: "common words", access: ["tenant:a"]),
            ])
            func ids(_ readers: Readers) async throws -> [String] { try await knowledge.search("common", readers: readers).map(\.documentId).sorted() }
            #expect(try await ids(.everybody) == ["open"])
            #expect(try await ids(.holding(["ops"])) == ["noc", "open"])
            #expect(try await ids(.holding(["tenant:a", "noc"])) == ["noc", "open", "tenant"])
            #expect(try await ids(.holding(["x"])) == ["open"])
            #expect(try await ids(.administration) == ["noc", "open", "tenant"])
            #expect(try await knowledge.document("noc")?.access == ["noc", "ops"])
            #expect(Readers.holding(["ops"]).mayRead(["noc", "ops"]) && !Readers.everybody.mayRead(["noc"]) && Readers.everybody.mayRead([]))
        }
    }
}
