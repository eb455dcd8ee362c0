import GRDB

/// The SQLite file of the knowledge base.
enum StoreFile {
    /// Opens or creates it, looks for damage, and brings its tables up to date.
    static func open(_ path: String) throws -> DatabasePool {
        var configuration = GRDB.Configuration()
        configuration.label = "knowledge"
        configuration.maximumReaderCount = 4
        // Only a backup or a person with `sqlite3` ever holds the lock from outside.
        configuration.busyMode = .timeout(5)
        do {
            let pool = try DatabasePool(path: path, configuration: configuration)
            // What was acknowledged outlasts a loss of power, too.
            try pool.writeWithoutTransaction { db in try db.execute(sql: "PRAGMA synchronous = FULL") }
            try self.verify(pool)
            try KnowledgeSchema.migrate(pool)
            return pool
        } catch let error as DatabaseError where error.resultCode == .SQLITE_CORRUPT || error.resultCode == .SQLITE_NOTADB {
            throw StoreFault.damaged(path: path, reason: error.message ?? "SQLite cannot read it")
        }
    }

    /// Whether it has the tables of a knowledge base, of any version.
    static func isStore(_ path: String) throws -> Bool {
        let file = try DatabaseQueue(path: path)
        defer { try? file.close() }
        return try file.read { db in try db.tableExists("documents") && db.tableExists("state") }
    }

    private static func verify(_ pool: DatabasePool) throws {
        let finding = try pool.read { db in try String.fetchOne(db, sql: "PRAGMA quick_check(1)") }
        if let finding, finding != "ok" { throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: finding) }
    }
}
