import Foundation
import IntentModel
import Testing

@testable import Nephoran

@Suite struct ExplanationTests {
    private let plain = Terminal(descriptor: -1, environment: [:])

    @Test("words are underlined and numbered below where they stand")
    func underlined() {
        let text = "Scale the AMF to 5 replicas"
        let lines = UnderlinedText(text, spans: [Span(start: 10, end: 13), Span(start: 17, end: 27)], width: 80).lines
        #expect(lines == [text, "          ^^^    ^^^^^^^^^^", "          1      2"])
    }

    @Test("a wide character takes two columns, and offsets count UTF-8 bytes")
    func wide() {
        let lines = UnderlinedText("將 AMF 擴展", spans: [Span(start: 4, end: 7)], width: 80).lines
        #expect(lines == ["將 AMF 擴展", "   ^^^", "   1"])
    }

    @Test("a long sentence is broken at spaces, each line with its own marks")
    func broken() {
        let lines = UnderlinedText("Deploy an AMF and then scale the SMF", spans: [Span(start: 10, end: 13), Span(start: 33, end: 36)], width: 24).lines
        #expect(lines == ["Deploy an AMF and then ", "          ^^^", "          1", "scale the SMF", "          ^^^", "          2"])
    }

    @Test("control characters are not sent to the terminal")
    func control() { #expect(UnderlinedText("a\u{1b}[2Jb", spans: [], width: 80).lines == ["a·[2Jb"]) }

    private func answer(_ interpretation: Interpretation, _ rest: String = "") throws -> DryRunAnswer {
        let encoded = String(decoding: try JSONEncoder().encode(interpretation), as: UTF8.self)
        return try JSONDecoder().decode(DryRunAnswer.self, from: Data(#"{"interpretation": \#(encoded), "packages": [], "conflicts": []\#(rest)}"#.utf8))
    }

    @Test("what each word became, what was taken by default, what is asked: all of it is shown")
    func explanation() throws {
        var context = Context()
        context.namespace = "core5g"
        let expectation = Expectation(
            id: "e1", verb: .scale,
            object: ObjectReference(kind: .networkFunction, type: "AMF", evidence: "AMF", span: Span(start: 10, end: 13)),
            targets: [
                Target(attribute: "replicas", value: .number(5), unit: "count", evidence: "5 replicas", span: Span(start: 17, end: 27))
            ], context: context, spans: ["verb": Span(start: 0, end: 5), "namespace": Span(start: 31, end: 37)])
        let question = Clarification(expectation: "e1", field: "context.cluster", question: "Which cluster?", options: ["a", "b"])
        let interpretation = Interpretation(
            decision: .needsClarification, expectations: [expectation], clarifications: [question],
            provenance: Provenance(interpreter: "embedded", promptVersion: "vocabulary-1", notes: ["'soon' was not needed for the reading."]))
        let plan = Plan(packages: [
            PackageChange(
                instance: "amf", path: "a/core5g/amf", function: "AMF", cluster: "a", namespace: "core5g", change: .update,
                figures: [
                    Figure(name: "cpu", value: "500m", source: .default, reason: "catalogue"),
                    Figure(name: "replicas", value: "5", source: .text, reason: "said"),
                ])
        ])
        let planned = String(decoding: try JSONEncoder().encode(plan), as: UTF8.self)
        let text = ExplanationText("Scale the AMF to 5 replicas in core5g soon", try self.answer(interpretation, #", "plan": \#(planned)"#), self.plain).lines
            .joined(separator: "\n")
        for line in [
            "Scale the AMF to 5 replicas in core5g soon", "^^^^^     ^^^    ^^^^^^^^^^    ^^^^^^", "1           e1 action scale   “Scale”",
            "2           e1 NetworkFunction AMF   “AMF”", "3           e1 replicas equals 5 count   “5 replicas”", "4           e1 namespace core5g   “core5g”",
            "understood  e1: scale AMF",
            "default     cpu = 500m   catalogue", "unused      'soon' was not needed for the reading.", "asked       e1 context.cluster: Which cluster?",
            "              a · b", "read by     embedded, vocabulary-1",
        ] {
            #expect(text.contains(line), "\(line)\nis missing in\n\(text)")
        }
        #expect(!text.contains("replicas = 5"), "what the text said is no default")
    }

    @Test("a refusal is explained with its reason")
    func refusal() throws {
        let interpretation = Interpretation(
            decision: .refused, refusal: Refusal(reason: .outOfScope, detail: "Nothing of a network."),
            provenance: Provenance(interpreter: "embedded", promptVersion: "v"))
        let text = ExplanationText("hello", try self.answer(interpretation), self.plain).lines.joined(separator: "\n")
        #expect(text.contains("refused     Nothing of a network. (out_of_scope)"))
    }

    @Test("explain is a command of its own and takes a sentence")
    func command() throws {
        let command = try #require(try NephoranCommand.parseAsRoot(["intent", "explain", "Scale", "AMF", "to", "5"]) as? ExplainCommand)
        #expect(command.text == ["Scale", "AMF", "to", "5"])
    }
}
