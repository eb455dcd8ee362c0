import IntentModel
import PackagePlanning
import Ledger

/// Planning against what is published now, with the operator's answers to earlier questions.
struct IntentPlanning: Sendable {
    let planner: Planner
    let inventory: PublishedInventory

    /// What a tenant may not touch is not there for it.
    private func view(for tenant: String) -> any InventorySource {
        guard let access = self.planner.policy.access else { return self.inventory.view() }
        return TenantInventory(all: self.inventory.view(), tenant: tenant, access: access)
    }

    func plan(_ interpretation: Interpretation, answers: [ClarificationAnswer], request: IntentRequest, acceptedAt: String? = nil) async throws -> PlanOutcome {
        let answered = Planner.applying(answers, to: interpretation)
        let outcome = try await self.planner.plan(
            answered, request: request, inventory: self.view(for: request.tenant), settled: Planner.settled(by: answers), acceptedAt: acceptedAt,
            now: Timestamp.now())
        if case .plan(let plan, let files) = outcome { self.inventory.remember(plan, files) }
        return outcome
    }
}
