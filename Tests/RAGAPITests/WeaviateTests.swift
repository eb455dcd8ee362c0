import Embeddings
import Foundation
import HTTPFetch
import JSONSchema
import Resilience
import TestSupport
import Testing

@testable import RAGAPI

/// The store on a server that is held to Weaviate's contract.
@Suite struct WeaviateTests {
    private static let embedder = WordVectors(meanings: ["automobile": "car"])

    private struct Knowledge: Sendable {
        let fake: FakeWeaviate
        let store: WeaviateStore
        let ingestion: Ingestion

        func ids(_ query: PassageQuery) async throws -> [String] {
            var query = query
            query.embedding = await QueryEmbedding(WeaviateTests.embedder, cached: 1).vector(of: query.text)
            return try await self.store.search(query).passages.map(\.documentId)
        }
    }

    private static func store(_ fake: FakeWeaviate, _ fetcher: HTTPFetcher, schema: WeaviateSchema? = nil) async throws -> WeaviateStore {
        var configuration = Upstream.Configuration()
        configuration.timeout = .seconds(5)
        configuration.breaker.openFor = .milliseconds(100)
        configuration.breaker.openAtMost = .milliseconds(500)
        configuration.backoff = Backoff(base: .milliseconds(1), cap: .milliseconds(5))
        let client = WeaviateClient(baseURL: fake.url, apiKey: "wv-secret", fetcher: fetcher, upstream: Upstream("weaviate", configuration))
        let shipped = try await WeaviateSchema.shipped()
        return WeaviateStore(client, schema: schema ?? shipped, model: self.embedder.name)
    }

    private func withKnowledge(_ body: (Knowledge) async throws -> Void) async throws {
        let fake = try await FakeWeaviate.start()
        let fetcher = HTTPFetcher()
        let store = try await Self.store(fake, fetcher)
        try await store.prepare()
        let ingestion = Ingestion(backend: store, chunker: Chunker(limit: 32, overlap: 0), embedding: PassageEmbedding(embedder: Self.embedder))
        try await body(Knowledge(fake: fake, store: store, ingestion: ingestion))
        #expect(fake.violations.isEmpty, "\(fake.violations.prefix(5))")
        #expect(fake.keys.allSatisfy { $0 == "Bearer wv-secret" })
        fetcher.stop()
        await fake.stop()
    }

    @Test("the classes are created once, properties that are missing are added, and one of another type is refused")
    func schema() async throws {
        try await self.withKnowledge { knowledge in
            #expect(knowledge.fake.classes.keys.sorted() == ["IntentPatterns", "NetworkFunctions", "NetworkIntent", "TelecomKnowledge"])
            let schema = try await WeaviateSchema.shipped()
            let before = knowledge.fake.requests.count
            try await schema.apply(knowledge.store.client)
            #expect(knowledge.fake.requests.dropFirst(before) == ["GET schema"])

            let directory = try TemporaryDirectory()
            let first = #"{"classes":[{"class":"Other","properties":[{"name":"a","dataType":["text"]}]}]}"#
            let second = #"{"properties":[{"class":"Other","property":{"name":"b","dataType":["int"]}}]}"#
            for (name, text) in [("001.json", first), ("002.json", second)] { try text.write(toFile: directory.file(name), atomically: true, encoding: .utf8) }
            try await WeaviateSchema.read(directory.path).apply(knowledge.store.client)
            #expect(knowledge.fake.classes["Other"]?["properties"]?.array?.count == 2)
            let other = #"{"properties":[{"class":"Other","property":{"name":"b","dataType":["text"]}}]}"#
            try other.write(toFile: directory.file("003.json"), atomically: true, encoding: .utf8)
            let wrong = try await WeaviateSchema.read(directory.path)
            let fault = await #expect(throws: WeaviateFault.self) { try await wrong.apply(knowledge.store.client) }
            #expect(fault?.description.contains("Other.b") == true)
        }
    }

