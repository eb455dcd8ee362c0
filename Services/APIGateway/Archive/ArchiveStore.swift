import Dispatch
import Foundation
import GRDB
import IntentModel

/// Ended intents, for good, in one SQLite file: searchable, and out of Redis.
///
/// Writes are serial and on disk when they return; reads run beside them on a snapshot (write-ahead log). All of it happens on the queues of the
/// database pool; the cooperative pool only waits.
final class ArchiveStore: Sendable {
    private let pool: DatabasePool

    /// Opens or creates the file at `path`; its directory must exist.
    static func open(path: String) async throws -> ArchiveStore {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue(label: "archive.open").async { continuation.resume(with: Result { try ArchiveStore(path: path) }) }
        }
    }

    private init(path: String) throws {
        var configuration = GRDB.Configuration()
        configuration.label = "archive"
        configuration.maximumReaderCount = 4
        // Only a backup or a person with `sqlite3` ever holds the lock from outside.
        configuration.busyMode = .timeout(5)
        self.pool = try DatabasePool(path: path, configuration: configuration)
        // What is acknowledged may leave Redis: it must survive a loss of power, too.
        try self.pool.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA synchronous = FULL")
            // Takes effect with a VACUUM, which costs nothing while the file is new.
            if try Int.fetchOne(db, sql: "PRAGMA auto_vacuum") != 2 { try db.execute(sql: "PRAGMA auto_vacuum = INCREMENTAL; VACUUM") }
        }
        try ArchiveSchema.migrate(self.pool)
    }

    func close() async throws {
        let pool = self.pool
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            DispatchQueue(label: "archive.close").async { continuation.resume(with: Result { try pool.close() }) }
        }
    }

    // MARK: Writing

    /// Keeps intents, in one transaction. One that is there already in this version or a later one stays as it is.
    func keep(_ intents: [ArchivedIntent]) async throws {
        try await self.pool.write { db in
            let statement = try db.cachedStatement(
                sql: """
                    INSERT INTO intents (id, tenant, phase, priority, created, updated, sequence, text, labels, objects, record)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                    ON CONFLICT (id) DO UPDATE SET
                        phase = excluded.phase, updated = excluded.updated, sequence = excluded.sequence, labels = excluded.labels,
                        objects = excluded.objects, record = excluded.record
                    WHERE excluded.sequence >= intents.sequence
                    """
            )
            for intent in intents {
                try statement.execute(arguments: [
                    intent.id.description, intent.tenant, intent.phase.rawValue, intent.priority.rawValue, intent.created, intent.updated, intent.sequence,
                    intent.text, intent.labels, intent.objects, Data(intent.record),
                ])
            }
        }
    }

    /// Removes up to `limit` intents that ended before `updated` (Unix milliseconds), and gives their pages back. Returns how many.
    func prune(endedBefore updated: Int64, limit: Int = 1_000) async throws -> Int {
        try await self.pool.writeWithoutTransaction { db in
            try db.execute(
                sql: "DELETE FROM intents WHERE key IN (SELECT key FROM intents WHERE updated < ? ORDER BY updated LIMIT ?)", arguments: [updated, limit])
            let count = db.changesCount
            if count > 0 {
                try db.execute(sql: "PRAGMA incremental_vacuum")
                // The file shrinks with a checkpoint; who reads just now puts it off to the next.
                _ = try? db.checkpoint(.truncate)
            }
            return count
        }
    }

    // MARK: Reading

    /// The record and whose it is; nil when it is not here.
    func find(_ id: IntentID) async throws -> (tenant: String, record: [UInt8])? {
        try await self.pool.read { db in
            guard let row = try Row.fetchOne(db, sql: "SELECT tenant, record FROM intents WHERE id = ?", arguments: [id.description]) else { return nil }
            return (row["tenant"], [UInt8](row["record"] as Data))
        }
    }

    struct Found: Sendable {
        let id: IntentID
        /// ``IntentRecord`` as JSON.
        let record: [UInt8]
    }

    /// Intents that the selection names, by id: newest first from `before` on, or oldest first from `after` on.
    func page(_ selection: ArchiveSelection, limit: Int, before: IntentID? = nil, after: IntentID? = nil, isAscending: Bool = false) async throws -> [Found] {
        try await self.pool.read { db in
            var sql = "SELECT i.id, i.record FROM intents i"
            var arguments: [any DatabaseValueConvertible] = []
            if let expression = selection.expression {
                sql += " JOIN intentIndex ON intentIndex.rowid = i.key WHERE intentIndex MATCH ?"
                arguments = [expression.fts5]
            } else {
                sql += " WHERE true"
            }
            func also(_ condition: String, _ value: (any DatabaseValueConvertible)?) {
                guard let value else { return }
                sql += " AND " + condition
                arguments.append(value)
            }
            also("i.tenant = ?", selection.tenant)
            also("i.phase = ?", selection.phase?.rawValue)
            also("i.priority = ?", selection.priority?.rawValue)
            also("i.created >= ?", selection.from)
            also("i.created < ?", selection.to)
            also("i.id < ?", before?.description)
            also("i.id > ?", after?.description)
            sql += " ORDER BY i.id \(isAscending ? "ASC" : "DESC") LIMIT ?"
            arguments.append(limit)
            let rows = try Row.fetchCursor(db.cachedStatement(sql: sql), arguments: StatementArguments(arguments))
            var found: [Found] = []
            while let row = try rows.next() {
                guard let id = IntentID(row["id"] as String) else { continue }
                found.append(Found(id: id, record: [UInt8](row["record"] as Data)))
            }
            return found
        }
    }

    /// Throws when the file cannot be read.
    func check() async throws { try await self.pool.read { db in _ = try Int.fetchOne(db, sql: "SELECT 1 FROM intents LIMIT 1") } }

    struct Size: Sendable, Equatable {
        var intents: Int
        var bytes: Int
    }

    func size() async throws -> Size {
        let path = self.pool.path
        let intents = try await self.pool.read { db in try Int.fetchOne(db, sql: "SELECT count(*) FROM intents") ?? 0 }
        let bytes = ["", "-wal"].reduce(0) { sum, suffix in
            sum + ((try? FileManager.default.attributesOfItem(atPath: path + suffix)[.size] as? Int) ?? 0)
        }
        return Size(intents: intents, bytes: bytes)
    }
}
