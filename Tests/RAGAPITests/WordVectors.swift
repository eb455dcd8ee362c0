import Embeddings
import Resilience
import Synchronization

/// An embedder that needs no weights: a text is the sum of fixed vectors of its words, and some words are given the vector of another.
/// May be told to fail.
final class WordVectors: TextEmbedder {
    let name: String
    let dimensions = 32
    private let meanings: [String: String]
    private let state = Mutex((failure: EmbeddingError?.none, texts: 0))

    init(name: String = "word-vectors", meanings: [String: String] = [:]) {
        self.name = name
        self.meanings = meanings
    }

    var texts: Int { self.state.withLock { $0.texts } }
    func fail(with error: EmbeddingError?) { self.state.withLock { $0.failure = error } }

    func embed(_ texts: [String], for purpose: EmbeddingPurpose, deadline: Deadline?) async throws(EmbeddingError) -> [[Float]] {
        let failure = self.state.withLock { state in
            state.texts += texts.count
            return state.failure
        }
        if let failure { throw failure }
        return texts.map(self.vector)
    }

    private func vector(_ text: String) -> [Float] {
        var sum = [Float](repeating: 0.001, count: self.dimensions)
        for word in text.lowercased().split(whereSeparator: { !$0.isLetter && !$0.isNumber }).map(String.init) {
            var state = UInt64(5381)
            for byte in (self.meanings[word] ?? word).utf8 { state = state &* 33 &+ UInt64(byte) }
            for index in sum.indices {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                sum[index] += Float(Int64(bitPattern: state) >> 40) / Float(1 << 23)
            }
        }
        let length = sum.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return sum.map { $0 / length }
    }
}