    @Test("documents come back as they went in, are found in all modes, replaced and deleted, and each change is another version")
    func documents() async throws {
        try await self.withKnowledge { knowledge in
            let text = "# Cars\n\nThe automobile has \"four\" wheels\\nand a 車.\n\n## More\n\n" + String(repeating: "Wheels turn round and round. ", count: 20)
            let documents = [
                KnowledgeDocument(id: "car", text: text, source: "s1", metadata: ["domain": .text("road"), "n": .number(3)]),
                KnowledgeDocument(id: "words", text: "The car stands in the garage.", source: "s1"),
                KnowledgeDocument(id: "other", title: "Slices", text: "Slices isolate tenants."),
            ]
            let outcome = try await knowledge.ingestion.ingest(documents)
            #expect(knowledge.store.size.documents == 3 && knowledge.store.size.chunks == outcome.chunks && knowledge.store.size.embedded == outcome.chunks)
            #expect(try await knowledge.ingestion.ingest(documents).unchanged == 3)
            let shown = try #require(try await knowledge.store.document("car"))
            #expect(shown.text == text && shown.metadata == documents[0].metadata && shown.chunks.map(\.chunkId).prefix(2) == ["car#0", "car#1"])
            #expect(try await knowledge.ids(PassageQuery(text: "garage", mode: .keyword)) == ["words"])
            #expect(try await knowledge.ids(PassageQuery(text: "car", mode: .vector, limit: 2)).contains("words"))
            #expect(Set(try await knowledge.ids(PassageQuery(text: "car \"quoted\" \\ {}", mode: .hybrid, limit: 3, perDocument: 1))).count == 3)
            let filter = [SearchFilter(field: "n", anyOf: [.number(3)])]
            #expect(Set(try await knowledge.ids(PassageQuery(text: "wheels", mode: .hybrid, filters: filter))) == ["car"])
            #expect(try await knowledge.store.ids(ofSource: "s1").sorted() == ["car", "words"])
            #expect(try await knowledge.store.stats(for: .administration).sources == ["s1": 2, "api": 1])

            let version = knowledge.store.version
            _ = try await knowledge.ingestion.ingest([KnowledgeDocument(id: "car", text: "Now it is a bicycle.", source: "s1")])
            #expect(knowledge.store.version != version)
            #expect(try await knowledge.ids(PassageQuery(text: "wheels", mode: .keyword)).isEmpty)
            #expect(knowledge.store.size.chunks == 3)
            knowledge.fake.setDeletionLimit(1)
            #expect(try await knowledge.store.delete(["car", "words", "unknown"]) == 2)
            #expect(try await knowledge.store.document("car") == nil)
            #expect(knowledge.store.size == KnowledgeSize(documents: 1, chunks: 1, embedded: 1))
        }
    }

    @Test("explained scores of a hybrid search are Weaviate's own")
    func explanation() async throws {
        try await self.withKnowledge { knowledge in
            _ = try await knowledge.ingestion.ingest(HybridSearchTests.documents)
            var query = PassageQuery(text: "car", mode: .hybrid, alpha: 0.25, explains: true)
            query.embedding = await QueryEmbedding(Self.embedder, cached: 1).vector(of: "car")
            let found = try await knowledge.store.search(query).passages
            #expect(found.first?.documentId == "words")
            for passage in found {
                let parts = try #require(passage.explanation)
                #expect(abs(passage.score - (0.25 * parts.vector + 0.75 * parts.keyword)) < 1e-6)
            }
        }
        let text =
            "\nHybrid (Result Set vector,hybridVector) Document 1-2: original score 0.61, normalized score: 0.5 - "
            + "\nHybrid (Result Set keyword,bm25) Document 1-2: original score 1.2e+01, normalized score: 0.25"
        let explanation = WeaviateExplanation(text)
        #expect(explanation.vector == .init(original: 0.61, normalized: 0.5) && explanation.keyword == .init(original: 12, normalized: 0.25))
        #expect(WeaviateExplanation("anything else").keyword == nil)
    }

