import Telemetry

/// `rag_documents` and `rag_chunks`: what the backend holds, as this replica knows it when it is asked.
enum KnowledgeMetrics {
    static func export(_ backend: any KnowledgeBackend, to registry: PrometheusRegistry) {
        registry.beforeExposing { registry in
            let size = backend.size
            registry.gauge("rag_documents").set(Double(size.documents))
            registry.gauge("rag_chunks").set(Double(size.chunks))
            registry.gauge("rag_chunks_embedded").set(Double(size.embedded))
        }
    }
}
