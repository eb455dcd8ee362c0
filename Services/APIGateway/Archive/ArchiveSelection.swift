import IntentModel

/// Which intents of the archive are meant.
struct ArchiveSelection: Sendable {
    /// Nil for all.
    var tenant: String?
    var phase: Phase?
    var priority: Priority?
    var expression: ArchiveExpression?
    /// Of creation, Unix milliseconds; `to` is the first that is not meant.
    var from: Int64?
    var to: Int64?

    init(tenant: String?) { self.tenant = tenant }
}

/// Words to be found as a safe FTS5 expression: all of them, each inside double quotes, so that no operator of the caller reaches the parser.
struct ArchiveExpression: Sendable, Equatable {
    static let maxTerms = 16

    let fts5: String

    /// Nil when there is no word in it. A word that ends in `*` stands for its beginning; one of several parts (`amf-east`) for those in a row.
    init?(_ query: String) {
        var terms: [String] = []
        for word in query.split(whereSeparator: \.isWhitespace).prefix(Self.maxTerms) {
            let parts = word.lowercased().split { !($0.isLetter || $0.isNumber) }.map { $0.prefix(64) }
            guard !parts.isEmpty else { continue }
            terms.append("\"\(parts.joined(separator: " "))\"" + (word.hasSuffix("*") ? "*" : ""))
        }
        guard !terms.isEmpty else { return nil }
        self.fts5 = terms.joined(separator: " AND ")
    }
}
