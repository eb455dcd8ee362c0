import Logging

/// Brings documents into the knowledge base: cut, named by content, embedded where there is a model, stored.
///
/// Goes on in slices, each durable before the next begins: an ingest that is interrupted has kept what came before, and the same documents
/// sent again cost little, because those that are held as they are are left alone.
struct Ingestion: Sendable {
    /// Passages of a slice: with a model, some seconds of work; without, enough for a transaction to be cheap.
    private static let sliceWithModel = 256
    private static let slice = 8192

    let backend: any KnowledgeBackend
    let chunker: Chunker
    var embedding: PassageEmbedding?
    var logger = Logger(label: "knowledge")

    struct Outcome: Sendable, Equatable {
        /// Documents taken, changed or not.
        var accepted = 0
        /// Of those, the ones that were held already as they are.
        var unchanged = 0
        /// Passages of the documents taken.
        var chunks = 0
        var deleted = 0

        mutating func add(_ other: Outcome) {
            self.accepted += other.accepted
            self.unchanged += other.unchanged
            self.chunks += other.chunks
            self.deleted += other.deleted
        }
    }

    /// Stores what is not held yet as it is. Of several with one id the last counts.
    func ingest(_ documents: [KnowledgeDocument]) async throws -> Outcome {
        let chunker = self.chunker
        // The hash is cheap, the cut is not: only what changed is cut.
        let hashes = try await blockingWork("knowledge.hash") { try documents.map { try ContentHash(of: $0, cut: chunker.identity) } }
        let held = try await self.backend.held(documents.map(\.id))
        var outcome = Outcome(accepted: documents.count)
        var changed: [(document: KnowledgeDocument, hash: ContentHash)] = []
        var places: [String: Int] = [:]
        for (document, hash) in zip(documents, hashes) {
            if places[document.id] == nil, let known = held[document.id], known.hash == hash {
                outcome.unchanged += 1
                outcome.chunks += known.chunks
            } else if let place = places[document.id] {
                changed[place] = (document, hash)
            } else {
                places[document.id] = changed.count
                changed.append((document, hash))
            }
        }
        let taken = changed
        let prepared = try await blockingWork("knowledge.cut") {
            onAllProcessors(taken) { document, hash in
                PreparedDocument(document: document, hash: hash, chunks: chunker.chunks(of: document.text, title: document.title))
            }
        }
        var embedding = self.embedding
        for slice in Self.slices(prepared, passages: embedding == nil ? Self.slice : Self.sliceWithModel) {
            var slice = slice
            if let model = embedding {
                do {
                    slice = try await model.embed(slice)
                } catch {
                    // Words are enough to be found; the embeddings are made up for later.
                    self.logger.warning("stored without embeddings for now", metadata: ["error": .string("\(error)")])
                    embedding = nil
                }
            }
            try await self.backend.put(slice)
            outcome.chunks += slice.reduce(0) { $0 + $1.chunks.count }
        }
        return outcome
    }

    /// Makes the documents of one source exactly these. A document of the same id that came from elsewhere stays as it is.
    func synchronise(source: String, with documents: [KnowledgeDocument]) async throws -> Outcome {
        let held = try await self.backend.held(documents.map(\.id))
        let own = documents.filter { held[$0.id].map { $0.source == source } ?? true }
        var outcome = try await self.ingest(
            own.map { document in
                var document = document
                document.source = source
                return document
            })
        let kept = Set(documents.map(\.id))
        let gone = try await self.backend.ids(ofSource: source).filter { !kept.contains($0) }
        outcome.deleted = try await self.backend.delete(gone)
        return outcome
    }

    private static func slices(_ documents: [PreparedDocument], passages limit: Int) -> [[PreparedDocument]] {
        var slices: [[PreparedDocument]] = []
        var slice: [PreparedDocument] = []
        var passages = 0
        for document in documents {
            if passages + document.chunks.count > limit, !slice.isEmpty {
                slices.append(slice)
                (slice, passages) = ([], 0)
            }
            slice.append(document)
            passages += document.chunks.count
        }
        if !slice.isEmpty { slices.append(slice) }
        return slices
    }
}
