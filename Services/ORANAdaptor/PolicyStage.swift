import IntentModel
import Ledger
import RedisClient

/// Applies the RAN's part of a plan, A1 policies and O1 objects, or puts back what was there before.
struct PolicyStage: StageHandler {
    let stage = Stage.policy
    let name = "oran-adaptor"
    let batchSize = 16
    let concurrency = 2
    let mayFailInPart = true
    let executor: PolicyExecutor
    let elements: ElementExecutor
    let intents: ElementIntents
    let desired: DesiredPolicies
    let objects: DesiredObjects
    let enforcement: EnforcementWatch

    func handle(_ batch: [LeasedIntent]) async -> [StageOutcome] {
        await withTaskGroup(of: (Int, StageOutcome).self) { group in
            for (index, leased) in batch.enumerated() { group.addTask { (index, await leased.traced { await self.outcome(leased) }) } }
            var outcomes = [StageOutcome?](repeating: nil, count: batch.count)
            for await (index, outcome) in group { outcomes[index] = outcome }
            return outcomes.map { $0 ?? .retry(reason: "cut short") }
        }
    }

    private func outcome(_ leased: LeasedIntent) async -> StageOutcome {
        do {
            guard let plan = try leased.snapshot.plan() else { throw LedgerError(.corrupt, "intent \(leased.id) has no plan") }
            if leased.snapshot.isPreview { return try self.preview(plan, isUndoing: leased.isCompensation) }
            return leased.isCompensation ? try await self.undo(plan, of: leased.id) : try await self.apply(plan, of: leased.id)
        } catch let error as RedisError {
            return .retry(reason: "\(error)")
        } catch {
            return .fail(Problem(status: 500, code: "internal", title: "Record not readable", detail: "\(error)"))
        }
    }

    private func apply(_ plan: Plan, of id: IntentID) async throws -> StageOutcome {
        let changes = plan.policies.filter { $0.change == .put || $0.change == .delete }
        try await self.desired.begin(changes.overA1)
        guard try await self.objects.begin(changes) else { return Self.restoring }
        switch await self.carryOut(changes) {
        case .applied(let policies):
            switch self.enforcement.judge(policies, of: id) {
            case .wait(let duration): return .wait(duration)
            case .fail(let problem):
                try await self.abandon(changes)
                return .fail(problem)
            case .settled: break
            }
            try await self.desired.settle(changes.overA1, origin: id.description)
            try await self.intents.record(changes, of: id)
            try await self.objects.settle(changes, of: id)
            var step = Step(by: self.name, detail: "applied " + policies.map { "\($0.policyId) at \($0.ric)" }.joined(separator: ", "))
            step.outcome = TrackOutcome(.succeeded, step.detail ?? "")
            step.fields = [(.policies, try LedgerJSON.encode(policies))]
            return .step(step)
        case .failed(let problem):
            try await self.abandon(changes)
            return .fail(problem)
        case .retry(let reason, let after): return .retry(reason: reason, after: after)
        }
    }

    /// A preview goes as far as the RIC, and not to it.
    private func preview(_ plan: Plan, isUndoing: Bool) throws -> StageOutcome {
        let names = plan.policies.filter { $0.change == .put || $0.change == .delete }.map { "\($0.policyId) at \($0.ric ?? "the RIC")" }
        var step = Step(by: self.name, detail: "preview, not sent: " + names.joined(separator: ", "))
        step.outcome = TrackOutcome(isUndoing ? .compensated : .succeeded, step.detail ?? "")
        step.fields = [(.policies, try LedgerJSON.encode([AppliedPolicy]()))]
        return .step(step)
    }

    /// Undoes every change of the plan, whether or not this execution found it made already: planning saw that it was none of the RIC's own.
    private func undo(_ plan: Plan, of id: IntentID) async throws -> StageOutcome {
        var reversal: [PolicyChange] = []
        for change in plan.policies where change.change == .put || change.change == .delete {
            guard let previous = change.previous else {
                return .fail(Self.notUndone("what \(change.ric ?? "the RIC") held as \(change.policyId) before is not known"))
            }
            var back = change
            back.change = previous.isEmpty ? .delete : .put
            back.document = previous
            reversal.append(back)
        }
        try await self.desired.begin(reversal.overA1)
        guard try await self.objects.begin(reversal) else { return Self.restoring }
        switch await self.carryOut(reversal) {
        case .applied(let policies):
            try await self.desired.settle(reversal.overA1, origin: "undoing \(id)")
            try await self.intents.undo(reversal, of: id)
            try await self.objects.undo(reversal, of: id)
            var step = Step(by: self.name, detail: "undone: " + policies.map { "\($0.policyId) at \($0.ric)" }.joined(separator: ", "))
            step.outcome = TrackOutcome(.compensated, step.detail ?? "")
            step.fields = [(.policies, [])]
            return .step(step)
        case .failed(let problem):
            try await self.abandon(reversal)
            return .fail(Self.notUndone(problem.detail))
        case .retry(let reason, let after): return .retry(reason: reason, after: after)
        }
    }

    private func abandon(_ changes: [PolicyChange]) async throws {
        try await self.desired.abandon(changes.overA1)
        try await self.objects.abandon(changes)
    }

    private static let restoring = StageOutcome.retry(reason: "something is being put back at the element", after: .seconds(1))

    /// Both interfaces, side by side.
    private func carryOut(_ changes: [PolicyChange]) async -> PolicyOutcome {
        let (a1, o1) = (changes.overA1, changes.filter { $0.interface == .o1 })
        if o1.isEmpty { return await self.executor.apply(a1) }
        if a1.isEmpty { return await self.elements.apply(o1) }
        async let configured = self.elements.apply(o1)
        return await self.executor.apply(a1).joined(with: configured)
    }

    private static func notUndone(_ detail: String) -> Problem {
        Problem(status: 409, code: "not_undone", title: "Could not be undone", detail: detail)
    }
}

extension [PolicyChange] {
    /// What RICs are compared with afterwards.
    fileprivate var overA1: [PolicyChange] { self.filter { $0.interface != .o1 } }
}
