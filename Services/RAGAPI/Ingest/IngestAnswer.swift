/// The body of a `200` of `POST /v1/documents`.
struct IngestAnswer: Sendable, Equatable, Encodable {
    /// Documents taken, changed or not.
    var accepted: Int
    /// Of those, the ones that were there already as they are.
    var unchanged: Int
    /// Passages of the documents taken.
    var chunks: Int
    var rejected: [DocumentFeed.Rejection]
    /// Rejected beyond the listed ones; absent when all are listed.
    var rejectedUnlisted: Int?

    init(_ ingested: Ingestion.Outcome, _ feed: DocumentFeed) {
        self.accepted = ingested.accepted
        self.unchanged = ingested.unchanged
        self.chunks = ingested.chunks
        self.rejected = feed.rejected
        self.rejectedUnlisted = feed.rejectedUnlisted > 0 ? feed.rejectedUnlisted : nil
    }
}
