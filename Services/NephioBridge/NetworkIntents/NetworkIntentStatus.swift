import IntentModel
import JSONSchema
import Kubernetes

/// What the status of a `NetworkIntent` says about the record of its intent. Pure.
struct NetworkIntentStatus: Sendable {
    let record: IntentRecord

    /// Members to set; null takes one away.
    func members(generation: Int, conditions old: [JSONValue], now: String) -> [String: JSONValue] {
        let record = self.record
        let phase = NetworkIntentPhase(record.phase)
        let package = record.packages.last
        var members: [String: JSONValue] = [
            "phase": .string(phase.rawValue), "intentId": .string(record.id.description), "observedGeneration": .number(Double(generation)),
            "interpretation": self.summary.map { .string($0) } ?? .null,
            "packageRevision": package.map { .string("\($0.path)/\($0.revision)") } ?? .null, "commit": package.map { .string($0.commit) } ?? .null,
            "errorMessage": phase == .failed ? .string(self.message) : .null,
        ]
        members["conditions"] = .array(Self.merged(self.conditions(generation), into: old, now: now))
        return members
    }

    /// What was understood: `scale UPF upf-2`.
    private var summary: String? {
        guard let expectations = self.record.interpretation?.expectations, !expectations.isEmpty else { return nil }
        return expectations.map { expectation in
            let object = expectation.object
            return ([expectation.verb.rawValue, object.type ?? object.kind.rawValue] + [object.name].compactMap(\.self)).joined(separator: " ")
        }.joined(separator: "; ")
    }

    /// One sentence about where it stands.
    private var message: String {
        if let problem = self.record.problem { return problem.detail }
        if let question = self.record.clarifications?.first { return question.question }
        if let waiting = self.record.waitsFor { return "waits \(waiting)" }
        return self.record.history.last?.detail ?? self.record.phase.rawValue
    }

    /// Of each stage whether it is done, and of the whole.
    private func conditions(_ generation: Int) -> [JSONValue] {
        let record = self.record
        func condition(_ type: String, _ status: Bool?, _ reason: String, _ message: String) -> JSONValue {
            [
                "type": .string(type), "status": .string(status.map { $0 ? "True" : "False" } ?? "Unknown"), "reason": .string(reason),
                // A condition's message may be no longer, and some servers take an empty one for none.
                "message": .string(String((message.isEmpty ? reason : message).prefix(32_768))), "observedGeneration": .number(Double(generation)),
            ]
        }
        let stages = StageProgress(record)
        var list = [condition("Accepted", true, "Recorded", "intent \(record.id)")]
        for (type, stage) in [
            ("Interpreted", IntentStage.interpretation), ("Planned", .planning), ("Rendered", .rendering), ("Published", .delivery),
            ("Verified", .verification),
        ] {
            switch stages[stage] {
            case .pending: list.append(condition(type, nil, "Pending", ""))
            case .running: list.append(condition(type, nil, record.phase.reason, self.message))
            case .completed: list.append(condition(type, true, "Done", self.detail(of: stage)))
            case .skipped: list.append(condition(type, false, "Skipped", "the intent ended before"))
            case .failed: list.append(condition(type, false, record.phase.reason, self.message))
            }
        }
        switch NetworkIntentPhase(record.phase) {
        case .completed: list.append(condition("Completed", true, record.phase.reason, self.message))
        case .failed: list.append(condition("Completed", false, record.phase.reason, self.message))
        default: list.append(condition("Completed", false, record.phase.reason, self.message))
        }
        return list
    }

    private func detail(of stage: IntentStage) -> String {
        switch stage {
        case .interpretation: self.summary ?? ""
        case .planning: self.record.plan.map { "\($0.packages.count) packages, \($0.policies.count) policies" } ?? ""
        case .rendering: ""
        case .delivery: self.record.packages.map { "\($0.path) \($0.revision)" }.joined(separator: ", ")
        case .verification: self.record.verification?.checks.joined(separator: "; ") ?? ""
        }
    }

    /// Conditions of others stay; the time of a transition is that of the last change of `status`.
    static func merged(_ new: [JSONValue], into old: [JSONValue], now: String) -> [JSONValue] {
        var result = old.filter { condition in !new.contains { $0["type"] == condition["type"] } }
        for condition in new {
            var condition = condition
            let before = old.first { $0["type"] == condition["type"] }
            let isSame = before?["status"] == condition["status"]
            condition["lastTransitionTime"] = isSame ? before?["lastTransitionTime"] ?? .string(now) : .string(now)
            result.append(condition)
        }
        return result
    }
}

/// How far each stage of an intent has come.
struct StageProgress: Sendable {
    enum State: String, Sendable {
        case pending = "Pending"
        case running = "Processing"
        case completed = "Completed"
        case failed = "Failed"
        /// The intent ended before.
        case skipped = "Skipped"
    }

    private let current: IntentStage?
    private let end: Phase?

    init(_ record: IntentRecord) {
        self.end = record.phase.isTerminal ? record.phase : nil
        // Where an intent ended is where it was last.
        var last: IntentStage?
        if record.phase == .received {
            last = nil
        } else if let stage = IntentStage(record.phase), record.phase != .awaitingClarification {
            last = stage
        } else {
            for entry in record.history { last = IntentStage(entry.phase) ?? last }
            if record.phase == .awaitingClarification, record.interpretation?.decision == .accepted { last = .planning }
        }
        self.current = last
    }

    subscript(stage: IntentStage) -> State {
        if self.end == .fulfilled || self.end == .published { return .completed }
        guard let current = self.current else { return self.end == nil ? .pending : (stage == .interpretation ? .failed : .skipped) }
        if stage < current { return .completed }
        if stage == current { return self.end == nil ? .running : .failed }
        return self.end == nil ? .pending : .skipped
    }
}
