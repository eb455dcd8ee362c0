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

    @Test("numbered clauses of a specification are its headings; a table of contents, years and lists are not")
    func clauses() {
        let text = """
            1 Scope ........................ 7
            4.2 Architecture ................ 12

            1 Scope
            This document defines the system. It was written in
            2023 by many.

            4 Architecture

            4.2 Reference model
            4.2.1 General
            The following functions exist:

            1. one
            2. two

            4.2.2 Network functions

            The AMF terminates N2.

            Annex A (informative): Examples

            A.1 First example

            An example.
            """
        let chunks = Chunker().chunks(of: text, title: "TS 23.501")
        #expect(
            chunks.map(\.heading).suffix(4) == [
                ["1 Scope"], ["4 Architecture", "4.2 Reference model", "4.2.1 General"], ["4 Architecture", "4.2 Reference model", "4.2.2 Network functions"],
                ["Annex A (informative): Examples", "A.1 First example"],
            ])
        #expect(chunks.contains { $0.text.contains("2023 by many") && $0.heading == ["1 Scope"] })
    }

    @Test("a table stays whole among prose that is cut; one that is far too large is cut after rows, its head on each part")
    func tables() {
        let rows = { (count: Int) in (0..<count).map { "| row \($0) | value \($0) | more |" }.joined(separator: "\n") }
        let head = "| Name | Value | Note |\n|---|---|---|"
        let prose = (0..<60).map { "Sentence \($0) fills the page with words." }.joined(separator: " ")
        let small = Chunker(limit: 100, overlap: 20).chunks(of: prose + "\n\n" + head + "\n" + rows(20) + "\n\n" + prose, title: "T")
        let table = small.filter { $0.text.contains("| row") }
        #expect(table.count == 1)
        #expect(table.first?.text.contains("| row 0 ") == true && table.first?.text.contains("| row 19 ") == true)
        let large = Chunker(limit: 100, overlap: 20).chunks(of: head + "\n" + rows(300), title: "T")
        #expect(large.count > 10)
        #expect(large.allSatisfy { $0.text.hasPrefix(head) })
        #expect((0..<300).allSatisfy { row in large.filter { $0.text.contains("| row \(row) |") }.count == 1 })
    }

    @Test("columns of a page are a table, Setext titles are headings")
    func columns() {
        let text = "Overview\n========\n\nText.\n\n5QI      Type      Delay\n1        GBR       100 ms\n82       DC-GBR    10 ms\n"
        let chunks = Chunker().chunks(of: text, title: "T")
        #expect(chunks.first?.heading == ["Overview"])
        #expect(chunks.first?.text.contains("82       DC-GBR    10 ms") == true)
    }

    @Test("tokens are estimated near what a sentence model makes of them", arguments: [("The AMF registers devices.", 5), ("S-NSSAI 5QI 23.501", 10), ("", 0)])
    func tokens(text: String, tokens: Int) {
        let bytes = Array(text.utf8)
        let count = bytes.withUnsafeBufferPointer { TokenEstimate.count($0, 0..<$0.count) }
        #expect(abs(count - tokens) <= 2)
    }
}
