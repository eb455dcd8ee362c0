import Foundation

/// Texts with what the reference makes of them: Hugging Face's tokenizer for the pieces, the 32-bit weights in double precision for the vectors.
struct Fixture: Decodable {
    var text: String
    var pieces: [Int32]?
    var vector: [Float]?

    static func all(_ name: String) throws -> [Fixture] {
        guard let url = Bundle.module.url(forResource: name, withExtension: "jsonl", subdirectory: "Fixtures") else { throw CocoaError(.fileNoSuchFile) }
        return try String(contentsOf: url, encoding: .utf8).split(separator: "\n").map { try JSONDecoder().decode(Fixture.self, from: Data($0.utf8)) }
    }
}

func cosine(_ a: [Float], _ b: [Float]) -> Float {
    let product = zip(a, b).reduce(Float(0)) { $0 + $1.0 * $1.1 }
    let lengths = [a, b].map { $0.reduce(Float(0)) { $0 + $1 * $1 }.squareRoot() }
    return product / (lengths[0] * lengths[1])
}
