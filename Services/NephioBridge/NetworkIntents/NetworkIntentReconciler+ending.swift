import IntentModel
import JSONSchema
import Kubernetes

/// The end of an object, and of what it began.
extension NetworkIntentReconciler {
    /// The object is to go: what it began is brought to an end first.
    func finish(_ intent: NetworkIntent) async throws -> Outcome {
        guard intent.holdsFinalizer else { return .done }
        try self.require()
        if let generation = intent.submission { return try await self.recall(intent, generation) }
        for id in intent.intents {
            guard let record = try await self.record(id) else { continue }
            guard record.phase.isTerminal else {
                // What it is rolled back by ends by itself.
                if !intent.isRollingBack { _ = try await self.gateway.decide("cancel", id, reason: Self.deleted(intent)) }
                return .again(after: .seconds(1))
            }
            if intent.deletionPolicy == .rollback, let outcome = try await self.rollBack(record, of: intent) { return outcome }
        }
        let finalizers = intent.object.finalizers.filter { $0 != NetworkIntent.finalizer }.map { JSONValue.string($0) }
        _ = try await self.client.merge(.networkIntent, intent.key, Self.patch(intent.object, metadata: ["finalizers": .array(finalizers)]))
        return .done
    }

    /// Nil when nothing of it is in effect (any more).
    private func rollBack(_ record: IntentRecord, of intent: NetworkIntent) async throws -> Outcome? {
        switch record.phase {
        // A report has no tracks: it changed nothing.
        case .fulfilled where !record.tracks.isEmpty, .published where !record.tracks.isEmpty:
            guard intent.isRollingBack else {
                try await self.write(["rollingBack": true], to: intent.object)
                return .again(after: .zero)
            }
            switch try await self.gateway.decide("rollback", record.id, reason: Self.deleted(intent)) {
            case .taken: return .again(after: .seconds(1))
            case .refused(let reason): return try await self.remain(intent, "cannot be rolled back: \(reason)")
            }
        case .failed where intent.isRollingBack:
            return try await self.remain(intent, "could not be rolled back: \(record.problem?.detail ?? "")")
        default: return nil
        }
    }

    /// The object stays until a person has decided.
    private func remain(_ intent: NetworkIntent, _ reason: String) async throws -> Outcome {
        let message = "\(reason); deletionPolicy: Retain lets the object go"
        try await self.write(["errorMessage": .string(message), "phase": .string(NetworkIntentPhase.failed.rawValue)], to: intent.object)
        return .again(after: .seconds(60))
    }

    /// Finds out what became of a submission whose answer nobody noted: under the same name, and so that what was not there before does nothing
    /// without a person.
    func recall(_ intent: NetworkIntent, _ generation: Int) async throws -> Outcome {
        try self.require()
        // What is no request any more may have been one: something has to be said, and this asks for nothing.
        let nothing = NetworkIntent.Request(text: "Report the inventory", priority: .low, namespace: nil, cluster: nil, approval: .required)
        let request = (try? intent.request.get()) ?? nothing
        let body = intent.body(request, supersedes: nil, mustBeApproved: true)
        switch await self.gateway.submit(body, key: intent.idempotencyKey(generation: generation)) {
        case .accepted(let id), .known(let id):
            let old = intent.intentId ?? intent.replaces
            if let record = try await self.record(id), try await self.dropped(record, beside: old, of: intent) { break }
            try await self.write(
                ["intentId": .string(id.description), "replaces": old.map { .string($0.description) } ?? .null, "submission": .null], to: intent.object)
        case .refused, .nothingToSupersede: try await self.write(["submission": .null], to: intent.object)
        case .unavailable(let reason, let retryAfter): return retryAfter.map { .again(after: $0) } ?? .failed(reason)
        }
        return .again(after: .zero)
    }

    /// An intent that came to be when it was asked what had been submitted, and that does not end the one before: the object has place for one
    /// that runs, and that one is not forgotten. The newcomer is cancelled, and the submission was none.
    ///
    /// - Parameter old: what the object says of the time before the submission.
    func dropped(_ record: IntentRecord, beside old: IntentID?, of intent: NetworkIntent) async throws -> Bool {
        guard let old, old != record.id, record.request.supersedes != old.description, let before = try await self.record(old),
            !before.phase.isTerminal
        else { return false }
        try self.require()
        _ = try await self.gateway.decide("cancel", record.id, reason: "made to find out what NetworkIntent \(intent.key) had submitted")
        try await self.write(["submission": .null], to: intent.object)
        return true
    }

    private static func deleted(_ intent: NetworkIntent) -> String { "NetworkIntent \(intent.key) was deleted" }
}
