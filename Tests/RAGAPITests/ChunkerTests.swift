import Testing

@testable import RAGAPI

@Suite struct ChunkerTests {
    @Test("sections become chunks with the headings above them, the title left out")
    func headings() {
        let text = """
            # AMF
            Intro.

            ## Scaling
            ### Out
            Add replicas.
            ## Faults ##
            Look here.
            """
        #expect(
            Chunker().chunks(of: text, title: "AMF") == [
                Chunk(ordinal: 0, heading: [], text: "Intro."),
                Chunk(ordinal: 1, heading: ["Scaling", "Out"], text: "Add replicas."),
                Chunk(ordinal: 2, heading: ["Faults"], text: "Look here."),
            ]
        )
    }

    @Test("a heading inside a code fence is code")
    func fences() {
        let chunks = Chunker().chunks(of: "# T\n```sh\n# not a heading\n\necho\n```\nafter", title: "T")
        #expect(chunks.map(\.heading) == [[]])
        #expect(chunks.first?.text == "```sh\n# not a heading\n\necho\n```\nafter")
    }

    @Test("long text is cut into passages within the limit that together hold every word", arguments: [1, 7, 109, 110, 111, 5000])
    func limit(words: Int) {
        let text = (0..<words).map { "word\($0)" + ($0 % 11 == 10 ? "." : "") }.joined(separator: " ")
        let chunks = Chunker().chunks(of: text, title: "T")
        #expect(chunks.allSatisfy { $0.text.split(separator: " ").count <= Chunker().limit })
        let kept = Set(chunks.flatMap { $0.text.split(whereSeparator: { !$0.isLetter && !$0.isNumber }) }.map(String.init))
        #expect((0..<words).allSatisfy { kept.contains("word\($0)") })
        #expect(chunks.map(\.ordinal) == Array(chunks.indices))
    }

    @Test("the last sentence of a passage begins the next")
    func overlap() {
        let sentence = { (n: Int) in "Sentence \(n) has exactly seven words here." }
        let chunks = Chunker(limit: 24, overlap: 10).chunks(of: (1...6).map(sentence).joined(separator: " "), title: "T")
        #expect(chunks.count > 2)
        for (first, second) in zip(chunks, chunks.dropFirst()) {
            let last = first.text.components(separatedBy: ". ").last ?? ""
            #expect(second.text.hasPrefix(last))
        }
    }

    @Test(
        "text without blanks, without headings or with headings only still gives bounded chunks",
        arguments: [
            String(repeating: "核心網路", count: 5000), String(repeating: "x", count: 100_000), "# Only\n## Headings", "plain", "\r\nwindows\r\nlines\r\n",
        ])
    func shapes(text: String) {
        let chunks = Chunker().chunks(of: text, title: "T")
        #expect(!chunks.isEmpty)
        #expect(chunks.allSatisfy { !$0.text.isEmpty && $0.text.utf8.count < 12_000 })
    }

    @Test("the first heading is the title of a document without one")
    func firstHeading() {
        #expect(KnowledgeDocument(id: "a", text: "text\n\n## Found\n").title == "Found")
        #expect(KnowledgeDocument(id: "a", text: "#hashtag").title == "a")
    }
}
