package import IntentModel

/// Every key of an intent carries its partition's hash tag, so that one script may touch all of them, on Redis Cluster too.
package struct Partition: Sendable, Hashable {
    package let number: Int
    /// `{p03}`
    let tag: String

    package init(_ number: Int) {
        self.number = number
        self.tag = number < 10 ? "{p0\(number)}" : "{p\(number)}"
    }

    func record(_ id: IntentID) -> String { "\(self.tag):i:\(id)" }
    func files(_ id: IntentID) -> String { "\(self.tag):f:\(id)" }
    func queue(_ stage: Stage, _ lane: Lane) -> String { "\(self.tag):q:\(stage.rawValue):\(lane.rawValue)" }
    func dead(_ stage: Stage) -> String { "\(self.tag):dead:\(stage.rawValue)" }
    func phase(_ phase: Phase) -> String { "\(self.tag):phase:\(phase.rawValue)" }
    var delayed: String { "\(self.tag):delayed" }
    var events: String { "\(self.tag):events" }
}

/// A kind of work, done by one service. The raw value is the queue's name and the `queue_name` label.
package enum Stage: String, Sendable, CaseIterable {
    case interpret, plan, publish, policy, verify

    /// The handbook's name of whoever does it: the `controller` label.
    package var controller: String {
        switch self {
        case .interpret: "intent-processing"
        case .plan: "resource-planning"
        case .publish: "gitops-deployment"
        case .policy: "oran"
        case .verify: "deployment-verification"
        }
    }
}

/// `high` work (critical and high priority) is read before `low`; each read takes some of both, so nothing starves.
package enum Lane: String, Sendable, CaseIterable {
    case high, low

    package init(_ priority: Priority) { self = priority >= .high ? .high : .low }
}
