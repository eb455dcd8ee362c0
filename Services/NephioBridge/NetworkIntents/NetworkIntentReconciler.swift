import Foundation
import IntentModel
import JSONSchema
import Kubernetes
import Ledger
import ServiceClient

/// Brings one `NetworkIntent` and its intent together: submits what is new, cancels what is to go, and says in the object where things stand.
///
/// Nothing is remembered between two looks but in the object itself. Before a request is submitted, the object says under which generation's name;
/// that name stands for one intent, for ever. So a crash, a lost answer, or another instance that does the same at the same time end in one intent.
struct NetworkIntentReconciler: Sendable {
    enum Outcome: Sendable, Equatable {
        case done
        /// There is no such object.
        case gone
        /// Again after this, unless something happens before.
        case again(after: Duration)
        /// It did not work; again, later each time.
        case failed(String)
    }

    let client: KubernetesClient
    let gateways: NamespaceGateways
    let ledger: Ledger
    /// False as soon as another instance may lead.
    let mayAct: @Sendable () -> Bool
    /// Events of these intents are this object's from now on, and those of others no longer.
    let follow: @Sendable ([IntentID], ObjectKey) -> Void
    /// Those of this intent are not this object's: it came of another one, whatever the status says.
    let disown: @Sendable (IntentID, ObjectKey) -> Void

    func reconcile(_ key: ObjectKey) async -> Outcome {
        do {
            guard let object = try await self.client.get(.networkIntent, key) else { return .gone }
            let intent = NetworkIntent(object)
            self.follow(intent.intents, key)
            do {
                if object.isBeingDeleted { return try await self.finish(intent) }
                if !intent.holdsFinalizer { return try await self.hold(intent) }
                return try await self.advance(intent)
            } catch let refusal as NotLetIn {
                return try await self.withhold(intent, refusal)
            }
        } catch let error as KubernetesError {
            // Somebody was faster: what they made of it is looked at next.
            return error.isConflict ? .again(after: .milliseconds(20)) : .failed("\(error)")
        } catch {
            return .failed("\(error)")
        }
    }

    // MARK: Submitting

    private func hold(_ intent: NetworkIntent) async throws -> Outcome {
        try self.require()
        let finalizers = (intent.object.finalizers + [NetworkIntent.finalizer]).map { JSONValue.string($0) }
        _ = try await self.client.merge(.networkIntent, intent.key, Self.patch(intent.object, metadata: ["finalizers": .array(finalizers)]))
        return .again(after: .zero)
    }

    private func advance(_ intent: NetworkIntent) async throws -> Outcome {
        let request: NetworkIntent.Request
        switch intent.request {
        case .failure(let problem):
            if let generation = intent.submission { return try await self.recall(intent, generation) }
            return try await self.refuse(intent, problem, hash: "invalid-\(intent.object.generation)")
        case .success(let value): request = value
        }
        if request.hash == intent.requestHash, intent.submission == nil { return try await self.report(intent) }
        // What may have been submitted already is brought to its end first, paused or not.
        if intent.isPaused, intent.submission == nil { return try await self.report(intent, pausedChange: true) }
        try self.require()
        // Before anything is written down that somebody would have to bring to an end.
        _ = try await self.gateway(of: intent)
        guard let generation = intent.submission else {
            try await self.write(["submission": ["generation": .number(Double(intent.object.generation))]], to: intent.object)
            return .again(after: .zero)
        }
        return try await self.submit(intent, request, generation)
    }

