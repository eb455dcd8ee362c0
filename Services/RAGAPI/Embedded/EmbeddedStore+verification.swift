import Foundation
import GRDB
import VectorIndex

extension EmbeddedStore {
    /// Looks through the whole file, and compares what is searched with what is stored.
    func verify() async throws -> StoreVerification {
        var verification = try await self.pool.read { db in
            var findings = try String.fetchAll(db, sql: "PRAGMA integrity_check(100)").filter { $0 != "ok" }
            var version = KnowledgeVersion()
            var documents = 0
            let rows = try Row.fetchCursor(db, sql: "SELECT id, title, text, source, metadata, access, hash FROM documents")
            while let row = try rows.next() {
                documents += 1
                let hash: Data = row["hash"]
                version.toggle([UInt8](hash))
            }
            let stored = try Self.version(in: db)
            if version != stored { findings.append("the documents do not add up to the version \(stored)") }
            let orphans = try Int.fetchOne(db, sql: "SELECT count(*) FROM passages WHERE document NOT IN (SELECT number FROM documents)") ?? 0
            if orphans > 0 { findings.append("\(orphans) passages belong to no document") }
            let passages = try Int.fetchOne(db, sql: "SELECT count(*) FROM passages") ?? 0
            let snapshot = self.keywords.snapshot
            if snapshot.mark == stored.bytes, snapshot.count != passages { findings.append("\(snapshot.count) of \(passages) passages can be found") }
            return StoreVerification(documents: documents, chunks: passages, version: stored.description, findings: findings)
        }
        verification.findings += try await self.vectorFindings()
        return verification
    }

    /// The index of vectors against the embeddings that are stored: which there are, and each vector for itself.
    private func vectorFindings() async throws -> [String] {
        guard let vectors = self.vectors else { return [] }
        // In the writer's turn, in which the index has what the file has.
        let (missing, foreign) = try await self.pool.writeWithoutTransaction { db in
            let stored = Set(try Int64.fetchAll(db, sql: "SELECT passage FROM embeddings WHERE model = ?", arguments: [self.model]))
            let indexed = Set(vectors.ids)
            return (stored.subtracting(indexed).count, indexed.subtracting(stored).count)
        }
        let different = try await self.pool.read { db in
            var different = 0
            let rows = try Row.fetchCursor(db, sql: "SELECT passage, vector FROM embeddings WHERE model = ?", arguments: [self.model])
            while let row = try rows.next() {
                let (number, bytes): (Int64, Data) = (row[0], row[1])
                let vector = HalfFloats.decode(bytes)
                // Of a vector with itself; one that was removed meanwhile has none.
                guard let product = try vectors.scores(of: [number], to: vector)[number] else { continue }
                if abs(product - vector.reduce(0) { $0 + $1 * $1 }) > Self.vectorTolerance { different += 1 }
            }
            return different
        }
        var findings: [String] = []
        if missing > 0 { findings.append("\(missing) embeddings are not in the index of vectors") }
        if foreign > 0 { findings.append("\(foreign) vectors of the index are of no passage") }
        if different > 0 { findings.append("\(different) vectors of the index differ from the stored embeddings") }
        return findings
    }

    /// What a dot product of the index is off by: some 1e-4 by its 12 bits, as much by the half-precision numbers that are stored.
    private static let vectorTolerance: Float = 0.01
}

/// What a look through the store found.
struct StoreVerification: Sendable, Equatable, Encodable {
    var documents: Int
    var chunks: Int
    var version: String
    /// Empty when all is well.
    var findings: [String]
}
