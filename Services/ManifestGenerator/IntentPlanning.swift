import IntentModel
import PackagePlanning
import Ledger

/// Planning against what is published now, with the operator's answers to earlier questions.
struct IntentPlanning: Sendable {
    let planner: Planner
    let inventory: any InventorySource

    func plan(_ interpretation: Interpretation, answers: [ClarificationAnswer], request: IntentRequest, acceptedAt: String? = nil) async throws -> PlanOutcome {
        let answered = Planner.applying(answers, to: interpretation)
        return try await self.planner.plan(
            answered, request: request, inventory: self.inventory, settled: Planner.settled(by: answers), acceptedAt: acceptedAt, now: Timestamp.now())
    }
}
