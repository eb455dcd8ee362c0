import JSONSchema

/// Porch's API over the objects of a ``FakeKubernetes``: which lifecycle may follow which, and through which part of the resource; files that
/// are fixed once a revision is no draft; versions that are demanded. Refusals are those of Porch 4.1 (pkg/registry/porch/strategy.go,
/// packagerevision_approval.go, pkg/engine/engine.go).
package struct FakePorch: Sendable {
    /// A package revision that became final, or a package that is taken off the branch (no files).
    package struct Publication: Sendable {
        package var path: String
        package var revision: Int
        package var files: [String: String]
    }

    /// Commits to Porch's repository; returns the commit.
    package typealias Committing = @Sendable (Publication) async throws -> String

    static let group = "porch.kpt.dev"
    static let kinds = [
        FakeKind(Self.group, "v1alpha1", "PackageRevision", "packagerevisions"), FakeKind(Self.group, "v1alpha2", "PackageRevision", "packagerevisions"),
        FakeKind(Self.group, "v1alpha1", "PackageRevisionResources", "packagerevisionresources"),
    ]
    private static let porch = ManagedFields.Manager(name: "porch", operation: "Update", subresource: nil)
    private static let porchStatus = ManagedFields.Manager(name: "porch", operation: "Update", subresource: "status")

    /// The Repository objects there are.
    let repositories: Set<String>
    let version: String
    /// What is still to be committed, by the name of its revision.
    var pending: [(key: FakeObjects.Key, publication: Publication)] = []
    /// Says of a file what a function of the pipeline would complain about.
    var renderError: (@Sendable (String) -> String?)?

    private var revisionKind: FakeKind { self.version == "v1alpha1" ? Self.kinds[0] : Self.kinds[1] }

    private func resources(_ key: FakeObjects.Key) -> FakeObjects.Key { .init(kind: Self.kinds[2], namespace: key.namespace, name: key.name) }
    private func revision(_ key: FakeObjects.Key) -> FakeObjects.Key { .init(kind: self.revisionKind, namespace: key.namespace, name: key.name) }

    // MARK: Requests

    mutating func answer(
        _ method: String, _ address: FakeAddress, _ body: JSONValue, _ objects: inout FakeObjects, by manager: ManagedFields.Manager
    ) throws(FakeStatus) -> (Int, JSONValue) {
        if address.kind.plural == "packagerevisions", address.kind.version != self.version {
            throw FakeStatus(410, "Gone", "the repository is managed by \(self.version); use the \(self.version) API")
        }
        guard let namespace = address.namespace else { throw .badRequest("namespace must be specified") }
        switch (method, address.kind.plural, address.name, address.subresource) {
        case ("POST", "packagerevisions", nil, nil): return (201, try self.create(namespace, body, &objects, by: manager))
        case ("PUT", "packagerevisions", let name?, nil):
            return (200, try self.update(.init(kind: address.kind, namespace: namespace, name: name), body, isApproval: false, &objects, by: manager))
        case ("PUT", "packagerevisions", let name?, "approval") where self.version == "v1alpha1":
            return (200, try self.update(.init(kind: address.kind, namespace: namespace, name: name), body, isApproval: true, &objects, by: manager))
        case ("DELETE", "packagerevisions", let name?, nil):
            return (200, try self.delete(.init(kind: address.kind, namespace: namespace, name: name), body, &objects))
        case ("PUT", "packagerevisionresources", let name?, nil):
            return (200, try self.fill(.init(kind: address.kind, namespace: namespace, name: name), body, &objects, by: manager))
        case (_, _, _, .some): throw FakeStatus(404, "NotFound", "the server could not find the requested resource")
        default: throw FakeStatus(405, "MethodNotAllowed", "the server does not allow this method on the requested resource")
        }
    }

    private static func lifecycle(_ object: JSONValue) -> String { object["spec"]?["lifecycle"]?.string.flatMap { $0.isEmpty ? nil : $0 } ?? "Draft" }
    private static func isFinal(_ lifecycle: String) -> Bool { ["Published", "DeletionProposed"].contains(lifecycle) }

    private func revisions(of path: String, _ repository: String, _ objects: FakeObjects) -> [(key: FakeObjects.Key, object: JSONValue)] {
        objects.objects.filter {
            $0.key.kind == self.revisionKind && $0.value.object["spec"]?["packageName"]?.string == path
                && $0.value.object["spec"]?["repository"]?.string == repository
        }.map { ($0.key, $0.value.object) }
    }

    private func number(_ object: JSONValue) -> Int { object[self.version == "v1alpha1" ? "spec" : "status"]?["revision"]?.integer ?? 0 }

    private mutating func create(
        _ namespace: String, _ body: JSONValue, _ objects: inout FakeObjects, by manager: ManagedFields.Manager
    ) throws(FakeStatus) -> JSONValue {
        let spec = body["spec"] ?? .object([:])
        guard let repository = spec["repository"]?.string else { throw .badRequest("spec.repositoryName is required") }
        guard self.repositories.contains(repository) else { throw FakeStatus(404, "NotFound", "repositories.config.porch.kpt.dev \"\(repository)\" not found") }
        guard let path = spec["packageName"]?.string, !path.isEmpty else { throw .invalid("spec.packageName: Invalid value") }
        guard let workspace = spec["workspaceName"]?.string, workspace.utf8.count <= 63, !workspace.contains(".") else {
            throw .invalid("spec.workspaceName: Invalid value")
        }
        guard Self.lifecycle(body) == "Draft" else { throw .invalid("spec.lifecycle: Invalid value: value can be only created as Draft") }
        guard body["metadata"]?["labels"]?["kpt.dev/latest-revision"] == nil else { throw FakeStatus(422, "Invalid", "label is managed by porch") }
        let others = self.revisions(of: path, repository, objects)
        if others.contains(where: { $0.object["spec"]?["workspaceName"]?.string == workspace }) {
            throw FakeStatus(500, "InternalError", "Internal error occurred: package revision with workspaceName \(workspace) already exists")
        }
        var files: [String: JSONValue] = ["Kptfile": .string("apiVersion: kpt.dev/v1\nkind: Kptfile\nmetadata:\n  name: \(path)\n")]
        switch try self.source(spec) {
        case nil:
            guard others.isEmpty else { throw FakeStatus(500, "InternalError", "Internal error occurred: package \(path) overlaps with an existing one") }
        case let source?:
            guard let found = others.first(where: { $0.key.name == source }), Self.isFinal(Self.lifecycle(found.object)) else {
                throw FakeStatus(500, "InternalError", "Internal error occurred: cannot find published source revision \(source)")
            }
            files = try objects.object(self.resources(found.key))["spec"]?["resources"]?.object ?? [:]
        }
        let name = "\(repository).\(path.split(separator: "/").joined(separator: ".")).\(workspace)"
        var object = body
        object["metadata"]?["name"] = .string(name)
        object["spec"]?["lifecycle"] = "Draft"
        let made = try objects.create(self.revisionKind, namespace: namespace, object, by: manager)
        let resources: JSONValue = [
            "apiVersion": .string(Self.kinds[2].apiVersion), "kind": "PackageRevisionResources", "metadata": ["name": .string(name)],
            "spec": [
                "packageName": .string(path), "workspaceName": .string(workspace), "repository": .string(repository), "resources": .object(files),
            ],
        ]
        _ = try objects.create(Self.kinds[2], namespace: namespace, resources, by: Self.porch)
        self.settle(.init(kind: self.revisionKind, namespace: namespace, name: name), &objects)
        return made
    }

    /// - Returns: the revision it is made from; nil for a new package.
    private func source(_ spec: JSONValue) throws(FakeStatus) -> String? {
        if self.version == "v1alpha1" {
            guard spec["source"] == nil else { throw .badRequest("strict decoding error: unknown field \"spec.source\"") }
            let tasks = spec["tasks"]?.array ?? []
            guard tasks.count == 1 else { throw FakeStatus(500, "InternalError", "task list must contain exactly one task") }
            switch tasks[0]["type"]?.string {
            case "init" where tasks[0]["init"] != nil: return nil
            case "edit":
                guard let name = tasks[0]["edit"]?["sourceRef"]?["name"]?.string else { throw .invalid("edit.sourceRef.name is required") }
                return name
            default: throw .invalid("spec.tasks[0].type: Unsupported value")
            }
        }
        guard spec["tasks"] == nil else { throw .badRequest("strict decoding error: unknown field \"spec.tasks\"") }
        guard let source = spec["source"]?.object, source.count == 1 else {
            throw .invalid("spec.source: exactly one of init, cloneFrom, copyFrom, or upgrade must be set")
        }
        if source["init"] != nil { return nil }
        guard let name = source["copyFrom"]?["name"]?.string else { throw .invalid("spec.source.copyFrom.name: Required value") }
        return name
    }

    private mutating func update(
        _ key: FakeObjects.Key, _ body: JSONValue, isApproval: Bool, _ objects: inout FakeObjects, by manager: ManagedFields.Manager
    ) throws(FakeStatus) -> JSONValue {
        let old = try objects.object(key)
        guard body["metadata"]?["resourceVersion"]?.string?.isEmpty == false else {
            throw FakeStatus(500, "InternalError", "Internal error occurred: resourceVersion must be specified for an update")
        }
        let (before, after) = (Self.lifecycle(old), Self.lifecycle(body))
        let allowed: Set<String>
        switch (isApproval, before) {
        case (true, "Proposed"): allowed = ["Draft", "Published"]
        case (true, "Published"): allowed = ["DeletionProposed"]
        case (true, "DeletionProposed"): allowed = ["Published"]
        case (true, _): throw .invalid("spec.lifecycle: cannot approve package with \(before) lifecycle value; only Proposed packages can be approved")
        // Kubernetes keeps the object and has no part for approvals: Proposed → Published is an ordinary update there.
        case (false, "Proposed") where self.version == "v1alpha2": allowed = ["Draft", "Proposed", "Published"]
        case (false, "Draft"), (false, "Proposed"): allowed = ["Draft", "Proposed"]
        default: allowed = ["Published", "DeletionProposed"]
        }
        guard allowed.contains(after) else {
            throw .invalid("spec.lifecycle: Invalid value: \"\(before)\": value can be only updated to \(allowed.sorted().joined(separator: ","))")
        }
        if Self.isFinal(before) || self.version == "v1alpha2" {
            func fixed(_ object: JSONValue) -> JSONValue? {
                var spec = object["spec"]
                spec?["lifecycle"] = nil
                return Self.isFinal(before) ? spec : spec?["source"]
            }
            guard fixed(old) == fixed(body) else {
                throw .invalid("spec: Invalid value: spec can only update package with lifecycle value one of Draft,Proposed")
            }
        }
        var object = body
        if after == "Published", before == "Proposed" {
            let (path, repository) = (old["spec"]?["packageName"]?.string ?? "", old["spec"]?["repository"]?.string ?? "")
            let next = (self.revisions(of: path, repository, objects).map { self.number($0.object) }.max() ?? 0) + 1
            let files = try objects.object(self.resources(key))["spec"]?["resources"]?.object ?? [:]
            if self.version == "v1alpha1" { object["spec"]?["revision"] = .number(Double(max(next, 1))) }
            let publication = Publication(path: path, revision: max(next, 1), files: files.compactMapValues(\.string))
            let updated = try objects.update(key, object, subresource: nil, by: manager)
            self.pending.append((key, publication))
            return updated
        }
        let updated = try objects.update(key, object, subresource: nil, by: manager)
        self.settle(key, &objects)
        return updated
    }

    private mutating func fill(
        _ key: FakeObjects.Key, _ body: JSONValue, _ objects: inout FakeObjects, by manager: ManagedFields.Manager
    ) throws(FakeStatus) -> JSONValue {
        let old = try objects.object(key)
        guard let version = body["metadata"]?["resourceVersion"]?.string, !version.isEmpty else {
            throw FakeStatus(500, "InternalError", "Internal error occurred: resourceVersion must be specified for an update")
        }
        guard version == old["metadata"]?["resourceVersion"]?.string else { throw .conflict(key.name) }
        let lifecycle = Self.lifecycle(try objects.object(self.revision(key)))
        guard lifecycle == "Draft" else {
            throw FakeStatus(500, "InternalError", "cannot update a package revision with lifecycle value \"\(lifecycle)\"; package must be Draft")
        }
        guard body["spec"]?["resources"]?.object?["Kptfile"] != nil else { throw FakeStatus(500, "InternalError", "package has no Kptfile") }
        let error = (body["spec"]?["resources"]?.object ?? [:]).values.compactMap { $0.string.flatMap { self.renderError?($0) } }.first
        var updated = error == nil ? try objects.update(key, body, subresource: nil, by: manager) : old
        updated["status"] = ["renderStatus": ["result": ["exitCode": .number(error == nil ? 0 : 1)], "error": .string(error ?? "")]]
        return updated
    }

    private mutating func delete(_ key: FakeObjects.Key, _ body: JSONValue, _ objects: inout FakeObjects) throws(FakeStatus) -> JSONValue {
        let old = try objects.object(key)
        guard Self.lifecycle(old) != "Published" else {
            throw FakeStatus(
                403, "Forbidden", "published PackageRevisions must be proposed for deletion by setting spec.lifecycle to 'DeletionProposed' prior to deletion")
        }
        let gone = try objects.delete(key, options: body)
        _ = try objects.delete(self.resources(key), options: .object([:]))
        if self.number(old) < 0 { self.pending.append((key, Publication(path: old["spec"]?["packageName"]?.string ?? "", revision: -1, files: [:]))) }
        return gone
    }

    // MARK: What Porch does by itself

    /// The controller has seen it (v1alpha2); Porch's own server has nothing to catch up with.
    private func settle(_ key: FakeObjects.Key, _ objects: inout FakeObjects, _ members: [String: JSONValue] = [:]) {
        guard var object = try? objects.object(key) else { return }
        var status = object["status"]?.object ?? [:]
        for (name, value) in members { status[name] = value }
        if self.version == "v1alpha2" {
            status["observedGeneration"] = object["metadata"]?["generation"]
            status["conditions"] = [["type": "Ready", "status": "True", "reason": "Ready", "message": ""]]
        }
        object["status"] = .object(status)
        object["metadata"]?["resourceVersion"] = nil
        _ = try? objects.update(key, object, subresource: "status", by: Self.porchStatus)
    }

    /// A publication is in Git: its revision says where, and the branch's own revision shows the package.
    mutating func committed(_ key: FakeObjects.Key, _ publication: Publication, commit: String, _ objects: inout FakeObjects) {
        guard publication.revision > 0 else { return }
        let lock: JSONValue = ["type": "git", "git": ["directory": .string(publication.path), "commit": .string(commit)]]
        self.settle(key, &objects, ["selfLock": lock].merging(self.version == "v1alpha2" ? ["revision": .number(Double(publication.revision))] : [:]) { $1 })
        guard let object = try? objects.object(key), let repository = object["spec"]?["repository"]?.string else { return }
        let name = "\(repository).\(publication.path.split(separator: "/").joined(separator: ".")).main"
        guard (try? objects.object(.init(kind: self.revisionKind, namespace: key.namespace, name: name))) == nil else { return }
        var spec: JSONValue = [
            "packageName": .string(publication.path), "repository": .string(repository), "workspaceName": "main", "lifecycle": "Published",
        ]
        if self.version == "v1alpha1" { spec["revision"] = -1 }
        for kind in [self.revisionKind, Self.kinds[2]] {
            let made: JSONValue = [
                "apiVersion": .string(kind.apiVersion), "kind": .string(kind.kind), "metadata": ["name": .string(name)],
                "spec": kind == self.revisionKind
                    ? spec : ["resources": .object(publication.files.mapValues { .string($0) }), "packageName": .string(publication.path)],
            ]
            _ = try? objects.create(kind, namespace: key.namespace, made, by: Self.porch)
        }
        self.settle(
            .init(kind: self.revisionKind, namespace: key.namespace, name: name), &objects, self.version == "v1alpha2" ? ["revision": -1] : [:])
    }
}
