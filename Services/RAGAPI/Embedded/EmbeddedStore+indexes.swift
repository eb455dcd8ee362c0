import Foundation
import GRDB
import KeywordIndex
import VectorIndex

/// What is searched, made of what is stored.
extension EmbeddedStore {
    /// Brings the indexes to what the file holds: at start, and when another process wrote (the one that is being replaced).
    func catchUp(_ db: Database) throws {
        let version = try Self.version(in: db)
        let here = self.keywords.snapshot.numbers
        let there = try Int64.fetchAll(db, sql: "SELECT number FROM passages ORDER BY number")
        let newest = here.last ?? 0
        // Numbers only grow, so whatever is new is behind the newest.
        let gone = here.isEmpty || here == there ? [] : Set(here).subtracting(there).sorted()
        if !gone.isEmpty {
            self.vectors?.remove(gone)
            self.unsavedWords.add(gone.count, ordering: .relaxed)
            self.keywords.apply(removing: gone, adding: [], mark: version.bytes)
        }
        try self.load(after: newest, db, into: self.keywords, mark: version)
        let last = try Int64.fetchOne(db, sql: "SELECT seq FROM sqlite_sequence WHERE name = 'passages'") ?? 0
        try self.catchUpVectors(db)
        let documents = try Int.fetchOne(db, sql: "SELECT count(*) FROM documents") ?? 0
        self.known.withLock { known in
            known.version = version
            known.lastNumber = max(known.lastNumber, last, there.last ?? 0)
            known.documents = documents
        }
    }

    /// Everything was replaced by passages with greater numbers: makes their index beside the old one, which serves until `commit` is done.
    func reload(after number: Int64, _ db: Database, commit: () throws -> Void) throws {
        let version = try Self.version(in: db)
        let fresh = KeywordIndex(weights: self.configuration.weights)
        try self.load(after: number, db, into: fresh, mark: version)
        try commit()
        self.keywords.adopt(fresh)
        try self.catchUp(db)
    }

    private func load(after number: Int64, _ db: Database, into keywords: KeywordIndex, mark: KnowledgeVersion) throws {
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT p.number, p.document, p.heading, p.text, d.id, d.title, d.source, d.metadata, d.access
                FROM passages p JOIN documents d ON d.number = p.document WHERE p.number > ? ORDER BY p.number
                """, arguments: [number])
        var batch: [IndexedPassage] = []
        var attributes: (document: Int64, of: [UInt64]) = (-1, [])
        func flush() {
            guard !batch.isEmpty else { return }
            keywords.apply(removing: [], adding: PassageTerms.of(batch, weights: self.configuration.weights), mark: mark.bytes)
            batch.removeAll(keepingCapacity: true)
        }
        while let row = try rows.next() {
            let document: Int64 = row["document"]
            if attributes.document != document {
                let (metadata, access): (String, String) = (row["metadata"], row["access"])
                attributes = (
                    document,
                    PassageAttributes.of(
                        id: row["id"], source: row["source"], metadata: try [String: MetadataValue](json: metadata), access: try StoreRows.tags(access))
                )
            }
            self.unsavedWords.add(1, ordering: .relaxed)
            batch.append(
                IndexedPassage(
                    number: row["number"], group: document, title: PassageText.title(row["title"], ofDocument: row["id"]), heading: row["heading"],
                    text: row["text"], attributes: attributes.of))
            if batch.count == 32_768 { flush() }
        }
        flush()
        keywords.apply(removing: [], adding: [], mark: mark.bytes)
    }

    // MARK: Words

    /// Passages are never changed under their number, so a file that is older than the store will do: what came and went since is caught up with.
    static func wordsPath(_ configuration: Configuration) -> String { configuration.path + ".words" }

    /// Part of the index that must have changed for it to be written while the service runs, and passages at least.
    private static let wordsShare = 10
    private static let leastWords = 1_000

    /// What was written of this store; nothing when it cannot be used.
    func readWords() throws {
        let path = Self.wordsPath(self.configuration)
        let snapshot = try? KeywordFile.read(path, generation: self.identity, form: PassageAttributes.form, weights: self.configuration.weights)
        // Somebody may have put an older copy of the store in its place, which gives the same numbers once more.
        let last = try self.pool.read { db in try Int64.fetchOne(db, sql: "SELECT seq FROM sqlite_sequence WHERE name = 'passages'") ?? 0 }
        if let snapshot, snapshot.numbers.last ?? 0 <= last { self.keywords.adopt(snapshot) }
    }

    /// Writes the index of words if much of it has changed, or anything at the end. Blocks.
    func saveWords(isEnd: Bool) throws {
        let snapshot = self.keywords.snapshot
        let unsaved = self.unsavedWords.load(ordering: .relaxed)
        guard unsaved > (isEnd ? 0 : max(Self.leastWords, snapshot.count / Self.wordsShare)) else { return }
        try KeywordFile.write(snapshot, to: Self.wordsPath(self.configuration), generation: self.identity, form: PassageAttributes.form)
        self.unsavedWords.subtract(unsaved, ordering: .relaxed)
    }

    // MARK: Vectors

    /// The index of vectors is mapped from a file of its own, which may be older than the store.
    static func vectorPath(_ configuration: Configuration) -> String { configuration.path + ".vectors" }

    /// Writes the index of vectors if it has changed. Blocks.
    func saveVectors() throws {
        guard let vectors = self.vectors else { return }
        let state = self.savedVectors.withLock { $0 }
        let version = self.version
        guard state?.version != version || state?.count != vectors.count else { return }
        try vectors.save(to: Self.vectorPath(self.configuration), generation: self.identity)
        self.savedVectors.withLock { $0 = (version, vectors.count) }
    }

    /// Brings the index of vectors to what the store holds: a passage has one embedding of a model as long as it is there.
    private func catchUpVectors(_ db: Database) throws {
        guard let vectors = self.vectors else { return }
        let wanted = try Int64.fetchAll(db, sql: "SELECT passage FROM embeddings WHERE model = ? ORDER BY passage", arguments: [self.model])
        let present = Set(vectors.ids)
        let gone = present.subtracting(wanted)
        if !gone.isEmpty { vectors.remove(gone) }
        let missing = wanted.filter { !present.contains($0) }
        for start in stride(from: 0, to: missing.count, by: 1024) {
            try vectors.put(
                missing[start..<min(start + 1024, missing.count)].compactMap { number in
                    let vector = try Data.fetchOne(db.cachedStatement(sql: "SELECT vector FROM embeddings WHERE passage = ?"), arguments: [number])
                    return vector.map { (number, HalfFloats.decode($0)) }
                })
        }
    }
}
