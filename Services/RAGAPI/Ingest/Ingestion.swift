/// Brings documents into the knowledge base: cut, named by content, embedded where there is a model, stored.
struct Ingestion: Sendable {
    let backend: any KnowledgeBackend
    let chunker: Chunker

    struct Outcome: Sendable, Equatable {
        /// Documents taken, changed or not.
        var accepted = 0
        /// Of those, the ones that were held already as they are.
        var unchanged = 0
        /// Passages of the documents taken.
        var chunks = 0
        var deleted = 0
    }

    /// Stores what is not held yet as it is. Of several with one id the last counts.
    func ingest(_ documents: [KnowledgeDocument]) async throws -> Outcome {
        let chunker = self.chunker
        let prepared = try await blockingWork("knowledge.cut") { try documents.map { try $0.prepared(by: chunker) } }
        var outcome = Outcome(accepted: prepared.count)
        let held = try await self.backend.held(prepared.map(\.document.id))
        var changed: [PreparedDocument] = []
        var places: [String: Int] = [:]
        for document in prepared {
            let id = document.document.id
            if places[id] == nil, let known = held[id], known.hash == document.hash {
                outcome.unchanged += 1
                outcome.chunks += known.chunks
                continue
            }
            outcome.chunks += document.chunks.count
            if let place = places[id] {
                changed[place] = document
            } else {
                places[id] = changed.count
                changed.append(document)
            }
        }
        try await self.backend.put(changed)
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
}

extension KnowledgeDocument {
    func prepared(by chunker: Chunker) throws -> PreparedDocument {
        PreparedDocument(
            document: self, hash: try ContentHash(of: self, cut: chunker.identity), chunks: chunker.chunks(of: self.text, title: self.title))
    }
}
