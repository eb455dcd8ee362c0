import Foundation
import Testing

@testable import PackagePlanning

@Suite("YAML as manifests are written") struct BlockYAMLTests {
    private static let golden = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden")

    private static func manifests() throws -> [String] {
        let files = try #require(FileManager.default.enumerator(at: self.golden, includingPropertiesForKeys: nil))
        return try files.compactMap { $0 as? URL }.filter { $0.pathExtension == "yaml" }.map { try String(contentsOf: $0, encoding: .utf8) }
    }

    /// What it reads it reads like the parser; what it does not read is the parser's.
    private static func compare(_ text: String) {
        guard let documents = BlockYAML.documents(in: text) else { return }
        do {
            let parsed = try YAMLNode.parsed(text)
            #expect(documents == parsed, "\(text)")
        } catch {
            Issue.record("read what is no YAML (\(error)): \(text)")
        }
    }

    @Test("every manifest of ours is read at sight, and as the parser reads it")
    func ours() throws {
        let manifests = try Self.manifests()
        #expect(manifests.count > 3)
        for text in manifests {
            for document in try YAMLNode.parsed(text) {
                let text = YAMLEmitter.text(document)
                guard text.utf8.allSatisfy({ $0 < 0x7f }), !text.contains("\\") else { continue }
                #expect(BlockYAML.documents(in: text) != nil, "\(text)")
                Self.compare(text)
            }
        }
    }

    @Test("whatever becomes of a manifest, the two agree, or only one reads it")
    func changed() throws {
        let manifests = try Self.manifests().flatMap { try YAMLNode.parsed($0) }.map { YAMLEmitter.text($0) }
        let pieces = [
            " ", "  ", "\n", "-", "- ", ": ", ":", "#", " #", "\"", "'", "|", "|-", ">", "[", "]", "{}", "[]", "{", "}", "&a ", "*a", "!x ", "?", "? ", "---\n",
            "...\n", "\t", "\\", "é", "a: b\n", "- a\n", "kind: X\n", "  x: |\n", "~", "%", ",", "\r", "0", "x",
        ]
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<6_000 {
            var lines = Array(try #require(manifests.randomElement(using: &generator)).split(separator: "\n", omittingEmptySubsequences: false))
            let start = Int.random(in: 0..<lines.count, using: &generator)
            lines = Array(lines[start..<min(lines.count, start + Int.random(in: 1...12, using: &generator))])
            var text = Array(lines.joined(separator: "\n") + "\n")
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let place = Int.random(in: 0...text.count, using: &generator)
                switch Int.random(in: 0..<4, using: &generator) {
                case 0 where place < text.count: text.remove(at: place)
                case 1 where place < text.count: text[place] = Array(pieces.randomElement(using: &generator) ?? "x")[0]
                default: text.insert(contentsOf: pieces.randomElement(using: &generator) ?? "", at: place)
                }
            }
            Self.compare(String(text))
        }
    }

    @Test(
        "of the smallest texts, too",
        arguments: [
            "a: b\n", "a:\n", "a:\n- b\n", "a:\n  - b\n  -\n", "- a: 1\n  b: 2\n-   c: 3\n    d: 4\n", "a: |\n  x\n\n  y\nb: |-\n  z\n\n", "a: b\n  c\n",
            "a:\n  b: 1\n c: 2\n", "a: 1\na: 2\n", "---\na: 1\n---\n---\nb: 2\n", "# c\n\na: \"b\"\nc: 'd'\n", "a: \"b\" c\n", "a: b # c\n", "a: b#c\n",
            "a: [1]\n",
            "- - a\n", "-\n  - a\n", "a: -1\nb: - 1\n", "a: b: c\n", "a: b:\n", "- |\n  x\n- y\n", "a:   b\n", "\"a b\": c\n",
            "a: |\n  # no comment\n# a comment\nb: 1\n",
            "a: x\n---\n", "a: |\n   x\n  y\n", "\n", "", "- a\nb: c\n", "a:\n  - b\n c: d\n", "a: 'it''s'\n", "a: <<\n", "<<: a\n", "a: =\n", "1: 2\n",
            ".: a\n", "a: |\n  \n  x\n",
        ])
    func smallest(_ text: String) { Self.compare(text) }
}
