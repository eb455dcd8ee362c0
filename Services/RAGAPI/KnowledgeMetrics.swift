import Metrics

/// `rag_documents` and `rag_chunks`: what the store of this replica holds.
struct KnowledgeMetrics: Sendable {
    private let documents = Gauge(label: "rag_documents")
    private let chunks = Gauge(label: "rag_chunks")

    func record(_ stats: KnowledgeStats) {
        self.documents.record(stats.documents)
        self.chunks.record(stats.chunks)
    }
}
