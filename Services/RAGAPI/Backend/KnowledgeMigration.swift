/// Moves documents with their passages and embeddings from one backend to another, page by page, and compares the two.
///
/// What the target holds already as it is is left alone: a migration that was broken off is made again from its beginning, or from any page.
struct KnowledgeMigration: Sendable {
    static let largestPage = 500

    let source: any KnowledgeBackend
    let target: any KnowledgeBackend

    struct Page: Sendable, Equatable, Encodable {
        /// Of this page.
        var documents = 0
        /// Of those, the ones that were held already as they are.
        var unchanged = 0
        var chunks = 0
        /// The last document; absent on the last page.
        var next: String?
        /// Of the whole source.
        var total = 0
    }

    /// - Parameter id: of the last document of the page before; nil for the first page.
    func page(after id: String?, limit: Int) async throws -> Page {
        let documents = try await self.source.export(after: id, limit: limit)
        let held = try await self.target.held(documents.map(\.document.id))
        let changed = documents.filter { held[$0.document.id]?.hash != $0.hash || held[$0.document.id]?.chunks != $0.chunks.count }
        try await self.target.put(changed)
        return Page(
            documents: documents.count, unchanged: documents.count - changed.count, chunks: documents.reduce(0) { $0 + $1.chunks.count },
            next: documents.count < limit ? nil : documents.last?.document.id, total: try await self.source.stats(for: .administration).documents)
    }

    struct Comparison: Sendable, Equatable, Encodable {
        var sourceDocuments = 0
        var targetDocuments = 0
        var sourceChunks = 0
        var targetChunks = 0
        /// Exclusive or of the hashes of all documents.
        var sourceVersion = KnowledgeVersion().description
        var targetVersion = KnowledgeVersion().description
        var missing = 0
        var different = 0
        /// In the target alone.
        var extra = 0
        /// The first of those that are not alike.
        var examples: [String] = []

        var isAlike: Bool { self.missing == 0 && self.different == 0 && self.extra == 0 }

        private enum CodingKeys: String, CodingKey {
            case sourceDocuments, targetDocuments, sourceChunks, targetChunks, sourceVersion, targetVersion, missing, different, extra, examples, isAlike
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(self.sourceDocuments, forKey: .sourceDocuments)
            try container.encode(self.targetDocuments, forKey: .targetDocuments)
            try container.encode(self.sourceChunks, forKey: .sourceChunks)
            try container.encode(self.targetChunks, forKey: .targetChunks)
            try container.encode(self.sourceVersion, forKey: .sourceVersion)
            try container.encode(self.targetVersion, forKey: .targetVersion)
            try container.encode(self.missing, forKey: .missing)
            try container.encode(self.different, forKey: .different)
            try container.encode(self.extra, forKey: .extra)
            try container.encode(self.examples, forKey: .examples)
            try container.encode(self.isAlike, forKey: .isAlike)
        }
    }

    /// Every document of both by its hash and the number of its passages.
    func compare() async throws -> Comparison {
        var comparison = Comparison()
        var (sourceVersion, targetVersion) = (KnowledgeVersion(), KnowledgeVersion())
        var held: [String: InventoryEntry] = [:]
        try await Self.forEach(self.target) { entry in
            held[entry.id] = entry
            comparison.targetDocuments += 1
            comparison.targetChunks += entry.chunks
            targetVersion.toggle(entry.hash?.bytes ?? [])
        }
        func note(_ id: String) { if comparison.examples.count < 20 { comparison.examples.append(id) } }
        try await Self.forEach(self.source) { entry in
            comparison.sourceDocuments += 1
            comparison.sourceChunks += entry.chunks
            sourceVersion.toggle(entry.hash?.bytes ?? [])
            guard let other = held.removeValue(forKey: entry.id) else {
                comparison.missing += 1
                return note(entry.id)
            }
            if other != entry || entry.hash == nil {
                comparison.different += 1
                note(entry.id)
            }
        }
        comparison.extra = held.count
        for id in held.keys.sorted().prefix(20) { note(id) }
        comparison.sourceVersion = sourceVersion.description
        comparison.targetVersion = targetVersion.description
        return comparison
    }

    private static func forEach(_ backend: any KnowledgeBackend, _ body: (InventoryEntry) -> Void) async throws {
        var last: String?
        while true {
            let page = try await backend.inventory(after: last, limit: 1000)
            page.forEach(body)
            guard page.count == 1000, let id = page.last?.id else { return }
            last = id
        }
    }
}

/// A document as two backends are compared.
struct InventoryEntry: Sendable, Equatable {
    var id: String
    /// Nil while it is being changed.
    var hash: ContentHash?
    var chunks: Int
}
