import Logging
import ServiceLifecycle

/// Embeds what was stored without a model, or with another one, while the service serves.
struct EmbeddingBackfill: Service {
    private static let batch = 64
    private static let pause: Duration = .seconds(5)

    let backend: any KnowledgeBackend
    let embedding: PassageEmbedding
    let logger: Logger

    func run() async {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    if try await self.embedSome() { continue }
                } catch is CancellationError {
                    return
                } catch {
                    self.logger.warning("passages are still without embeddings", metadata: ["error": .string("\(error)")])
                }
                try? await Task.sleep(for: Self.pause)
            }
        }
    }

    /// False when nothing is left to do.
    func embedSome() async throws -> Bool {
        let size = self.backend.size
        guard size.embedded < size.chunks else { return false }
        let model = self.embedding.embedder.name
        let passages = try await self.backend.unembedded(model: model, limit: Self.batch)
        guard !passages.isEmpty else { return false }
        let vectors = try await self.embedding.vectors(of: passages.map(\.text))
        try await self.backend.setEmbeddings(zip(passages, vectors).map { ($0.id, $1) }, model: model)
        return true
    }
}
