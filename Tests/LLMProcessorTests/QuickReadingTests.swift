import IntentLanguage
import IntentModel
import JSONSchema
import Testing

@testable import LLMProcessor

/// What is read in one pass is what the plain way makes of the same bytes, whatever the bytes.
@Suite struct QuickReadingTests {
    static let answers = [
        #"{"decision":"accepted","expectations":[{"verb":"scale","kind":"NetworkFunction","type":"AMF","evidence":"AMF","targets":[{"attribute":"replicas","condition":"equals","value":5}],"context":{"namespace":"core5g"}}]}"#,
        #"{"decision":"accepted","refusalReason":null,"refusalEvidence":null,"clarifications":[],"expectations":[{"verb":"deploy","kind":"NetworkSlice","type":"URLLC","name":"pl\u00e4tze-1","evidence":"a \"slice\"","targets":[{"attribute":"latency","condition":"atMost","value":1.5,"unit":"ms","evidence":"1.5 ms"},{"attribute":"highAvailability","condition":"equals","value":true},{"attribute":"replicas","condition":"between","value":[2, 5]},{"attribute":"feature","condition":"equals","value":"N26"}],"context":{"cluster":"edge-1","region":null,"site":"","zone":"z","environment":"production","plmn":"00101","cell":"1","gnb":"2","ue":"3","from":"a","slice":null}},{"verb":"remove","kind":"Application","type":null,"name":null,"context":null}]}"#,
        #" { "decision" : "accepted" , "expectations" : [ { "verb" : "report" , "kind" : "Infrastructure" , "targets" : [ ] , "context" : { } } ] } "#,
        #"{"decision":"accepted","expectations":[{"verb":"configure","kind":"E2Node","targets":[{"attribute":"txPower","condition":"equals","value":-3.25e1},{"attribute":"cost","condition":"atMost","value":0.30000000000000004},{"attribute":"storage","condition":"equals","value":123456789012345}],"context":{"slice":{"sst":1,"sd":"000001"}}}]}"#,
        #"{"decision":"refused","refusalReason":"out_of_scope","refusalEvidence":"x","expectations":[]}"#,
    ]

    static let completions = [
        #"{"id":"c","object":"chat.completion","created":1,"model":"fixed","choices":[{"index":0,"message":{"role":"assistant","content":"{\"decision\":\"accepted\",\"a\":\"\u00e9\\u00e9\n\"}","refusal":null},"logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":900,"completion_tokens":100,"total_tokens":1000,"details":{"cached":[0,1.5,true,false,null]}},"system_fingerprint":"f"}"#,
        #"{"choices":[{"message":{"content":"x"},"finish_reason":"length"}],"usage":{"prompt_tokens":9}}"#,
        #"{"choices":[{"message":{"content":"x"}}],"usage":{"prompt_tokens":9}}"#,
        #"{"choices":[{"message":{"content":"\ud83d\ude80"}},{"message":{"content":"y"}}],"usage":null}"#,
    ]

    static let requests = [
        #"{"intent":"Scale the AMF to 5 replicas in namespace core5g"}"#,
        #"{"intent":"skaliere \u0055PF auf 3, \"jetzt\"","priority":"high","namespace":"a","cluster":"b","tenant":"c","more":"x"}"#,
        #"{ "priority" : "low", "intent" : "" }"#,
    ]

