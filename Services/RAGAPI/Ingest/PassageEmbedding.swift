import Embeddings
import Resilience

/// Makes the vectors of passages.
struct PassageEmbedding: Sendable {
    /// Texts an embedder is given at once.
    static let batch = 64

    let embedder: any TextEmbedder
    /// For one batch.
    var timeout: Duration = .seconds(60)

    /// The same documents with an embedding for each passage. Equal passages are embedded once.
    func embed(_ documents: [PreparedDocument]) async throws(EmbeddingError) -> [PreparedDocument] {
        var texts: [String] = []
        var places: [String: Int] = [:]
        var wanted: [[Int]] = []
        for document in documents {
            wanted.append(
                document.chunks.map { chunk in
                    let text = PassageText.embedded(
                        id: document.document.id, title: document.document.title, heading: chunk.heading.joined(separator: " › "), text: chunk.text)
                    if let place = places[text] { return place }
                    places[text] = texts.count
                    texts.append(text)
                    return texts.count - 1
                })
        }
        let vectors = try await self.vectors(of: texts)
        var embedded = documents
        for index in embedded.indices {
            embedded[index].embeddings = wanted[index].map { vectors[$0] }
            embedded[index].model = self.embedder.name
        }
        return embedded
    }

    func vectors(of texts: [String]) async throws(EmbeddingError) -> [[Float]] {
        var vectors: [[Float]] = []
        for start in stride(from: 0, to: texts.count, by: Self.batch) {
            let batch = Array(texts[start..<min(start + Self.batch, texts.count)])
            let found = try await self.embedder.embed(batch, for: .passage, deadline: Deadline(in: self.timeout))
            guard found.count == batch.count else { throw .malformed("\(found.count) vectors for \(batch.count) texts") }
            vectors += found
        }
        return vectors
    }
}