    private func submit(_ intent: NetworkIntent, _ request: NetworkIntent.Request, _ generation: Int) async throws -> Outcome {
        let old = try await self.former(of: intent)
        let key = intent.idempotencyKey(generation: generation)
        let gateway = try await self.gateway(of: intent)
        var answer = await gateway.submit(intent.body(request, supersedes: old), key: key)
        if case .nothingToSupersede = answer { answer = await gateway.submit(intent.body(request, supersedes: nil), key: key) }
        switch answer {
        case .accepted(let id): try await self.note(intent, id, hash: request.hash)
        case .known(let id):
            // Accepted before the object changed again, or before what it replaces ended: what counts is what was accepted.
            guard let record = try await self.record(id, of: intent) else { return .failed("intent \(id) is known and not to be found") }
            if try await self.dropped(record, beside: old, of: intent) { return .again(after: .zero) }
            try await self.note(intent, id, hash: NetworkIntent.Request(record.request).hash)
        case .refused(let problem): return try await self.refuse(intent, problem, hash: request.hash)
        case .nothingToSupersede: return .failed("the gateway refuses to supersede nothing")
        case .denied(let detail):
            return try await self.withhold(
                intent, .refused("submit it", detail), submission: ["generation": .number(Double(generation)), "denied": true])
        case .unavailable(let reason, let retryAfter):
            // The same words each time: a status that changes is news, and brings the object back at once.
            let conditions = self.accepted(intent, false, "Unavailable", "the gateway does not take it now; it is tried again")
            try await self.write(
                ["phase": .string(NetworkIntentPhase.pending.rawValue), "conditions": conditions, "errorMessage": .null], to: intent.object)
            return retryAfter.map { .again(after: $0) } ?? .failed(reason)
        }
        return .again(after: .zero)
    }

    /// What a new request ends: an intent that came of this object, and no other that somebody named in its status.
    private func former(of intent: NetworkIntent) async throws -> IntentID? {
        for id in intent.intents where try await self.record(id, of: intent) != nil { return id }
        return nil
    }

    private func note(_ intent: NetworkIntent, _ id: IntentID, hash: String) async throws {
        self.follow([id] + intent.intents, intent.key)
        let members: [String: JSONValue] = [
            "intentId": .string(id.description), "requestHash": .string(hash), "submission": .null, "replaces": .null,
            "phase": .string(NetworkIntentPhase.pending.rawValue), "conditions": self.accepted(intent, true, "Recorded", "intent \(id)"),
            "errorMessage": .null,
        ]
        try await self.write(members, to: intent.object)
    }

    /// It will not become an intent as it is; what an earlier form of it became is to be replaced by the next.
    private func refuse(_ intent: NetworkIntent, _ problem: Problem, hash: String) async throws -> Outcome {
        if intent.requestHash == hash, intent.submission == nil { return try await self.report(intent) }
        try self.require()
        let members: [String: JSONValue] = [
            "phase": .string(NetworkIntentPhase.failed.rawValue), "errorMessage": .string(problem.detail), "requestHash": .string(hash), "submission": .null,
            "observedGeneration": .number(Double(intent.object.generation)), "intentId": .null,
            "replaces": (intent.intentId ?? intent.replaces).map { .string($0.description) } ?? .null,
            "conditions": self.refused(intent, problem.code == "invalid_body" ? "Invalid" : "Refused", problem.detail),
        ]
        try await self.write(members, to: intent.object)
        return .done
    }

    /// Nobody asks for its namespace: the object says so, and is looked at again, for its namespace may be let in without a change of it.
    private func withhold(_ intent: NetworkIntent, _ refusal: NotLetIn, submission: JSONValue? = nil) async throws -> Outcome {
        try self.require()
        let message = refusal.description
        var members: [String: JSONValue] = [
            "phase": .string(NetworkIntentPhase.failed.rawValue), "errorMessage": .string(message),
            "conditions": self.refused(intent, refusal.reason, message),
        ]
        members["submission"] = submission
        try await self.write(members, to: intent.object)
        return .again(after: Self.letInAfter)
    }

    /// Until a namespace that is not let in is looked at again.
    private static let letInAfter = Duration.seconds(15)

    // MARK: Reporting

    /// - Parameter pausedChange: the specification asks for something else, and for it to wait.
    private func report(_ intent: NetworkIntent, pausedChange: Bool = false) async throws -> Outcome {
        let now = Timestamp.text(Timestamp.now())
        var members: [String: JSONValue] = ["observedGeneration": .number(Double(intent.object.generation))]
        var conditions = Self.conditions(of: intent)
        var record: IntentRecord?
        if let id = intent.intentId {
            // What is in effect is not worse for its namespace having lost its key.
            do { record = try await self.record(id, of: intent) } catch is NotLetIn { record = nil }
            if let record {
                members = NetworkIntentStatus(record: record).members(generation: intent.object.generation, conditions: conditions, now: now)
                conditions = members["conditions"]?.array ?? conditions
            }
        } else if pausedChange {
            members["phase"] = .string(NetworkIntentPhase.pending.rawValue)
        }
        let paused = Self.condition(
            "Paused", intent.isPaused ? "True" : "False", intent.isPaused ? "Requested" : "NotRequested",
            pausedChange ? "what the specification asks for is not submitted" : "", intent.object.generation)
        let said = conditions.first { $0["type"]?.string == "Paused" }
        if intent.isPaused || said != nil { conditions = NetworkIntentStatus.merged([paused], into: conditions, now: now) }
        if !conditions.isEmpty { members["conditions"] = .array(conditions) }
        guard Self.changes(members, intent.object) else { return .done }
        try self.require()
        // Before the object says how far it has come: else one that never changes again would keep old projections after a crash.
        if let record { try await self.project(record, of: intent.object) }
        try await self.write(members, to: intent.object)
        return .done
    }

