/// One thread's use of a model.
final class TransformerComputation {
    /// Tokens that are computed together: what they need stays in the processor's second cache.
    private static let together = 256

    private let transformer: SentenceTransformer
    private var pieces: WordPieces
    /// As large as was needed so far.
    private var workspace: TransformerWorkspace

    init(_ transformer: SentenceTransformer) {
        self.transformer = transformer
        self.pieces = WordPieces(transformer.vocabulary, limit: transformer.shape.tokens)
        self.workspace = transformer.workspace(tokens: 32)
    }

    func vectors(of texts: some Sequence<String>) -> [[Float]] {
        var vectors: [[Float]] = []
        var numbers: [Int32] = [], lengths: [Int] = []
        for text in texts {
            let before = numbers.count
            let length = self.pieces.append(text, to: &numbers)
            if before > 0, numbers.count > Self.together {
                vectors += self.compute(Array(numbers[..<before]), lengths)
                numbers.removeSubrange(..<before)
                lengths = []
            }
            lengths.append(length)
        }
        if !lengths.isEmpty { vectors += self.compute(numbers, lengths) }
        return vectors
    }

    private func compute(_ numbers: [Int32], _ lengths: [Int]) -> [[Float]] {
        if numbers.count > self.workspace.tokens { self.workspace = self.transformer.workspace(tokens: numbers.count) }
        return self.transformer.vectors(numbers, lengths: lengths, self.workspace)
    }
}
