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
    /// Tags of which a reader must hold one; empty for everybody.
    var access: [String]
    /// RFC 3339 UTC.
    var updatedAt: String
    var chunks: [Passage]
}
