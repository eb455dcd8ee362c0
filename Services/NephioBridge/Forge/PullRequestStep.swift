/// What is to be done next about one pull request of ours. Pure; whoever begins again after a death comes to the same step.
enum PullRequestStep: Equatable, Sendable {
    case open
    /// A person has the next move.
    case wait
    /// Take it back, for this reason; then look again: it may have been merged in that moment.
    case close(Reason)
    case merged
    /// It is closed, and this is what it comes to.
    case ended(Reason)

    enum Reason: Equatable, Sendable {
        /// The intent is to end.
        case withdrawn
        /// A package is not what the plan was made for any more.
        case conflict
        /// Nobody has decided in time.
        case late
        /// A person closed it.
        case refused
    }

    /// - Parameters:
    ///   - pull: nil when there is none.
    ///   - isToEnd: the intent does not want it any more.
    ///   - isCurrent: the packages are those that the plan was made for.
    ///   - isLate: it is open for longer than it may be.
    static func next(_ pull: PullRequest?, isToEnd: Bool, isCurrent: Bool, isLate: Bool) -> PullRequestStep {
        let reason: Reason? = isToEnd ? .withdrawn : !isCurrent ? .conflict : isLate ? .late : nil
        guard let pull else { return reason.map { .ended($0) } ?? .open }
        if pull.isMerged { return .merged }
        switch pull.state {
        case .open: return reason.map { .close($0) } ?? .wait
        case .closed: return .ended(reason ?? .refused)
        }
    }
}
