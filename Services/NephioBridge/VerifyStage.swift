import IntentModel
import Ledger

/// Reads back what was published. Without a cluster to watch, success is `published` and says `notObserved`.
struct VerifyStage: StageHandler {
    let stage = Stage.verify
    let name = "nephio-bridge"
    let batchSize = 64
    let concurrency = 1
    let repository: PackageRepository

    func handle(_ batch: [LeasedIntent]) async -> [StageOutcome] {
        var outcomes: [StageOutcome] = []
        outcomes.reserveCapacity(batch.count)
        for leased in batch { outcomes.append(await self.outcome(leased)) }
        return outcomes
    }

    private func outcome(_ leased: LeasedIntent) async -> StageOutcome {
        do {
            let snapshot = leased.snapshot
            let packages = try snapshot.decode([PublishedPackage].self, .packages) ?? []
            let policies = try snapshot.decode([AppliedPolicy].self, .policies) ?? []
            let plan = try snapshot.plan() ?? Plan()
            let checks = packages.isEmpty ? [] : try await self.repository.verify(packages, expected: plan.packages)
            if let failed = checks.first(where: { !$0.passed }) {
                return .fail(Problem(status: 500, code: "verification_failed", title: "Not as published", detail: failed.description))
            }
            if let ignored = policies.first(where: { $0.enforceStatus == "NOT_ENFORCED" }) {
                let reason = ignored.enforceReason.map { " (\($0))" } ?? ""
                return .fail(Problem(status: 409, code: "policy_not_enforced", title: "Not enforced", detail: "\(ignored.ric) does not enforce \(ignored.policyId)\(reason)"))
            }
            let isObserved = packages.isEmpty && !policies.isEmpty && policies.allSatisfy { $0.change == .delete || $0.enforceStatus == "ENFORCED" }
            let sentences = checks.map(\.description) + policies.map { "\($0.ric): \($0.policyId) \($0.change == .delete ? "deleted" : $0.enforceStatus ?? "UNDEFINED")" }
            let verification = Verification(state: isObserved ? .observed : .notObserved, checks: sentences, at: Timestamp.text(Timestamp.now()))
            var step = Step(
                phase: isObserved ? .fulfilled : .published, by: self.name,
                detail: isObserved ? "observed" : "read back; not observed (nothing here watches the network)"
            )
            step.fields = [(.verification, try LedgerJSON.encode(verification))]
            return .step(step)
        } catch {
            return .retry(reason: "\(error)")
        }
    }
}
