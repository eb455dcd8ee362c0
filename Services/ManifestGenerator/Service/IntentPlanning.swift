import IntentModel
import PackagePlanning
import Ledger

/// Planning against what is published now, with the operator's answers to earlier questions.
struct IntentPlanning: Sendable {
    let planner: Planner
    let inventory: PublishedInventory

    func plan(_ interpretation: Interpretation, answers: [ClarificationAnswer], request: IntentRequest, acceptedAt: String? = nil) async throws -> PlanOutcome {
        let answered = Planner.applying(answers, to: interpretation)
        let outcome = try await self.planner.plan(
            answered, request: request, inventory: self.inventory.view(), settled: Planner.settled(by: answers), acceptedAt: acceptedAt, now: Timestamp.now())
        if case .plan(let plan, let files) = outcome { self.inventory.remember(plan, files) }
        return outcome
    }
}