    private func project(_ record: IntentRecord, of owner: KubernetesObject) async throws {
        for projection in StageProjection.all(of: record) {
            do throws(KubernetesError) {
                _ = try await self.client.apply(projection.kind, projection.object(of: owner), force: true)
                _ = try await self.client.apply(projection.kind, projection.statusObject(of: owner), subresource: "status", force: true)
            } catch {
                // Installed without the projections' kinds.
                guard error.isNotFound else { throw error }
            }
        }
    }

    /// From the ledger, or from the archive behind the gateway. Only of an intent that came of this object: who may write the object's status could
    /// name anybody's there.
    func record(_ id: IntentID, of intent: NetworkIntent) async throws -> IntentRecord? {
        let record: IntentRecord?
        if let snapshot = try await self.ledger.read(id) { record = try snapshot.record() } else { record = try await self.gateway(of: intent).record(id) }
        guard let record, record.request.labels?[NetworkIntent.uidLabel] == intent.object.uid else {
            self.disown(id, intent.key)
            return nil
        }
        return record
    }

    func gateway(of intent: NetworkIntent) async throws(NotLetIn) -> IntentGateway { try await self.gateways.gateway(of: intent.key.namespace ?? "") }

    // MARK: Writing

    private struct NotLeading: Error, CustomStringConvertible { let description = "another instance may lead" }

    /// Before every effect.
    func require() throws {
        guard self.mayAct(), !Task.isCancelled else { throw NotLeading() }
    }

    /// Only over the version that was read.
    func write(_ members: [String: JSONValue], to object: KubernetesObject) async throws {
        guard Self.changes(members, object) else { return }
        var patch = Self.patch(object, metadata: [:])
        patch["status"] = .object(members)
        _ = try await self.client.merge(.networkIntent, object.key, patch, subresource: "status")
    }

    static func patch(_ object: KubernetesObject, metadata: [String: JSONValue]) -> JSONValue {
        var metadata = metadata
        // No two objects, and no two of one name, ever have the same.
        metadata["resourceVersion"] = object.resourceVersion.map { .string($0) }
        return ["metadata": .object(metadata)]
    }

    private static func changes(_ members: [String: JSONValue], _ object: KubernetesObject) -> Bool {
        let status = object.status
        return members.contains { name, value in (value.isNull ? nil : value) != status[name] }
    }

    private static func conditions(of intent: NetworkIntent) -> [JSONValue] { intent.object.status["conditions"]?.array ?? [] }

    private static func condition(_ type: String, _ status: String, _ reason: String, _ message: String, _ generation: Int) -> JSONValue {
        [
            "type": .string(type), "status": .string(status), "reason": .string(reason),
            "message": .string(String((message.isEmpty ? reason : message).prefix(32_768))),
            "observedGeneration": .number(Double(generation)),
        ]
    }

    private func refused(_ intent: NetworkIntent, _ reason: String, _ message: String) -> JSONValue {
        let conditions = ["Accepted", "Completed"].map { Self.condition($0, "False", reason, message, intent.object.generation) }
        return .array(NetworkIntentStatus.merged(conditions, into: Self.conditions(of: intent), now: Timestamp.text(Timestamp.now())))
    }

    private func accepted(_ intent: NetworkIntent, _ status: Bool, _ reason: String, _ message: String) -> JSONValue {
        let condition = Self.condition("Accepted", status ? "True" : "False", reason, message, intent.object.generation)
        return .array(NetworkIntentStatus.merged([condition], into: Self.conditions(of: intent), now: Timestamp.text(Timestamp.now())))
    }
}
