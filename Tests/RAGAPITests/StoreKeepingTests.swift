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
            #expect(try await knowledge.store.backUp(to: backup).bytes > 0)
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

    @Test("a search between a commit and the indexes that follow it waits for them")
    func searchBetweenCommitAndIndex() async throws {
        try await withStore { knowledge, _ in
            _ = try await knowledge.ingest(Self.documents(0..<20))
            let pool = knowledge.store.pool
            // As after the commit of a restoration: what the index knows is not in the file.
            try await pool.write { db in try db.execute(sql: "PRAGMA defer_foreign_keys = ON; UPDATE passages SET number = -number") }
            async let found = knowledge.search("handover", limit: 10)
            try await Task.sleep(for: .milliseconds(60))
            try await pool.write { db in try db.execute(sql: "PRAGMA defer_foreign_keys = ON; UPDATE passages SET number = -number") }
            let count = try await found.count
            #expect(count == 10)
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

    @Test("a restoration that fails on its way changes nothing and is no obstacle for the next")
    func failedRestoration() async throws {
        try await withStore { knowledge, path in
            _ = try await knowledge.ingest(Self.documents(0..<3))
            let (good, bad) = (path + ".good", path + ".bad")
            #expect(try await knowledge.store.backUp(to: good).version == knowledge.version)
            _ = try await knowledge.store.backUp(to: bad)
            try await DatabaseQueue(path: bad).write { db in try db.execute(sql: "DELETE FROM state WHERE name = 'version'") }
            _ = try await knowledge.ingest(Self.documents(3..<5))
            let version = knowledge.version
            await #expect(throws: (any Error).self) { try await knowledge.store.restore(from: bad) }
            #expect(knowledge.version == version)
            #expect(try await knowledge.search("handover").count == 5)
            try await knowledge.store.restore(from: good)
            #expect(try await knowledge.search("handover").count == 3)
            let left = try FileManager.default.contentsOfDirectory(atPath: URL(fileURLWithPath: path).deletingLastPathComponent().path)
            #expect(!left.contains { $0.contains("restore-") || $0.contains("part-") })
        }
    }

    @Test("a backup of what was restored can be restored, however often: the numbers of rows grow by as many as there are")
    func restoredOverAndOver() async throws {
        try await withStore { knowledge, path in
            _ = try await knowledge.ingest(Self.documents(0..<3))
            let backup = path + ".backup"
            // Numbers that doubled would pass 64 bits.
            for _ in 0..<70 {
                _ = try await knowledge.store.backUp(to: backup)
                try await knowledge.store.restore(from: backup)
            }
            #expect(try await knowledge.search("handover").count == 3)
            #expect(try await knowledge.store.verify().findings.isEmpty)
            let last = try await DatabaseQueue(path: backup).read { db in try Int.fetchOne(db, sql: "SELECT max(number) FROM passages") }
            #expect(try #require(last) < 1_000)
        }
    }

    @Test("a backup replaces an earlier one and nothing else; where none can be is told as such")
    func targets() async throws {
        try await withStore { knowledge, path in
            _ = try await knowledge.ingest(Self.documents(0..<3))
            let other = path + ".txt"
            try "somebody's".write(toFile: other, atomically: true, encoding: .utf8)
            let directory = URL(fileURLWithPath: path).deletingLastPathComponent().path
            for target in [other, directory, directory + "/nowhere/backup", directory + "/" + String(repeating: "0", count: 300)] {
                let fault = await #expect(throws: StoreFault.self) { try await knowledge.store.backUp(to: target) }
                guard case .badTarget = fault else {
                    Issue.record("\(target): \(String(describing: fault))")
                    continue
                }
            }
            #expect(try String(contentsOfFile: other, encoding: .utf8) == "somebody's")
            _ = try await knowledge.store.backUp(to: path + ".backup")
            #expect(try await knowledge.store.backUp(to: path + ".backup").bytes > 0)
        }
    }

    @Test("no backup goes to the knowledge base itself or to what belongs to it, whatever the path is called")
    func ownFiles() async throws {
        let embedder = WordVectors()
        try await withStore(model: (embedder.name, embedder.dimensions)) { knowledge, path in
            _ = try await knowledge.ingest(Self.documents(0..<3))
            try knowledge.store.saveVectors()
            let directory = URL(fileURLWithPath: path).deletingLastPathComponent().path
            let manager = FileManager.default
            try manager.createSymbolicLink(atPath: directory + "/soft", withDestinationPath: path)
            try manager.linkItem(atPath: path, toPath: directory + "/hard")
            try manager.createSymbolicLink(atPath: directory + "/here", withDestinationPath: directory)
            try manager.createSymbolicLink(atPath: directory + "/wal", withDestinationPath: "knowledge.sqlite-wal")
            let own = [
                path, path + "-wal", path + "-shm", path + ".vectors", path + ".vectors.new", directory + "/./knowledge.sqlite", directory + "/soft",
                directory + "/hard", directory + "/here/knowledge.sqlite", directory + "/here/knowledge.sqlite.vectors", directory + "/wal",
            ]
            for target in own {
                await #expect(throws: StoreFault.ownFile(path: target)) { try await knowledge.store.backUp(to: target) }
                await #expect(throws: StoreFault.ownFile(path: target)) { try await knowledge.store.restore(from: target) }
            }
            #expect(try await knowledge.search("handover").count == 3)
            #expect(try await knowledge.store.verify().findings.isEmpty)
            #expect(try await knowledge.store.backUp(to: directory + "/here/other").bytes > 0)
        }
    }

    @Test("vectors of another store are not taken for this one's, and verification compares each vector")
    func vectors() async throws {
        let embedder = WordVectors()
        let model = (embedder.name, embedder.dimensions)
        try await withStore(model: model) { knowledge, path in
            let ingestion = Ingestion(backend: knowledge.store, chunker: Chunker(), embedding: PassageEmbedding(embedder: embedder))
            _ = try await ingestion.ingest(Self.documents(0..<5))
            try knowledge.store.saveVectors()
            #expect(try await knowledge.store.verify().findings.isEmpty)
            let backup = path + ".backup"
            _ = try await knowledge.store.backUp(to: backup)

            // A store with passages of the same numbers and other vectors, beside the vectors of this one.
            try await DatabaseQueue(path: backup).write { db in
                let other = HalfFloats.encode([1] + [Float](repeating: 0, count: embedder.dimensions - 1))
                try db.execute(sql: "UPDATE embeddings SET vector = ?", arguments: [other])
            }
            try FileManager.default.copyItem(atPath: path + ".vectors", toPath: backup + ".vectors")
            var configuration = EmbeddedStore.Configuration(path: backup)
            configuration.model = model
            let other = try await EmbeddedStore.open(configuration)
            #expect(other.identity != knowledge.store.identity)
            #expect(try await other.verify().findings.isEmpty)
            try await other.close()

            try await knowledge.store.pool.write { db in
                let number = try Int64.fetchOne(db, sql: "SELECT min(passage) FROM embeddings")
                let other = HalfFloats.encode([1] + [Float](repeating: 0, count: embedder.dimensions - 1))
                try db.execute(sql: "UPDATE embeddings SET vector = ? WHERE passage = ?", arguments: [other, number])
                try db.execute(sql: "DELETE FROM embeddings WHERE passage = (SELECT max(passage) FROM embeddings)")
            }
            let findings = try await knowledge.store.verify().findings
            #expect(findings == ["1 vectors of the index are of no passage", "1 vectors of the index differ from the stored embeddings"])
        }
    }

    @Test("the index of words is read from its file at the next start, with what came and went since, and made anew when the file is another's or damaged")
    func words() async throws {
        try await withStore { knowledge, path in
            _ = try await knowledge.ingest(Self.documents(0..<50))
            try knowledge.store.saveWords(isEnd: true)
            let file = path + ".words"
            let written = try Data(contentsOf: URL(fileURLWithPath: file))
            // Nothing changed: nothing is written.
            try FileManager.default.removeItem(atPath: file)
            try knowledge.store.saveWords(isEnd: true)
            #expect(!FileManager.default.fileExists(atPath: file))
            _ = try await knowledge.ingest(Self.documents(50..<60))
            _ = try await knowledge.delete("d7")
            var damaged = written
            damaged[written.count / 2] ^= 1
            for content in [written, damaged, Data("something else".utf8)] {
                try content.write(to: URL(fileURLWithPath: file))
                let other = try await EmbeddedStore.open(EmbeddedStore.Configuration(path: path))
                // What was read: of a file that will do, only the eleven changes.
                #expect(other.unsavedWords.load(ordering: .relaxed) == (content == written ? 11 : 59))
                #expect(other.keywords.snapshot.numbers == knowledge.store.keywords.snapshot.numbers)
                #expect(try await other.search(PassageQuery(text: "document 55", limit: 1)).passages.map(\.documentId) == ["d55"])
                #expect(try await other.verify().findings.isEmpty)
                try other.pool.close()
            }
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
