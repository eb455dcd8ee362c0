import Foundation
import JSONSchema

extension WeaviateStore {
    private static let documentFields = "documentId name source metadata access hash chunks updatedAt"

    func held(_ ids: [String]) async throws -> [String: HeldDocument] {
        var held: [String: HeldDocument] = [:]
        for start in stride(from: 0, to: ids.count, by: Self.idsAtOnce) {
            let some = Array(ids[start..<min(start + Self.idsAtOnce, ids.count)])
            let filter = WeaviateFilter.all([.equal("kind", WeaviateObject.document), .anyOf("documentId", some)])
            for row in try await self.rows(filter, fields: "documentId source access hash chunks", limit: Self.idsAtOnce) {
                // One that is changing is none that is held as it should be, but it is there.
                let hash = ContentHash(hex: row["hash"]?.string ?? "") ?? ContentHash(bytes: [UInt8](repeating: 0, count: 32))
                guard let id = row["documentId"]?.string, let hash else { continue }
                held[id] = HeldDocument(hash: hash, chunks: row["chunks"]?.integer ?? 0, source: row["source"]?.string ?? "", access: row["access"].texts)
            }
        }
        return held
    }

    func document(_ id: String) async throws -> StoredDocument? {
        let filter = WeaviateFilter.all([.equal("kind", WeaviateObject.document), .equal("documentId", id)])
        guard let prepared = try await self.prepared(filter, limit: 1, withVectors: false).first else { return nil }
        let document = prepared.document
        return StoredDocument(
            id: document.id, title: document.title, text: document.text, source: document.source, metadata: document.metadata, access: document.access,
            updatedAt: prepared.updatedAt ?? "",
            chunks: prepared.chunks.map { chunk in
                StoredDocument.Passage(chunkId: "\(id)#\(chunk.ordinal)", heading: chunk.heading.joined(separator: " › "), text: chunk.text)
            })
    }

    func ids(ofSource source: String) async throws -> [String] {
        var ids: [String] = []
        while true {
            var filters: [WeaviateFilter] = [.equal("kind", WeaviateObject.document), .equal("source", source)]
            if let last = ids.last { filters.append(.text("documentId", is: "GreaterThan", last)) }
            let page = try await self.rows(.all(filters), fields: "documentId", limit: Self.pageOfIDs, sorted: true).compactMap { $0["documentId"]?.string }
            ids += page
            if page.count < Self.pageOfIDs { return ids }
        }
    }

    private static let pageOfIDs = 1_000

