import Foundation
import GRDB

/// The number of a store in its `state`, 64 random bits: a copy of the file that lives a life of its own gets another one.
enum StoreIdentity {
    static func read(_ db: Database) throws -> UInt64 {
        let bytes = try Data.fetchOne(db, sql: "SELECT value FROM state WHERE name = 'store'") ?? Data()
        return bytes.reduce(0) { $0 << 8 | UInt64($1) }
    }

    static func renew(_ db: Database) throws {
        try db.execute(sql: "INSERT OR REPLACE INTO state (name, value) VALUES ('store', randomblob(8))")
    }
}
