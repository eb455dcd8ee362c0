import Foundation
import GRDB
import Synchronization

/// The embedded knowledge base: documents, their passages and a full-text index in one SQLite file.
///
/// Writes are serial, reads run beside them on a snapshot (write-ahead log). All of it happens on the queues of the database
/// pool; the cooperative pool only waits. Errors are `DatabaseError`s and `CancellationError`.
final class KnowledgeStore: Sendable {
    let chunker: MarkdownChunker
    let stopWords: Set<String>
    private let pool: DatabasePool
    private let known: Mutex<KnowledgeVersion>

    /// Opens or creates the file at `path`; its directory must exist.
    static func open(path: String, chunker: MarkdownChunker = MarkdownChunker(), stopWords: Set<String> = []) async throws -> KnowledgeStore {
        try await blockingWork("knowledge.open") { try KnowledgeStore(path: path, chunker: chunker, stopWords: stopWords) }
    }

    private init(path: String, chunker: MarkdownChunker, stopWords: Set<String>) throws {
        var configuration = GRDB.Configuration()
        configuration.label = "knowledge"
        configuration.maximumReaderCount = 4
        // Only a backup or a person with `sqlite3` ever holds the lock from outside.
        configuration.busyMode = .timeout(5)
        self.chunker = chunker
        self.stopWords = stopWords
        self.pool = try DatabasePool(path: path, configuration: configuration)
        try KnowledgeSchema.migrate(self.pool)
        self.known = Mutex(try self.pool.read(Self.version(in:)))
    }

    /// What the store holds now; part of every cache key. A search says which version it saw.
    var version: KnowledgeVersion { self.known.withLock { $0 } }

    func close() async throws {
        let pool = self.pool
        try await blockingWork("knowledge.close") { try pool.close() }
    }

    // MARK: Documents

    struct Ingested: Sendable, Equatable {
        /// Documents taken, changed or not.
        var accepted = 0
        /// Of those, the ones the store already held as they are.
        var unchanged = 0
        /// Passages of the documents taken.
        var chunks = 0
        var deleted = 0
    }

    /// Stores documents in one transaction; one whose content has not changed is left alone.
    func ingest(_ documents: [KnowledgeDocument]) async throws -> Ingested {
        try await self.write { db, version in
            var ingested = Ingested()
            for document in documents { try self.put(document, in: db, version: &version, counting: &ingested) }
            return ingested
        }
    }

    /// Makes the documents of one source exactly these. A document of the same id that came from elsewhere stays as it is.
    func synchronise(source: String, with documents: [KnowledgeDocument]) async throws -> Ingested {
        try await self.write { db, version in
            var ingested = Ingested()
            var kept: Set<String> = []
            for var document in documents {
                document.source = source
                kept.insert(document.id)
                let owner = try String.fetchOne(db, sql: "SELECT source FROM documents WHERE id = ?", arguments: [document.id])
                if owner == nil || owner == source { try self.put(document, in: db, version: &version, counting: &ingested) }
            }
            for id in try String.fetchAll(db, sql: "SELECT id FROM documents WHERE source = ?", arguments: [source]) where !kept.contains(id) {
                if try self.remove(id, in: db, version: &version) { ingested.deleted += 1 }
            }
            return ingested
        }
    }

    /// False when there is no such document.
    func delete(_ id: String) async throws -> Bool {
        try await self.write { db, version in try self.remove(id, in: db, version: &version) }
    }

    func document(_ id: String) async throws -> StoredDocument? {
        try await self.pool.read { db in try StoredDocument.fetch(id, in: db) }
    }

    func stats() async throws -> KnowledgeStats {
        try await self.pool.read { db in try KnowledgeStats(in: db, version: try Self.version(in: db)) }
    }

    /// Merges the index, refreshes the planner's statistics and gives free pages back: the weekly maintenance.
    func optimise() async throws {
        try await self.pool.writeWithoutTransaction { db in
            try db.execute(sql: "INSERT INTO chunkIndex (chunkIndex) VALUES ('optimize')")
            try db.execute(sql: "ANALYZE; VACUUM")
        }
    }

    // MARK: Search

    struct Found: Sendable {
        var results: [SearchResult]
        /// What was searched: differs from ``KnowledgeStore/version`` when an ingest came in between.
        var version: KnowledgeVersion
    }

