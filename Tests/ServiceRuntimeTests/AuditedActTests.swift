import IntentModel
import Testing

@testable import ServiceRuntime

@Suite struct AuditedActTests {
    @Test(
        "what was done or may have been done is written down, what was refused is not written down twice",
        arguments: [(200, true), (204, true), (301, false), (401, false), (403, false), (409, false), (500, true), (503, true)])
    func counts(_ status: Int, _ expected: Bool) { #expect(AuditedAct.counts(status) == expected) }

    private struct Unexpected: Error {}

    @Test("an error counts as what it is answered with")
    func errors() {
        #expect(AuditedAct.status(of: ProblemError(.conflict, code: "x", detail: "")) == 409)
        #expect(AuditedAct.status(of: Problem(status: 503, code: "x", title: "", detail: "")) == 503)
        #expect(AuditedAct.status(of: Unexpected()) == 500)
    }
}
