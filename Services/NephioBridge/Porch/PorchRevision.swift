import IntentModel
import JSONSchema
import Kubernetes

/// A `PackageRevision` as Porch has it, in either version of the API.
struct PorchRevision: Sendable, Equatable {
    enum Lifecycle: String, Sendable {
        case draft = "Draft"
        case proposed = "Proposed"
        case published = "Published"
        case deletionProposed = "DeletionProposed"

        var isPublished: Bool { self == .published || self == .deletionProposed }
    }

    /// What we write on the revisions that we make.
    enum Annotation {
        static let intent = "nephoran.com/intent-id"
        /// The revision that was the latest when this one was made; empty for none.
        static let source = "nephoran.com/made-from"
        /// Set with the proposal, so that a draft that was proposed before is known to be rejected.
        static let proposed = "nephoran.com/proposed"
        /// The intent that proposed the deletion.
        static let deletion = "nephoran.com/deletion-proposed-by"
        static let deletionTime = "nephoran.com/deletion-proposed-at"
        static let plan = "nephoran.com/plan-hash"
        static let requester = "nephoran.com/requested-by"
    }

    /// v1alpha2: the version of the files that is to be rendered, and is when the status says the same.
    private static let renderRequest = "porch.kpt.dev/render-request"

    var object: KubernetesObject
    let version: PorchVersion

    init(_ object: KubernetesObject, _ version: PorchVersion) {
        self.object = object
        self.version = version
    }

    /// `<repository>.<path of the package, dots for slashes>.<workspace>`, as Porch composes it.
    static func name(repository: String, path: PackagePath, workspace: String) -> String {
        "\(repository).\(path.cluster).\(path.namespace).\(path.instance).\(workspace)"
    }

    var name: String { self.object.name }
    /// Nil for one that is not known.
    var lifecycle: Lifecycle? { self.object.spec["lifecycle"]?.string.map { $0.isEmpty ? .draft : Lifecycle(rawValue: $0) } ?? .draft }
    /// 0 before it is published; -1 is the branch itself.
    var revision: Int { (self.version == .v1alpha1 ? self.object.spec : self.object.status)["revision"]?.integer ?? 0 }
    var commit: String? { self.object.status["selfLock"]?["git"]?["commit"]?.string.flatMap { $0.isEmpty ? nil : $0 } }
    var workspace: String? { self.object.spec["workspaceName"]?.string }

    subscript(annotation: String) -> String? { self.object.metadata["annotations"]?[annotation]?.string }

    mutating func annotate(_ annotation: String, _ value: String) {
        var metadata = self.object.metadata
        var annotations = metadata["annotations"]?.object ?? [:]
        annotations[annotation] = .string(value)
        metadata["annotations"] = .object(annotations)
        self.object.metadata = metadata
    }

    mutating func set(_ lifecycle: Lifecycle) {
        var spec = self.object.spec
        spec["lifecycle"] = .string(lifecycle.rawValue)
        self.object["spec"] = spec
    }

    /// Porch has done what the specification says.
    var isSettled: Bool {
        guard self.version == .v1alpha2 else { return true }
        guard let observed = self.object.status["observedGeneration"]?.integer, observed >= self.object.generation else { return false }
        let requested = self[Self.renderRequest]
        return requested == nil || requested == self.object.status["observedPrrResourceVersion"]?.string
    }

    /// What Porch says went wrong with it.
    var failure: String? {
        for condition in self.object.status["conditions"]?.array ?? [] {
            let isOwn = self.version == .v1alpha2 && ["Ready", "Rendered"].contains(condition["type"]?.string)
            if isOwn, condition["status"]?.string == "False", condition["reason"]?.string == "Failed" {
                return condition["message"]?.string ?? "it gave no reason"
            }
        }
        return nil
    }

    var createdAt: CommitTime? { self.object.metadata["creationTimestamp"]?.string.flatMap { CommitTime(rfc3339: $0) } }
}
