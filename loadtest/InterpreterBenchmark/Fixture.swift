import Foundation
import IntentModel

/// A sentence of the project's own set and how it must be read; the form of `Tests/LLMProcessorTests/Fixtures/*.jsonl`.
struct Fixture: Decodable {
    struct Reading: Decodable, Equatable {
        var verb: String
        var kind: String
        var type: String?
        var name: String?
        var targets: [String]?
        var context: [String: String]?
    }

    var text: String
    var decision: Decision
    var expectations: [Reading]?

    enum Verdict { case exact, harmful, other }

    /// Harmful: acted on where nothing should be, or on something else than what was said.
    func verdict(of read: Interpretation) -> Verdict {
        guard read.decision == self.decision else { return read.decision == .accepted ? .harmful : .other }
        guard read.decision == .accepted, let expectations = self.expectations else { return .exact }
        let readings = read.expectations.map { expectation in
            let targets = expectation.targets.map { "\($0.attribute) \($0.condition.rawValue) \($0.value)" }.sorted()
            return Reading(
                verb: expectation.verb.rawValue, kind: expectation.object.kind.rawValue, type: expectation.object.type, name: expectation.object.name,
                targets: targets.isEmpty ? nil : targets, context: Self.said(expectation.context))
        }
        return readings == expectations ? .exact : .harmful
    }

    /// Nil where nothing is said.
    private static func said(_ context: Context) -> [String: String]? {
        let members: [(String, String?)] = [
            ("namespace", context.namespace), ("cluster", context.cluster), ("region", context.region), ("site", context.site), ("zone", context.zone),
            ("environment", context.environment), ("plmn", context.plmn), ("tac", context.tac), ("dnn", context.dnn), ("cell", context.cell),
            ("tenant", context.tenant), ("from", context.from), ("urgency", context.urgency),
            ("slice", context.slice.map { slice in slice.sd.map { "\(slice.sst)-\($0)" } ?? "\(slice.sst)" }),
            ("depends", context.depends?.joined(separator: ",")),
        ]
        let said = Dictionary(members.compactMap { name, value in value.map { (name, $0) } }) { first, _ in first }
        return said.isEmpty ? nil : said
    }

    static func all(in directory: String) throws -> [Fixture] {
        let names = try FileManager.default.contentsOfDirectory(atPath: directory).filter { $0.hasSuffix(".jsonl") }.sorted()
        return try names.flatMap { name in
            try String(contentsOfFile: directory + "/" + name, encoding: .utf8).split(separator: "\n").map {
                try JSONDecoder().decode(Fixture.self, from: Data($0.utf8))
            }
        }
    }
}
