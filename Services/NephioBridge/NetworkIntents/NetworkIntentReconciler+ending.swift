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
            guard let record = try await self.record(id, of: intent) else { continue }
            guard record.phase.isTerminal else {
                // What it is rolled back by ends by itself.
                if !intent.isRollingBack { try await self.cancel(id, of: intent, reason: Self.deleted(intent)) }
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
            switch try await self.gateway(of: intent).decide("rollback", record.id, reason: Self.deleted(intent)) {
            case .taken: return .again(after: .seconds(1))
            case .refused(let reason), .denied(let reason): return try await self.remain(intent, "cannot be rolled back: \(reason)")
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
        switch try await self.gateway(of: intent).submit(body, key: intent.idempotencyKey(generation: generation)) {
        case .accepted(let id), .known(let id):
            let old = intent.intentId ?? intent.replaces
            if let record = try await self.record(id, of: intent), try await self.dropped(record, beside: old, of: intent) { break }
            try await self.write(
                ["intentId": .string(id.description), "replaces": old.map { .string($0.description) } ?? .null, "submission": .null], to: intent.object)
        case .refused, .nothingToSupersede: try await self.write(["submission": .null], to: intent.object)
        case .denied where intent.isSubmissionDenied: try await self.write(["submission": .null], to: intent.object)
        case .denied(let detail): throw NotLetIn.refused("say what became of its submission", detail)
        case .unavailable(let reason, let retryAfter): return retryAfter.map { .again(after: $0) } ?? .failed(reason)
        }
        return .again(after: .zero)
    }

    /// One that has ended meanwhile is none that has to be cancelled.
    private func cancel(_ id: IntentID, of intent: NetworkIntent, reason: String) async throws {
        if case .denied(let detail) = try await self.gateway(of: intent).decide("cancel", id, reason: reason) {
            throw NotLetIn.refused("cancel intent \(id)", detail)
        }
    }

    /// An intent that came to be when it was asked what had been submitted, and that does not end the one before: the object has place for one
    /// that runs, and that one is not forgotten. The newcomer is cancelled, and the submission was none.
    ///
    /// - Parameter old: what the object says of the time before the submission.
    func dropped(_ record: IntentRecord, beside old: IntentID?, of intent: NetworkIntent) async throws -> Bool {
        guard let old, old != record.id, record.request.supersedes != old.description, let before = try await self.record(old, of: intent),
            !before.phase.isTerminal
        else { return false }
        try self.require()
        try await self.cancel(record.id, of: intent, reason: "made to find out what NetworkIntent \(intent.key) had submitted")
        try await self.write(["submission": .null], to: intent.object)
        return true
    }

    private static func deleted(_ intent: NetworkIntent) -> String { "NetworkIntent \(intent.key) was deleted" }
}
