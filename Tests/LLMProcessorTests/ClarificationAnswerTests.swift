import IntentModel
import Testing

@testable import IntentLanguage

@Suite struct ClarificationAnswerTests {
    private func answered(_ text: String, _ answers: [(String, TargetValue)]) throws -> Interpretation {
        let interpreter = try #require(ShippedVocabulary.interpreter)
        let asked = interpreter.interpret(InterpretationRequest(intent: text))
        #expect(asked.decision == .needsClarification)
        return interpreter.answering(asked, with: answers.map { ClarificationAnswer(expectation: "e1", field: $0.0, value: $0.1) })
    }

    @Test("a number is taken as digits, as text or in words", arguments: [TargetValue.number(5), .text("5"), .text("five"), .text("5 replicas")])
    func replicas(_ value: TargetValue) throws {
        let read = try self.answered("Scale the AMF", [("targets.replicas", value)])
        #expect(read.decision == .accepted)
        #expect(read.expectations.first?.target("replicas")?.value == .number(5))
    }

    @Test(
        "a number that cannot be keeps the question and says why",
        arguments: [TargetValue.text("lots"), .number(-3), .number(2.5), .number(1_000_000), .text("")])
    func notANumber(_ value: TargetValue) throws {
        let read = try self.answered("Scale the AMF", [("targets.replicas", value)])
        #expect(read.decision == .needsClarification)
        #expect(read.expectations.first?.target("replicas") == nil)
        #expect(read.clarifications.map(\.field) == ["targets.replicas"])
        #expect(read.clarifications.first?.question != "How many replicas should AMF have?")
    }

    @Test(
        "a function is taken by code or by name, in any case",
        arguments: [("amf", "AMF"), ("SMF", "SMF"), ("user plane function", "UPF"), ("near-rt ric", "NearRT-RIC")])
    func function(_ row: (String, String)) throws {
        let read = try self.answered("Deploy a function", [("object.type", .text(row.0))])
        #expect(read.decision == .accepted)
        #expect(read.expectations.first?.object.type == row.1)
    }

    @Test("an unknown function keeps the question")
    func unknownFunction() throws {
        let read = try self.answered("Deploy a function", [("object.type", .text("FOO"))])
        #expect(read.decision == .needsClarification)
        #expect(read.clarifications.first?.question.contains("FOO") == true)
    }

    @Test("a slice type brings its standard SST")
    func slice() throws {
        let read = try self.answered("Create a slice", [("object.type", .text("urllc"))])
        #expect(read.decision == .accepted)
        #expect(read.expectations.first?.context.slice == SliceID(sst: 2))
    }

    @Test("what is still missing stays asked")
    func partial() throws {
        let read = try self.answered("Scale", [("object.type", .text("NRF"))])
        #expect(read.decision == .needsClarification)
        #expect(read.clarifications.map(\.field) == ["targets.replicas"])
        let interpreter = try #require(ShippedVocabulary.interpreter)
        let done = interpreter.answering(read, with: [ClarificationAnswer(expectation: "e1", field: "targets.replicas", value: .text("a dozen"))])
        #expect(done.decision == .accepted)
        #expect(done.expectations.first?.target("replicas")?.value == .number(12))
    }

    @Test("an offer to deploy is taken with yes and dropped with no")
    func confirmation() throws {
        let interpreter = try #require(ShippedVocabulary.interpreter)
        var asked = interpreter.interpret(InterpretationRequest(intent: "Scale the AMF in core-y to 4"))
        asked.decision = .needsClarification
        asked.clarifications = [Clarification(expectation: "e1", field: "confirm", question: "There is no AMF in core-y. Deploy it?", options: ["yes", "no"])]
        let yes = interpreter.answering(asked, with: [ClarificationAnswer(expectation: "e1", field: "confirm", value: .text("Yes"))])
        #expect(yes.decision == .accepted)
        #expect(yes.expectations.first?.verb == .deploy)
        #expect(yes.expectations.first?.target("replicas")?.value == .number(4))
        let no = interpreter.answering(asked, with: [ClarificationAnswer(expectation: "e1", field: "confirm", value: .boolean(false))])
        #expect(no.decision == .refused)
        let perhaps = interpreter.answering(asked, with: [ClarificationAnswer(expectation: "e1", field: "confirm", value: .text("perhaps"))])
        #expect(perhaps.decision == .needsClarification)
        #expect(perhaps.clarifications.first?.question.hasSuffix("Deploy it?") == true)
    }

    @Test("a verb is taken by any of its words")
    func verb() throws {
        let read = try self.answered("the SMF in core-y", [("verb", .text("tear down"))])
        #expect(read.expectations.first?.verb == .remove)
    }

    @Test("what to change may be answered in words")
    func free() throws {
        let read = try self.answered("Configure the SMF", [("targets", .text("4 GB memory and autoscaling"))])
        #expect(read.decision == .accepted)
        #expect(read.expectations.first?.target("memory")?.value == .number(4096))
        #expect(read.expectations.first?.target("autoscaling")?.value == .boolean(true))
    }

    @Test("functions named beside the first are deployed too, or only connected to")
    func beside() throws {
        let both = try self.answered("Deploy AMF with SMF", [("context.depends", .text("deploy"))])
        #expect(both.decision == .accepted)
        #expect(both.expectations.map(\.object.type) == ["AMF", "SMF"])
        let one = try self.answered("Deploy AMF with SMF", [("context.depends", .text("connect"))])
        #expect(one.expectations.map(\.object.type) == ["AMF"])
        #expect(one.expectations.first?.context.depends == ["SMF"])
    }

    @Test("answers to questions nobody asked change nothing")
    func stranger() throws {
        let interpreter = try #require(ShippedVocabulary.interpreter)
        let read = interpreter.interpret(InterpretationRequest(intent: "Scale the AMF to 4"))
        #expect(interpreter.answering(read, with: [ClarificationAnswer(expectation: "e1", field: "targets.replicas", value: .number(9))]) == read)
    }
}
