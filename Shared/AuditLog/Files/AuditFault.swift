/// What is wrong with a log, and where.
package struct AuditFault: Error, Codable, Sendable, Equatable, CustomStringConvertible {
    package enum Kind: String, Codable, Sendable {
        /// The entry is not what its hash was made of, or no entry at all.
        case altered
        /// The entry is gone; those after it are there.
        case missing
        /// The entry stands elsewhere in its chain.
        case misplaced
        /// The entry is of another chain.
        case foreign
        /// The entry is sound in itself, and not the one that the next one follows, or that was anchored: somebody wrote it anew.
        case rewritten
        /// The entry was anchored, and the log ends before it.
        case truncated
    }

    package let chain: String
    /// Of the first entry that is bad.
    package let sequence: Int
    package let kind: Kind
    /// Where it was noticed: `p03/000000000001.ndjson:17`.
    package let place: String
    package let detail: String

    package var description: String { "\(self.chain) entry \(self.sequence) is \(self.kind.rawValue) (\(self.place)): \(self.detail)" }
}

/// Why the log cannot be used.
package struct AuditFailure: Error, Sendable, CustomStringConvertible {
    package let description: String

    init(_ description: String) { self.description = description }
}