    /// The same sequence in every run.
    struct Dice: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            self.state = self.state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return self.state ^ self.state >> 29
        }
    }

    /// The text with some bytes changed, left out, doubled, or moved.
    static func mutated(_ text: String, _ dice: inout Dice) -> [UInt8] {
        var bytes = Array(text.utf8)
        let interesting = Array("\"\\{}[],:-+.eE0159 \n\ttfnu\u{e9}".utf8) + [0x00, 0xff, 0xc3]
        for _ in 0..<Int.random(in: 1...3, using: &dice) where !bytes.isEmpty {
            let at = Int.random(in: 0..<bytes.count, using: &dice)
            switch Int.random(in: 0..<6, using: &dice) {
            case 0: bytes[at] = interesting.randomElement(using: &dice) ?? 0
            case 1: bytes.remove(at: at)
            case 2: bytes.insert(interesting.randomElement(using: &dice) ?? 0, at: at)
            case 3: bytes.removeSubrange(at..<min(bytes.count, at + Int.random(in: 1...12, using: &dice)))
            case 4: bytes.insert(contentsOf: bytes[at..<min(bytes.count, at + Int.random(in: 1...40, using: &dice))], at: at)
            default:
                let other = Int.random(in: 0..<bytes.count, using: &dice)
                bytes.swapAt(at, other)
            }
        }
        return bytes
    }

    @Test("an answer") func answers() throws {
        let prompt = try Prompt.load()
        var dice = Dice(state: 1)
        var quick = 0
        func check(_ bytes: [UInt8]) {
            guard let answer = QuickReading.answer(bytes) else { return }
            quick += 1
            let plain = try? ModelAnswer(plain: bytes, schema: prompt.schema)
            #expect(plain == answer, "\(String(decoding: bytes, as: UTF8.self))")
        }
        for text in Self.answers {
            check(Array(text.utf8))
            for _ in 0..<4_000 { check(Self.mutated(text, &dice)) }
        }
        #expect(quick > 100)
        #expect(Self.answers.map { QuickReading.answer(Array($0.utf8)) != nil } == [true, true, true, false, false])
    }

    @Test("a completion") func completions() {
        var dice = Dice(state: 2)
        var quick = 0
        func check(_ bytes: [UInt8]) {
            guard let completion = QuickReading.completion(bytes) else { return }
            quick += 1
            let plain = ChatCompletion(plain: bytes)
            #expect(plain.usage == completion.usage && (try? plain.content.get()) == completion.content, "\(String(decoding: bytes, as: UTF8.self))")
        }
        for text in Self.completions {
            check(Array(text.utf8))
            for _ in 0..<4_000 { check(Self.mutated(text, &dice)) }
        }
        #expect(quick > 100)
        #expect(Self.completions.map { QuickReading.completion(Array($0.utf8)) != nil } == [true, false, true, false])
    }

    @Test("a request") func requests() {
        var dice = Dice(state: 3)
        var quick = 0
        func check(_ bytes: [UInt8]) {
            guard let request = QuickReading.request(bytes) else { return }
            quick += 1
            let body = try? JSONValue(parsing: bytes)
            let plain = InterpretationRequest(
                intent: body?["intent"]?.string ?? "?", priority: body?["priority"]?.string.flatMap(Priority.init), namespace: body?["namespace"]?.string,
                cluster: body?["cluster"]?.string, tenant: body?["tenant"]?.string)
            #expect(plain == request, "\(String(decoding: bytes, as: UTF8.self))")
        }
        for text in Self.requests {
            check(Array(text.utf8))
            for _ in 0..<4_000 { check(Self.mutated(text, &dice)) }
        }
        #expect(quick > 100)
    }

    @Test("the schema is the one that the code checks") func schema() throws {
        let prompt = try Prompt.load()
        #expect(prompt.allowsQuickReading, "\(QuickReading.digest(of: prompt.schema))")
        var changed = prompt.schema.source
        changed["required"] = ["decision"]
        #expect(!Prompt(version: "x", instructions: "", schema: try JSONSchema(changed)).allowsQuickReading)
    }

    @Test(
        "numbers are the nearest there are",
        arguments: [
            "0", "-0", "5", "0.1", "0.3", "123456789012345", "1234567.89012345", "0.00000000000001", "99999.99999", "01", "1.", ".5", "1e3", "--1", "-",
            "1234567890123456",
        ])
    func numbers(text: String) {
        let quick = JSONCursor.read(Array(text.utf8)) { $0.number() }
        let plain = (try? JSONValue(parsing: text))?.number
        if let quick { #expect(quick == plain) } else { #expect(plain == nil || text.contains("e") || text.count > 15) }
    }
}
