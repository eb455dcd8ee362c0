import Foundation
import GRDB

extension EmbeddedStore {
    /// What a backup is: its size in bytes, and the knowledge in it.
    struct Backup: Sendable, Equatable {
        var bytes: Int
        var version: KnowledgeVersion
    }

    /// A copy of the file as it is at one moment, made while it serves (https://www.sqlite.org/backup.html). The copy appears under its
    /// name when it is whole and was found sound.
    func backUp(to path: String) async throws -> Backup {
        let (pool, files) = (self.pool, StoreFiles(store: self.configuration.path))
        return try await blockingWork("knowledge.backup") {
            guard !files.contain(path) else { throw StoreFault.ownFile(path: path) }
            try Self.checkTarget(path)
            do {
                let partial = StoreFiles.scratch(beside: path, "part")
                defer { StoreFiles.remove(partial) }
                let copy: DatabaseQueue
                do { copy = try DatabaseQueue(path: partial) } catch let error as DatabaseError where error.resultCode == .SQLITE_CANTOPEN {
                    throw StoreFault.badTarget(path: path, reason: "it cannot be made there")
                }
                try pool.backup(to: copy, pagesPerStep: 1024)
                // A store of its own from now on: the files of vectors and words beside this one are not its.
                try copy.write { db in try StoreIdentity.renew(db) }
                let (finding, version) = try copy.read { db in
                    (try String.fetchOne(db, sql: "PRAGMA quick_check(1)"), try Self.version(in: db))
                }
                try copy.close()
                guard finding == "ok" else { throw StoreFault.damaged(path: path, reason: finding ?? "no answer") }
                guard rename(partial, path) == 0 else { throw StoreFault.badTarget(path: path, reason: String(cString: strerror(errno))) }
                let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
                return Backup(bytes: size ?? 0, version: version)
            } catch {
                throw StoreFault.of(error)
            }
        }
    }

    /// A backup replaces an earlier one, and no other file.
    private static func checkTarget(_ path: String) throws(StoreFault) {
        guard FileManager.default.fileExists(atPath: path) else { return }
        guard (try? StoreFile.isStore(path)) == true else { throw .badTarget(path: path, reason: "something else is there") }
    }

    /// Replaces everything by what a backup holds, in one transaction. Searches go on, on what was there until all of it is in place.
    func restore(from path: String) async throws {
        let store = self.configuration.path
        try await blockingWork("knowledge.restore") {
            guard !StoreFiles(store: store).contain(path) else { throw StoreFault.ownFile(path: path) }
            guard FileManager.default.fileExists(atPath: path) else { throw StoreFault.unusable(path: path, reason: "it is not there") }
            let scratch = StoreFiles.scratch(beside: store, "restore")
            defer { StoreFiles.remove(scratch) }
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
            do {
                try self.replaceAll(by: scratch)
            } catch let error as DatabaseError where error.resultCode == .SQLITE_MISMATCH || error.resultCode == .SQLITE_CONSTRAINT {
                // Of the right tables, with what does not belong into them.
                throw StoreFault.unusable(path: path, reason: error.message ?? "\(error.resultCode)")
            }
        }
    }

    private func replaceAll(by scratch: String) throws {
        try self.pool.writeWithoutTransaction { db in
            do {
                try db.execute(sql: "ATTACH DATABASE ? AS restored", arguments: [scratch])
                // SQLite lets go of a file only outside of transactions: after the commit or the way back.
                defer { try? db.execute(sql: "DETACH DATABASE restored") }
                do {
                    try db.beginTransaction(.immediate)
                    try self.takeOver(db)
                } catch {
                    if db.isInsideTransaction { try? db.rollback() }
                    throw error
                }
            } catch {
                throw StoreFault.of(error)
            }
        }
    }

    private func takeOver(_ db: Database) throws {
        func last(_ table: String) throws -> Int64 {
            try Int64.fetchOne(db, sql: "SELECT seq FROM main.sqlite_sequence WHERE name = ?", arguments: [table]) ?? 0
        }
        // New numbers: a search under way must not take a passage for another one. They begin behind the last one, whatever the backup's begin with:
        // numbers that only added up would double with every backup that is restored.
        func shift(_ table: String) throws -> Int64 {
            let first = try Int64.fetchOne(db, sql: "SELECT min(number) FROM restored.\(table)") ?? 1
            return try last(table) &- first &+ 1
        }
        let (documents, passages) = (try shift("documents"), try shift("passages"))
        let known = try last("passages")
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
        try self.reload(after: known, db) { try db.commit() }
    }
}
