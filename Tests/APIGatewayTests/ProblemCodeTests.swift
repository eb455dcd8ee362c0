import Foundation
import IntentModel
import Testing

@Suite struct ProblemCodeTests {
    /// Codes that are put together from a literal and a value, by the literal's beginning in the source.
    private static let composed: [(source: String, isCode: @Sendable (String) -> Bool)] = [
        (#"code: "a1_\(self.kind"#, { $0.hasPrefix("a1_") }),
        (#"code: "o1_\(self.kind"#, { $0.hasPrefix("o1_") }),
        (#"code: "\(self.interface)_not_configured"#, { ["o1", "o2", "e2"].map { "\($0)_not_configured" }.contains($0) }),
        (#"code: "\(self.name)_rejected"#, { ["o2_rejected", "e2_rejected"].contains($0) }),
        (#"code: "\(interface)_\(kind)"#, { code in ["o2_", "e2_"].contains { code.hasPrefix($0) } }),
        (#"code: "refused_\(refusal.reason"#, { refusals.contains($0) }),
    ]
    private static let refusals = Refusal.Reason.allCases.map { "refused_\($0.rawValue)" }

    private static func sources() throws -> String {
        try ["Services", "Shared"].flatMap { try Repository.sources($0).values }.joined(separator: "\n")
    }

    private static func documented() throws -> [String] {
        let text = try String(contentsOfFile: Repository.path("docs/errors.md"), encoding: .utf8)
        let rows = text.split(separator: "\n").filter { $0.hasPrefix("| `") }
        return rows.flatMap { row in row.dropFirst().prefix { $0 != "|" }.matches(of: /`([a-z0-9_]+)`/).map { String($0.1) } }
    }

    @Test("every code that can be met is explained, once")
    func explained() throws {
        let used = Set(try Self.sources().matches(of: /code: "([a-z0-9_]+)"/).map { String($0.1) } + Self.refusals)
        let documented = try Self.documented()
        #expect(used.count > 30)
        #expect(used.subtracting(documented).sorted() == [], "not in docs/errors.md")
        #expect(documented.count == Set(documented).count)
    }

    @Test("every code that is explained can be met")
    func met() throws {
        let sources = try Self.sources()
        let unknown = try Self.documented().filter { code in
            !sources.contains("code: \"\(code)\"") && !Self.composed.contains { $0.isCode(code) && sources.contains($0.source) }
        }
        #expect(unknown == [], "in docs/errors.md only")
    }

    @Test("no code is put together in a way that these tests do not know")
    func known() throws {
        let composed = try Self.sources().matches(of: /code: "[a-z0-9_]*\\\([^"]*"/).map { String($0.0) }
        #expect(composed.filter { text in !Self.composed.contains { text.hasPrefix($0.source) } } == [])
        #expect(composed.count >= Self.composed.count)
    }
}
