/// What is to be done next about one revision of ours: the way from nothing over draft and proposal to a published revision. Pure; whoever
/// begins again after a death comes to the same step.
enum PorchStep: Equatable, Sendable {
    case create
    /// Give it the files of the plan.
    case fill
    case propose
    case approve
    /// Somebody else, or Porch, has the next move.
    case wait
    case published
    /// A person sent it back.
    case rejected
    case failed(String)

    /// - Parameters:
    ///   - isFilled: the files of the plan are known to be in it.
    ///   - approves: we decide about our own proposals, since the intent was approved already or needs no approval.
    static func next(_ revision: PorchRevision?, isFilled: Bool, approves: Bool) -> PorchStep {
        guard let revision else { return .create }
        if let failure = revision.failure { return .failed(failure) }
        guard !revision.object.isBeingDeleted else { return .rejected }
        switch revision.lifecycle {
        case nil: return .failed("\(revision.name) is in a state that is not known here")
        case .draft where revision[PorchRevision.Annotation.proposed] != nil: return .rejected
        case .draft where !revision.isSettled: return .wait
        case .draft: return isFilled ? .propose : .fill
        case .proposed: return approves && revision.isSettled ? .approve : .wait
        case .published, .deletionProposed: return revision.isSettled && revision.revision > 0 && revision.commit != nil ? .published : .wait
        }
    }
}
