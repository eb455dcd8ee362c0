/// What a scheduler of colours waits for: the decision about one of them, which is in the ledger. Pure; ``RolloutGateCommand`` asks and tells.
struct RolloutGate: Sendable {
    enum Phase: String, Sendable, CaseIterable {
        /// Until it is promoted: then traffic may be its.
        case preview
        /// While it is watched after that: it has to stay active.
        case promoted
    }

    enum Verdict: Sendable, Equatable {
        case wait
        case open(String)
        /// Traffic goes, or goes back, to the others.
        case shut(String)
    }

    let colour: String
    let phase: Phase
    /// Percent of the work that is enough: 100, or a canary's share.
    var weight = 100

    /// - Parameter watched: whether it was looked at for long enough.
    func verdict(_ answer: RolloutStatusCommand.Answer, watched: Bool) -> Verdict {
        let share = answer.share(of: self.colour)
        let isEnough = answer.active == self.colour || (self.weight < 100 && share >= self.weight)
        switch self.phase {
        case .preview:
            if isEnough { return .open("\(self.colour) is active") }
            let isPreview = answer.rules.contains { $0.preview == self.colour }
            // In the middle of a promotion it is active here and still preview there.
            return isPreview || share > 0 ? .wait : .shut("\(self.colour) was taken back")
        case .promoted:
            if !isEnough { return .shut("\(self.colour) is no longer active") }
            return watched ? .open("\(self.colour) stays active") : .wait
        }
    }
}
