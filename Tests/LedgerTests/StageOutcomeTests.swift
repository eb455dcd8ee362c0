import IntentModel
import Telemetry
import Testing

@testable import Ledger

@Suite struct StageOutcomeTests {
    private static let secret = "sk-that-a-peer-repeats"

    @Test("what a stage says of a failure goes into no record and no letter with a secret of this process")
    func secrets() throws {
        KnownSecrets.shared.add(Self.secret)
        let problem = Problem(status: 502, code: "upstream", title: "Bad", detail: "it said \(Self.secret)")
        guard case .fail(let failed) = StageOutcome.fail(problem).withoutSecrets, case .dead(let dead) = StageOutcome.dead(reason: Self.secret).withoutSecrets,
            case .retry(let reason, after: .seconds(3)) = StageOutcome.retry(reason: "a \(Self.secret)", after: .seconds(3)).withoutSecrets
        else { return #expect(Bool(false), "another outcome") }
        #expect(failed.detail == "it said [redacted]" && dead == "[redacted]" && reason == "a [redacted]")
        var step = Step(phase: .failed, by: "test", detail: "of \(Self.secret)")
        step.outcome = TrackOutcome(.failed, "with \(Self.secret)")
        step.ending = Ending(.failed, reason: Self.secret)
        let text = "{\"intent\":\"\(Self.secret)\"}"
        step.fields = [(.problem, try LedgerJSON.encode(problem)), (.request, Array(text.utf8))]
        guard case .step(let taken) = StageOutcome.step(step).withoutSecrets else { return #expect(Bool(false), "another outcome") }
        #expect(taken.detail == "of [redacted]" && taken.outcome?.detail == "with [redacted]" && taken.ending?.reason == "[redacted]")
        #expect(taken.outcome?.state == .failed && taken.phase == .failed && taken.by == "test")
        #expect(String(decoding: taken.fields[0].json, as: UTF8.self).contains("it said [redacted]"))
        // What people wrote is theirs.
        #expect(String(decoding: taken.fields[1].json, as: UTF8.self) == text)
    }
}
