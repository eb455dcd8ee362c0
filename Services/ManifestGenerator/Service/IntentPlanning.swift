import IntentModel
import PackagePlanning
import Ledger

/// Planning against what is published now, with the operator's answers to earlier questions.
struct IntentPlanning: Sendable {
    let planners: CurrentPlanner
    let inventory: PublishedInventory

    /// What a tenant may not touch is not there for it.
    private func view(for tenant: String, isPreview: Bool, _ planner: Planner) -> any InventorySource {
        let all = self.inventory.view(isPreview: isPreview)
        guard let access = planner.policy.access else { return all }
        return TenantInventory(all: all, tenant: tenant, access: access)
    }

    func plan(_ interpretation: Interpretation, answers: [ClarificationAnswer], request: IntentRequest, acceptedAt: String? = nil, isPreview: Bool = false)
        async throws -> PlanOutcome
    {
        // One policy for one plan.
        let planner = self.planners.value
        let answered = Planner.applying(answers, to: interpretation)
        let outcome = try await planner.plan(
            answered, request: request, inventory: self.view(for: request.tenant, isPreview: isPreview, planner), settled: Planner.settled(by: answers),
            acceptedAt: acceptedAt, now: Timestamp.now())
        if case .plan(let plan, let files) = outcome { self.inventory.remember(plan, files) }
        return outcome
    }
}
