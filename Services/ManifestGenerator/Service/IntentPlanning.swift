import IntentModel
import PackagePlanning
import Ledger

/// Planning against what is published now, with the operator's answers to earlier questions.
struct IntentPlanning: Sendable {
    let planners: CurrentPlanner
    let inventory: PublishedInventory
    let rooms: RoomTaking

    /// What a tenant may not touch is not there for it.
    private func view(for tenant: String, isPreview: Bool, _ planner: Planner) -> any InventorySource {
        let all = self.inventory.view(isPreview: isPreview)
        guard let access = planner.policy.access else { return all }
        return TenantInventory(all: all, tenant: tenant, access: access)
    }

    func plan(
        _ interpretation: Interpretation, answers: [ClarificationAnswer], request: IntentRequest, acceptedAt: String? = nil, isPreview: Bool = false,
        room: any RoomSource
    ) async throws -> PlanOutcome {
        // One policy for one plan.
        let planner = self.planners.value
        let answered = Planner.applying(answers, to: interpretation)
        let outcome = try await planner.plan(
            answered, request: request, inventory: self.view(for: request.tenant, isPreview: isPreview, planner), settled: Planner.settled(by: answers),
            acceptedAt: acceptedAt, room: room, now: Timestamp.now())
        if case .plan(let plan, let files) = outcome { self.inventory.remember(plan, files) }
        return outcome
    }

    /// Takes the room that a plan needs. What a preview plans runs nowhere.
    ///
    /// - Parameter earlier: clusters in which it has taken some already, besides those of its earlier plan.
    func takeRoom(for plan: Plan, of snapshot: RecordSnapshot, earlier: Set<String>, with view: RoomView) async throws -> RoomTaking.Answer {
        guard !snapshot.isPreview else { return .taken }
        let planner = self.planners.value
        let holds = try await planner.holds(of: plan, inventory: self.view(for: try snapshot.request().tenant, isPreview: false, planner))
        return try await self.rooms.take(holds, earlier: try self.clusters(of: snapshot, and: earlier), of: snapshot.id, with: view)
    }

    /// Gives up the room that an intent may have taken: for its earlier plan, and in further clusters.
    func releaseRoom(of snapshot: RecordSnapshot, and clusters: Set<String> = []) async throws {
        guard !snapshot.isPreview else { return }
        try await self.rooms.release(try self.clusters(of: snapshot, and: clusters), of: snapshot.id)
    }

    private func clusters(of snapshot: RecordSnapshot, and others: Set<String>) throws(LedgerError) -> Set<String> {
        let planner = self.planners.value
        return others.union(try snapshot.plan()?.packages.map(\.cluster) ?? []).filter(planner.countsRoom)
    }
}
