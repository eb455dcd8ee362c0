import JSONSchema

/// The body of a `200` of `POST /v1/search`.
struct SearchAnswer: Sendable {
    /// The results as a JSON array; encoded once and forwarded as bytes from then on.
    var results: [UInt8]
    /// Of the knowledge that was searched.
    var version: KnowledgeVersion
    /// How it was answered, which may be less than was asked for.
    var mode: SearchMode
    var cache: CacheLevel
    var took: Duration
    /// What is to be said about it; nil mostly.
    var note: String?

    var json: [UInt8] {
        var body: [UInt8] = []
        body.reserveCapacity(self.results.count + 96)
        body += Array(#"{"results":"#.utf8)
        body += self.results
        body += Array(#","version":"\#(self.version)","mode":"\#(self.mode.rawValue)","cache":"\#(self.cache.rawValue)","tookMs":\#(self.tookMs)"#.utf8)
        if let note = self.note {
            body += Array(#","note":"#.utf8)
            body.append(json: note)
        }
        body.append(UInt8(ascii: "}"))
        return body
    }

    /// Milliseconds with three decimals.
    var tookMs: Double { (self.took / .microseconds(1)).rounded() / 1000 }
}
