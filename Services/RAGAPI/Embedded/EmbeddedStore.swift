import Foundation
import GRDB
import KeywordIndex
import Synchronization
import VectorIndex

/// The embedded knowledge base: documents, their passages and embeddings in one SQLite file, searched by indexes in memory.
///
/// Writes are serial, reads run beside them on a snapshot (write-ahead log). All of it happens on the queues of the database
/// pool; the cooperative pool only waits. Errors are ``StoreFault``, `DatabaseError` and `CancellationError`.
final class EmbeddedStore: KnowledgeBackend {
    struct Configuration: Sendable {
        var path: String
        /// ``TextEmbedder/name`` and ``TextEmbedder/dimensions`` of the model in use; nil for keyword search only.
        var model: (name: String, dimensions: Int)?
        var weights = FieldWeights()
        var words = QueryWords()

        init(path: String) { self.path = path }
    }

    let configuration: Configuration
    let pool: DatabasePool
    let keywords: KeywordIndex
    let vectors: VectorIndex?
    /// Made at random with the file: what else is kept on the disk for it carries this number and is not taken for that of another.
    let identity: UInt64
    /// Row of the model in use.
    let model: Int64
    let known = Mutex(Known())
    /// Passages that came or went since the file of words was written.
    let unsavedWords = Atomic<Int>(0)
    let savedVectors = Mutex<(version: KnowledgeVersion, count: Int)?>(nil)

    /// What the indexes stand for.
    struct Known {
        var version = KnowledgeVersion()
        /// Of the passage that was stored last.
        var lastNumber: Int64 = 0
        var documents = 0
    }

    var name: String { "sqlite" }
    var version: KnowledgeVersion { self.known.withLock { $0.version } }
    var size: KnowledgeSize {
        KnowledgeSize(documents: self.known.withLock { $0.documents }, chunks: self.keywords.snapshot.count, embedded: self.vectors?.count ?? 0)
    }

    /// Opens or creates the file; its directory must exist.
    static func open(_ configuration: Configuration) async throws -> EmbeddedStore {
        try await blockingWork("knowledge.open") { try Self.opened(configuration) }
    }

    /// Cannot fail: an initialiser that throws half-way, with atomics among the properties, breaks the optimiser of Swift 6.3.
    private init(_ configuration: Configuration, pool: DatabasePool, identity: UInt64, vectors: VectorIndex?, model: Int64) {
        self.configuration = configuration
        self.pool = pool
        self.keywords = KeywordIndex(weights: configuration.weights)
        self.identity = identity
        self.vectors = vectors
        self.model = model
    }

    private static func opened(_ configuration: Configuration) throws -> EmbeddedStore {
        StoreFiles(store: configuration.path).removeScratch()
        let pool = try StoreFile.open(configuration.path)
        let identity = try pool.read { db in try StoreIdentity.read(db) }
        let vectors = configuration.model.map { model in
            // What cannot be used is made anew from the file of the store.
            (try? VectorIndex.open(path: Self.vectorPath(configuration), model: model.name, dimensions: model.dimensions, generation: identity))
                ?? VectorIndex(model: model.name, dimensions: model.dimensions)
        }
        let model: Int64 = try pool.write { db in
            guard let model = configuration.model else { return 0 }
            try db.execute(sql: "INSERT INTO models (name) VALUES (?) ON CONFLICT DO NOTHING", arguments: [model.name])
            return try Int64.fetchOne(db, sql: "SELECT number FROM models WHERE name = ?", arguments: [model.name]) ?? 0
        }
        let store = EmbeddedStore(configuration, pool: pool, identity: identity, vectors: vectors, model: model)
        try store.readWords()
        try pool.writeWithoutTransaction { db in try store.catchUp(db) }
        return store
    }

    func close() async throws {
        try await blockingWork("knowledge.close") {
            try self.saveVectors()
            try self.saveWords(isEnd: true)
            try self.pool.close()
        }
    }

