import IntentModel
import Testing

@testable import RAGAPI

@Suite struct SearchRequestTests {
    @Test("absent members have their defaults, unknown ones are ignored")
    func defaults() throws {
        let request = try SearchRequest(json: Array(#"{"query":"amf","colour":"blue"}"#.utf8))
        #expect(request.limit == 10)
        #expect(request.mode == .hybrid)
        #expect(request.filters.isEmpty)
    }

    @Test(
        "a wrong member is refused with a pointer to it",
        arguments: [
            (#"{}"#, "/query"), (#"{"query":""}"#, "/query"), (#"{"query":7}"#, "/query"), (#"{"query":"a","limit":0}"#, "/limit"),
            (#"{"query":"a","limit":101}"#, "/limit"), (#"{"query":"a","limit":"5"}"#, "/limit"), (#"{"query":"a","mode":"magic"}"#, "/mode"),
            (#"{"query":"a","filters":{"x y":1}}"#, "/filters"), (#"{"query":"a","filters":{"x":[]}}"#, "/filters/x"),
            (#"{"query":"a","filters":{"x":{"y":1}}}"#, "/filters/x"), (#"{"query":"a","filters":{"source":5}}"#, "/filters/source"),
            (#"{"query":"a","filters":{"documentId":["a",true]}}"#, "/filters/documentId"),
        ])
    func wrong(body: String, pointer: String) {
        let problem = #expect(throws: Problem.self) { try SearchRequest(json: Array(body.utf8)) }
        #expect(problem?.code == "invalid_body")
        #expect(problem?.errors?.map(\.pointer) == [pointer])
    }

    @Test("a mode that there is none of is refused with those there are")
    func modes() {
        let problem = #expect(throws: Problem.self) { try SearchRequest(json: Array(#"{"query":"a","mode":"fuzzy"}"#.utf8)) }
        #expect(problem?.detail == "/mode must be one of hybrid, keyword, vector")
    }

    @Test("text that is no JSON is bad_json", arguments: ["", "{", "amf", #"{"query":"a"} trailing"#])
    func noJSON(body: String) {
        #expect(throws: Problem.self) { try SearchRequest(json: Array(body.utf8)) }
        do { _ = try SearchRequest(json: Array(body.utf8)) } catch { #expect(error.code == "bad_json") }
    }
}
