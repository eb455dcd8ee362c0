import IntentModel

/// The phases of the kind `NetworkIntent`; every phase of an intent is one of them.
enum NetworkIntentPhase: String, Sendable, CaseIterable {
    case pending = "Pending"
    case processing = "Processing"
    case awaitingApproval = "AwaitingApproval"
    case awaitingClarification = "AwaitingClarification"
    case deploying = "Deploying"
    case completed = "Completed"
    case failed = "Failed"

    init(_ phase: Phase) {
        self =
            switch phase {
            case .received: .pending
            case .interpreting, .planning, .rendering: .processing
            case .awaitingApproval: .awaitingApproval
            case .awaitingClarification: .awaitingClarification
            case .executing, .verifying: .deploying
            case .fulfilled, .published: .completed
            case .refused, .failed, .cancelled, .superseded, .rolledBack: .failed
            }
    }
}

extension Phase {
    /// As a condition's `reason` has it: `AwaitingApproval`.
    var reason: String {
        self.rawValue.split(separator: "_").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    }
}

/// The stages of an intent that have a kind of their own.
enum IntentStage: Int, Sendable, CaseIterable, Comparable {
    case interpretation, planning, rendering, delivery, verification

    static func < (a: IntentStage, b: IntentStage) -> Bool { a.rawValue < b.rawValue }

    /// The one that `phase` is in; nil for an end, and before the first.
    init?(_ phase: Phase) {
        switch phase {
        case .interpreting: self = .interpretation
        case .planning, .awaitingApproval: self = .planning
        case .rendering: self = .rendering
        case .executing: self = .delivery
        case .verifying: self = .verification
        // Asked by the interpretation, or by the plan once there is one; the record tells.
        case .awaitingClarification: self = .interpretation
        case .received, .fulfilled, .published, .refused, .failed, .cancelled, .superseded, .rolledBack: return nil
        }
    }
}
