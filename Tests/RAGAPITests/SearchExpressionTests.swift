import Testing

@testable import RAGAPI

@Suite struct SearchExpressionTests {
    @Test(
        "text becomes quoted terms joined by OR",
        arguments: [
            ("Deploy  AMF!", #""amf" OR "deploy""#),
            ("S-NSSAI", #""nssai" OR "s nssai""#),
            ("CU/DU split", #""cu" OR "du" OR "split""#),
            ("amf AMF Amf", #""amf""#),
            ("5QI 9", #""5qi" OR "9""#),
            ("", ""), ("?!…", ""),
        ])
    func terms(query: String, fts5: String) {
        #expect(SearchExpression(query).fts5 == fts5)
    }

    @Test("stop words go unless there is nothing else")
    func stopWords() {
        #expect(SearchExpression("what is the AMF", stopWords: ["what", "is", "the"]).terms == ["amf"])
        #expect(SearchExpression("what is", stopWords: ["what", "is"]).terms == ["is", "what"])
    }

    @Test("the number and the length of terms are bounded")
    func bounds() {
        let many = SearchExpression((0..<10_000).map { "t\($0)" }.joined(separator: " "))
        #expect(many.terms.count == SearchExpression.maxTerms)
        #expect(SearchExpression(String(repeating: "x", count: 9999)).terms.map(\.count) == [SearchExpression.maxTermCharacters])
    }

    @Test(
        "no text of a caller is an error or an operator of FTS5",
        arguments: [
            #"" OR 1=1 --"#, #"title : amf"#, "amf NOT smf", "NEAR(amf smf, 3)", "amf*", "^amf", "{title text} : amf", "a AND", "(((", "\"\"\"", "amf + smf",
            "-amf", "'; DROP TABLE chunks; --", "amf\u{0}smf", "\u{202e}amf", "🙂 amf", "½ amf", "amf\\", "𝔸𝕄𝔽", "chunkIndex MATCH 'x'", "%00",
            "a.b.c.d.e.f.g.h",
        ])
    func hostile(query: String) async throws {
        try await withStore { store, _ in
            _ = try await store.ingest([KnowledgeDocument(id: "amf", text: "The AMF registers devices."), KnowledgeDocument(id: "upf", text: "Packets.")])
            let results = try await store.search(query)
            // Whatever it is meant to do, it finds what shares a word with it and nothing else.
            #expect(results.allSatisfy { $0.documentId == "amf" })
            #expect(results.isEmpty == !SearchExpression(query).terms.contains("amf"))
            #expect(try await store.stats().chunks == 2)
        }
    }
}
