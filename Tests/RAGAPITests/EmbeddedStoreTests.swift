import Foundation
import Testing

@testable import RAGAPI

@Suite struct EmbeddedStoreTests {
    static let amf = KnowledgeDocument(
        id: "amf", text: "# AMF\nThe access function registers devices.",
        metadata: ["topic": .list([.text("core"), .text("mobility")]), "release": .number(17)])
    static let upf = KnowledgeDocument(
        id: "upf", title: "UPF", text: "Forwards packets of devices.", source: "handbook", metadata: ["topic": .text("core"), "edge": .boolean(true)])
    static let du = KnowledgeDocument(id: "du", title: "O-DU", text: "Schedules devices on the air.", source: "handbook", metadata: ["topic": .text("ran")])

    @Test("a document comes back with its passages, and a search finds it")
    func roundTrip() async throws {
        try await withStore { store, _ in
            #expect(try await store.ingest([Self.amf]) == .init(accepted: 1, unchanged: 0, chunks: 1, deleted: 0))
            let stored = try await store.document("amf")
            #expect(stored?.title == "AMF")
            #expect(stored?.text == Self.amf.text)
            #expect(stored?.metadata == Self.amf.metadata)
            #expect(stored?.chunks == [.init(chunkId: "amf#0", heading: "", text: "The access function registers devices.")])
            let result = try #require(try await store.search("register a device").first)
            #expect(result.chunkId == "amf#0")
            #expect(result.source == "api")
            #expect(try [String: MetadataValue](json: result.metadata) == Self.amf.metadata)
            #expect((0..<1).contains(result.score))
            #expect(try await store.document("none") == nil)
        }
    }

    @Test("a document that has not changed is left alone; a changed one replaces its passages")
    func upsert() async throws {
        try await withStore { store, _ in
            _ = try await store.ingest([Self.amf])
            let version = store.version
            #expect(try await store.ingest([Self.amf]) == .init(accepted: 1, unchanged: 1, chunks: 1, deleted: 0))
            #expect(store.version == version)
            var changed = Self.amf
            changed.text = "Something about handover."
            #expect(try await store.ingest([changed]).unchanged == 0)
            #expect(store.version != version)
            #expect(try await store.search("registers").isEmpty)
            #expect(try await store.search("handovers").map(\.documentId) == ["amf"])
            #expect(try await store.stats().chunks == 1)
        }
    }

    @Test("a change of metadata alone is a change")
    func metadata() async throws {
        try await withStore { store, _ in
            _ = try await store.ingest([Self.amf])
            var changed = Self.amf
            changed.metadata["release"] = .number(18)
            #expect(try await store.ingest([changed]).unchanged == 0)
            #expect(try await store.document("amf")?.metadata["release"] == .number(18))
        }
    }

    @Test("deleting takes the document out of searches, once")
    func delete() async throws {
        try await withStore { store, _ in
            let empty = store.version
            _ = try await store.ingest([Self.amf])
            #expect(try await store.delete("amf"))
            #expect(try await !store.delete("amf"))
            #expect(try await store.search("registers").isEmpty)
            #expect(store.version == empty)
        }
    }

    @Test("the version is the same for the same documents in any order, and survives reopening")
    func version() async throws {
        let one = try await withStore { store, path in
            _ = try await store.ingest([Self.amf, Self.upf, Self.du])
            let reopened = try await EmbeddedStore.open(EmbeddedStore.Configuration(path: path))
            #expect(reopened.version == store.version)
            try await reopened.close()
            return store.version
        }
        let other = try await withStore { store, _ in
            for document in [Self.du, Self.amf, Self.upf] { _ = try await store.ingest([document]) }
            return store.version
        }
        #expect(one == other)
        #expect(one != KnowledgeVersion())
        #expect(one.description.count == 32)
    }

