import IntentModel
import Ledger
import Testing

extension Ledger {
    /// An intent that is in effect with these policies, as far as the ledger knows.
    func fulfilled(_ changes: [PolicyChange]) async throws -> IntentID {
        let request = try LedgerJSON.encode(IntentRequest(intent: "test"))
        guard
            case .accepted(let id, _) = try await self.accept(
                request: request, priority: .medium, tenant: "default", by: "test", idempotencyKey: nil, digest: "")
        else { throw LedgerError(.unavailable, "not accepted") }
        let snapshot = try #require(try await self.read(id))
        var plan = Plan()
        plan.policies = changes
        var step = Step(phase: .fulfilled, by: "test")
        step.via = [.interpreting, .planning, .rendering, .executing, .verifying]
        step.fields = [
            (.verification, try LedgerJSON.encode(Verification(state: .observed, checks: [], at: ""))), (.plan, try LedgerJSON.encode(plan)),
        ]
        _ = try await self.step(step, on: snapshot)
        return id
    }

    func verification(of id: IntentID) async throws -> Verification? { try await self.read(id)?.decode(Verification.self, .verification) }
}
