import IntentModel

/// What a deviation means for the intent that configured the object: its fulfilment is degraded as long as there is one.
struct ElementFulfilment: Sendable {
    let intents: ElementIntents
    let alarms: AlarmBoard
    /// Alarms of this severity and worse degrade intents, too.
    let degrades: AlarmSeverity?

    /// - Parameter isKnown: it was told before.
    func degrade(_ origin: String, _ reason: String, isKnown: Bool) async throws {
        guard let id = IntentID(origin) else { return }
        try await self.intents.degrade(id, reason, isKnown: isKnown)
    }

    func recover(_ origin: String, _ reason: String, besides deviation: (element: String, key: DesiredObject.Key)) async throws {
        guard let id = IntentID(origin) else { return }
        try await self.intents.recover(id, reason, besidesDeviation: deviation) { element in
            guard let degrades = self.degrades else { return false }
            return try await self.alarms.alarms(of: element).contains { $0.severity >= degrades }
        }
    }
}
