import Foundation
import GRDB

/// A document as `GET /v1/documents/{id}` shows it.
struct StoredDocument: Sendable, Equatable, Encodable {
    struct Passage: Sendable, Equatable, Encodable {
        var chunkId: String
        var heading: String
        var text: String
    }

    var id: String
    var title: String
    var text: String
    var source: String
    var metadata: [String: MetadataValue]
    /// RFC 3339 UTC.
    var updatedAt: String
    var chunks: [Passage]

    static func fetch(_ id: String, in db: Database) throws -> StoredDocument? {
        let found = try Row.fetchOne(db, sql: "SELECT title, text, source, metadata, updatedAt FROM documents WHERE id = ?", arguments: [id])
        guard let row = found else { return nil }
        let metadata: String = row["metadata"]
        let chunks = try Row.fetchAll(db, sql: "SELECT ordinal, heading, text FROM chunks WHERE documentId = ? ORDER BY ordinal", arguments: [id])
        return StoredDocument(
            id: id, title: row["title"], text: row["text"], source: row["source"], metadata: try [String: MetadataValue](json: metadata),
            updatedAt: row["updatedAt"],
            chunks: chunks.map { chunk in
                let ordinal: Int = chunk["ordinal"]
                return Passage(chunkId: "\(id)#\(ordinal)", heading: chunk["heading"], text: chunk["text"])
            }
        )
    }
}
