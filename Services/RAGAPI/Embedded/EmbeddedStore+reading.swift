import Foundation
import GRDB

extension EmbeddedStore {
    func held(_ ids: [String]) async throws -> [String: HeldDocument] {
        try await self.pool.read { db in
            var held: [String: HeldDocument] = [:]
            let statement = try db.cachedStatement(
                sql: "SELECT hash, source, access, (SELECT count(*) FROM passages WHERE document = d.number) AS passages FROM documents d WHERE id = ?")
            for id in ids {
                guard let row = try Row.fetchOne(statement, arguments: [id]) else { continue }
                let (hash, access): (Data, String) = (row["hash"], row["access"])
                guard let hash = ContentHash(bytes: [UInt8](hash)) else { continue }
                held[id] = HeldDocument(hash: hash, chunks: row["passages"], source: row["source"], access: try StoreRows.tags(access))
            }
            return held
        }
    }

    func document(_ id: String) async throws -> StoredDocument? {
        try await self.pool.read { db in
            guard let prepared = try self.prepared(db, where: "id = ?", [id], limit: 1).first else { return nil }
            let document = prepared.document
            return StoredDocument(
                id: document.id, title: document.title, text: document.text, source: document.source, metadata: document.metadata, access: document.access,
                updatedAt: prepared.updatedAt ?? "",
                chunks: prepared.chunks.map { chunk in
                    StoredDocument.Passage(chunkId: "\(id)#\(chunk.ordinal)", heading: chunk.heading.joined(separator: " › "), text: chunk.text)
                })
        }
    }

    func ids(ofSource source: String) async throws -> [String] {
        try await self.pool.read { db in try String.fetchAll(db, sql: "SELECT id FROM documents WHERE source = ?", arguments: [source]) }
    }

    func stats(for readers: Readers) async throws -> KnowledgeStats {
        try await self.pool.read { db in
            let (seen, tags) = try Self.readable(by: readers)
            func count(_ sql: String, _ arguments: StatementArguments = []) throws -> Int { try Int.fetchOne(db, sql: sql, arguments: arguments) ?? 0 }
            var stats = KnowledgeStats(
                documents: try count("SELECT count(*) FROM documents d WHERE \(seen)", tags),
                chunks: try count("SELECT count(*) FROM passages p JOIN documents d ON d.number = p.document WHERE \(seen)", tags),
                embedded: try count(
                    "SELECT count(*) FROM embeddings e JOIN passages p ON p.number = e.passage JOIN documents d ON d.number = p.document WHERE \(seen) "
                        + "AND e.model = ?", tags + [self.model]),
                bytes: try count("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"),
                version: try Self.version(in: db).description, sources: [:])
            // Sources are the caller's text: the largest are shown, not all.
            let sources = "SELECT source, count(*) AS documents FROM documents d WHERE \(seen) GROUP BY source ORDER BY 2 DESC LIMIT 100"
            for row in try Row.fetchAll(db, sql: sources, arguments: tags) { stats.sources[row["source"]] = row["documents"] }
            stats.updatedAt = try String.fetchOne(
                db, sql: "SELECT updatedAt FROM documents d WHERE \(seen) ORDER BY number DESC LIMIT 1", arguments: tags)
            return stats
        }
    }

    /// A condition on the documents `d`, and what it is about.
    private static func readable(by readers: Readers) throws -> (String, StatementArguments) {
        switch readers {
        case .administration: return ("1", [])
        case .everybody: return ("d.access = '[]'", [])
        case .holding(let tags):
            let list = String(decoding: try JSONEncoder().encode(tags), as: UTF8.self)
            return ("(d.access = '[]' OR EXISTS (SELECT 1 FROM json_each(d.access) h JOIN json_each(?) t ON t.value = h.value))", [list])
        }
    }

    func export(after id: String?, limit: Int) async throws -> [PreparedDocument] {
        try await self.pool.read { db in try self.prepared(db, where: "id > ?", [id ?? ""], limit: limit) }
    }

    func inventory(after id: String?, limit: Int) async throws -> [InventoryEntry] {
        try await self.pool.read { db in
            let rows = try Row.fetchAll(
                db,
                sql: "SELECT id, hash, (SELECT count(*) FROM passages WHERE document = d.number) FROM documents d WHERE id > ? ORDER BY id LIMIT ?",
                arguments: [id ?? "", limit])
            return rows.map { row in
                let hash: Data = row[1]
                return InventoryEntry(id: row[0], hash: ContentHash(bytes: [UInt8](hash)), chunks: row[2])
            }
        }
    }

    func unembedded(model: String, limit: Int) async throws -> [UnembeddedPassage] {
        guard model == self.configuration.model?.name else { return [] }
        return try await self.pool.read { db in
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT d.id, d.title, d.hash, p.ordinal, p.heading, p.text FROM passages p JOIN documents d ON d.number = p.document
                    WHERE NOT EXISTS (SELECT 1 FROM embeddings e WHERE e.passage = p.number AND e.model = ?) ORDER BY p.number LIMIT ?
                    """, arguments: [self.model, limit])
            return rows.compactMap { row in
                let hash: Data = row["hash"]
                guard let hash = ContentHash(bytes: [UInt8](hash)) else { return nil }
                return UnembeddedPassage(
                    id: .init(documentId: row["id"], hash: hash, ordinal: row["ordinal"]),
                    text: PassageText.embedded(id: row["id"], title: row["title"], heading: row["heading"], text: row["text"]))
            }
        }
    }

    private func prepared(_ db: Database, where condition: String, _ arguments: StatementArguments, limit: Int) throws -> [PreparedDocument] {
        let rows = try Row.fetchAll(
            db, sql: "SELECT number, id, title, text, source, metadata, access, hash, updatedAt FROM documents WHERE \(condition) ORDER BY id LIMIT \(limit)",
            arguments: arguments)
        return try rows.compactMap { row in
            let (metadata, access): (String, String) = (row["metadata"], row["access"])
            let (number, hash): (Int64, Data) = (row["number"], row["hash"])
            guard let hash = ContentHash(bytes: [UInt8](hash)) else { return nil }
            let document = KnowledgeDocument(
                id: row["id"], title: row["title"] as String, text: row["text"], source: row["source"], metadata: try [String: MetadataValue](json: metadata),
                access: try StoreRows.tags(access))
            var prepared = PreparedDocument(document: document, hash: hash, chunks: [], updatedAt: row["updatedAt"])
            let passages = try Row.fetchAll(
                db,
                sql: """
                    SELECT p.ordinal, p.heading, p.text, e.vector FROM passages p LEFT JOIN embeddings e ON e.passage = p.number AND e.model = ?
                    WHERE p.document = ? ORDER BY p.ordinal
                    """, arguments: [self.model, number])
            for passage in passages {
                let heading: String = passage["heading"]
                prepared.chunks.append(
                    Chunk(ordinal: passage["ordinal"], heading: heading.isEmpty ? [] : heading.components(separatedBy: " › "), text: passage["text"]))
                if let vector: Data = passage["vector"] { prepared.embeddings.append(HalfFloats.decode(vector)) }
            }
            // All or none: a document that is half embedded is embedded again.
            if prepared.embeddings.count == prepared.chunks.count, !prepared.chunks.isEmpty {
                prepared.model = self.configuration.model?.name
            } else {
                prepared.embeddings = []
            }
            return prepared
        }
    }
}
