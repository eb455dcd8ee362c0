import Foundation
import IntentModel

/// A line of `Fixtures/sentences.jsonl`: an operator's words and what a person would expect to come of them.
struct Sentence: Decodable, Sendable {
    var text: String
    var outcome: Phase
    var verbs: [Verb]?
    /// Canonical codes, in the order of the text.
    var functions: [String]?
    var namespace: String?
    /// Of every package that is published; of the understood target where nothing is.
    var replicas: Int?
    /// Said before: nothing changes.
    var noop: Bool?
    /// Of the problem of a refusal.
    var code: String?

    static func all() throws -> [Sentence] {
        guard let url = Bundle.module.url(forResource: "sentences", withExtension: "jsonl", subdirectory: "Fixtures") else { throw CocoaError(.fileNoSuchFile) }
        return try String(contentsOf: url, encoding: .utf8).split(separator: "\n").map { try JSONDecoder().decode(Sentence.self, from: Data($0.utf8)) }
    }
}
