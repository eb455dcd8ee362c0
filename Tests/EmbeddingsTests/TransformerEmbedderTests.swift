import Foundation
import Resilience
import Testing

@testable import Embeddings

@Suite("The embedded embedder", .enabled(if: ModelDirectory.path != nil, "the weights are not there: deploy/install-model"))
struct TransformerEmbedderTests {
    private func embedder(_ change: (inout TransformerEmbedder.Configuration) -> Void = { _ in }) async throws -> TransformerEmbedder {
        var configuration = TransformerEmbedder.Configuration(directory: try #require(ModelDirectory.path))
        change(&configuration)
        return try await TransformerEmbedder.load(configuration)
    }

    @Test("vectors come in the order of their texts, queries and passages alike")
    func order() async throws {
        let embedder = try await self.embedder()
        let texts = ["scale the AMF", "radio resource management", "", "network slice of a hospital", "scale the AMF"]
        let passages = try await embedder.embed(texts, for: .passage, deadline: nil)
        #expect(passages.count == 5 && passages.allSatisfy { $0.count == embedder.dimensions })
        #expect(passages[0] == passages[4])
        for (text, vector) in zip(texts, passages) { #expect(try await embedder.embed([text], for: .query, deadline: nil) == [vector]) }
        #expect(try await embedder.embed([], for: .query, deadline: nil).isEmpty)
        #expect(cosine(passages[0], passages[3]) < 0.6)
        #expect(embedder.name.hasPrefix("all-MiniLM-L6-v2-"))
    }

    @Test("what is late, cancelled or too much is refused in so many words")
    func refused() async throws {
        let embedder = try await self.embedder {
            $0.threads = 1
            $0.waitingPassages = 1
        }
        await #expect(throws: EmbeddingError.timedOut) { try await embedder.embed(["a"], for: .query, deadline: Deadline(unixMilliseconds: 1)) }
        let text = String(repeating: "the passage that takes its time ", count: 60)
        let long = Task { try await embedder.embed(Array(repeating: text, count: 1_000), for: .passage, deadline: nil) }
        while embedder.waitingPassages == 0 { await Task.yield() }
        await #expect(throws: EmbeddingError.busy) { try await embedder.embed(["a"], for: .passage, deadline: nil) }
        // Queries have a thread of their own.
        #expect(try await embedder.embed(["a"], for: .query, deadline: nil).count == 1)
        long.cancel()
        await #expect(throws: EmbeddingError.cancelled) { try await long.value }
        #expect(embedder.waitingPassages == 0)
    }
}

@Suite("A model that cannot be used")
struct UnusableModelTests {
    @Test("is refused with what is wrong with it", arguments: ["nothing", "config", "shape", "vocabulary", "cut", "header"])
    func refused(what: String) async throws {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent("model-\(what)-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        func write(_ name: String, _ text: String) throws { try Data(text.utf8).write(to: directory.appendingPathComponent(name)) }
        var config =
            #"{"model_type": "bert", "hidden_act": "gelu", "hidden_size": 64, "num_hidden_layers": 1, "num_attention_heads": 2, "#
            + #""intermediate_size": 64, "vocab_size": 5, "max_position_embeddings": 8}"#
        if what == "config" { config = "[]" }
        if what == "shape" { config.replace("\"hidden_size\": 64", with: "\"hidden_size\": 65") }
        if what != "nothing" { try write("config.json", config) }
        try write("vocab.txt", what == "vocabulary" ? "[CLS]\n[SEP]\na\nb\nc\n" : "[CLS]\n[SEP]\n[UNK]\na\n##b\n")
        let header = #"{"embeddings.word_embeddings.weight": {"dtype": "F32", "shape": [5, 64], "data_offsets": [0, 1280]}}"#
        let bytes = withUnsafeBytes(of: UInt64(what == "header" ? 1 << 40 : header.utf8.count).littleEndian, Array.init) + Array(header.utf8)
        try Data(bytes + Array(repeating: 0, count: 64)).write(to: directory.appendingPathComponent("model.safetensors"))
        let expected = [
            "nothing": "config.json", "config": "config.json", "shape": "hidden_size", "vocabulary": "[UNK]", "cut": "outside", "header": "no file",
        ]
        do {
            _ = try await TransformerEmbedder.load(.init(directory: directory.path))
            Issue.record("it was taken")
        } catch {
            #expect("\(error)".contains(try #require(expected[what])) || what == "shape" && "\(error)".contains("config.json"), "\(error)")
        }
    }
}
