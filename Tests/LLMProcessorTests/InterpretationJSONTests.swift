@testable import IntentLanguage
import Foundation
import IntentModel
import JSONSchema
import Testing

@testable import LLMProcessor

@Suite struct InterpretationJSONTests {
    /// As records are written.
    private static func sorted(_ value: Interpretation) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    @Test("the JSON written by hand is that of Codable, for every sentence of the fixtures", arguments: ["ordinary", "adversarial"])
    func fixtures(_ name: String) throws {
        for row in InterpreterFixture.rows(name) {
            let reading = try #require(ShippedVocabulary.interpret(row.text))
            #expect(try JSONDecoder().decode(Interpretation.self, from: Data(reading.json)) == reading, "\(row.text)")
            #expect(try String(decoding: reading.json, as: UTF8.self) == Self.sorted(reading), "\(row.text)")
        }
    }

    @Test("every member, and every sign that JSON escapes, comes through")
    func full() throws {
        let odd = "\"\\\n\r\t\u{1}\u{1f} é 核心 \u{1F600}"
        var context = Context()
        for path in [
            \Context.namespace, \.cluster, \.region, \.site, \.zone, \.environment, \.plmn, \.dnn, \.tac, \.cell, \.gnb, \.ue, \.tenant, \.use, \.urgency,
            \.from,
        ] { context[keyPath: path] = odd }
        context.slice = SliceID(sst: 255, sd: "0a0b0c")
        context.qualities = ["edge", odd]
        context.depends = []
        context.window = TimeWindow(start: "s", end: nil, recurrence: odd)
        let targets: [TargetValue] = [.number(0.1), .number(-3), .number(1e15), .number(1e-9), .boolean(true), .boolean(false), .text(odd), .range(1, 2.5)]
        let full = Interpretation(
            decision: .needsClarification, language: odd, priority: .critical,
            expectations: [
                IntentModel.Expectation(
                    id: "e1", verb: .rollback, object: ObjectReference(kind: .e2Node, type: nil, name: odd, evidence: odd, span: Span(start: 0, end: 9)),
                    targets: targets.map { Target(attribute: "cpu", condition: .between, value: $0, unit: "%", evidence: odd, span: Span(start: 1, end: 2)) },
                    context: context, spans: ["namespace": Span(start: 0, end: 3), "cluster": Span(start: 10, end: 12)], confidence: 0.5)
            ],
            clarifications: [Clarification(expectation: "e1", field: odd, question: odd, options: [odd, ""])], refusal: Refusal(reason: .unsafe, detail: odd),
            provenance: Provenance(
                interpreter: odd, model: odd, promptVersion: odd, passages: [odd, "b"], tokens: 12, costUSD: 0.000_021, notes: [odd]))
        #expect(try JSONDecoder().decode(Interpretation.self, from: Data(full.json)) == full)
        #expect(try JSONValue(parsing: full.json) == JSONValue(parsing: Array(JSONEncoder().encode(full))))
        // In the same order, whatever numbers look like.
        let names = /"([a-zA-Z]+)":/
        #expect(try String(decoding: full.json, as: UTF8.self).matches(of: names).map(\.output.1) == Self.sorted(full).matches(of: names).map(\.output.1))
    }

    @Test("a request of the model is the JSON it was written as by hand, in every format", arguments: AnswerFormat.allCases, [true, false])
    func chatRequest(_ format: AnswerFormat, streams: Bool) throws {
        let prompt = try Prompt.load()
        let request = ChatRequest(model: "m\"x", instructions: prompt.instructions, schema: prompt.schema.source, maxTokens: 77, streams: streams)
        let body = try JSONValue(parsing: request.body(Array(#"a \"quoted\" question\n"#.utf8), format))
        #expect(body["model"] == "m\"x")
        #expect(body["max_tokens"] == 77)
        #expect(body["stream"] == .boolean(streams))
        #expect(body["messages"]?[0]?["content"]?.string?.hasPrefix(prompt.instructions) == true)
        #expect(body["messages"]?[1] == ["role": "user", "content": "a \"quoted\" question\n"])
        switch format {
        case .jsonSchema: #expect(body["response_format"]?["json_schema"]?["schema"] == prompt.schema.source)
        case .jsonObject: #expect(body["response_format"] == ["type": "json_object"])
        case .text: #expect(body["response_format"] == nil)
        }
    }
}
