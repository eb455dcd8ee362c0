import IntentLanguage
import KeywordIndex
import Testing

@testable import RAGAPI

@Suite struct QueryWordsTests {
    private func words(_ text: String, stopWords: Set<String> = []) throws -> [String: Float] {
        let query = QueryWords(stopWords: stopWords, vocabulary: try Vocabulary.shipped().summary).query(text)
        return Dictionary(query.terms.map { ($0.word, $0.weight) }, uniquingKeysWith: max)
    }

    @Test("an abbreviation and what it stands for find each other, with less weight than the words themselves")
    func synonyms() throws {
        let short = try self.words("scale the AMF", stopWords: ["the", "and"])
        #expect(short["amf"] == 1)
        #expect((short["mobility"] ?? 0) > 0 && (short["mobility"] ?? 0) < 0.5)
        #expect(short["and"] == nil)
        let long = try self.words("the session management function of a core")
        #expect(long["session"] == 1)
        #expect((long["smf"] ?? 0) > 0.5 && (long["smf"] ?? 0) < 1)
    }

    @Test(
        "ordinary English gains nothing",
        arguments: ["experimental study of a wing in a slipstream", "information retrieval and library policy", "heat transfer"])
    func ordinary(text: String) throws {
        #expect(try self.words(text, stopWords: ["a"]).values.allSatisfy { $0 == 1 })
    }

    @Test("a word that is repeated counts as often, within bounds; its spelling does not matter")
    func repeats() throws {
        #expect(try self.words("slices and slicing, a slice")["slices"] == 3)
        #expect(try self.words(String(repeating: "slice ", count: 100))["slice"] == 8)
    }

    @Test("words that say nothing go unless there is nothing else")
    func stopWords() throws {
        #expect(try self.words("what is the AMF", stopWords: ["what", "is", "the"]).filter { $0.value == 1 }.keys.sorted() == ["amf"])
        #expect(try self.words("what is", stopWords: ["what", "is"]).keys.sorted() == ["is", "what"])
    }

    @Test("the number of terms is bounded")
    func bounds() throws {
        #expect(QueryWords().query((0..<10_000).map { "t\($0)" }.joined(separator: " ")).terms.count == KeywordQuery.maxTerms)
    }

    @Test(
        "no text of a caller is anything but words",
        arguments: [
            #"" OR 1=1 --"#, #"title : amf"#, "amf NOT smf", "NEAR(amf smf, 3)", "amf*", "^amf", "(((", "\"\"\"", "'; DROP TABLE passages; --", "amf\u{0}smf",
            "\u{202e}amf", "🙂 amf", "½ amf", "amf\\", "𝔸𝕄𝔽", "%00", "a.b.c.d.e.f.g.h",
        ])
    func hostile(query: String) async throws {
        try await withStore { store, _ in
            _ = try await store.ingest([KnowledgeDocument(id: "amf", text: "The AMF registers devices."), KnowledgeDocument(id: "upf", text: "Packets.")])
            #expect(try await store.search(query).allSatisfy { $0.documentId == "amf" })
            #expect(try await store.stats().chunks == 2)
        }
    }

    @Test(
        "snippets mark what the query asks for and are safe to show",
        arguments: [
            ("slice", "A <b>slice</b> & more", "A &lt;b&gt;<mark>slice</mark>&lt;/b&gt; &amp; more"),
            ("near-rt ric", "The NearRT-RIC decides.", "The <mark>NearRT-RIC</mark> decides."), ("nothing", "Plain text.", "Plain text."), ("a", "", ""),
        ])
    func snippets(query: String, text: String, snippet: String) {
        #expect(Highlighter(query).snippet(of: text) == snippet)
    }

    @Test("a snippet of a long text is the part with the words, cut between words or characters")
    func window() {
        let text = String(repeating: "filler words here ", count: 100) + "the needle in it " + String(repeating: "and more ", count: 100)
        let snippet = Highlighter("needle").snippet(of: text)
        #expect(snippet.contains("<mark>needle</mark>"))
        #expect(snippet.hasPrefix("… ") && snippet.hasSuffix(" …"))
        #expect(snippet.utf8.count < 400)
        #expect(!Highlighter("網路").snippet(of: String(repeating: "核心網路", count: 500)).contains("\u{fffd}"))
    }
}
