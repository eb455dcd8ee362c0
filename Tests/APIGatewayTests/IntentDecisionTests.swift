import IntentModel
import Testing

@testable import APIGateway
@testable import Ledger

@Suite struct IntentDecisionTests {
    static let answer = ClarificationAnswer(expectation: "e1", field: "object.type", value: .text("AMF"))
    static let question = Clarification(expectation: "e1", field: "object.type", question: "Which function?", options: ["AMF", "SMF"])
    static let decisions: [IntentDecision] = [
        .approve(reason: nil), .reject(reason: nil), .cancel(reason: nil), .retry(reason: nil), .rollback(reason: nil), .clarify([answer]),
    ]

    static let allowed: [String: Set<Phase>] = [
        "approve": [.awaitingApproval],
        "reject": [.awaitingApproval],
        "cancel": Set(Phase.allCases.filter { !$0.isTerminal }),
        "retry": [.failed],
        "roll back": [.published, .fulfilled],
        "clarify": [.awaitingClarification],
    ]

    @Test("each decision is possible in its phases and in no other", arguments: decisions, Phase.allCases)
    func everyPhase(_ decision: IntentDecision, _ phase: Phase) throws {
        let snapshot = try Sample.snapshot(phase, [.plan: Sample.plan, .clarifications: [Self.question]], tracks: ["delivery": .succeeded])
        guard Self.allowed[decision.name]?.contains(phase) == true else {
            let problem = #expect(throws: Problem.self) { try decision.step(on: snapshot, by: "ops") }
            #expect(problem?.status == 409 && problem?.code == "phase_conflict" && problem?.instance == "/v1/intents/\(Sample.id)")
            #expect(problem?.detail.contains("Cannot \(decision.name) an intent in phase \(phase.rawValue)") == true)
            return
        }
        let step = try decision.step(on: snapshot, by: "ops")
        #expect(step.by == "ops")
        // Every step of the way is one that phases may take.
        var at = phase
        for next in step.via + [step.phase].compactMap({ $0 }) {
            #expect(at.mayBecome(next), "\(at) → \(next)")
            at = next
        }
        #expect(at != phase || step.ending != nil)
        if let ending = step.ending { #expect(at.mayBecome(ending.phase)) }
    }

    @Test("an approval names who approved what, and plans again: only the same changes are executed without another look")
    func approve() throws {
        let step = try IntentDecision.approve(reason: "checked").step(on: Sample.snapshot(.awaitingApproval, [.plan: Sample.plan]), by: "ops")
        #expect(step.phase == .planning && step.detail == "approved: checked" && step.next == [.plan] && step.forks.isEmpty)
        #expect(step.fields.map(\.field) == [.approval])
        let approval = try LedgerJSON.decode(ApprovalDecision.self, step.fields[0].json)
        #expect(approval.by == "ops" && approval.reason == "checked")
        #expect(approval.changes == ["default/core5g/amf@0123abcd", "default/core5g/upf@absent", #"nephoran-1@put@{"a":1}"#])
    }

    @Test("what is on its way to an end is not cancelled again, and what changed nothing is not rolled back")
    func pointless() throws {
        let ending = try Sample.snapshot(.executing, tracks: ["delivery": .pending], ending: .superseded)
        #expect(throws: Problem.self) { try IntentDecision.cancel(reason: nil).step(on: ending, by: "ops") }
        #expect(throws: Problem.self) { try IntentDecision.rollback(reason: nil).step(on: Sample.snapshot(.published), by: "ops") }
    }

    @Test("a roll back is announced and goes through planning, which takes its turn on the objects")
    func rollback() throws {
        let step = try IntentDecision.rollback(reason: "worse").step(on: Sample.snapshot(.published, tracks: ["ran": .succeeded]), by: "ops")
        #expect(step.phase == .planning && step.next == [.plan] && step.ending?.phase == .rolledBack && step.ending?.reason == "rolled back: worse")
    }

    @Test("an intent that awaits approval without a plan is a corrupt record")
    func noPlan() throws {
        let snapshot = try Sample.snapshot(.awaitingApproval)
        let error = #expect(throws: LedgerError.self) { try IntentDecision.approve(reason: nil).step(on: snapshot, by: "ops") }
        #expect(error?.code == .corrupt)
    }

    @Test(
        "rejecting and cancelling end the intent and start nothing",
        arguments: [
            (IntentDecision.reject(reason: "not now"), "rejected: not now"), (.reject(reason: nil), "rejected"), (.cancel(reason: "typo"), "cancelled: typo"),
            (.cancel(reason: nil), "cancelled"),
        ])
    func ends(_ decision: IntentDecision, _ detail: String) throws {
        let step = try decision.step(on: Sample.snapshot(.awaitingApproval, [.plan: Sample.plan]), by: "ops")
        #expect(step.ending?.phase == .cancelled && step.ending?.reason == detail && step.next.isEmpty && step.forks.isEmpty)
    }

    @Test(
        "a retry goes on where the understanding ends, without the old problem and tracks",
        arguments: [
            (Decision?.none, Phase.interpreting, Stage.interpret), (.needsClarification, .interpreting, .interpret), (.refused, .interpreting, .interpret),
            (.accepted, .planning, .plan),
        ])
    func retry(_ decision: Decision?, _ phase: Phase, _ stage: Stage) throws {
        var documents: [RecordField: any Encodable] = [.problem: Problem(status: 500, code: "publish_failed", title: "t", detail: "d")]
        if let decision { documents[.interpretation] = Sample.interpretation(decision) }
        let step = try IntentDecision.retry(reason: nil).step(on: Sample.snapshot(.failed, documents), by: "ops")
        #expect(step.phase == phase && step.next == [stage] && step.beginsAnew)
        #expect(step.fields.map(\.field) == [.problem] && step.fields[0].json.isEmpty)
    }

    @Test(
        "answers are added to those before and the questions closed",
        arguments: [(Decision.needsClarification, Phase.interpreting, Stage.interpret), (.accepted, .planning, .plan)])
    func clarify(_ decision: Decision, _ phase: Phase, _ stage: Stage) throws {
        let earlier = ClarificationAnswer(expectation: "e1", field: "context.namespace", value: .text("core5g"))
        let snapshot = try Sample.snapshot(
            .awaitingClarification, [.interpretation: Sample.interpretation(decision), .clarifications: [Self.question], .answers: [earlier]])
        let step = try IntentDecision.clarify([Self.answer]).step(on: snapshot, by: "ops")
        #expect(step.phase == phase && step.next == [stage] && step.detail == "answered: object.type = AMF")
        #expect(step.fields.map(\.field) == [.answers, .clarifications] && step.fields[1].json.isEmpty)
        #expect(try LedgerJSON.decode([ClarificationAnswer].self, step.fields[0].json) == [earlier, Self.answer])
    }

    @Test(
        "an answer must answer an open question",
        arguments: [
            ([("e2", "object.type")], ["/answers/0"]), ([("e1", "object.name")], ["/answers/0"]),
            ([("e1", "object.type"), ("e1", "confirm"), ("", "")], ["/answers/1", "/answers/2"]),
        ])
    func wrongAnswer(_ answers: [(String, String)], _ pointers: [String]) throws {
        let snapshot = try Sample.snapshot(.awaitingClarification, [.clarifications: [Self.question]])
        let decision = IntentDecision.clarify(answers.map { ClarificationAnswer(expectation: $0.0, field: $0.1, value: .text("x")) })
        let problem = #expect(throws: Problem.self) { try decision.step(on: snapshot, by: "ops") }
        #expect(problem?.status == 400 && problem?.code == "invalid_body" && problem?.errors?.map(\.pointer) == pointers)
    }
}
