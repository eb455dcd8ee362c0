import Foundation
import Testing

@testable import Nephoran

@Suite struct KnowledgeTests {
    @Test(
        "a page's words, headings as Markdown, without scripts",
        arguments: [
            (
                "<html><head><title>AMF &amp; SMF</title><style>p{}</style><script>if (a<b) {}</script></head><body><h1>AMF</h1><p>Access <b>and</b> mobility&#46;</p><ul><li>one</li><li>two</li></ul></body></html>",
                "AMF & SMF", "# AMF\n\nAccess and mobility.\n\n- one\n- two"
            ),
            ("no tags at all", nil, "no tags at all"), ("<!-- hidden --><p>a<br>b</p>", nil, "a\nb"), ("a &lt; b &unknown; &amp", nil, "a < b &unknown; &amp"),
            ("<p>cut <b", nil, "cut"),
            ("", nil, ""),
        ] as [(String, String?, String)])
    func html(_ html: String, _ title: String?, _ text: String) {
        let page = HTMLText(html)
        #expect(page.title == title)
        #expect(page.text == text)
    }

    @Test("a file's id is its path without what only says where one stands")
    func ids() {
        #expect(KnowledgeFile(path: "./docs/../docs/amf.md", text: "# AMF").id == "docs/docs/amf.md")
        #expect(KnowledgeFile(path: "/abs/amf.md", text: "x").id == "abs/amf.md")
        #expect(KnowledgeFile(path: String(repeating: "x", count: 300) + ".md", text: "x").id.utf8.count == 256)
    }

    @Test("directories are searched for what can be read, in order")
    func search() throws {
        let root = FileManager.default.temporaryDirectory.path + "/knowledge-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: root) }
        try FileManager.default.createDirectory(atPath: root + "/sub", withIntermediateDirectories: true)
        for name in ["b.md", "a.HTML", "sub/c.txt", "image.png"] { try "x".write(toFile: root + "/" + name, atomically: true, encoding: .utf8) }
        #expect(try KnowledgeFile.search([root]) == [root + "/a.HTML", root + "/b.md", root + "/sub/c.txt"])
        #expect(try KnowledgeFile.search([root + "/image.png"]) == [root + "/image.png"])
        #expect(throws: CommandFailure.self) { try KnowledgeFile.search([root + "/none"]) }
    }

    @Test("rag-api is two ports above the gateway unless it is named")
    func address() throws {
        #expect(try SiblingAddress.of("rag-api", nil, portsAbove: 2, option: "--o", gateway: "http://127.0.0.1:8080") == "http://127.0.0.1:8082")
        #expect(try SiblingAddress.of("rag-api", "http://rag/", portsAbove: 2, option: "--o", gateway: "http://127.0.0.1:8080") == "http://rag")
        #expect(throws: CommandFailure.self) { try SiblingAddress.of("rag-api", nil, portsAbove: 2, option: "--o", gateway: "https://gateway") }
    }

    @Test("a batch is one document per line and knows whose each is")
    func batch() {
        var batch = KnowledgeBatch()
        batch.add(KnowledgeFile(path: "a.md", text: "# A\nwords"), path: "a.md")
        batch.add(KnowledgeFile(path: "b.md", text: "b"), path: "b.md")
        #expect(batch.body.count { $0 == UInt8(ascii: "\n") } == 2)
        #expect(batch.path(at: 2) == "b.md" && batch.path(at: 9) == "document 9")
    }
}
