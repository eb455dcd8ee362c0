import Foundation
import Testing

@Suite struct ProblemCodeTests {
    /// Codes that are put together from a literal and a value of the code's own enumerations.
    private static let composed: [(pattern: Regex<Substring>, evidence: String)] = [
        (/a1_[a-z_]+/, #"code: "a1_\("#), (/(o1|o2|e2)_not_configured/, #"_not_configured""#),
    ]
    /// Made from an HTTP status where nothing else is known (`ProblemMapping`).
    private static let statuses: Set<String> = ["not_acceptable"]

    private static func sources() throws -> String {
        try (Repository.sources("Services").values + Repository.sources("Shared").values).joined(separator: "\n")
    }

    private static func documented() throws -> Set<String> {
        let text = try String(contentsOfFile: Repository.path("docs/errors.md"), encoding: .utf8)
        let rows = text.split(separator: "\n").filter { $0.hasPrefix("| `") }
        return Set(rows.flatMap { row in row.dropFirst().prefix { $0 != "|" }.matches(of: /`([a-z0-9_]+)`/).map { String($0.1) } })
    }

    @Test("every code that can be met is explained")
    func explained() throws {
        let used = Set(try Self.sources().matches(of: /code: "([a-z0-9_]+)"/).map { String($0.1) })
        #expect(used.count > 30)
        #expect(used.subtracting(try Self.documented()).sorted() == [], "not in docs/errors.md")
    }

    @Test("every code that is explained can be met")
    func met() throws {
        let sources = try Self.sources()
        let unknown = try Self.documented().subtracting(Self.statuses).filter { code in
            !sources.contains("\"\(code)\"") && !Self.composed.contains { code.wholeMatch(of: $0.pattern) != nil && sources.contains($0.evidence) }
        }
        #expect(unknown.sorted() == [], "in docs/errors.md only")
    }
}
