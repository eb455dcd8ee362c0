import Embeddings

/// Where embeddings come from, or why there are none.
enum EmbeddingSource {
    case model(any TextEmbedder)
    case none(reason: String)

    var embedder: (any TextEmbedder)? {
        if case .model(let embedder) = self { embedder } else { nil }
    }

    /// For `/health`.
    var note: String {
        switch self {
        case .model(let embedder): "hybrid search with \(embedder.name)"
        case .none(let reason): "keyword search only: \(reason)"
        }
    }
}
