import Foundation
import GRDB
import Testing

@testable import RAGAPI

@Suite struct StoreKeepingTests {
    private static func documents(_ range: Range<Int>) -> [KnowledgeDocument] {
        range.map { KnowledgeDocument(id: "d\($0)", text: "Document \($0) about handover and slices.", metadata: ["n": .number(Double($0))]) }
    }

    @Test("a backup made while documents go in is one state of them; restoring it brings exactly that back while searches go on")
    func backupAndRestore() async throws {
        try await withStore { knowledge, path in
            _ = try await knowledge.ingest(Self.documents(0..<200))
            let backup = path + ".backup"
            async let writing: Void = {
                for start in stride(from: 200, to: 400, by: 20) { _ = try await knowledge.ingest(Self.documents(start..<(start + 20))) }
            }()
            #expect(try await knowledge.store.backUp(to: backup) > 0)
            try await writing
            _ = try await knowledge.ingest([KnowledgeDocument(id: "late", text: "something entirely different")])
            _ = try await knowledge.delete("d7")

            let copy = try await EmbeddedStore.open(EmbeddedStore.Configuration(path: backup))
            let (saved, count) = (copy.version, copy.size.documents)
            #expect(count >= 200 && count % 20 == 0)
            try await copy.close()

            let searching = Task {
                while !Task.isCancelled {
                    // The same words in every document: whatever state is searched, there is always a whole answer.
                    do {
                        let found = try await knowledge.search("handover", limit: 10)
                        #expect(found.count == 10)
                        #expect(found.allSatisfy { $0.text.contains("handover") })
                    } catch is CancellationError {
                        return
                    }
                }
            }
            try await knowledge.store.restore(from: backup)
            searching.cancel()
            try await searching.value
            #expect(knowledge.version == saved)
            #expect(knowledge.store.size == KnowledgeSize(documents: count, chunks: count, embedded: 0))
            #expect(try await knowledge.search("different").isEmpty)
            #expect(try await knowledge.search("document 7").first?.documentId == "d7")
            #expect(try await knowledge.store.verify().findings.isEmpty)
            _ = try await knowledge.ingest([KnowledgeDocument(id: "after", text: "written after the restoration")])
            #expect(try await knowledge.search("restoration").map(\.documentId) == ["after"])
        }
    }

    @Test("what is no sound backup changes nothing", arguments: ["", "no database at all", "missing"])
    func unusable(content: String) async throws {
        try await withStore { knowledge, path in
            _ = try await knowledge.ingest(Self.documents(0..<3))
            let version = knowledge.version
            let file = path + ".other"
            if content != "missing" { try String(repeating: content, count: 1000).write(toFile: file, atomically: true, encoding: .utf8) }
            await #expect(throws: StoreFault.self) { try await knowledge.store.restore(from: file) }
            #expect(knowledge.version == version)
            #expect(try await knowledge.search("handover").count == 3)
        }
    }

    @Test("a damaged file is refused at the start with its name and what to do")
    func damaged() async throws {
        try await withStore { knowledge, path in
            _ = try await knowledge.ingest(Self.documents(0..<500))
            let backup = path + ".damaged"
            _ = try await knowledge.store.backUp(to: backup)
            let file = try #require(FileHandle(forUpdatingAtPath: backup))
            let size = try file.seekToEnd()
            for offset in stride(from: UInt64(8192), to: size, by: 4096) {
                try file.seek(toOffset: offset)
                try file.write(contentsOf: [UInt8](repeating: 0xa5, count: 512))
            }
            try file.close()
            let fault = await #expect(throws: StoreFault.self) { try await EmbeddedStore.open(EmbeddedStore.Configuration(path: backup)) }
            #expect(fault?.description.contains(backup) == true)
            #expect(fault?.description.contains("knowledge restore") == true)
        }
    }

    @Test("verification finds documents that do not add up and passages that belong to nobody")
    func verify() async throws {
        try await withStore { knowledge, _ in
            _ = try await knowledge.ingest(Self.documents(0..<3))
            #expect(try await knowledge.store.verify() == StoreVerification(documents: 3, chunks: 3, version: knowledge.version.description, findings: []))
            try await knowledge.store.pool.write { db in
                try db.execute(sql: "INSERT INTO passages (document, ordinal, heading, text) VALUES (1, 9, '', 'x')")
                try db.execute(sql: "UPDATE documents SET hash = zeroblob(32) WHERE id = 'd1'")
            }
            let findings = try await knowledge.store.verify().findings
            #expect(findings.contains { $0.contains("do not add up") })
            #expect(findings.contains { $0.contains("3 of 4 passages") })
        }
    }

    @Test("what another process wrote is found after the next write here")
    func twoProcesses() async throws {
        try await withStore { knowledge, path in
            _ = try await knowledge.ingest(Self.documents(0..<3))
            let other = try await EmbeddedStore.open(EmbeddedStore.Configuration(path: path))
            _ = try await Ingestion(backend: other, chunker: Chunker()).ingest([KnowledgeDocument(id: "elsewhere", text: "from elsewhere")])
            _ = try await other.delete(["d0"])
            _ = try await knowledge.ingest([KnowledgeDocument(id: "here", text: "from here")])
            #expect(try await knowledge.search("elsewhere").map(\.documentId) == ["elsewhere"])
            #expect(knowledge.store.size.documents == 4)
            #expect(try await knowledge.search("document 0", limit: 10).allSatisfy { $0.documentId != "d0" })
            try await other.close()
        }
    }
}
