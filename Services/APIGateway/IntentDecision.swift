import IntentModel
import Ledger

/// What a person may do to an intent, as a pure function from the record to the step, or to the reason why not.
enum IntentDecision: Sendable, Equatable {
    case approve(reason: String?)
    case reject(reason: String?)
    case cancel(reason: String?)
    case retry(reason: String?)
    case rollback(reason: String?)
    case clarify([ClarificationAnswer])

    private static let answered = "answered: "

    /// Whether an entry of the history tells of ``clarify(_:)``.
    static func isAnswer(_ entry: HistoryEntry) -> Bool { entry.detail?.hasPrefix(self.answered) ?? false }

    var name: String {
        switch self {
        case .approve: "approve"
        case .reject: "reject"
        case .cancel: "cancel"
        case .retry: "retry"
        case .rollback: "roll back"
        case .clarify: "clarify"
        }
    }

    /// - Throws: a ``Problem``: 409 when the phase does not allow it, 400 for answers that answer nothing.
    func step(on snapshot: RecordSnapshot, by person: String) throws -> Step {
        switch self {
        case .approve(let reason):
            try self.require(snapshot, snapshot.phase == .awaitingApproval, "only an intent that awaits approval can be approved")
            guard let plan = try snapshot.plan() else { throw LedgerError(.corrupt, "intent \(snapshot.id) awaits approval without a plan") }
            // Planned again, in its turn on the objects: what comes out the same is approved, anything else is shown again.
            var step = Step(phase: .planning, by: person, detail: Self.sentence("approved", reason))
            step.next = [.plan]
            let approval = ApprovalDecision(by: person, at: Timestamp.text(Timestamp.now()), reason: reason, changes: plan.changeDigests)
            step.fields = [(.approval, try LedgerJSON.encode(approval))]
            return step
        case .reject(let reason):
            try self.require(snapshot, snapshot.phase == .awaitingApproval, "only an intent that awaits approval can be rejected")
            var step = Step(by: person)
            step.ending = Ending(.cancelled, reason: Self.sentence("rejected", reason))
            return step
        case .cancel(let reason):
            try self.require(snapshot, !snapshot.phase.isTerminal, "the intent has ended; roll it back instead")
            try self.require(snapshot, snapshot.ending == nil, "it is on its way to \(snapshot.ending?.rawValue ?? "") already")
            // At once where nothing has been done; else as soon as what is under way has ended and is undone.
            var step = Step(by: person, detail: snapshot.hasOpenTracks ? "to be cancelled" : nil)
            step.ending = Ending(.cancelled, reason: Self.sentence("cancelled", reason))
            return step
        case .rollback(let reason):
            try self.require(
                snapshot, snapshot.phase == .published || snapshot.phase == .fulfilled,
                snapshot.phase.isTerminal ? "nothing of it is in effect" : "it has not ended yet; cancel it instead")
            try self.require(snapshot, !snapshot.tracks.isEmpty, "it changed nothing")
            var step = Step(phase: .planning, by: person, detail: Self.sentence("to be rolled back", reason))
            step.ending = Ending(.rolledBack, reason: Self.sentence("rolled back", reason))
            step.next = [.plan]
            return step
        case .retry(let reason):
            try self.require(snapshot, snapshot.phase == .failed, "only a failed intent can be retried")
            // Planning again would count what took effect twice ("two more"), or find it done and miss what came after it.
            let published = try snapshot.decode([PublishedPackage].self, .packages) ?? []
            let applied = try snapshot.decode([AppliedPolicy].self, .policies) ?? []
            try self.require(
                snapshot, published.isEmpty && applied.isEmpty,
                "part of it took effect (\((published.map(\.path) + applied.map(\.policyId)).joined(separator: ", "))); submit what is missing as a new intent"
            )
            let isUnderstood = try snapshot.interpretation()?.decision == .accepted
            var step = Step(phase: isUnderstood ? .planning : .interpreting, by: person, detail: Self.sentence("retried", reason))
            step.next = [isUnderstood ? .plan : .interpret]
            step.fields = [(.problem, [])]
            step.beginsAnew = true
            return step
        case .clarify(let answers):
            try self.require(snapshot, snapshot.phase == .awaitingClarification, "the intent has no open question")
            let open = try snapshot.decode([Clarification].self, .clarifications) ?? []
            let faults = answers.enumerated().compactMap { index, answer -> Problem.Item? in
                open.contains { $0.expectation == answer.expectation && $0.field == answer.field }
                    ? nil : .init(pointer: "/answers/\(index)", detail: "there is no open question about \(answer.field) of \(answer.expectation)")
            }
            guard faults.isEmpty else {
                throw Problem(status: 400, code: "invalid_body", title: "Not an answer", detail: faults[0].detail, errors: faults)
            }
            let wasUnderstood = try snapshot.interpretation()?.decision == .accepted
            var step = Step(
                phase: wasUnderstood ? .planning : .interpreting, by: person,
                detail: Self.answered + answers.map { "\($0.field) = \($0.value)" }.joined(separator: ", "))
            step.next = [wasUnderstood ? .plan : .interpret]
            step.fields = [(.answers, try LedgerJSON.encode(try snapshot.answers() + answers)), (.clarifications, [])]
            return step
        }
    }

    private func require(_ snapshot: RecordSnapshot, _ condition: Bool, _ reason: String) throws(Problem) {
        guard !condition else { return }
        throw Problem(
            status: 409, code: "phase_conflict", title: "Not possible now",
            detail: "Cannot \(self.name) an intent in phase \(snapshot.phase.rawValue): \(reason).", instance: "/v1/intents/\(snapshot.id)"
        )
    }

    private static func sentence(_ word: String, _ reason: String?) -> String { reason.map { "\(word): \($0)" } ?? word }
}