    func check() async throws {
        _ = try await self.pool.read { db in try Int.fetchOne(db, sql: "SELECT 1 FROM state WHERE name = 'version'") }
    }

    // MARK: Writing

    func put(_ documents: [PreparedDocument]) async throws {
        guard !documents.isEmpty else { return }
        // Cutting into words takes longer than storing: it is done before the writer's turn.
        let weights = self.configuration.weights
        let made = try await blockingWork("knowledge.terms") { PassageTerms.of(documents, weights: weights) }
        try await self.write { db, change in
            for document in documents { try self.remove(document.document.id, in: db, &change) }
            let first = change.lastNumber + 1
            var number = first
            var groups: [Int64] = []
            for document in documents {
                let row = try self.insert(document, in: db)
                for (index, chunk) in document.chunks.enumerated() {
                    try db.cachedStatement(sql: "INSERT INTO passages (number, document, ordinal, heading, text) VALUES (?, ?, ?, ?, ?)")
                        .execute(arguments: [number, row, chunk.ordinal, chunk.heading.joined(separator: " › "), chunk.text])
                    if document.embeddings.indices.contains(index), document.model == self.configuration.model?.name {
                        try self.insert(document.embeddings[index], of: number, in: db, &change)
                    }
                    groups.append(row)
                    number += 1
                }
                change.version.toggle(document.hash.bytes)
                change.documents += 1
            }
            var taken = 0
            for terms in made {
                change.added.append(terms.numbered(from: first + Int64(taken), groups: Array(groups[taken..<(taken + terms.count)])))
                taken += terms.count
            }
            change.lastNumber = number - 1
        }
    }

    func delete(_ ids: [String]) async throws -> Int {
        try await self.write { db, change in
            var count = 0
            for id in ids where try self.remove(id, in: db, &change) { count += 1 }
            return count
        }
    }

    func setEmbeddings(_ embeddings: [(passage: UnembeddedPassage.ID, embedding: [Float])], model: String) async throws {
        guard model == self.configuration.model?.name else { return }
        try await self.write { db, change in
            for (passage, embedding) in embeddings {
                let number = try Int64.fetchOne(
                    db, sql: "SELECT p.number FROM passages p JOIN documents d ON d.number = p.document WHERE d.id = ? AND d.hash = ? AND p.ordinal = ?",
                    arguments: [passage.documentId, Data(passage.hash.bytes), passage.ordinal])
                if let number { try self.insert(embedding, of: number, in: db, &change) }
            }
        }
    }

    /// What a transaction does to the indexes, once it is committed.
    struct Change {
        var version: KnowledgeVersion
        var lastNumber: Int64
        /// More than before.
        var documents = 0
        var removed: [Int64] = []
        var added: [PassageTerms] = []
        var vectors: [(id: Int64, vector: [Float])] = []
    }

    private func write<Value: Sendable>(_ work: @escaping @Sendable (Database, inout Change) throws -> Value) async throws -> Value {
        try await self.pool.writeWithoutTransaction { db in
            do {
                try Task.checkCancellation()
                try db.beginTransaction(.immediate)
                if try Self.version(in: db) != self.version { try self.catchUp(db) }
                let before = self.version
                var change = Change(version: before, lastNumber: self.known.withLock { $0.lastNumber })
                let value = try work(db, &change)
                if change.version != before {
                    try db.execute(sql: "UPDATE state SET value = ? WHERE name = 'version'", arguments: [Data(change.version.bytes)])
                }
                try db.commit()
                // Still on the writer's queue: states are published in the order of their commits.
                try self.publish(change)
                return value
            } catch {
                if db.isInsideTransaction { try? db.rollback() }
                throw StoreFault.of(error)
            }
        }
    }

