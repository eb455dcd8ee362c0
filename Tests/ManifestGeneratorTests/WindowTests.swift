import IntentModel
import Testing

@testable import PackagePlanning

/// "Now" in these tests is 2026-01-01T00:00:00Z.
@Suite struct WindowTests {
    private func deploy(_ windows: TimeWindow...) async throws -> PlanOutcome {
        let expectations = windows.enumerated().map { number, window in
            expectation(.deploy, "AMF", name: "amf-\(number)", id: "e\(number + 1)") {
                $0.namespace = "core5g"
                $0.window = window
            }
        }
        let interpretation = Interpretation(
            decision: .accepted, expectations: expectations, provenance: Provenance(interpreter: "embedded", promptVersion: "1"))
        return try await Planner(catalogue: catalogue).plan(
            interpretation, request: request, inventory: PublishedPackages(), now: 1_767_225_600_000)
    }

    @Test("a plan without a window may be carried out at once")
    func none() async throws { #expect(try await plan(expectation(.deploy, "AMF")).plan?.window == nil) }

    @Test("several windows have in common what lies in all of them")
    func together() async throws {
        let outcome = try await self.deploy(
            TimeWindow(start: "2026-01-02T02:00:00Z", end: "2026-01-03"), TimeWindow(start: "2026-01-02T01:00:00+00:00", end: "2026-01-02T05:00:00Z"))
        #expect(outcome.plan?.window == TimeWindow(start: "2026-01-02T02:00:00Z", end: "2026-01-02T05:00:00Z"))
    }

    @Test(
        "what is over, or never is, is refused",
        arguments: [
            [TimeWindow(end: "2025-12-31T23:59:59Z")], [TimeWindow(start: "2026-01-02", end: "2026-01-01T12:00:00Z")],
            [TimeWindow(start: "2026-01-05"), TimeWindow(end: "2026-01-04")],
        ])
    func over(_ windows: [TimeWindow]) async throws {
        let outcome = windows.count == 1 ? try await self.deploy(windows[0]) : try await self.deploy(windows[0], windows[1])
        #expect(outcome.problem?.code == "window_over")
    }

    @Test("what is no instant is asked about", arguments: ["tonight", "2026-13-01", "2026-02-30T00:00:00Z", "2026-01-01T25:00:00Z", "25:00"])
    func unclear(_ text: String) async throws {
        let question = try #require(try await self.deploy(TimeWindow(start: text)).questions.first)
        #expect(question.field == "context.window" && question.question.contains(text) && question.options == ["now"])
    }

    @Test("a recurrence is asked about: nothing here repeats a change, and doing it now is not what was said")
    func recurrence() async throws {
        #expect(try await self.deploy(TimeWindow(recurrence: "every night")).questions.map(\.field) == ["context.window"])
    }

    @Test("the answer is an instant, or now")
    func answers() throws {
        let asked = Interpretation(
            decision: .accepted,
            expectations: [expectation(.deploy, "AMF") { $0.window = TimeWindow(recurrence: "every night") }],
            provenance: Provenance(interpreter: "embedded", promptVersion: "1"))
        func window(_ answer: String) -> TimeWindow? {
            let answer = ClarificationAnswer(expectation: "e1", field: "context.window", value: .text(answer))
            return Planner.applying([answer], to: asked).expectations[0].context.window
        }
        #expect(window("Now") == nil)
        #expect(window("2026-01-02T02:00:00Z") == TimeWindow(start: "2026-01-02T02:00:00Z"))
    }
}
