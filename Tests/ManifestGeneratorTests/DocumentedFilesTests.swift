import Foundation
import Testing

@testable import PackagePlanning

/// The files that the documentation shows operators are ones that the service takes.
@Suite struct DocumentedFilesTests {
    /// The first YAML block of a page.
    private static func block(_ page: String) throws -> String {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let text = try String(contentsOf: root.appending(path: "docs/\(page)"), encoding: .utf8)
        let start = try #require(text.range(of: "```yaml\n"))
        let end = try #require(text.range(of: "\n```", range: start.upperBound..<text.endIndex))
        return String(text[start.upperBound..<end.lowerBound])
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

    @Test("the file of clusters is read")
    func clusters() throws {
        let reader = CatalogueReader(try YAMLNode.document(in: Self.block("packages.md")), place: "clusters.yaml:")
        let cluster = try #require(try ClusterEntry.all(reader).first)
        #expect(cluster.name == "edge-1" && cluster.form == .nephio && cluster.capacity == .init(cpu: 64_000, memory: 262_144, storage: 2_048))
        #expect(cluster.hugepages == 16 && cluster.networks.count == 3 && cluster.prices?.cpu == 0.028)
    }
}
