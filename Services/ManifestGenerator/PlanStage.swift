import IntentModel
import Ledger
import Metrics

/// Turns an interpretation into a plan with rendered packages and policies, and decides what a person must decide.
struct PlanStage: StageHandler {
    let stage = Stage.plan
    let name = "manifest-generator"
    let batchSize = 16
    let concurrency = 2
    let planning: IntentPlanning
    /// Planning and rendering are one step here; the handbook counts them apart.
    private let rendered = Counter(label: "nephoran_processing_total", dimensions: [("controller", "manifest-generation")])

    init(planning: IntentPlanning) { self.planning = planning }

    func handle(_ batch: [LeasedIntent]) async -> [StageOutcome] {
        await withTaskGroup(of: (Int, StageOutcome).self) { group in
            for (index, leased) in batch.enumerated() { group.addTask { (index, await self.outcome(leased)) } }
            var outcomes = [StageOutcome?](repeating: nil, count: batch.count)
            for await (index, outcome) in group { outcomes[index] = outcome }
            return outcomes.map { $0 ?? .retry(reason: "planning was cut short") }
        }
    }

    private func outcome(_ leased: LeasedIntent) async -> StageOutcome {
        let snapshot = leased.snapshot
        do {
            guard let interpretation = try snapshot.interpretation() else {
                return .fail(Problem(status: 500, code: "internal", title: "Nothing to plan", detail: "The intent has no interpretation."))
            }
            let outcome = try await self.planning.plan(
                interpretation, answers: try snapshot.planningAnswers(), request: try snapshot.request(), acceptedAt: Timestamp.text(snapshot.created)
            )
            return .step(try self.step(outcome, snapshot))
        } catch let error as LedgerError {
            return .fail(Problem(status: 500, code: "internal", title: "Record not readable", detail: "\(error)"))
        } catch let problem as Problem {
            return .fail(problem)
        } catch {
            return .retry(reason: "\(error)")
        }
    }

    private func step(_ outcome: PlanOutcome, _ snapshot: RecordSnapshot) throws -> Step {
        switch outcome {
        case .clarify(let questions):
            var step = Step(phase: .awaitingClarification, by: self.name, detail: questions.map(\.question).joined(separator: " "))
            step.fields = [(.clarifications, try LedgerJSON.encode(questions))]
            return step
        case .refuse(let problem):
            var step = Step(phase: .refused, by: self.name, detail: problem.detail)
            step.fields = [(.problem, try LedgerJSON.encode(problem))]
            return step
        case .plan(let plan, let files):
            return try self.step(plan, files, snapshot)
        }
    }

    private func step(_ plan: Plan, _ files: [String: [PackageFile]], _ snapshot: RecordSnapshot) throws -> Step {
        var step: Step
        // A report that is only a part of what was asked for ends nothing.
        if plan.isNoOp, let answer = plan.answer {
            step = Step(phase: .fulfilled, by: self.name, detail: answer.text)
        } else if plan.isNoOp {
            step = Step(phase: .published, by: self.name, detail: plan.notes.isEmpty ? "nothing to change" : plan.notes.joined(separator: " "))
            let verification = Verification(state: .notNeeded, checks: plan.notes, at: Timestamp.text(Timestamp.now()))
            step.fields = [(.verification, try LedgerJSON.encode(verification))]
        } else if try self.needsApproval(plan, snapshot) {
            step = Step(phase: .awaitingApproval, by: self.name, detail: plan.approvalReasons.joined(separator: "; "))
            step.files = .set(try LedgerJSON.encode(files))
        } else {
            step = Step(phase: .executing, by: self.name, detail: self.summary(plan))
            step.via = [.rendering]
            step.forks = plan.tracks
            step.files = .set(try LedgerJSON.encode(files))
        }
        if !files.isEmpty { self.rendered.increment() }
        step.fields.append((.plan, try LedgerJSON.encode(plan)))
        if let answer = plan.answer { step.fields.append((.answer, try LedgerJSON.encode(answer))) }
        return step
    }

    /// An approval stands for exactly the changes that were shown.
    private func needsApproval(_ plan: Plan, _ snapshot: RecordSnapshot) throws(LedgerError) -> Bool {
        guard !plan.approvalReasons.isEmpty else { return false }
        return try snapshot.decode(ApprovalDecision.self, .approval)?.changes != plan.changeDigests
    }

    private func summary(_ plan: Plan) -> String {
        let packages = plan.packages.filter { $0.change != .none }.map { "\($0.change.rawValue) \($0.path)" }
        let policies = plan.policies.filter { $0.change == .put || $0.change == .delete }.map { "\($0.change.rawValue) policy \($0.policyId)" }
        return (packages + policies).joined(separator: ", ")
    }
}
