import IntentModel
import JSONSchema
import Kubernetes

/// Calls of Porch about the packages of one repository of its own.
struct PorchClient: Sendable {
    let kubernetes: KubernetesClient
    let version: PorchVersion
    /// Of the `Repository` object and everything in it.
    let namespace: String
    /// Name of the `Repository` object.
    let repository: String

    private func key(_ name: String) -> ObjectKey { ObjectKey(namespace: self.namespace, name: name) }

    /// Nil when there is none.
    func revision(_ name: String) async throws(KubernetesError) -> PorchRevision? {
        try await self.kubernetes.get(self.version.revisions, self.key(name)).map { PorchRevision($0, self.version) }
    }

    /// All revisions of a package, drafts included.
    func revisions(of path: PackagePath) async throws(KubernetesError) -> [PorchRevision] {
        let selection = ObjectSelection(
            self.version.revisions, namespace: self.namespace, fields: "spec.repository=\(self.repository),spec.packageName=\(path)")
        return try await self.kubernetes.list(selection).map { PorchRevision($0, self.version) }
    }

    /// - Parameter source: the revision it is made from; nil for a new package.
    func create(
        _ path: PackagePath, workspace: String, from source: PorchRevision?, description: String, annotations: [String: String]
    ) async throws(KubernetesError) -> PorchRevision {
        let origin = self.version.origin(source: source?.name, description: description)
        var object = KubernetesObject(
            self.version.revisions, namespace: self.namespace, name: PorchRevision.name(repository: self.repository, path: path, workspace: workspace),
            [
                "spec": [
                    "packageName": .string(path.description), "repository": .string(self.repository), "workspaceName": .string(workspace),
                    "lifecycle": .string(PorchRevision.Lifecycle.draft.rawValue), origin.member: origin.value,
                ]
            ])
        var metadata = object.metadata
        metadata["annotations"] = .object(annotations.mapValues { .string($0) })
        metadata["labels"] = ["app.kubernetes.io/managed-by": "nephoran"]
        object.metadata = metadata
        return PorchRevision(try await self.kubernetes.create(self.version.revisions, object), self.version)
    }

    /// Replaces all files of a draft.
    /// - Returns: what Porch could not render of it; nil when all is well.
    func fill(_ revision: PorchRevision, with files: [PackageFile]) async throws(KubernetesError) -> String? {
        guard var object = try await self.kubernetes.get(PorchVersion.resources, self.key(revision.name)) else {
            throw .nonsense("\(revision.name) has no resources")
        }
        var spec = object.spec
        let wanted = Dictionary(files.map { ($0.path, JSONValue.string($0.content)) }) { first, _ in first }
        if spec["resources"] != .object(wanted) {
            spec["resources"] = .object(wanted)
            object["spec"] = spec
            object["status"] = nil
            object = try await self.kubernetes.update(PorchVersion.resources, object)
        }
        let held = object.spec["resources"]?.object ?? [:]
        let rendering = object.status["renderStatus"]
        if let error = rendering?["error"]?.string, !error.isEmpty { return error }
        if let code = rendering?["result"]?["exitCode"]?.integer, code != 0 { return "a function of its pipeline ended with \(code)" }
        return wanted.keys.filter { held[$0] == nil }.min().map { "\($0) is not in it afterwards" }
    }

    func propose(_ revision: PorchRevision) async throws(KubernetesError) {
        var revision = revision
        revision.annotate(PorchRevision.Annotation.proposed, "true")
        revision.set(.proposed)
        _ = try await self.kubernetes.update(self.version.revisions, revision.object)
    }

    /// A decision about a proposal: ``PorchRevision/Lifecycle/published`` approves, `draft` rejects.
    func decide(_ revision: PorchRevision, _ lifecycle: PorchRevision.Lifecycle) async throws(KubernetesError) {
        var revision = revision
        revision.set(lifecycle)
        _ = try await self.kubernetes.update(self.version.revisions, revision.object, subresource: self.version.approval)
    }

    /// A published revision has to be proposed for deletion before it can be deleted.
    func proposeDeletion(_ revision: PorchRevision, by intent: IntentID) async throws(KubernetesError) {
        var revision = revision
        revision.annotate(PorchRevision.Annotation.deletion, intent.description)
        revision.annotate(PorchRevision.Annotation.deletionTime, CommitTime.now.description)
        revision.set(.deletionProposed)
        _ = try await self.kubernetes.update(self.version.revisions, revision.object)
    }

    func delete(_ revision: PorchRevision) async throws(KubernetesError) {
        _ = try await self.kubernetes.delete(self.version.revisions, self.key(revision.name), uid: revision.object.uid.isEmpty ? nil : revision.object.uid)
    }

    /// A draft or proposal of ours that is not to be published any more.
    func withdraw(_ revision: PorchRevision) async throws(KubernetesError) {
        guard revision.lifecycle?.isPublished == false else { return }
        try await self.delete(revision)
    }
}
