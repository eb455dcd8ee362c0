import IntentModel
import Testing

@testable import RAGAPI

@Suite struct DocumentFeedTests {
    @Test(
        "one document, an array and lines are all taken",
        arguments: [
            (#"{"id":"a","text":"x"}"#, ["a"]),
            ("{\n  \"id\": \"a\",\n  \"text\": \"x\"\n}\n", ["a"]),
            (#" [{"id":"a","text":"x"},{"id":"b","text":"y"}]"#, ["a", "b"]),
            ("{\"id\":\"a\",\"text\":\"x\"}\n\n{\"id\":\"b\",\"text\":\"y\"}\r\n", ["a", "b"]),
        ])
    func shapes(body: String, ids: [String]) throws {
        let feed = try DocumentFeed(Array(body.utf8))
        #expect(feed.documents.map(\.id) == ids)
        #expect(feed.rejected.isEmpty)
    }

    @Test("bad lines are rejected with their reasons while the rest goes in")
    func lines() throws {
        let body = """
            {"id":"a","text":"x"}
            not json
            {"id":"b"}
            {"id":"","text":"x"}
            {"id":"c","text":"y","metadata":{"k":{"nested":1}}}
            {"id":"d","text":"y","metadata":{"n":3,"l":["a",true]}}
            """
        var feed = DocumentFeed()
        feed.read(lines: Array(body.utf8))
        #expect(feed.documents.map(\.id) == ["a", "d"])
        #expect(feed.documents.last?.metadata == ["n": .number(3), "l": .list([.text("a"), .boolean(true)])])
        #expect(
            feed.rejected == [
                .init(position: 2, reason: "is not JSON"),
                .init(position: 3, reason: "/text is missing"),
                .init(position: 4, reason: "/id must have 1 to 256 bytes"),
                .init(position: 5, reason: "/metadata/k must be a text, a number, a boolean or a list of these"),
            ]
        )
    }

    @Test("bad elements of an array are rejected with their reasons while the rest goes in")
    func elements() throws {
        let feed = try DocumentFeed(Array(#"[{"id":"a","text":"x"},5,{"id":"b","text":7},{"id":"c","text":"…"},null,{"id":"d","text":"z"}]"#.utf8))
        #expect(feed.documents.map(\.id) == ["a", "d"])
        #expect(feed.rejected.map(\.position) == [2, 3, 4, 5])
        #expect(feed.rejected[1].reason == "/text must be a text")
        #expect(feed.rejected[2].reason == "/text holds no word")
    }

    @Test(
        "one bad document, or no JSON at all, is a problem",
        arguments: [
            ("", "bad_json"), ("  \n", "bad_json"), ("{", "bad_json"), ("hello\nworld", "bad_json"), ("[{]", "bad_json"),
            (#"{"id":"a"}"#, "invalid_body"), ("7", "invalid_body"), (#"{"id":"a","text":"x","text":"y"}"#, "bad_json"),
            (#"[{"id":"a","text":"x","t\u0065xt":"y"}]"#, "bad_json"),
        ])
    func problems(body: String, code: String) {
        do {
            _ = try DocumentFeed(Array(body.utf8))
            Issue.record("taken")
        } catch {
            #expect(error.code == code)
        }
    }

    @Test("a document that says a member twice is refused in words")
    func twiceAlone() {
        do throws(Problem) {
            _ = try DocumentFeed(Array(#"{"id":"a","text":"x","text":"y"}"#.utf8))
            Issue.record("taken")
        } catch {
            #expect(error.detail.contains("has the key \"text\" twice") && !error.detail.contains("Problem("), "\(error.detail)")
        }
    }

    @Test("a line that says a member twice is refused, the others are read")
    func twice() {
        var feed = DocumentFeed()
        feed.read(lines: Array("{\"id\":\"a\",\"text\":\"x\"}\n{\"id\":\"b\",\"text\":\"x\",\"id\":\"c\"}\n".utf8))
        #expect(feed.documents.map(\.id) == ["a"])
        #expect(feed.rejected == [.init(position: 2, reason: "has the key \"id\" twice")])
    }

    @Test("a body of nothing but bad lines gives a bounded answer")
    func bounded() throws {
        var feed = DocumentFeed()
        feed.read(lines: Array(String(repeating: "x\n", count: 5000).utf8))
        #expect(feed.rejected.count == DocumentFeed.listedRejections)
        #expect(feed.rejected.count + feed.rejectedUnlisted == 5000)
    }
}
