import IntentModel
import PackagePlanning
import Ledger
import Metrics

/// What becomes of a plan, as steps of the ledger.
extension PlanStage {
    /// Of an outcome that changes nothing. A question about an intent that had a plan leaves it known what it wanted.
    func settle(_ outcome: PlanOutcome, _ snapshot: RecordSnapshot) async throws -> StageOutcome {
        if case .clarify = outcome, let earlier = try snapshot.plan(), !earlier.isNoOp {
            _ = try await self.turns.stand(earlier.wishes, of: snapshot)
        } else {
            // Nobody needs to wait for it.
            try await self.turns.release(snapshot)
        }
        switch outcome {
        case .clarify(let questions):
            var step = Step(phase: .awaitingClarification, by: self.name, detail: questions.map(\.question).joined(separator: " "))
            step.fields = [(.clarifications, try LedgerJSON.encode(questions)), (.waitsFor, [])]
            return .step(step)
        case .refuse(let problem):
            var step = Step(phase: .refused, by: self.name, detail: problem.detail)
            // A part of it took effect before a conflict: that is no refusal any more.
            if snapshot.tracks.values.contains(where: { $0.state == .succeeded }) {
                step = Step(by: self.name)
                step.ending = Ending(.failed, reason: problem.detail)
            }
            step.fields = [(.problem, try LedgerJSON.encode(problem)), (.waitsFor, [])]
            return .step(step)
        case .plan(let plan, let files):
            var step: Step
            // A report that is only a part of what was asked for ends nothing.
            if let answer = plan.answer {
                step = Step(phase: .fulfilled, by: self.name, detail: answer.text)
            } else {
                step = Step(phase: .published, by: self.name, detail: plan.notes.isEmpty ? "nothing to change" : plan.notes.joined(separator: " "))
                let verification = Verification(state: .notNeeded, checks: plan.notes, at: Timestamp.text(Timestamp.now()))
                step.fields = [(.verification, try LedgerJSON.encode(verification))]
            }
            return .step(try self.carrying(plan, files, step))
        }
    }

    /// What it wants is known to others while it waits for a person; what is to be done later, and not yet, stands in nobody's way.
    func approval(of plan: Plan, _ files: [String: [PackageFile]], _ snapshot: RecordSnapshot) async throws -> StageOutcome {
        var conflicts: [Conflict] = []
        if self.wait(for: plan, of: snapshot) == nil {
            conflicts = try await self.turns.stand(plan.wishes, of: snapshot)
        } else {
            try await self.turns.release(snapshot)
        }
        let known = try snapshot.decode([Conflict].self, .conflicts) ?? []
        let all = Self.merge(conflicts, into: known)
        let detail = (plan.approvalReasons + all.dropFirst(known.count).map(\.detail)).joined(separator: "; ")
        var step = Step(phase: .awaitingApproval, by: self.name, detail: detail)
        step.files = .set(RenderedFiles.encode(files))
        if all.count > known.count { step.fields.append((.conflicts, try LedgerJSON.encode(all))) }
        return .step(try self.carrying(plan, files, step))
    }

    func execution(of plan: Plan, _ files: [String: [PackageFile]], _ conflicts: [Conflict], _ snapshot: RecordSnapshot) throws -> Step {
        let known = try snapshot.decode([Conflict].self, .conflicts) ?? []
        let all = Self.merge(conflicts, into: known)
        var step = Step(phase: .executing, by: self.name, detail: ([self.summary(plan)] + all.dropFirst(known.count).map(\.detail)).joined(separator: "; "))
        if all.count > known.count { step.fields.append((.conflicts, try LedgerJSON.encode(all))) }
        step.via = [.rendering]
        step.forks = plan.tracks.filter { snapshot.tracks[$0.track.rawValue]?.state != .succeeded }
        step.onPartialFailure = self.onPartialFailure
        step.files = .set(RenderedFiles.encode(files))
        if step.forks.isEmpty {
            // Everything is in effect already, the last of it by somebody else.
            step.phase = .verifying
            step.via = [.rendering, .executing]
            step.next = [.verify]
        }
        return try self.carrying(plan, files, step)
    }

    private func carrying(_ plan: Plan, _ files: [String: [PackageFile]], _ step: Step) throws -> Step {
        var step = step
        if !files.isEmpty { self.rendered.increment() }
        step.fields += [(.plan, try LedgerJSON.encode(plan)), (.waitsFor, [])]
        if let answer = plan.answer { step.fields.append((.answer, try LedgerJSON.encode(answer))) }
        return step
    }

    /// An approval stands for exactly the changes that were shown.
    func needsApproval(_ plan: Plan, _ snapshot: RecordSnapshot) throws(LedgerError) -> Bool {
        guard !plan.approvalReasons.isEmpty else { return false }
        return try snapshot.decode(ApprovalDecision.self, .approval)?.changes != plan.changeDigests
    }

    private func summary(_ plan: Plan) -> String {
        let packages = plan.packages.filter { $0.change != .none }.map { "\($0.change.rawValue) \($0.path)" }
        let policies = plan.policies.filter { $0.change == .put || $0.change == .delete }.map { "\($0.change.rawValue) policy \($0.policyId)" }
        return (packages + policies).joined(separator: ", ")
    }
}
