import Foundation
import Testing

@testable import PackagePlanning

/// The files that the documentation shows operators are ones that the service takes.
@Suite struct DocumentedFilesTests {
    /// A YAML block of a page, the first is 0.
    private static func block(_ page: String, _ number: Int = 0) throws -> String {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let text = try String(contentsOf: root.appending(path: "docs/\(page)"), encoding: .utf8)
        let blocks = text.components(separatedBy: "```yaml\n").dropFirst().map { $0.components(separatedBy: "\n```")[0] }
        return try #require(blocks.dropFirst(number).first)
    }

    @Test("an operator's own entry replaces the catalogue's and is planned with")
    func entry() async throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "catalogue-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        try Self.block("catalogue.md").write(to: directory.appending(path: "amf.yaml"), atomically: true, encoding: .utf8)
        let own = try Catalogue.bundled(extensions: directory.path)
        #expect(own.functions["AMF"]?.image?.reference == "registry.example.org/core/amf:7.2.0")
        #expect(own.functions.count == catalogue.functions.count && own.functions["SMF"] == catalogue.functions["SMF"])
        #expect(throws: CatalogueError.self) { try Catalogue.bundled(extensions: directory.appending(path: "none").path) }
    }

    @Test("the policy is read, the cases come out as they say, and a case that does not is told from those that do")
    func policy() throws {
        let policy = try catalogue.approval.extended(by: Self.block("security.md"), place: "policy.yaml")
        #expect(policy.access?.tenants["north"]?.limits?.liveIntents == 500 && policy.rules.last?.effect == .refuse)
        let text = try Self.block("security.md", 1)
        let cases = try PolicyCases(yaml: text, place: "cases.yaml")
        #expect(cases.policy == "policy.yaml")
        let results = try cases.results(under: policy)
        #expect(results.count == 4 && results.allSatisfy(\.isAsExpected), "\(results)")
        #expect(results[1].outcome.contains("no tenant south"))
        let wrong = try PolicyCases(yaml: text.replacing("expect: approval", with: "expect: allowed"), place: "cases.yaml").results(under: policy)
        #expect(wrong.map(\.isAsExpected) == [false, true, true, true] && wrong[0].outcome.contains("expected allowed"))
        let byOther = try PolicyCases(yaml: text.replacing("rules: [removal]", with: "rules: [production]"), place: "cases.yaml").results(under: policy)
        #expect(byOther.map(\.isAsExpected) == [false, true, true, true])
        for fault in ["cases: []", "cases: [{name: a, expect: allowed}]", "cases: [{name: a, expect: maybe, access: {roles: [], scope: admin}}]", "case: []"] {
            #expect(throws: CatalogueError.self) { try PolicyCases(yaml: fault, place: "cases.yaml") }
        }
    }

    @Test("the file of clusters is read")
    func clusters() throws {
        let reader = CatalogueReader(try YAMLNode.document(in: Self.block("packages.md")), place: "clusters.yaml:")
        let cluster = try #require(try ClusterEntry.all(reader).first)
        #expect(cluster.name == "edge-1" && cluster.form == .nephio && cluster.capacity == .init(cpu: 64_000, memory: 262_144, storage: 2_048))
        #expect(cluster.hugepages == 16 && cluster.networks.count == 3 && cluster.prices?.cpu == 0.028)
    }
}