    @Test("access tags hold on the server as well")
    func access() async throws {
        try await self.withKnowledge { knowledge in
            _ = try await knowledge.ingestion.ingest([
                KnowledgeDocument(id: "open", text: "common words"), KnowledgeDocument(id: "noc", text: "common words", access: ["noc"]),
            ])
            for mode in SearchMode.allCases {
                #expect(try await knowledge.ids(PassageQuery(text: "common", mode: mode)) == ["open"])
                #expect(try await knowledge.ids(PassageQuery(text: "common", mode: mode, readers: .holding(["noc"]))).sorted() == ["noc", "open"])
            }
            #expect(try await knowledge.store.stats(for: .everybody).documents == 1)
            #expect(try await knowledge.store.held(["noc"])["noc"]?.access == ["noc"])
        }
    }

    @Test("a moment's failure and half a batch are tried again; what stays refused is told by its reason, and the same ingest completes it")
    func faults() async throws {
        try await self.withKnowledge { knowledge in
            let documents = (0..<10).map { KnowledgeDocument(id: "d\($0)", text: "Number \($0) about handover.") }
            knowledge.fake.answer("batch/objects", .status(500), .status(429, retryAfter: 0), .halfBatch(message: "shard is busy"))
            _ = try await knowledge.ingestion.ingest(documents)
            #expect(knowledge.store.size.documents == 10)

            let more = (10..<14).map { KnowledgeDocument(id: "d\($0)", text: "Number \($0) about handover.") }
            knowledge.fake.answer("batch/objects", .halfBatch(message: "no space left"), .halfBatch(message: "no space left"))
            let fault = await #expect(throws: WeaviateFault.self) { try await knowledge.ingestion.ingest(more) }
            #expect(fault == .partly(failed: 1, of: 4, "no space left"))
            #expect(try await knowledge.ingestion.ingest(documents + more).accepted == 14)
            #expect(try await knowledge.store.stats(for: .administration).documents == 14)
            #expect(try await knowledge.ids(PassageQuery(text: "13", mode: .keyword)).first == "d13")
        }
    }

    @Test("a document whose change was broken off is not held as it should be, and is made anew")
    func brokenOff() async throws {
        try await self.withKnowledge { knowledge in
            let document = KnowledgeDocument(id: "a", text: "first words")
            _ = try await knowledge.ingestion.ingest([document])
            knowledge.fake.setObject(WeaviateObject.documentID("a")) { object in
                var properties = object["properties"]
                properties?["hash"] = .string(WeaviateObject.changing)
                object["properties"] = properties
            }
            #expect(try await knowledge.ingestion.ingest([document]).unchanged == 0)
            #expect(try await knowledge.ingestion.ingest([document]).unchanged == 1)
        }
    }