    /// The passages that share most with the query, best first. A query without a term finds nothing.
    func search(_ expression: SearchExpression, limit: Int, filters: [SearchFilter] = []) async throws -> Found {
        try await self.pool.read { db in
            let version = try Self.version(in: db)
            guard !expression.isEmpty else { return Found(results: [], version: version) }
            var sql = """
                SELECT c.documentId, c.ordinal, c.title, c.heading, c.text, d.source, d.metadata, chunkIndex.rank AS rank
                FROM chunkIndex
                JOIN chunks c ON c.id = chunkIndex.rowid
                JOIN documents d ON d.id = c.documentId
                WHERE chunkIndex MATCH ?
                """
            var arguments: [any DatabaseValueConvertible] = [expression.fts5]
            for filter in filters {
                let clause = filter.clause
                sql += " AND " + clause.sql
                arguments += clause.arguments
            }
            sql += " ORDER BY chunkIndex.rank LIMIT ?"
            arguments.append(limit)
            let rows = try Row.fetchCursor(db.cachedStatement(sql: sql), arguments: StatementArguments(arguments))
            var results: [SearchResult] = []
            while let row = try rows.next() { results.append(try SearchResult(row)) }
            return Found(results: results, version: version)
        }
    }

    func expression(for query: String) -> SearchExpression { SearchExpression(query, stopWords: self.stopWords) }

    // MARK: Inside a transaction

    private func write<Value: Sendable>(_ change: @escaping @Sendable (Database, inout KnowledgeVersion) throws -> Value) async throws -> Value {
        try await self.pool.writeWithoutTransaction { db in
            try db.beginTransaction(.immediate)
            do {
                let before = try Self.version(in: db)
                var version = before
                let value = try change(db, &version)
                if version != before {
                    try db.execute(sql: "UPDATE state SET value = ? WHERE name = 'version'", arguments: [Data(version.bytes)])
                }
                try db.commit()
                // Still on the writer's queue: versions are published in the order of their commits.
                self.known.withLock { $0 = version }
                return value
            } catch {
                if db.isInsideTransaction { try db.rollback() }
                throw error
            }
        }
    }

    private static func version(in db: Database) throws -> KnowledgeVersion {
        let bytes = try Data.fetchOne(db, sql: "SELECT value FROM state WHERE name = 'version'")
        return bytes.flatMap { KnowledgeVersion(bytes: [UInt8]($0)) } ?? KnowledgeVersion()
    }

    private func put(_ document: KnowledgeDocument, in db: Database, version: inout KnowledgeVersion, counting ingested: inout Ingested) throws {
        let hash = try ContentHash(of: document, chunker: self.chunker).bytes
        let known = try Data.fetchOne(db, sql: "SELECT hash FROM documents WHERE id = ?", arguments: [document.id])
        ingested.accepted += 1
        if let known, [UInt8](known) == hash {
            ingested.unchanged += 1
            ingested.chunks += try Int.fetchOne(db, sql: "SELECT count(*) FROM chunks WHERE documentId = ?", arguments: [document.id]) ?? 0
            return
        }
        _ = try self.remove(document.id, in: db, version: &version)
        let metadata = String(decoding: try JSONEncoder().encode(document.metadata), as: UTF8.self)
        try db.cachedStatement(sql: "INSERT INTO documents (id, title, text, source, metadata, hash, updatedAt) VALUES (?, ?, ?, ?, ?, ?, ?)")
            .execute(arguments: [document.id, document.title, document.text, document.source, metadata, Data(hash), Date.now.ISO8601Format()])
        let insert = try db.cachedStatement(sql: "INSERT INTO chunks (documentId, ordinal, title, heading, text) VALUES (?, ?, ?, ?, ?)")
        for chunk in self.chunker.chunks(of: document.text, title: document.title) {
            try insert.execute(arguments: [document.id, chunk.ordinal, document.title, chunk.heading.joined(separator: " › "), chunk.text])
            ingested.chunks += 1
        }
        version.toggle(hash)
    }

    private func remove(_ id: String, in db: Database, version: inout KnowledgeVersion) throws -> Bool {
        guard let hash = try Data.fetchOne(db, sql: "SELECT hash FROM documents WHERE id = ?", arguments: [id]) else { return false }
        try db.execute(sql: "DELETE FROM chunks WHERE documentId = ?", arguments: [id])
        try db.execute(sql: "DELETE FROM documents WHERE id = ?", arguments: [id])
        version.toggle([UInt8](hash))
        return true
    }
}
