import Testing
import Yams

@testable import PackagePlanning

@Suite struct YAMLTests {
    @Test(
        "a string comes back as the same string, whatever it looks like",
        arguments: [
            "", "plain", "two words", "true", "Yes", "no", "off", "n", "null", "~", "1", "007", "1.5", "1e3", "0x1f", "0o17", "12:30:45", "1_000", "+1", "-1",
            ".5", ".inf", ".NaN",
            "2026-01-01", "2026-01-01T10:00:00Z", "3gpp", "v1.2.3", "1.2.3", "a: b", "a:b", "a:", "#x", "a #x", "a#x", "- a", "-a", "-", "?", ":", "{a}", "[a]",
            "a, b", "*a", "&a",
            "!a", "|", ">", "'a'", "\"a\"", "%a", "@a", "`a`", " a", "a ", "a\tb", "a\nb", "a\nb\n", "a\n\nb\n", "\na", "a\n\n", " a\nb", "a\n \nb", "a\r\nb",
            "\u{85}", "\u{2028}x",
            "x\u{feff}y", "é", "日本", "🙂", "\u{7}", "\u{1b}[0m", "---", "...", "--- a", "a\n---\nb\n", "<<", "=", "=1", "\u{202e}abc", "a\\b", "y", "N", "on",
            "0", "-0", "1.", "0b1", "nil", "NULL", "a\nb ", "a\n  b\n",
        ])
    func strings(_ value: String) throws {
        for node in [
            YAMLNode.text(value), ["k": .text(value)], ["k": ["n": .text(value)]], ["k": [.text(value)]], [[.text(value)]], .mapping([YAMLEntry(value, "v")]),
        ] {
            let text = YAMLEmitter.text(node)
            let back = try Yams.load(yaml: text)
            switch node {
            case .text: #expect(back as? String == value, "\(text)")
            case .mapping(let entries) where entries.first?.value == "v": #expect((back as? [String: Any])?.keys.first == value, "\(text)")
            case .mapping(let entries) where entries.first?.value.items != nil: #expect((back as? [String: [String]])?["k"] == [value], "\(text)")
            case .mapping(let entries) where entries.first?.value.entries != nil: #expect((back as? [String: [String: String]])?["k"]?["n"] == value, "\(text)")
            case .mapping: #expect((back as? [String: String])?["k"] == value, "\(text)")
            default: #expect((back as? [[String]])?.first?.first == value, "\(text)")
            }
            // And reading it ourselves and writing it again changes nothing.
            #expect(YAMLEmitter.text(try YAMLNode.documents(in: text)) == text)
        }
    }

    @Test("numbers, booleans and nulls keep their type and their spelling")
    func scalars() throws {
        let text = "a: 1\nb: 0x1F\nc: yes\nd: null\ne:\nf: \"1\"\ng: 1.50\n"
        #expect(YAMLEmitter.text(try YAMLNode.document(in: text)) == text)
    }

    @Test("order, anchors and several documents survive; comments do not")
    func documents() throws {
        let text = "# note\nz: 1\na: &x\n  k: v\nb: *x\n---\nc: [1, two]\n"
        #expect(YAMLEmitter.text(try YAMLNode.documents(in: text)) == "z: 1\na:\n  k: v\nb:\n  k: v\n---\nc:\n  - 1\n  - two\n")
    }

    @Test("what is no YAML, too big or of a foreign tag is an error", arguments: ["a: [", "a: b: c", "a: !mine x", "? [a]\n: b", "a: *x"])
    func errors(_ text: String) { #expect(throws: YAMLParsingError.self) { try YAMLNode.documents(in: text) } }

    @Test("a few aliases cannot become an enormous tree")
    func bomb() {
        var text = "a: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...9 { text += "b\(level): &a\(level) [" + Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ") + "]\n" }
        #expect(throws: YAMLParsingError.self) { try YAMLNode.documents(in: text) }
    }

    @Test("empty collections and nested sequences are written as YAML reads them")
    func collections() throws {
        let node: YAMLNode = ["a": .mapping([]), "b": [], "c": [[1, 2], []], "d": [["x": 1, "y": [2]]]]
        let text = YAMLEmitter.text(node)
        #expect(YAMLEmitter.text(try YAMLNode.document(in: text)) == text)
        #expect(text == "a: {}\nb: []\nc:\n  -\n    - 1\n    - 2\n  - []\nd:\n  - x: 1\n    \"y\":\n      - 2\n")
    }
}
