import Foundation
package import Resilience

/// Vectors from a sentence transformer in this process. Queries have threads of their own, so that they go before the passages of an ingest.
package final class TransformerEmbedder: TextEmbedder {
    package struct Configuration: Sendable {
        /// With `model.safetensors`, `vocab.txt`, `config.json` and `sentence_bert_config.json`.
        package var directory: String
        /// As it is called in ``name``.
        package var model = "all-MiniLM-L6-v2"
        /// For queries, and as many for passages.
        package var threads = ProcessInfo.processInfo.activeProcessorCount
        /// Calls at the same time for queries, and for passages.
        package var waitingQueries = 1_024
        package var waitingPassages = 64

        package init(directory: String) { self.directory = directory }
    }

    /// Bytes of text that are computed together: some 200 tokens, so that a processor's weights are read once for many and its caches hold all.
    private static let pieceBytes = 900

    package let name: String
    package let dimensions: Int
    private let queries: EmbeddingThreads
    private let passages: EmbeddingThreads

    /// Reads the model; a few tenths of a second on a thread of its own.
    package static func load(_ configuration: Configuration) async throws(EmbeddingError) -> TransformerEmbedder {
        let result: Result<SentenceTransformer, EmbeddingError> = await withCheckedContinuation { continuation in
            let thread = Thread {
                do throws(EmbeddingError) {
                    continuation.resume(returning: .success(try SentenceTransformer(directory: configuration.directory)))
                } catch {
                    continuation.resume(returning: .failure(error))
                }
            }
            thread.name = "embedding-load"
            thread.start()
        }
        return TransformerEmbedder(try result.get(), configuration)
    }

    init(_ transformer: SentenceTransformer, _ configuration: Configuration) {
        self.name = configuration.model + "-" + String(transformer.checksum, radix: 16)
        self.dimensions = transformer.shape.width
        func threads(_ name: String, _ waiting: Int, isBehind: Bool) -> EmbeddingThreads {
            EmbeddingThreads(name: name, count: max(1, configuration.threads), waiting: waiting, pieceBytes: Self.pieceBytes, isBehind: isBehind) {
                let computation = TransformerComputation(transformer)
                return { computation.vectors(of: $0) }
            }
        }
        self.queries = threads("embed-query", configuration.waitingQueries, isBehind: false)
        self.passages = threads("embed-passage", configuration.waitingPassages, isBehind: true)
    }

    /// Calls for passages that are not answered yet.
    package var waitingPassages: Int { self.passages.waiting }

    package func embed(_ texts: [String], for purpose: EmbeddingPurpose, deadline: Deadline?) async throws(EmbeddingError) -> [[Float]] {
        guard !texts.isEmpty else { return [] }
        switch purpose {
        case .query: return try await self.queries.vectors(of: texts, deadline: deadline)
        case .passage: return try await self.passages.vectors(of: texts, deadline: deadline)
        }
    }
}
