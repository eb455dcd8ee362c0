import CTensor

/// A BERT encoder with the mean of its tokens as the text's vector (Reimers and Gurevych, 2019), computed with 8-bit weights; everything but
/// the products is computed in floats.
final class SentenceTransformer: Sendable {
    private struct Norm: Sendable {
        var gain: [Float]
        var bias: [Float]
    }

    private struct Layer: Sendable {
        var heads: QuantisedLayer
        var joined: QuantisedLayer
        var joinedNorm: Norm
        var wider: QuantisedLayer
        var back: QuantisedLayer
        var backNorm: Norm
    }

    let shape: TransformerShape
    let vocabulary: WordVocabulary
    /// Of the weights: two models with the same one make the same vectors.
    let checksum: UInt64
    private let level: tensor_level
    private let words: QuantisedTable
    private let positions: [Float]
    private let norm: Norm
    private let layers: [Layer]

    /// Reads `model.safetensors`, `vocab.txt`, `config.json` and `sentence_bert_config.json`. Blocks for a few tenths of a second.
    init(directory: String, level: tensor_level = tensor_best_level()) throws(EmbeddingError) {
        let shape = try TransformerShape(directory: directory)
        let vocabulary = try WordVocabulary(path: directory + "/vocab.txt")
        guard vocabulary.count == shape.vocabulary else { throw .model("vocab.txt has \(vocabulary.count) pieces instead of \(shape.vocabulary)") }
        let file = try SafetensorsFile(path: directory + "/model.safetensors")
        let width = shape.width
        func norm(_ name: String) throws(EmbeddingError) -> Norm {
            Norm(gain: try file.floats(name + ".LayerNorm.weight", [width]), bias: try file.floats(name + ".LayerNorm.bias", [width]))
        }
        func layer(_ names: [String], _ inputs: Int, _ outputs: Int, after norm: Norm? = nil, isWide: Bool = false) throws(EmbeddingError) -> QuantisedLayer {
            var weights: [Float] = [], biases: [Float] = []
            for name in names {
                weights += try file.floats(name + ".weight", [outputs, inputs])
                biases += try file.floats(name + ".bias", [outputs])
            }
            // What comes out of a norm is quantised without the bias of the norm, in which few numbers are much larger than the others.
            guard let layer = QuantisedLayer(weights, biases: biases, inputs: inputs, shift: norm?.bias, isWide: isWide, level: level) else {
                throw .model("\(names[0]) has numbers that are not finite")
            }
            return layer
        }
        guard let words = QuantisedTable(try file.floats("embeddings.word_embeddings.weight", [shape.vocabulary, width]), width: width) else {
            throw .model("embeddings.word_embeddings has numbers that are not finite")
        }
        self.words = words
        var positions = try file.floats("embeddings.position_embeddings.weight", [shape.positions, width])
        // Every text is of the first of two types.
        let type = try file.floats("embeddings.token_type_embeddings.weight", [2, width])
        positions.removeSubrange((shape.tokens * width)...)
        for index in positions.indices { positions[index] += type[index % width] }
        self.positions = positions
        self.norm = try norm("embeddings")
        var layers: [Layer] = [], last = self.norm
        for index in 0..<shape.layers {
            let name = "encoder.layer.\(index)."
            let joinedNorm = try norm(name + "attention.output"), backNorm = try norm(name + "output")
            layers.append(
                Layer(
                    // Errors of what is attended to weigh most.
                    heads: try layer(["query", "key", "value"].map { name + "attention.self." + $0 }, width, width, after: last, isWide: true),
                    joined: try layer([name + "attention.output.dense"], width, width), joinedNorm: joinedNorm,
                    wider: try layer([name + "intermediate.dense"], width, shape.inner, after: joinedNorm),
                    back: try layer([name + "output.dense"], shape.inner, width), backNorm: backNorm))
            last = backNorm
        }
        self.layers = layers
        self.shape = shape
        self.vocabulary = vocabulary
        self.checksum = file.checksum
        self.level = level
    }

    func workspace(tokens: Int) -> TransformerWorkspace { TransformerWorkspace(self.shape, tokens: tokens) }

    /// The vectors of texts whose pieces follow each other in `numbers`; `lengths` says how many each has. All fit in the workspace.
    func vectors(_ numbers: [Int32], lengths: [Int], _ workspace: TransformerWorkspace) -> [[Float]] {
        let width = self.shape.width, rows = numbers.count
        let states = workspace.states, changes = workspace.changes
        var row = 0
        for length in lengths {
            for position in 0..<length {
                self.words.write(Int(numbers[row]), adding: self.positions, at: position * width, to: states + row * width)
                row += 1
            }
        }
        self.normalise(states, adding: nil, self.norm, rows)
        for layer in self.layers {
            layer.heads.apply(states, rows: rows, to: workspace.heads, workspace, level: self.level)
            self.attend(lengths, workspace)
            layer.joined.apply(changes, rows: rows, to: changes, workspace, level: self.level)
            self.normalise(states, adding: changes, layer.joinedNorm, rows)
            layer.wider.apply(states, rows: rows, to: workspace.inner, workspace, level: self.level)
            layer.back.apply(workspace.inner, withGELU: true, rows: rows, to: changes, workspace, level: self.level)
            self.normalise(states, adding: changes, layer.backNorm, rows)
        }
        row = 0
        return lengths.map { length in
            defer { row += length }
            return [Float](unsafeUninitializedCapacity: width) { vector, count in
                if let out = vector.baseAddress { tensor_mean_unit(self.level, states + row * width, Int32(length), Int32(width), out) }
                count = width
            }
        }
    }

    private func attend(_ lengths: [Int], _ workspace: TransformerWorkspace) {
        let width = self.shape.width
        var row = 0
        for length in lengths {
            tensor_attention(
                self.level, workspace.heads + row * width * 3, Int32(length), Int32(self.shape.heads), Int32(self.shape.headSize), workspace.scratch,
                workspace.changes + row * width)
            row += length
        }
    }

    private func normalise(_ states: UnsafeMutablePointer<Float>, adding changes: UnsafeMutablePointer<Float>?, _ norm: Norm, _ rows: Int) {
        tensor_add_norm(self.level, states, changes, norm.gain, norm.bias, self.shape.epsilon, Int32(rows), Int32(self.shape.width))
    }
}