    func stats(for readers: Readers) async throws -> KnowledgeStats {
        let seen: [WeaviateFilter] = PassageAttributes.of(readers).map { [.anyOf("attributes", $0.map(WeaviateObject.name))] } ?? []
        func filter(_ kind: String, _ more: WeaviateFilter...) -> WeaviateFilter { .all([.equal("kind", kind)] + seen + more) }
        var stats = KnowledgeStats(
            documents: try await self.count(filter(WeaviateObject.document)), chunks: try await self.count(filter(WeaviateObject.passage)), embedded: 0,
            // Weaviate does not tell.
            bytes: 0, version: self.version.description, sources: [:])
        if let model { stats.embedded = try await self.count(filter(WeaviateObject.passage, .equal("model", model))) }
        let sources = try await self.client.query(
            GraphQLQuery(
                "Aggregate", WeaviateObject.className, [filter(WeaviateObject.document).argument, #"groupBy:["source"]"#, "limit:100"],
                fields: "groupedBy{value}meta{count}"))
        for row in sources {
            if let source = row["groupedBy"]?["value"]?.string { stats.sources[source] = row["meta"]?["count"]?.integer ?? 0 }
        }
        let newest = try await self.rows(
            filter(WeaviateObject.document), fields: "updatedAt", limit: 1, order: #"sort:[{path:["updatedAt"],order:desc}]"#)
        stats.updatedAt = newest.first?["updatedAt"]?.string
        return stats
    }

    func export(after id: String?, limit: Int) async throws -> [PreparedDocument] {
        var filters: [WeaviateFilter] = [.equal("kind", WeaviateObject.document)]
        if let id { filters.append(.text("documentId", is: "GreaterThan", id)) }
        return try await self.prepared(.all(filters), limit: limit, withVectors: true)
    }

    func inventory(after id: String?, limit: Int) async throws -> [InventoryEntry] {
        var filters: [WeaviateFilter] = [.equal("kind", WeaviateObject.document)]
        if let id { filters.append(.text("documentId", is: "GreaterThan", id)) }
        return try await self.rows(.all(filters), fields: "documentId hash chunks", limit: limit, sorted: true).compactMap { row in
            guard let id = row["documentId"]?.string else { return nil }
            return InventoryEntry(id: id, hash: ContentHash(hex: row["hash"]?.string ?? ""), chunks: row["chunks"]?.integer ?? 0)
        }
    }

    func unembedded(model: String, limit: Int) async throws -> [UnembeddedPassage] {
        guard model == self.model else { return [] }
        let filter = WeaviateFilter.all([.equal("kind", WeaviateObject.passage), .text("model", is: "NotEqual", model)])
        return try await self.rows(filter, fields: "documentId ordinal name heading text hash", limit: limit).compactMap { row in
            guard let id = row["documentId"]?.string, let ordinal = row["ordinal"]?.integer, let hash = ContentHash(hex: row["hash"]?.string ?? "") else {
                return nil
            }
            return UnembeddedPassage(
                id: .init(documentId: id, hash: hash, ordinal: ordinal),
                text: PassageText.embedded(
                    id: id, title: row["name"]?.string ?? "", heading: row["heading"]?.string ?? "", text: row["text"]?.string ?? ""))
        }
    }

    func rows(_ filter: WeaviateFilter, fields: String, limit: Int, sorted: Bool = false, order: String? = nil) async throws -> [JSONValue] {
        var arguments = [filter.argument, "limit:\(limit)"]
        if let order = order ?? (sorted ? #"sort:[{path:["documentId"],order:asc}]"# : nil) { arguments.append(order) }
        return try await self.client.query(GraphQLQuery("Get", WeaviateObject.className, arguments, fields: fields))
    }

    /// The documents of a filter in order of their ids, with their passages.
    private func prepared(_ filter: WeaviateFilter, limit: Int, withVectors: Bool) async throws -> [PreparedDocument] {
        var documents: [PreparedDocument] = []
        for row in try await self.rows(filter, fields: Self.documentFields + " document", limit: limit, sorted: true) {
            guard let id = row["documentId"]?.string, let hash = ContentHash(hex: row["hash"]?.string ?? "") else { continue }
            let document = KnowledgeDocument(
                id: id, title: row["name"]?.string, text: row["document"]?.string ?? "", source: row["source"]?.string ?? "",
                metadata: try [String: MetadataValue](json: row["metadata"]?.string ?? "{}"), access: row["access"].texts)
            documents.append(PreparedDocument(document: document, hash: hash, chunks: [], updatedAt: row["updatedAt"]?.string))
        }
        // Few at a time: an answer is limited in its objects.
        for index in documents.indices { try await self.addPassages(to: &documents[index], withVectors: withVectors) }
        return documents
    }

    private func addPassages(to prepared: inout PreparedDocument, withVectors: Bool) async throws {
        let filter = WeaviateFilter.all([
            .equal("kind", WeaviateObject.passage), .equal("documentId", prepared.document.id), .equal("hash", prepared.hash.hex),
        ])
        var rows = try await self.rows(filter, fields: "ordinal heading text model" + (withVectors ? " _additional{vector}" : ""), limit: Self.mostResults)
        rows.sort { ($0["ordinal"]?.integer ?? 0) < ($1["ordinal"]?.integer ?? 0) }
        for row in rows {
            let heading = row["heading"]?.string ?? ""
            prepared.chunks.append(
                Chunk(
                    ordinal: row["ordinal"]?.integer ?? 0, heading: heading.isEmpty ? [] : heading.components(separatedBy: " › "),
                    text: row["text"]?.string ?? ""))
        }
        let models = Set(rows.compactMap { $0["model"]?.string })
        let vectors = rows.compactMap { $0["_additional"]?["vector"]?.array?.compactMap { $0.number.map(Float.init) } }.filter { !$0.isEmpty }
        // All or none, and of one model: what is half embedded is embedded again.
        guard let model = models.first, models.count == 1, model != WeaviateObject.noModel, vectors.count == rows.count else { return }
        prepared.embeddings = vectors
        prepared.model = model
    }
}

extension JSONValue? {
    /// Of an array; empty when it is none.
    fileprivate var texts: [String] { self?.array?.compactMap(\.string) ?? [] }
}
