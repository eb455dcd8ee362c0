import Foundation
import IntentModel
import Testing

@testable import IntentLanguage

@Suite struct EmbeddedInterpreterTests {
    @Test("the fixtures are there in the promised numbers")
    func fixtures() {
        #expect(InterpreterFixture.rows("ordinary").count >= 500)
        #expect(InterpreterFixture.rows("adversarial").count >= 300)
        for language in ["de", "es", "zh-Hant"] { #expect(InterpreterFixture.rows("languages").count { $0.language == language } >= 20, "\(language)") }
    }

    @Test("an ordinary sentence is read as meant", arguments: InterpreterFixture.rows("ordinary"))
    func ordinary(_ row: InterpreterFixture) throws { try self.check(row) }

    @Test("a sentence that invites a mistake is asked about or refused", arguments: InterpreterFixture.rows("adversarial"))
    func adversarial(_ row: InterpreterFixture) throws { try self.check(row) }

    @Test("a sentence of another language is read as meant, or asked about where it is not understood in full", arguments: InterpreterFixture.rows("languages"))
    func languages(_ row: InterpreterFixture) throws { try self.check(row) }

    private func check(_ row: InterpreterFixture) throws {
        let read = try #require(ShippedVocabulary.interpret(row.text))
        #expect(read.decision == row.decision)
        if let reason = row.reason { #expect(read.refusal?.reason == reason) }
        if let asks = row.asks { #expect(Set(read.clarifications.map(\.field)) == Set(asks)) }
        if let expected = row.expectations { #expect(read.expectations.map { InterpreterFixture.Reading($0) } == expected) }
        #expect(read.priority == row.priority ?? .medium)
        if let language = row.language { #expect(read.language == language) }
        #expect((read.decision == .refused) == (read.refusal != nil))
        #expect((read.decision == .needsClarification) == !read.clarifications.isEmpty)
    }

    @Test(
        "every piece of evidence occurs in the text where its span says",
        arguments: InterpreterFixture.rows("ordinary") + InterpreterFixture.rows("languages"))
    func evidence(_ row: InterpreterFixture) throws {
        let read = try #require(ShippedVocabulary.interpret(row.text))
        let bytes = Array(row.text.utf8)
        for expectation in read.expectations {
            for (evidence, span) in [(expectation.object.evidence, expectation.object.span)] + expectation.targets.map({ ($0.evidence, $0.span) }) {
                let span = try #require(span)
                #expect(evidence == String(decoding: bytes[span.start..<span.end], as: UTF8.self))
            }
            for (member, span) in expectation.spans ?? [:] { #expect(0 <= span.start && span.start < span.end && span.end <= bytes.count, "\(member)") }
            if read.decision == .accepted { #expect(expectation.spans?["verb"] != nil, "nothing says the action") }
        }
    }

    @Test(
        "the words that say what is done, and under which circumstances, are shown",
        arguments: [
            ("Deploy an AMF in namespace core5g", [["verb": "Deploy", "namespace": "core5g"]]),
            ("Please spin up a UPF", [["verb": "spin up"]]),
            ("The AMF in core5g should be scaled to 5 replicas", [["verb": "scaled", "namespace": "core5g"]]),
            ("Get a UPF deployed in site-a", [["verb": "deployed", "site": "site-a"]]),
            ("I need an AMF", [["verb": "I need"]]),
            ("Deploy and configure an AMF", [["verb": "Deploy"]]),
            (
                "Deploy an NRF in production and restart the SMF in staging",
                [["verb": "Deploy", "environment": "production"], ["verb": "restart", "environment": "staging"]]
            ),
            ("Scale AMF to 3, then SMF to 5", [["verb": "Scale"], ["verb": "Scale"]]),
            ("Migrate the UPF from cluster east to cluster west", [["verb": "Migrate", "cluster": "west", "from": "east"]]),
            ("Set the DNN of the SMF in core5g to ims", [["verb": "Set", "namespace": "core5g", "dnn": "ims"]]),
            ("Deploy an AMF with slice 1-000001", [["verb": "Deploy", "slice": "slice 1-000001"]]),
            ("Deploy a UPF at the edge for remote surgery", [["verb": "Deploy", "qualities.edge": "at the edge", "use": "remote surgery"]]),
            ("Deploy an AMF at 2026-12-01T02:00:00Z", [["verb": "Deploy", "window": "2026-12-01T02:00:00Z"]]),
        ])
    func sayings(_ text: String, _ expected: [[String: String]]) throws {
        let bytes = Array(text.utf8)
        let read = try #require(ShippedVocabulary.interpret(text))
        #expect(read.expectations.map { ($0.spans ?? [:]).mapValues { String(decoding: bytes[$0.start..<$0.end], as: UTF8.self) } } == expected)
    }

    @Test("what an answer says is no longer shown as said by the text")
    func answered() throws {
        let interpreter = try #require(ShippedVocabulary.interpreter)
        let read = interpreter.interpret(InterpretationRequest(intent: "Deploy and remove the AMF in core5g"))
        let question = try #require(read.clarifications.first { $0.field == "verb" })
        #expect(read.expectations.first?.spans?["verb"] != nil)
        let after = interpreter.answering(read, with: [ClarificationAnswer(expectation: question.expectation, field: "verb", value: .text("remove"))])
        #expect(after.expectations.first?.verb == .remove && after.expectations.first?.spans?["verb"] == nil)
        #expect(after.expectations.first?.spans?["namespace"] != nil)
    }

    @Test(
        "a time window is read from its instants",
        arguments: [
            ("Deploy an AMF in core5g at 2026-12-01T02:00:00Z", TimeWindow(start: "2026-12-01T02:00:00Z")),
            ("Deploy an AMF in core5g on 2026-12-01.", TimeWindow(start: "2026-12-01")),
            (
                "Deploy an AMF in core5g between 2026-12-01T02:00:00+01:00 and 2026-12-01T04:30:00+01:00",
                TimeWindow(start: "2026-12-01T02:00:00+01:00", end: "2026-12-01T04:30:00+01:00")
            ),
            ("Scale the AMF in core5g to 3 replicas before 2026-12-24", TimeWindow(end: "2026-12-24")),
            ("Scale the AMF in core5g to 3 replicas", nil),
        ] as [(String, TimeWindow?)])
    func windows(_ text: String, _ window: TimeWindow?) throws {
        let read = try #require(ShippedVocabulary.interpret(text))
        #expect(read.decision == .accepted, "\(read.clarifications.map(\.question))")
        #expect(read.expectations.map(\.context.window) == [window])
        #expect(read.expectations.first?.targets.count ?? 0 <= 1, "the time is no quantity of anything")
    }

    @Test("near twins differ in exactly the number, name and place that differ in the text")
    func nearTwins() throws {
        for number in 1...1000 {
            let read = try #require(ShippedVocabulary.interpret("scale amf-\(number) to \(number) replicas in namespace core-\(1001 - number)"))
            let expectation = try #require(read.expectations.first)
            #expect(read.decision == .accepted)
            #expect(expectation.target("replicas")?.value == .number(Double(number)))
            #expect(expectation.object.name == "amf-\(number)")
            #expect(expectation.context.namespace == "core-\(1001 - number)")
        }
    }

    @Test("each known function is read by each of its names, and by nothing else's")
    func everyAlias() throws {
        let vocabulary = try #require(ShippedVocabulary.interpreter?.vocabulary)
        for object in vocabulary.summary.objects where object.kind == .networkFunction && object.type != "Custom" {
            for alias in object.aliases {
                let read = try #require(ShippedVocabulary.interpret("Deploy the \(alias) in namespace core-x"))
                #expect(read.expectations.map(\.object.type) == [object.type], "\(alias)")
                #expect(read.expectations.first?.verb == .deploy)
                #expect(read.expectations.first?.context.namespace == "core-x", "\(alias)")
            }
        }
    }

    @Test("the request's priority is a floor that words raise, and its fields are not mistaken for the text's")
    func priority() throws {
        let interpreter = try #require(ShippedVocabulary.interpreter)
        #expect(interpreter.interpret(InterpretationRequest(intent: "Deploy NRF in ns p", priority: .high)).priority == .high)
        #expect(interpreter.interpret(InterpretationRequest(intent: "Emergency: restart the NRF in ns p", priority: .low)).priority == .critical)
        #expect(interpreter.interpret(InterpretationRequest(intent: "Deploy NRF", namespace: "request")).expectations.first?.context.namespace == nil)
    }

    @Test("the same text is read the same way every time")
    func determinism() throws {
        for row in ["ordinary", "adversarial", "languages"].flatMap(InterpreterFixture.rows) {
            let first = try #require(ShippedVocabulary.interpret(row.text))
            for _ in 0..<3 { #expect(ShippedVocabulary.interpret(row.text) == first) }
        }
    }
}
