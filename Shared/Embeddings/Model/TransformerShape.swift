import CTensor
import Foundation
import JSONSchema

/// What a sentence transformer looks like; `config.json` and `sentence_bert_config.json` of its directory.
struct TransformerShape: Sendable, Equatable {
    /// Numbers of a token's vector, and of a text's.
    var width: Int
    var layers: Int
    var heads: Int
    /// Numbers between the two products after attention.
    var inner: Int
    /// Of one text, start and end included.
    var tokens: Int
    var vocabulary: Int
    var positions: Int
    var epsilon: Float

    var headSize: Int { self.width / self.heads }

    init(directory: String) throws(EmbeddingError) {
        let path = directory + "/config.json"
        guard let config = Self.json(path) else { throw .model("\(path) cannot be read") }
        func number(_ name: String, _ range: ClosedRange<Int>) throws(EmbeddingError) -> Int {
            guard let value = config[name]?.integer, range.contains(value) else { throw .model("\(path): \(name) is not in \(range)") }
            return value
        }
        guard config["model_type"]?.string == "bert", config["hidden_act"]?.string == "gelu",
            ["absolute", nil].contains(config["position_embedding_type"]?.string)
        else { throw .model("\(path) describes no BERT with GELU and absolute positions") }
        self.width = try number("hidden_size", 64...4_096)
        self.layers = try number("num_hidden_layers", 1...48)
        self.heads = try number("num_attention_heads", 1...64)
        self.inner = try number("intermediate_size", 64...16_384)
        self.vocabulary = try number("vocab_size", 4...1 << 20)
        self.positions = try number("max_position_embeddings", 2...1 << 16)
        self.epsilon = Float(config["layer_norm_eps"]?.number ?? 1e-12)
        let limit = Self.json(directory + "/sentence_bert_config.json")?["max_seq_length"]?.integer ?? 256
        self.tokens = min(max(2, limit), self.positions)
        let panel = Int(tensor_panel)
        guard self.width % panel == 0, self.inner % panel == 0, self.width % self.heads == 0, self.headSize % 32 == 0 else {
            throw .model("\(path): \(self.width) × \(self.inner) in \(self.heads) heads is no shape that can be computed here")
        }
        // More products of 13 and 8 bits than these do not fit in a sum of 32.
        guard self.inner <= 2_048, self.width <= 2_048 else { throw .model("\(path): layers with more than 2,048 inputs cannot be computed here") }
    }

    private static func json(_ path: String) -> JSONValue? {
        (try? Data(contentsOf: URL(fileURLWithPath: path))).flatMap { try? JSONValue(parsing: $0) }
    }
}
