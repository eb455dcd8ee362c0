import Foundation
import Testing
import IntentModel

@testable import IntentLanguage

/// The vocabulary that ships, loaded once for all tests.
enum ShippedVocabulary {
    static let directory = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Shared/IntentLanguage/Vocabulary").standardized.path
    static let interpreter: EmbeddedInterpreter? = (try? Vocabulary.load(directory: directory)).map { EmbeddedInterpreter(vocabulary: $0) }

    static func interpret(_ text: String) -> Interpretation? { self.interpreter?.interpret(InterpretationRequest(intent: text)) }
}

/// A sentence and how it must be read.
struct InterpreterFixture: Codable, Sendable, CustomTestStringConvertible {
    struct Reading: Codable, Sendable, Equatable {
        var verb: Verb
        var kind: ObjectKind
        var type: String?
        var name: String?
        /// "replicas equals 3"
        var targets: [String]?
        var context: [String: String]?
    }

    var text: String
    var decision: Decision
    var reason: Refusal.Reason?
    /// Fields of the questions.
    var asks: [String]?
    var expectations: [Reading]?
    var priority: Priority?
    /// English when absent.
    var language: String?

    var testDescription: String { self.text }

    static func rows(_ name: String) -> [InterpreterFixture] {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/\(name).jsonl")
        guard let text = try? String(contentsOf: file, encoding: .utf8) else { return [] }
        return text.split(separator: "\n").compactMap { try? JSONDecoder().decode(InterpreterFixture.self, from: Data($0.utf8)) }
    }
}

extension InterpreterFixture.Reading {
    init(_ expectation: IntentModel.Expectation) {
        let context = expectation.context
        var said: [String: String] = [:]
        let members: [(String, String?)] = [
            ("namespace", context.namespace), ("cluster", context.cluster), ("region", context.region), ("site", context.site), ("zone", context.zone),
            ("environment", context.environment), ("plmn", context.plmn), ("tac", context.tac), ("dnn", context.dnn), ("cell", context.cell),
            ("tenant", context.tenant), ("from", context.from), ("urgency", context.urgency),
            ("slice", context.slice.map { slice in slice.sd.map { "\(slice.sst)-\($0)" } ?? "\(slice.sst)" }),
            ("depends", context.depends?.joined(separator: ",")),
        ]
        for (key, value) in members { said[key] = value }
        let targets = expectation.targets.map { "\($0.attribute) \($0.condition.rawValue) \($0.value)" }.sorted()
        self.init(
            verb: expectation.verb, kind: expectation.object.kind, type: expectation.object.type, name: expectation.object.name,
            targets: targets.isEmpty ? nil : targets, context: said.isEmpty ? nil : said)
    }
}
