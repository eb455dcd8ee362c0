/// Where an intent is on its way. The one legal way is ``Phase/successors``.
package enum Phase: String, Codable, Sendable, CaseIterable {
    case received, interpreting, planning, rendering, executing, verifying
    case awaitingClarification = "awaiting_clarification"
    case awaitingApproval = "awaiting_approval"
    case fulfilled, published, refused, failed, cancelled, superseded
    case rolledBack = "rolled_back"

    package var isTerminal: Bool {
        switch self {
        case .fulfilled, .published, .refused, .failed, .cancelled, .superseded, .rolledBack: true
        default: false
        }
    }

    /// Nothing moves until a person answers or decides.
    package var awaitsPerson: Bool { self == .awaitingClarification || self == .awaitingApproval }

    /// The phases an intent may go to from here.
    package var successors: Set<Phase> {
        // An end that is asked for while effects stand goes through `executing`, which undoes them.
        let anywhere: Set<Phase> = [.failed, .cancelled, .superseded, .rolledBack]
        switch self {
        case .received: return anywhere.union([.interpreting, .awaitingClarification, .refused, .planning])
        case .interpreting: return anywhere.union([.awaitingClarification, .refused, .planning])
        case .awaitingClarification: return anywhere.union([.interpreting, .planning, .executing])
        case .planning:
            return anywhere.union([.awaitingClarification, .refused, .awaitingApproval, .rendering, .executing, .fulfilled, .published])
        case .awaitingApproval: return anywhere.union([.planning, .executing])
        case .rendering: return anywhere.union([.executing])
        case .executing: return anywhere.union([.verifying, .planning])
        case .verifying: return anywhere.union([.executing, .fulfilled, .published])
        case .failed: return [.interpreting, .planning]
        case .fulfilled, .published: return [.planning]
        case .refused, .cancelled, .superseded, .rolledBack: return []
        }
    }

    package func mayBecome(_ next: Phase) -> Bool { self.successors.contains(next) }
}
