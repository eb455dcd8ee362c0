import IntentModel

extension Phase {
    var style: Terminal.Style {
        switch self {
        case .fulfilled, .published: .green
        case .refused, .failed: .red
        case .awaitingApproval, .awaitingClarification: .yellow
        case .cancelled, .superseded, .rolledBack: .dim
        default: .blue
        }
    }

    /// With what a command that waited for the intent ends; nil while it is under way.
    var outcome: CommandFailure? {
        switch self {
        case .refused, .failed, .cancelled, .superseded, .rolledBack: CommandFailure(.refused)
        case .awaitingApproval, .awaitingClarification: CommandFailure(.needsPerson)
        default: nil
        }
    }

    var isSettled: Bool { self.isTerminal || self.awaitsPerson }
}