    private func publish(_ change: Change) throws {
        self.vectors?.remove(change.removed)
        try self.vectors?.put(change.vectors)
        if change.version != self.version || !change.added.isEmpty || !change.removed.isEmpty {
            self.keywords.apply(removing: change.removed, adding: change.added, mark: change.version.bytes)
            self.unsavedWords.add(change.removed.count + change.added.reduce(0) { $0 + $1.count }, ordering: .relaxed)
        }
        self.known.withLock { known in
            known.version = change.version
            known.lastNumber = change.lastNumber
            known.documents += change.documents
        }
    }

    private func insert(_ prepared: PreparedDocument, in db: Database) throws -> Int64 {
        let document = prepared.document
        let access = document.access.isEmpty ? "[]" : String(decoding: try JSONEncoder().encode(document.access), as: UTF8.self)
        try db.cachedStatement(
            sql: "INSERT INTO documents (id, title, text, source, metadata, access, hash, updatedAt) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
        ).execute(arguments: [
            document.id, document.title, document.text, document.source, try document.metadata.json(), access, Data(prepared.hash.bytes),
            prepared.updatedAt ?? StoreClock.now(),
        ])
        return db.lastInsertedRowID
    }

    private func insert(_ embedding: [Float], of number: Int64, in db: Database, _ change: inout Change) throws {
        guard embedding.count == self.configuration.model?.dimensions else { return }
        try db.cachedStatement(
            sql: "INSERT OR REPLACE INTO embeddings (passage, model, vector) VALUES (?, ?, ?)"
        )
        .execute(arguments: [number, self.model, HalfFloats.encode(embedding)])
        change.vectors.append((number, embedding))
    }

    @discardableResult
    private func remove(_ id: String, in db: Database, _ change: inout Change) throws -> Bool {
        let found = try Row.fetchOne(db.cachedStatement(sql: "SELECT number, hash FROM documents WHERE id = ?"), arguments: [id])
        guard let found else { return false }
        let row: Int64 = found["number"]
        let hash: Data = found["hash"]
        let numbers = try Int64.fetchAll(db.cachedStatement(sql: "SELECT number FROM passages WHERE document = ?"), arguments: [row])
        for number in numbers { try db.cachedStatement(sql: "DELETE FROM embeddings WHERE passage = ?").execute(arguments: [number]) }
        try db.cachedStatement(sql: "DELETE FROM passages WHERE document = ?").execute(arguments: [row])
        try db.cachedStatement(sql: "DELETE FROM documents WHERE number = ?").execute(arguments: [row])
        change.removed += numbers
        change.version.toggle([UInt8](hash))
        change.documents -= 1
        return true
    }

    static func version(in db: Database) throws -> KnowledgeVersion {
        let bytes = try Data.fetchOne(db.cachedStatement(sql: "SELECT value FROM state WHERE name = 'version'"))
        return bytes.flatMap { KnowledgeVersion(bytes: [UInt8]($0)) } ?? KnowledgeVersion()
    }
}

extension PassageTerms {
    /// Of all passages of the documents in order, in parts that fit into segments.
    static func of(_ documents: [PreparedDocument], weights: FieldWeights) -> [PassageTerms] {
        let passages = documents.flatMap { prepared in
            let document = prepared.document
            let attributes = PassageAttributes.of(id: document.id, source: document.source, metadata: document.metadata, access: document.access)
            let title = PassageText.title(document.title, ofDocument: document.id)
            return prepared.chunks.map {
                IndexedPassage(
                    number: 0, group: 0, title: title, heading: $0.heading.joined(separator: " › "), text: $0.text, attributes: attributes)
            }
        }
        return self.of(passages, weights: weights)
    }

    /// On all processors.
    static func of(_ passages: [IndexedPassage], weights: FieldWeights) -> [PassageTerms] {
        let size = max(256, min(8192, (passages.count + 3) / 4))
        let parts = stride(from: 0, to: passages.count, by: size).map { Array(passages[$0..<min($0 + size, passages.count)]) }
        return onAllProcessors(parts, least: 1) { PassageTerms($0, weights: weights) }
    }
}