    @Test(
        "filters keep what matches all fields and any value of each",
        arguments: [
            ([SearchFilter(field: "topic", anyOf: [.text("core")])], ["amf", "upf"]),
            ([SearchFilter(field: "topic", anyOf: [.text("ran"), .text("mobility")])], ["amf", "du"]),
            ([SearchFilter(field: "release", anyOf: [.number(17)])], ["amf"]),
            ([SearchFilter(field: "release", anyOf: [.text("17")])], []),
            ([SearchFilter(field: "edge", anyOf: [.boolean(true)])], ["upf"]),
            ([SearchFilter(field: "source", anyOf: [.text("handbook")])], ["du", "upf"]),
            ([SearchFilter(field: "documentId", anyOf: [.text("du")])], ["du"]),
            ([SearchFilter(field: "source", anyOf: [.text("handbook")]), SearchFilter(field: "topic", anyOf: [.text("core")])], ["upf"]),
            ([SearchFilter(field: "nothing", anyOf: [.text("x")])], []),
            ([SearchFilter(field: "topic", anyOf: [.text("x') OR 1=1 --")])], []),
        ])
    func filters(filters: [SearchFilter], ids: [String]) async throws {
        try await withStore { store, _ in
            _ = try await store.ingest([Self.amf, Self.upf, Self.du])
            #expect(try await store.search("devices", filters: filters).map(\.documentId).sorted() == ids)
        }
    }

    @Test("the limit bounds the results, the best come first")
    func limit() async throws {
        try await withStore { store, _ in
            _ = try await store.ingest((0..<150).map { KnowledgeDocument(id: "d\($0)", text: "common words here " + ($0 == 77 ? "needle" : "hay")) })
            #expect(try await store.search("common", limit: 100).count == 100)
            let results = try await store.search("common needle", limit: 3)
            #expect(results.map(\.documentId).first == "d77")
            #expect(results.map(\.score) == results.map(\.score).sorted(by: >))
        }
    }

    @Test("a word in the title outweighs one in the text")
    func titles() async throws {
        try await withStore { store, _ in
            _ = try await store.ingest([
                KnowledgeDocument(id: "mention", title: "Other", text: "the slice is mentioned here in passing"),
                KnowledgeDocument(id: "subject", title: "Slice", text: "it is the subject of this text alone"),
                KnowledgeDocument(id: "none", title: "None", text: "nothing of the kind"),
            ])
            #expect(try await store.search("slices").map(\.documentId) == ["subject", "mention"])
        }
    }

    @Test("a source is made exactly what it should be, without touching others")
    func synchronise() async throws {
        try await withStore { store, _ in
            _ = try await store.ingest([Self.upf])
            let builtin = [Self.amf, KnowledgeDocument(id: "upf", text: "the shipped text"), KnowledgeDocument(id: "smf", text: "sessions")]
            #expect(try await store.synchronise(source: "builtin", with: builtin) == .init(accepted: 2, unchanged: 0, chunks: 2, deleted: 0))
            #expect(try await store.document("upf")?.source == "handbook")
            let version = store.version
            #expect(try await store.synchronise(source: "builtin", with: builtin).unchanged == 2)
            #expect(store.version == version)
            #expect(try await store.synchronise(source: "builtin", with: [Self.amf]).deleted == 1)
            #expect(try await store.document("smf") == nil)
            #expect(try await store.stats().sources == ["builtin": 1, "handbook": 1])
        }
    }

    @Test("searches run while documents go in, and each sees whole transactions")
    func concurrency() async throws {
        try await withStore { store, _ in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for batch in 0..<20 {
                    group.addTask {
                        // Pairs go in together: a search never sees one half.
                        _ = try await store.ingest((0..<2).map { KnowledgeDocument(id: "\(batch)-\($0)", text: "pair of batch \(batch)") })
                    }
                    group.addTask {
                        let found = try await store.search("pair", limit: 100)
                        #expect(found.count.isMultiple(of: 2))
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await store.stats().documents == 40)
            #expect(try await store.store.search(PassageQuery(text: "pair", limit: 100)).version == store.version)
        }
    }
}
