import IntentModel
import Ledger

/// Reads back what was published, and watches it arrive where there is a cluster to watch. Without one, success is `published` and says
/// `notObserved`.
struct VerifyStage: StageHandler {
    let stage = Stage.verify
    let name = "nephio-bridge"
    let batchSize = 64
    /// A batch ends with its slowest cluster; the others go on meanwhile.
    let concurrency = 4
    let repositories: DeploymentRepositories
    /// Where previews are published; no cluster takes them from there.
    let preview: DeploymentRepositories
    /// Nil where nothing is watched.
    var rollout: RolloutPolicy?

    private struct Effects {
        var packages: [PublishedPackage]
        var policies: [AppliedPolicy]
        var expected: [PackageChange]

        /// What this plan did: an earlier one, before a retry, may have left effects in the record that others have changed since.
        init(_ snapshot: RecordSnapshot) throws(LedgerError) {
            let plan = try snapshot.decode(PlannedDelivery.self, .plan) ?? PlannedDelivery()
            let paths = Set(plan.packages.filter { $0.change != .none }.map(\.path))
            let ids = Set(plan.policies.filter { $0.change == .put || $0.change == .delete }.map(\.policyId))
            self.packages = try snapshot.decode([PublishedPackage].self, .packages)?.filter { paths.contains($0.path) } ?? []
            self.policies = try snapshot.decode([AppliedPolicy].self, .policies)?.filter { ids.contains($0.policyId) } ?? []
            self.expected = plan.packages
        }

        /// Every policy is known to be in force, or gone.
        var isEnforced: Bool { self.policies.allSatisfy { $0.change == .delete || $0.enforceStatus == "ENFORCED" } }
    }

    func handle(_ batch: [LeasedIntent]) async -> [StageOutcome] {
        let isPreview = batch.map(\.snapshot.isPreview)
        guard isPreview.contains(true) else { return await self.verify(batch, in: self.repositories, self.rollout) }
        let ordinary = await self.verify(batch.filter { !$0.snapshot.isPreview }, in: self.repositories, self.rollout)
        let previews = await self.verify(batch.filter(\.snapshot.isPreview), in: self.preview, nil)
        var (nextOrdinary, nextPreview) = (ordinary.makeIterator(), previews.makeIterator())
        return isPreview.map { ($0 ? nextPreview.next() : nextOrdinary.next()) ?? .retry(reason: "not verified") }
    }

    private func verify(_ batch: [LeasedIntent], in repositories: DeploymentRepositories, _ rollout: RolloutPolicy?) async -> [StageOutcome] {
        guard !batch.isEmpty else { return [] }
        var outcomes = [StageOutcome](repeating: .retry(reason: "not verified"), count: batch.count)
        var readable: [(index: Int, effects: Effects)] = []
        for (index, leased) in batch.enumerated() {
            do throws(LedgerError) {
                let effects = try Effects(leased.snapshot)
                // Git was looked at when the waiting began, and is again when something has changed.
                if try rollout?.stillWaits(leased, effects.expected) ?? false {
                    outcomes[index] = .wait(RolloutPolicy.pause)
                } else {
                    readable.append((index, effects))
                }
            } catch {
                outcomes[index] = .fail(Problem(status: 500, code: "internal", title: "Record not readable", detail: "\(error)"))
            }
        }
        guard !readable.isEmpty else { return outcomes }
        var seen: [(index: Int, effects: Effects)] = []
        for ((index, effects), reading) in zip(readable, await repositories.verify(readable.map { ($0.effects.packages, $0.effects.expected) })) {
            switch reading {
            case .checked(let checks):
                outcomes[index] = self.outcome(effects, checks)
                if rollout?.observer.concerns(effects.expected) ?? false { seen.append((index, effects)) }
            case .awaited: outcomes[index] = .wait(RolloutPolicy.pause)
            case .failed(let error): outcomes[index] = .retry(reason: "\(error)")
            }
        }
        if let rollout, !seen.isEmpty { await self.observe(rollout, batch, seen, &outcomes) }
        return outcomes
    }

    /// Those that Git says are published, side by side: a cluster that is slow holds up its own batch, for one call of each intent.
    private func observe(
        _ rollout: RolloutPolicy, _ batch: [LeasedIntent], _ published: [(index: Int, effects: Effects)], _ outcomes: inout [StageOutcome]
    ) async {
        await withTaskGroup(of: (Int, StageOutcome).self) { group in
            for (index, effects) in published {
                guard case .step(let step) = outcomes[index] else { continue }
                group.addTask {
                    (index, await rollout.outcome(of: step, batch[index], effects.expected, effects.packages, isEnforced: effects.isEnforced))
                }
            }
            for await (index, outcome) in group { outcomes[index] = outcome }
        }
    }

    private func outcome(_ effects: Effects, _ checks: [VerificationCheck]) -> StageOutcome {
        if let failed = checks.first(where: { !$0.passed }) {
            return .fail(Problem(status: 500, code: "verification_failed", title: "Not as published", detail: failed.description))
        }
        if let ignored = effects.policies.first(where: { $0.change != .delete && $0.enforceStatus == "NOT_ENFORCED" }) {
            let reason = ignored.enforceReason.map { " (\($0))" } ?? ""
            return .fail(
                Problem(status: 409, code: "policy_not_enforced", title: "Not enforced", detail: "\(ignored.ric) does not enforce \(ignored.policyId)\(reason)")
            )
        }
        let isObserved = effects.packages.isEmpty && !effects.policies.isEmpty && effects.isEnforced
        let sentences =
            checks.map(\.description)
            + effects.policies.map { "\($0.ric): \($0.policyId) \($0.change == .delete ? "deleted" : $0.enforceStatus ?? "UNDEFINED")" }
        let verification = Verification(state: isObserved ? .observed : .notObserved, checks: sentences, at: Timestamp.text(Timestamp.now()))
        var step = Step(
            phase: isObserved ? .fulfilled : .published, by: self.name,
            detail: isObserved ? "observed" : "read back; not observed (nothing here watches the network)"
        )
        do {
            step.fields = [(.verification, try LedgerJSON.encode(verification))]
        } catch {
            return .fail(Problem(status: 500, code: "internal", title: "Not encodable", detail: "\(error)"))
        }
        return .step(step)
    }
}
