/// One document of the knowledge base, as it is ingested.
struct KnowledgeDocument: Sendable, Equatable {
    enum Limit {
        static let idBytes = 256
        static let titleBytes = 512
        static let textBytes = 8 << 20
        static let metadataMembers = 32
        static let accessTags = 32
        static let accessTagBytes = 128
    }

    /// 1…256 bytes without control characters; chosen by whoever owns the document.
    var id: String
    /// The first heading of the text, or the id, when none was given.
    var title: String
    /// Markdown or plain text, at most 8 MiB.
    var text: String
    /// Where it comes from ("builtin", a URL, a file name); `api` when nothing was said.
    var source: String
    var metadata: [String: MetadataValue]
    /// Tags of which a reader must hold one; empty for everybody. Sorted, without repeats.
    var access: [String]

    init(
        id: String, title: String? = nil, text: String, source: String = "api", metadata: [String: MetadataValue] = [:], access: [String] = []
    ) {
        self.id = id
        self.title = title ?? Chunker.firstHeading(of: text) ?? id
        self.text = text
        self.source = source
        self.metadata = metadata
        self.access = Set(access).sorted()
    }
}

extension KnowledgeDocument: Decodable {
    private enum CodingKeys: String, CodingKey { case id, title, text, source, metadata, access }

    /// Throws a `DecodingError` whose description is a sentence for the caller.
    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        func reject(_ key: CodingKeys, _ reason: String) -> DecodingError {
            .dataCorruptedError(forKey: key, in: container, debugDescription: reason)
        }
        let id = try container.decode(String.self, forKey: .id)
        guard !id.isEmpty, id.utf8.count <= Limit.idBytes else { throw reject(.id, "must have 1 to \(Limit.idBytes) bytes") }
        guard !id.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7f }) else { throw reject(.id, "must not hold control characters") }
        let text = try container.decode(String.self, forKey: .text)
        guard text.utf8.count <= Limit.textBytes else { throw reject(.text, "must have at most \(Limit.textBytes) bytes") }
        guard text.contains(where: { $0.isLetter || $0.isNumber }) else { throw reject(.text, "holds no word") }
        let title = try container.decodeIfPresent(String.self, forKey: .title)
        if let title, title.isEmpty || title.utf8.count > Limit.titleBytes { throw reject(.title, "must have 1 to \(Limit.titleBytes) bytes") }
        let source = try container.decodeIfPresent(String.self, forKey: .source) ?? "api"
        guard source.utf8.count <= Limit.titleBytes else { throw reject(.source, "must have at most \(Limit.titleBytes) bytes") }
        let metadata = try container.decodeIfPresent([String: MetadataValue].self, forKey: .metadata) ?? [:]
        guard metadata.count <= Limit.metadataMembers else { throw reject(.metadata, "must have at most \(Limit.metadataMembers) members") }
        if let name = metadata.keys.first(where: { !SearchFilter.isFieldName($0) }) {
            throw reject(.metadata, "\"\(name.prefix(64))\" is not a field name (letters, digits, '_', '-' and '.', at most 64)")
        }
        let access = try container.decodeIfPresent([String].self, forKey: .access) ?? []
        guard access.count <= Limit.accessTags, access.allSatisfy({ (1...Limit.accessTagBytes).contains($0.utf8.count) }) else {
            throw reject(.access, "must be at most \(Limit.accessTags) tags of 1 to \(Limit.accessTagBytes) bytes")
        }
        self.init(id: id, title: title, text: text, source: source, metadata: metadata, access: access)
    }
}
