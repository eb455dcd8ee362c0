import GRDB

/// The body of `GET /v1/documents/stats`.
struct KnowledgeStats: Sendable, Equatable, Encodable {
    var documents: Int
    var chunks: Int
    /// Size of the database file, without its write-ahead log.
    var bytes: Int
    /// Changes with every document that comes, goes or changes.
    var version: String
    /// Documents per source.
    var sources: [String: Int]
    /// RFC 3339 UTC; nil while there is no document.
    var updatedAt: String?

    init(in db: Database, version: KnowledgeVersion) throws {
        self.documents = try Int.fetchOne(db, sql: "SELECT count(*) FROM documents") ?? 0
        self.chunks = try Int.fetchOne(db, sql: "SELECT count(*) FROM chunks") ?? 0
        self.bytes = try Int.fetchOne(db, sql: "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size") ?? 0
        self.version = version.description
        // Sources are the caller's text: the largest are shown, not all.
        self.sources = [:]
        for row in try Row.fetchAll(db, sql: "SELECT source, count(*) AS documents FROM documents GROUP BY source ORDER BY 2 DESC LIMIT 100") {
            self.sources[row["source"]] = row["documents"]
        }
        self.updatedAt = try String.fetchOne(db, sql: "SELECT max(updatedAt) FROM documents")
    }
}
