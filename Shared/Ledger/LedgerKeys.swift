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
    /// Intents of one tenant in a phase; those of the installation's own are in ``phase(_:)`` alone.
    func phase(_ phase: Phase, of tenant: String) -> String { "\(self.tag):tenant:\(tenant):\(phase.rawValue)" }
    /// The tenants that have such indexes.
    var tenants: String { "\(self.tag):tenants" }
    /// Work of the outbox waits apart: however much of it there is, it never holds up what moves an intent.
    func delayed(_ stage: Stage) -> String { stage.isOutbox ? "\(self.tag):delayed:\(stage.rawValue)" : "\(self.tag):delayed" }
    /// There while ended intents go to an archive.
    var archive: String { "\(self.tag):archive" }
    var events: String { "\(self.tag):events" }
    /// Written for the sake of the write, see ``ReplicaGate``.
    var fence: String { "\(self.tag):fence" }
    /// Written to see whether it can be, and one that is never there, see ``WriteProbe``.
    package var probe: String { "\(self.tag):probe" }
    package var noProbe: String { "\(self.tag):probe:none" }
    /// Who is active and who is a preview, see ``PartitionRoles``.
    var roles: String { "\(self.tag):roles" }
    /// Steps of earlier epochs are refused.
    var epoch: String { "\(self.tag):epoch" }
}

/// A kind of work, done by one service. The raw value is the queue's name and the `queue_name` label.
package enum Stage: String, Sendable, CaseIterable {
    case interpret, plan, publish, policy, verify
    case notify, archive

    /// Stages that pass on what happened; their work is appended in the same step as the event it is about, and moves no intent.
    package var isOutbox: Bool { self == .notify || self == .archive }

    /// The handbook's name of whoever does it: the `controller` label.
    package var controller: String {
        switch self {
        case .interpret: "intent-processing"
        case .plan: "resource-planning"
        case .publish: "gitops-deployment"
        case .policy: "oran"
        case .verify: "deployment-verification"
        case .notify, .archive: "coordination"
        }
    }
}

/// `high` work (critical and high priority) is read before `low`; each read takes some of both, so nothing starves. `preview` is what was
/// submitted through the preview path, of whatever priority: it is nobody's but the preview colour's, and changes nothing of the network.
package enum Lane: String, Sendable, CaseIterable {
    case high, low, preview

    /// Those of work that is for the network.
    package static let ordinary: [Lane] = [.high, .low]

    package init(_ priority: Priority) { self = priority >= .high ? .high : .low }
}
