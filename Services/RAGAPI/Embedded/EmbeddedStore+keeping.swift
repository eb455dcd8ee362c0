import Foundation
import GRDB

extension EmbeddedStore {
    /// Refreshes the planner's statistics and gives free pages back: the weekly maintenance.
    func optimise() async throws {
        try await self.pool.writeWithoutTransaction { db in try db.execute(sql: "ANALYZE; VACUUM") }
    }

    /// A copy of the file as it is at one moment, made while it serves (https://www.sqlite.org/backup.html). The copy appears under its
    /// name when it is whole and was found sound.
    ///
    /// - Returns: its size in bytes.
    func backUp(to path: String) async throws -> Int {
        let pool = self.pool
        return try await blockingWork("knowledge.backup") {
            do {
                let partial = path + ".part"
                try? FileManager.default.removeItem(atPath: partial)
                defer { try? FileManager.default.removeItem(atPath: partial) }
                let copy = try DatabaseQueue(path: partial)
                try pool.backup(to: copy, pagesPerStep: 1024)
                let finding = try copy.read { db in try String.fetchOne(db, sql: "PRAGMA quick_check(1)") }
                try copy.close()
                guard finding == "ok" else { throw StoreFault.damaged(path: path, reason: finding ?? "no answer") }
                guard rename(partial, path) == 0 else { throw StoreFault.unwritable(reason: "\(path): \(String(cString: strerror(errno)))") }
                let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
                return size ?? 0
            } catch {
                throw StoreFault.of(error)
            }
        }
    }

    /// Replaces everything by what a backup holds, in one transaction. Searches go on, on what was there until all of it is in place.
    func restore(from path: String) async throws {
        let scratch = self.configuration.path + ".restore"
        try await blockingWork("knowledge.restore") {
            guard FileManager.default.fileExists(atPath: path) else { throw StoreFault.unusable(path: path, reason: "it is not there") }
            func clean() { for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: scratch + suffix) } }
            clean()
            defer { clean() }
            do {
                // A copy is checked and brought up to date, so that a backup of an earlier version will do and stays as it is.
                try FileManager.default.copyItem(atPath: path, toPath: scratch)
                // An empty file is a database, too: it would replace everything by nothing.
                guard try StoreFile.isStore(scratch) else { throw StoreFault.unusable(path: path, reason: "it is no knowledge base") }
                try StoreFile.open(scratch).close()
            } catch let fault as StoreFault {
                guard case .damaged(_, let reason) = fault else { throw fault }
                throw StoreFault.unusable(path: path, reason: reason)
            } catch let error as DatabaseError {
                throw StoreFault.unusable(path: path, reason: error.message ?? "\(error.resultCode)")
            }
            try self.replaceAll(by: scratch)
        }
    }

    private func replaceAll(by scratch: String) throws {
        try self.pool.writeWithoutTransaction { db in
            do {
                try db.execute(sql: "ATTACH DATABASE ? AS restored", arguments: [scratch])
                defer { try? db.execute(sql: "DETACH DATABASE restored") }
                try db.beginTransaction(.immediate)
                func last(_ table: String) throws -> Int64 {
                    try Int64.fetchOne(db, sql: "SELECT seq FROM sqlite_sequence WHERE name = ?", arguments: [table]) ?? 0
                }
                // New numbers: a search under way must not take a passage for another one.
                let (documents, passages) = (try last("documents"), try last("passages"))
                try db.execute(
                    sql: """
                        DELETE FROM embeddings;
                        DELETE FROM passages;
                        DELETE FROM documents;
                        INSERT OR IGNORE INTO models (name) SELECT name FROM restored.models;
                        UPDATE state SET value = (SELECT value FROM restored.state WHERE name = 'version') WHERE name = 'version';
                        """)
                try db.execute(
                    sql: """
                        INSERT INTO documents (number, id, title, text, source, metadata, access, hash, updatedAt)
                        SELECT number + ?, id, title, text, source, metadata, access, hash, updatedAt FROM restored.documents ORDER BY number
                        """, arguments: [documents])
                try db.execute(
                    sql: """
                        INSERT INTO passages (number, document, ordinal, heading, text)
                        SELECT number + ?, document + ?, ordinal, heading, text FROM restored.passages ORDER BY number
                        """, arguments: [passages, documents])
                try db.execute(
                    sql: """
                        INSERT INTO embeddings (passage, model, vector)
                        SELECT e.passage + ?, m.number, e.vector FROM restored.embeddings e
                        JOIN restored.models r ON r.number = e.model JOIN models m ON m.name = r.name ORDER BY e.passage
                        """, arguments: [passages])
                try self.reload(after: passages, db) { try db.commit() }
            } catch {
                if db.isInsideTransaction { try? db.rollback() }
                throw StoreFault.of(error)
            }
        }
    }

    /// Looks through the whole file, and compares what is searched with what is stored.
    func verify() async throws -> StoreVerification {
        try await self.pool.read { db in
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
    }
}

/// What a look through the store found.
struct StoreVerification: Sendable, Equatable, Encodable {
    var documents: Int
    var chunks: Int
    var version: String
    /// Empty when all is well.
    var findings: [String]
}