    @Test("answers that make no sense are said to be that", arguments: ["{}", "[]", #"{"data":{"Get":null}}"#, "no JSON", #"{"data":{"Get":{"Other":[]}}}"#])
    func nonsense(answer: String) async throws {
        try await self.withKnowledge { knowledge in
            knowledge.fake.answer("graphql", .raw(answer))
            await #expect(throws: WeaviateFault.self) { try await knowledge.store.search(PassageQuery(text: "x")) }
        }
    }

    @Test("answers as Weaviate's documentation shows them are read")
    func published() async throws {
        try await self.withKnowledge { knowledge in
            let get = """
                {"data":{"Get":{"TelecomKnowledge":[{"_additional":{"id":"2db436b5-0557-5016-9c5f-531412adf9c6","score":"3.8206","explainScore":""},\
                "documentId":"amf","ordinal":0,"name":"AMF","heading":"","text":"words","source":"api","metadata":"{}"}]}}}
                """
            knowledge.fake.answer("graphql", .raw(get))
            let found = try await knowledge.store.search(PassageQuery(text: "x", mode: .keyword)).passages
            #expect(found.map(\.documentId) == ["amf"] && abs(found[0].score - KeywordScale.score(bm25: 3.8206)) < 1e-9)
            let errors = """
                {"data":{"Get":{"TelecomKnowledge":null}},"errors":[{"locations":[{"column":6,"line":1}],"message":"explorer: get class: search: shard is read-only",\
                "path":["Get","TelecomKnowledge"]}]}
                """
            knowledge.fake.answer("graphql", .raw(errors))
            let fault = await #expect(throws: WeaviateFault.self) { try await knowledge.store.search(PassageQuery(text: "x")) }
            #expect(fault?.description.contains("read-only") == true)
        }
    }

    @Test("what was stored without embeddings gets them later, unless it was replaced meanwhile")
    func backfill() async throws {
        try await self.withKnowledge { knowledge in
            var plain = knowledge.ingestion
            plain.embedding = nil
            _ = try await plain.ingest(HybridSearchTests.documents)
            #expect(knowledge.store.size.embedded == 0)
            let waiting = try await knowledge.store.unembedded(model: Self.embedder.name, limit: 10)
            _ = try await plain.ingest([KnowledgeDocument(id: "car", text: "Replaced.")])
            let vectors = try await PassageEmbedding(embedder: Self.embedder).vectors(of: waiting.map(\.text))
            try await knowledge.store.setEmbeddings(zip(waiting, vectors).map { ($0.id, $1) }, model: Self.embedder.name)
            #expect(knowledge.store.size.embedded == 2)
            let backfill = EmbeddingBackfill(
                backend: knowledge.store, embedding: PassageEmbedding(embedder: Self.embedder), logger: knowledge.ingestion.logger)
            #expect(try await backfill.embedSome())
            #expect(knowledge.store.size == KnowledgeSize(documents: 3, chunks: 3, embedded: 3))
        }
    }

    @Test("another replica sees what this one wrote when it looks")
    func replicas() async throws {
        try await self.withKnowledge { knowledge in
            let fetcher = HTTPFetcher()
            let other = try await Self.store(knowledge.fake, fetcher)
            try await other.prepare()
            _ = try await knowledge.ingestion.ingest(HybridSearchTests.documents)
            #expect(other.version != knowledge.store.version)
            try await other.refresh()
            #expect(other.version == knowledge.store.version && other.size == knowledge.store.size)
            fetcher.stop()
        }
    }

    @Test("while Weaviate is away the embedded store answers and says so, nothing of it is cached, and writes are refused")
    func fallback() async throws {
        try await self.withKnowledge { knowledge in
            try await withStore(model: (Self.embedder.name, Self.embedder.dimensions)) { local, _ in
                let backend = MirroredBackend(server: knowledge.store, mirror: local.store, logger: local.ingestion.logger)
                let ingestion = Ingestion(backend: backend, chunker: Chunker(), embedding: PassageEmbedding(embedder: Self.embedder))
                _ = try await ingestion.ingest(HybridSearchTests.documents)
                let cache = LayeredAnswerCache(.init(prefix: "test:"), redis: nil)
                let search = KnowledgeSearch(backend: backend, cache: cache, embedding: QueryEmbedding(Self.embedder, cached: 10))
                let answer = try await search.answer(SearchRequest(query: "garage"))
                #expect(answer.note == nil && answer.mode == .hybrid)

                await knowledge.fake.stop()
                let away = try await search.answer(SearchRequest(query: "car garage"))
                #expect(away.note?.contains("answered by the embedded store") == true)
                #expect(String(decoding: away.json, as: UTF8.self).contains(#""note":"Weaviate cannot be reached"#))
                #expect(String(decoding: away.json, as: UTF8.self).contains(#""documentId":"words""#))
                #expect(try await search.answer(SearchRequest(query: "garage")).cache == .l1)
                #expect(try await backend.document("words")?.text == "The car stands in the garage.")
                #expect(try await backend.stats(for: .administration).note != nil)
                await #expect(throws: WeaviateFault.self) { try await ingestion.ingest([KnowledgeDocument(id: "late", text: "words")]) }
                await #expect(throws: WeaviateFault.self) { try await backend.delete(["words"]) }
                #expect(try await local.document("words") != nil)

                try await knowledge.fake.restart()
                let end = ContinuousClock.now + .seconds(30)
                var back = away
                while back.note != nil, ContinuousClock.now < end {
                    try await Task.sleep(for: .milliseconds(50))
                    back = try await search.answer(SearchRequest(query: "car garage"))
                }
                #expect(back.note == nil && back.cache == .miss)
            }
        }
    }

    @Test("a migration moves everything both ways, goes on where it was broken off, and finds what differs")
    func migration() async throws {
        try await self.withKnowledge { knowledge in
            try await withStore(model: (Self.embedder.name, Self.embedder.dimensions)) { local, _ in
                let ingestion = Ingestion(backend: local.store, chunker: Chunker(), embedding: PassageEmbedding(embedder: Self.embedder))
                let documents = (0..<25).map {
                    KnowledgeDocument(
                        id: "d\($0)", title: "Title \($0)", text: "# T\n\nNumber \($0) about handover.", source: "s", metadata: ["n": .number(Double($0))],
                        access: $0 == 3 ? ["noc"] : [])
                }
                _ = try await ingestion.ingest(documents)
                let there = KnowledgeMigration(source: local.store, target: knowledge.store)
                let first = try await there.page(after: nil, limit: 10)
                #expect(first.documents == 10 && first.unchanged == 0 && first.total == 25)
                #expect(try await there.compare().missing == 15)
                var page = try await there.page(after: nil, limit: 10)
                #expect(page.unchanged == 10)
                while let next = page.next { page = try await there.page(after: next, limit: 10) }
                let alike = try await there.compare()
                #expect(alike.isAlike && alike.sourceVersion == alike.targetVersion && alike.sourceVersion == local.version.description)
                #expect(knowledge.store.size == KnowledgeSize(documents: 25, chunks: 25, embedded: 25))

                try await withStore(model: (Self.embedder.name, Self.embedder.dimensions)) { empty, _ in
                    let back = KnowledgeMigration(source: knowledge.store, target: empty.store)
                    var page = try await back.page(after: nil, limit: 7)
                    while let next = page.next { page = try await back.page(after: next, limit: 7) }
                    #expect(try await back.compare().isAlike)
                    #expect(empty.version == local.version && empty.store.size == local.store.size)
                    let (one, other) = (try await empty.store.export(after: nil, limit: 100), try await local.store.export(after: nil, limit: 100))
                    #expect(one.map(\.document) == other.map(\.document) && one.map(\.chunks) == other.map(\.chunks))
                    #expect(one.map(\.updatedAt) == other.map(\.updatedAt) && one.map(\.model) == other.map(\.model))
                    for (mine, theirs) in zip(one.flatMap(\.embeddings), other.flatMap(\.embeddings)) {
                        #expect(zip(mine, theirs).allSatisfy { abs($0 - $1) < 0.002 })
                    }
                    #expect(try await empty.store.verify().findings.isEmpty)
                    _ = try await empty.delete("d1")
                    _ = try await empty.ingest([KnowledgeDocument(id: "d2", text: "changed"), KnowledgeDocument(id: "new", text: "words")])
                    let comparison = try await back.compare()
                    #expect(comparison.missing == 1 && comparison.different == 1 && comparison.extra == 1 && !comparison.isAlike)
                    #expect(comparison.examples.sorted() == ["d1", "d2", "new"])
                }
            }
        }
    }
}
