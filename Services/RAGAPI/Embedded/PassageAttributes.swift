import KeywordIndex

/// What filters can ask of a passage, as names in the index.
enum PassageAttributes {
    /// Of how passages become entries of an index of words that is kept in a file: a change here, or of ``PassageText``, is another form.
    static let form: UInt64 = 1

    /// More than these of one document cannot be filtered by.
    static let limit = 256

    /// Carried by passages that are not for everybody.
    static let restricted = TermHash.of(attribute: "\u{1}access", value: "restricted")
    static let open = TermHash.of(attribute: "\u{1}access", value: "everybody")

    static func access(_ tag: String) -> UInt64 { TermHash.of(attribute: "\u{1}tag", value: tag) }

    static func of(id: String, source: String, metadata: [String: MetadataValue], access: [String]) -> [UInt64] {
        var attributes = [TermHash.of(attribute: "documentId", value: "s" + id), TermHash.of(attribute: "source", value: "s" + source)]
        attributes += access.isEmpty ? [self.open] : [self.restricted] + access.map(self.access)
        for (field, value) in metadata where field != "documentId" && field != "source" {
            for scalar in value.scalars where attributes.count < self.limit { attributes.append(self.name(field, scalar)) }
        }
        return attributes
    }

    /// One of these must be there; empty when nothing can pass.
    static func of(_ filter: SearchFilter) -> [UInt64] { filter.anyOf.map { self.name(filter.field, $0) } }

    static func of(_ readers: Readers) -> [UInt64]? {
        switch readers {
        case .administration: nil
        case .everybody: [self.open]
        case .holding(let tags): [self.open] + tags.map(self.access)
        }
    }

    /// A text is not the number it spells.
    private static func name(_ field: String, _ value: MetadataValue) -> UInt64 { TermHash.of(attribute: field, value: value.canonical) }
}
