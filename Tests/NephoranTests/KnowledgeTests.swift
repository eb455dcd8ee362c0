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
        // Three bytes a character: cut between them.
        let long = KnowledgeFile(path: String(repeating: "規", count: 300) + ".html", text: "<title>\(String(repeating: "格", count: 200))</title>x")
        #expect(long.id == String(repeating: "規", count: 83) + ".html")
        #expect(long.source.utf8.count <= 512 && long.source.hasSuffix("規.html"))
        #expect(long.title == String(repeating: "格", count: 170))
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

    @Test("rows of a page's table stay rows")
    func tables() {
        let page = HTMLText("<p>Before</p><table><tr><th>5QI</th><th>Delay</th></tr><tr><td>82</td><td>10 <b>ms</b></td></tr></table><p>after</p>")
        #expect(page.text == "Before\n\n| 5QI | Delay |\n| 82 | 10 ms |\n\nafter")
    }

    @Test("heads and feet of pages go, the margin too; clauses and columns stay")
    func pages() {
        let pages = (1...4).map { page in
            "   3GPP TS 23.501 V17.5.0        \(page + 10)\n\n   5.\(page) Clause \(page)\n   Text of page \(page).\n   5QI     Type     Delay\n   \(page)       GBR      100 ms\n   more\n   and\n   more\n\n   Release 17\n"
        }
        let text = PDFText(pages: pages.joined(separator: "\u{0c}"))
        #expect(!text.text.contains("3GPP TS 23.501") && !text.text.contains("Release 17"))
        #expect(text.text.hasPrefix("5.1 Clause 1\nText of page 1."))
        #expect(text.text.contains("4       GBR      100 ms"))
    }

    @Test("a PDF file is read by pdftotext; what is none is refused with its words")
    func pdf() async throws {
        let root = FileManager.default.temporaryDirectory.path + "/pdf-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: root) }
        let content = "BT /F1 18 Tf 72 720 Td (The AMF terminates N2.) Tj ET"
        let objects = [
            "<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
            "<< /Length \(content.utf8.count) >>\nstream\n\(content)\nendstream", "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        ]
        var file = "%PDF-1.4\n"
        var offsets: [Int] = []
        for (index, object) in objects.enumerated() {
            offsets.append(file.utf8.count)
            file += "\(index + 1) 0 obj\n\(object)\nendobj\n"
        }
        let table = file.utf8.count
        file += "xref\n0 6\n0000000000 65535 f \n" + offsets.map { String(repeating: "0", count: 10 - String($0).count) + "\($0) 00000 n \n" }.joined()
        file += "trailer << /Size 6 /Root 1 0 R >>\nstartxref\n\(table)\n%%EOF\n"
        try file.write(toFile: root + "/-n2.pdf", atomically: true, encoding: .utf8)
        try "no PDF".write(toFile: root + "/other.pdf", atomically: true, encoding: .utf8)
        let document = try await KnowledgeFile.read(root + "/-n2.pdf")
        #expect(document.text == "The AMF terminates N2.")
        #expect(document.title == "The AMF terminates N2.")
        let failure = await #expect(throws: CommandFailure.self) { try await KnowledgeFile.read(root + "/other.pdf") }
        #expect(failure?.message.hasPrefix("pdftotext: ") == true)
    }

    @Test("lines of a file come one by one with their numbers, whatever their length")
    func lines() throws {
        let path = FileManager.default.temporaryDirectory.path + "/lines-\(UUID().uuidString).ndjson"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let long = String(repeating: "x", count: 700_000)
        try "one\n\n\(long)\nlast".write(toFile: path, atomically: true, encoding: .utf8)
        var file = try #require(LineFile(path))
        var lines: [(Int, Int)] = []
        while let line = file.next() { lines.append((line.number, line.bytes.count)) }
        #expect(lines.map(\.0) == [1, 3, 4] && lines.map(\.1) == [3, 700_000, 4])
        #expect(LineFile(path + ".none") == nil)
    }

    @Test("progress is a bar over the bytes that are done")
    func progress() {
        var outcome = KnowledgeSender.Outcome()
        outcome.accepted = 10
        outcome.chunks = 50
        let text = KnowledgeProgress(totalBytes: 200).text(doneBytes: 100, outcome, elapsed: .seconds(5))
        #expect(text == "[############------------] 50 %  10 documents, 50 passages, 10/s")
    }

    @Test("what a search found is a table, what it is made of another, and a note is said")
    func hits() throws {
        let json = """
            {"results":[{"documentId":"amf","chunkId":"amf#0","title":"AMF","heading":"N2","text":"t","snippet":"ends <mark>N2</mark> &amp; N1","score":0.75,\
            "source":"s","metadata":{},"explanation":{"keyword":1,"vector":0.5,"alpha":0.5,"bm25":7.25,"terms":[{"term":"n2","weight":1,"passages":3,"bm25":7.25}]}}],\
            "version":"v","mode":"hybrid","cache":"l1","tookMs":0.42,"note":"Weaviate is away"}
            """
        let hits = try JSONDecoder().decode(KnowledgeHits.self, from: Data(json.utf8))
        let lines = KnowledgeHits.lines(hits, explains: true, Terminal(descriptor: -1))
        #expect(
            lines == [
                "SCORE  PASSAGE  UNDER     TEXT", "0.750  amf#0    AMF › N2  ends N2 & N1", "", "PASSAGE  WORDS  MEANING  BM25   COSINE  TERMS",
                "amf#0    1.000  0.500    7.250  –       n2 7.25", "hybrid search, 0.4 ms, from the cache (l1)", "note Weaviate is away",
            ])
        #expect(try KnowledgeSearchCommand.fields(["domain=core", "domain=ran", "a=b=c"]) == ["domain": ["core", "ran"], "a": ["b=c"]])
        #expect(throws: (any Error).self) { try KnowledgeSearchCommand.fields(["domain"]) }
    }

    @Test("two knowledge bases that are alike are said to be, others by what differs")
    func comparison() {
        var comparison = KnowledgeMigrateCommand.Comparison(
            sourceDocuments: 2, targetDocuments: 2, sourceChunks: 3, targetChunks: 3, sourceVersion: "ab", targetVersion: "ab", missing: 0, different: 0,
            extra: 0,
            examples: [], isAlike: true)
        #expect(KnowledgeMigrateCommand.lines(comparison) == ["alike: 2 documents, 3 passages, hash ab on both sides"])
        (comparison.isAlike, comparison.missing, comparison.examples) = (false, 1, ["d1"])
        #expect(KnowledgeMigrateCommand.lines(comparison).last == "for example: d1")
        #expect(KnowledgeProgress.bar(1, of: 2) == "[############------------] 50 %")
    }
}
