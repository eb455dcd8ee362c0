import IntentModel
import JSONSchema
import Kubernetes
import Testing

@testable import NephioBridge

@Suite("The status of a NetworkIntent")
struct NetworkIntentStatusTests {
    private func record(_ phases: Phase...) -> IntentRecord {
        var record = IntentRecord(
            id: IntentID(partition: 3, milliseconds: 1_790_000_000_000, random: 7), phase: phases.last ?? .received, createdAt: "", updatedAt: "",
            request: IntentRequest(intent: "Deploy an AMF"))
        record.history = phases.map { HistoryEntry(phase: $0, at: "", by: "test", detail: "at \($0.rawValue)") }
        return record
    }

    @Test("every phase is one of the kind's", arguments: Phase.allCases)
    func phases(_ phase: Phase) {
        let expected: [Phase: NetworkIntentPhase] = [
            .received: .pending, .interpreting: .processing, .planning: .processing, .rendering: .processing, .executing: .deploying, .verifying: .deploying,
            .awaitingClarification: .awaitingClarification, .awaitingApproval: .awaitingApproval, .fulfilled: .completed, .published: .completed,
            .refused: .failed, .failed: .failed, .cancelled: .failed, .superseded: .failed, .rolledBack: .failed,
        ]
        #expect(NetworkIntentPhase(phase) == expected[phase])
        let members = NetworkIntentStatus(record: self.record(phase)).members(generation: 4, conditions: [], now: "now")
        #expect(members["phase"]?.string == expected[phase]?.rawValue)
        #expect(members["observedGeneration"] == 4)
        for condition in members["conditions"]?.array ?? [] {
            // What the schema of the kind wants of a condition.
            #expect(condition["reason"]?.string?.isEmpty == false)
            #expect(condition["message"]?.string?.isEmpty == false)
            #expect(["True", "False", "Unknown"].contains(condition["status"]?.string))
            #expect(condition["lastTransitionTime"] == "now")
        }
    }

    @Test("stages are done up to where the intent is, failed where it ended, and skipped after")
    func stages() {
        func states(_ record: IntentRecord) -> [StageProgress.State] { IntentStage.allCases.map { StageProgress(record)[$0] } }
        #expect(states(self.record(.received)) == [.pending, .pending, .pending, .pending, .pending])
        #expect(states(self.record(.received, .interpreting, .planning)) == [.completed, .running, .pending, .pending, .pending])
        #expect(states(self.record(.received, .interpreting, .planning, .awaitingApproval)) == [.completed, .running, .pending, .pending, .pending])
        #expect(states(self.record(.interpreting, .planning, .rendering, .executing, .failed)) == [.completed, .completed, .completed, .failed, .skipped])
        #expect(states(self.record(.interpreting, .planning, .fulfilled)) == [.completed, .completed, .completed, .completed, .completed])
        #expect(states(self.record(.received, .interpreting, .refused)) == [.failed, .skipped, .skipped, .skipped, .skipped])
        #expect(states(self.record(.interpreting, .awaitingClarification)) == [.running, .pending, .pending, .pending, .pending])
    }

    @Test("what was understood is said with type and name")
    func summary() {
        var record = self.record(.received, .interpreting, .planning)
        let objects = [
            ObjectReference(kind: .networkFunction, type: "AMF"), ObjectReference(kind: .networkFunction, type: "UPF", name: "upf-2"),
            ObjectReference(kind: .infrastructure, type: nil),
        ]
        record.interpretation = Interpretation(
            decision: .accepted, expectations: objects.enumerated().map { IntentModel.Expectation(id: "e\($0)", verb: .deploy, object: $1) },
            provenance: Provenance(interpreter: "embedded", promptVersion: "1"))
        let members = NetworkIntentStatus(record: record).members(generation: 1, conditions: [], now: "")
        #expect(members["interpretation"]?.string == "deploy AMF; deploy UPF upf-2; deploy \(ObjectKind.infrastructure.rawValue)")
    }

    @Test("a condition keeps the time of its last change, and those of others stay")
    func transitions() {
        let status = NetworkIntentStatus(record: self.record(.received, .interpreting))
        let other: JSONValue = ["type": "Audited", "status": "True"]
        let before = status.members(generation: 1, conditions: [other], now: "one")["conditions"]?.array ?? []
        #expect(before.contains(other))
        let after =
            NetworkIntentStatus(record: self.record(.received, .interpreting, .planning))
            .members(generation: 1, conditions: before, now: "two")["conditions"]?.array ?? []
        func time(_ type: String) -> String? { after.first { $0["type"]?.string == type }?["lastTransitionTime"]?.string }
        #expect(time("Interpreted") == "two")
        #expect(time("Accepted") == "one" && time("Verified") == "one")
    }

    @Test("only what becomes the intent makes another request")
    func requests() throws {
        func intent(_ spec: JSONValue, status: JSONValue = [:]) -> NetworkIntent {
            NetworkIntent(
                KubernetesObject(["metadata": ["name": "a", "namespace": "b", "uid": "u", "generation": 1], "spec": spec, "status": status]))
        }
        let plain = try intent(["intent": "Deploy an AMF"]).request.get()
        #expect(try intent(["description": "Deploy an AMF", "priority": "medium", "paused": true, "intentType": "x"]).request.get().hash == plain.hash)
        let others: [JSONValue] = [
            ["intent": "Deploy an SMF"], ["intent": "Deploy an AMF", "priority": "high"], ["intent": "Deploy an AMF", "targetNamespace": "a"],
            ["intent": "Deploy an AMF", "targetCluster": "a"], ["intent": "Deploy an AMF", "approval": "required"],
        ]
        let hashes = try others.map { try intent($0).request.get().hash }
        #expect(Set(hashes + [plain.hash]).count == 6)
        for spec in [[:], ["intent": "a", "description": "b"], ["intent": "a", "priority": "urgent"], ["intent": "a", "approval": "maybe"]] as [JSONValue] {
            #expect(throws: Problem.self) { try intent(spec).request.get() }
        }
        let body = intent(["intent": "Deploy an AMF"]).body(plain, supersedes: nil)
        #expect(body == intent(["description": "Deploy an AMF"]).body(plain, supersedes: nil))
    }

    @Test("a queue hands out each object once, never to two, and again when it was said meanwhile")
    func queue() async {
        let queue = ReconcileQueue()
        let (a, b) = (ObjectKey(namespace: nil, name: "a"), ObjectKey(namespace: nil, name: "b"))
        queue.add(a)
        queue.add(a)
        queue.add(b)
        #expect(await queue.take() == a)
        queue.add(a)
        #expect(await queue.take() == b)
        #expect(queue.done(a, failed: true) == 1)
        #expect(await queue.take() == a)
        #expect(queue.done(a, failed: true) == 2)
        queue.done(b, failed: false)
        queue.add(b, after: .milliseconds(5))
        #expect(await queue.take() == b)
        async let waiting = queue.take()
        queue.close()
        #expect(await waiting == nil)
    }
}
