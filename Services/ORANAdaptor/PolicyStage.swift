import IntentModel
import Ledger

/// Applies the A1 policies of a plan.
struct PolicyStage: StageHandler {
    let stage = Stage.policy
    let name = "oran-adaptor"
    let batchSize = 16
    let concurrency = 2
    let executor: PolicyExecutor

    func handle(_ batch: [LeasedIntent]) async -> [StageOutcome] {
        await withTaskGroup(of: (Int, StageOutcome).self) { group in
            for (index, leased) in batch.enumerated() { group.addTask { (index, await self.outcome(leased)) } }
            var outcomes = [StageOutcome?](repeating: nil, count: batch.count)
            for await (index, outcome) in group { outcomes[index] = outcome }
            return outcomes.map { $0 ?? .retry(reason: "cut short") }
        }
    }

    private func outcome(_ leased: LeasedIntent) async -> StageOutcome {
        do {
            guard let plan = try leased.snapshot.plan() else { throw LedgerError(.corrupt, "intent \(leased.id) has no plan") }
            switch await self.executor.apply(plan.policies.filter { $0.change == .put || $0.change == .delete }) {
            case .applied(let policies):
                var step = Step(by: self.name, detail: "applied " + policies.map { "\($0.policyId) at \($0.ric)" }.joined(separator: ", "))
                step.outcome = TrackOutcome(
                    state: .succeeded, detail: step.detail ?? "", joined: (.verifying, .verify, "reading back what was applied"),
                    failureDetail: "policies applied, but another track failed"
                )
                step.fields = [(.policies, try LedgerJSON.encode(policies))]
                return .step(step)
            case .failed(let problem): return .fail(problem)
            case .retry(let reason, let after): return .retry(reason: reason, after: after)
            }
        } catch {
            return .fail(Problem(status: 500, code: "internal", title: "Record not readable", detail: "\(error)"))
        }
    }
}
