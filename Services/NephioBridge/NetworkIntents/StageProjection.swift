import IntentModel
import JSONSchema
import Kubernetes

/// One stage of an intent, as an object of its own that is only to be read. Pure.
struct StageProjection: Sendable, Equatable {
    let kind: ResourceKind
    let spec: JSONValue
    let status: JSONValue

    static func all(of record: IntentRecord) -> [StageProjection] {
        let progress = StageProgress(record)
        let kinds: [(ResourceKind, IntentStage)] = [
            (.intentProcessing, .interpretation), (.resourcePlan, .planning), (.manifestGeneration, .rendering), (.gitOpsDeployment, .delivery),
            (.deploymentVerification, .verification),
        ]
        return kinds.map { kind, stage in
            let state = progress[stage]
            var status: [String: JSONValue] = ["phase": .string(state.rawValue)]
            if state == .failed { status["errorMessage"] = .string(record.problem?.detail ?? record.history.last?.detail ?? record.phase.rawValue) }
            return StageProjection(kind: kind, spec: ["intentId": .string(record.id.description)], status: .object(status))
        }
    }

    /// The object without its status; it goes with its owner.
    func object(of owner: KubernetesObject) -> KubernetesObject {
        var object = KubernetesObject(self.kind, namespace: owner.namespace, name: owner.name, ["spec": self.spec])
        var metadata = object.metadata
        metadata["ownerReferences"] = [owner.ownerReference]
        object.metadata = metadata
        return object
    }

    func statusObject(of owner: KubernetesObject) -> KubernetesObject {
        KubernetesObject(self.kind, namespace: owner.namespace, name: owner.name, ["status": self.status])
    }
}
