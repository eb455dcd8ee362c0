import CTensor
import TestSupport
import Testing

@testable import Embeddings

@Suite("The sentence transformer", .enabled(if: ModelDirectory.path != nil, "the weights are not there: deploy/install-model"))
struct SentenceTransformerTests {
    /// What this processor can do.
    private static let levels: [tensor_level] = [tensor_portable, tensor_avx2, tensor_avx_vnni, tensor_avx512_vnni].filter { level in
        // A processor with the one has not always the other of the two in between.
        level.rawValue <= tensor_best_level().rawValue && (level != tensor_avx_vnni || tensor_best_level() == tensor_avx_vnni)
    }

    private func directory() throws -> String { try #require(ModelDirectory.path) }

    @Test("words are cut into the pieces that the reference cuts them into")
    func pieces() throws {
        var pieces = WordPieces(try WordVocabulary(path: try self.directory() + "/vocab.txt"), limit: 256)
        for fixture in try Fixture.all("pieces") {
            var numbers: [Int32] = [7]
            let count = pieces.append(fixture.text, to: &numbers)
            #expect(numbers.first == 7 && count == numbers.count - 1)
            #expect(Array(numbers.dropFirst()) == fixture.pieces, "\(fixture.text)")
        }
    }

    @Test("vectors are those of the 32-bit weights, on every kind of processor", arguments: levels)
    func vectors(level: tensor_level) async throws {
        let directory = try self.directory()
        // The portable one has no vectors of numbers and takes its time; so do unoptimised builds.
        let fixtures = try Fixture.all("vectors").filter { level != tensor_portable || $0.text.utf8.count < 16 }
        let vectors = try await offPool {
            TransformerComputation(try SentenceTransformer(directory: directory, level: level)).vectors(of: fixtures.map(\.text))
        }
        #expect(vectors.count == fixtures.count)
        for (fixture, vector) in zip(fixtures, vectors) {
            let reference = try #require(fixture.vector)
            #expect(abs(vector.reduce(0) { $0 + $1 * $1 } - 1) < 1e-4)
            #expect(cosine(vector, reference) >= 0.995, "\(fixture.text): \(cosine(vector, reference))")
        }
    }

    @Test("a text's vector does not depend on what is computed with it")
    func together() async throws {
        let directory = try self.directory()
        let texts = try Fixture.all("vectors").map(\.text).filter { $0.utf8.count < 200 }
        let chosen = [0, texts.count / 2, texts.count - 1]
        let (together, alone, none) = try await offPool {
            let computation = TransformerComputation(try SentenceTransformer(directory: directory))
            return (computation.vectors(of: texts), chosen.map { computation.vectors(of: [texts[$0]]) }, computation.vectors(of: [String]()))
        }
        #expect(alone == chosen.map { [together[$0]] })
        #expect(none.isEmpty)
    }
}
