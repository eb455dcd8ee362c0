import IntentModel

/// What enforcement means for an intent that is in effect: its fulfilment is degraded while a RIC does not enforce a policy that the intent put.
struct PolicyFulfilment: Sendable {
    let desired: DesiredPolicies
    let intents: ElementIntents
    let alarms: AlarmBoard
    /// Alarms of this severity and worse degrade intents, too: one that has both is well again when neither is left.
    let degrades: AlarmSeverity?

    private static let longestReason = 200

    /// Takes down what a RIC said. A repeat says nothing more.
    func heed(_ status: PolicyStatus, of policy: StatusBoard.Key) async throws {
        switch status.enforcement {
        case .undefined: return
        case .notEnforced: try await self.degrade(policy, String((status.reason ?? "").prefix(Self.longestReason)))
        case .enforced: try await self.recover(policy)
        }
    }

    private func degrade(_ policy: StatusBoard.Key, _ reason: String) async throws {
        // One that is being changed is waited for by who changes it; one that was put by hand, or is gone, is no intent's.
        guard case .desired(let wanted) = try await self.desired.policy(policy.policy, of: policy.type, at: policy.ric), let id = IntentID(wanted.origin)
        else { return }
        let entry = UnenforcedPolicies.Entry(intent: wanted.origin, reason: reason)
        let isKnown = try await self.intents.unenforced.entry(of: policy) == entry
        // Noted first: an alarm that ends in between must not make it well.
        if !isKnown { try await self.intents.unenforced.note(entry, of: policy) }
        let why = reason.isEmpty ? "" : " (\(reason))"
        try await self.intents.degrade(id, "\(policy.ric) does not enforce \(policy.policy)\(why)", isKnown: isKnown)
    }

    private func recover(_ policy: StatusBoard.Key) async throws {
        guard let entry = try await self.intents.unenforced.entry(of: policy) else { return }
        try await self.recover(entry, policy)
        try await self.intents.unenforced.forget(policy)
        // Another policy of the intent may have been enforced again at the same moment; then either saw the other one in the way.
        try await self.recover(entry, policy)
    }

    private func recover(_ entry: UnenforcedPolicies.Entry, _ policy: StatusBoard.Key) async throws {
        guard let id = IntentID(entry.intent) else { return }
        try await self.intents.recover(id, "\(policy.ric) enforces \(policy.policy)", besides: policy) { element in
            guard let degrades = self.degrades else { return false }
            return try await self.alarms.alarms(of: element).contains { $0.severity >= degrades }
        }
    }
}
