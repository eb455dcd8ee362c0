package import JSONSchema

/// What becomes of the objects that a deleted one owns.
package enum Propagation: String, Sendable {
    /// They go first.
    case foreground = "Foreground"
    /// They go after it.
    case background = "Background"
    /// They stay.
    case orphan = "Orphan"
}

extension KubernetesClient {
    /// - Throws: 409 `AlreadyExists` when there is one of its name. A repeat after a lost answer meets its own first.
    package func create(_ kind: ResourceKind, _ object: KubernetesObject) async throws(KubernetesError) -> KubernetesObject {
        let path = kind.path(namespace: object.namespace)
        return try Self.object(try await self.call("POST", path, query: self.managed, body: object.json.bytes, mayRepeat: false))
    }

    /// Replaces the object, or a part of it. With the version it was read with, 409 when it has changed since.
    package func update(_ kind: ResourceKind, _ object: KubernetesObject, subresource: String? = nil) async throws(KubernetesError) -> KubernetesObject {
        let path = kind.path(namespace: object.namespace, name: object.name, subresource: subresource)
        // A repeat of what was taken finds another version and is refused, so that it does no harm.
        return try Self.object(
            try await self.call("PUT", path, query: self.managed, body: object.json.bytes, mayRepeat: object.resourceVersion != nil))
    }

    /// JSON merge patch (RFC 7396). With `metadata.resourceVersion` in it, 409 when the object has changed since.
    package func merge(
        _ kind: ResourceKind, _ key: ObjectKey, _ patch: JSONValue, subresource: String? = nil
    ) async throws(KubernetesError) -> KubernetesObject {
        let path = kind.path(namespace: key.namespace, name: key.name, subresource: subresource)
        return try Self.object(
            try await self.call(
                "PATCH", path, query: self.managed, body: patch.bytes, contentType: "application/merge-patch+json", mayRepeat: true))
    }

    /// Server-side apply: the object is to have these fields, which are ours from then on; fields that were ours before and are not among
    /// them go. The same fields again change nothing.
    ///
    /// - Parameter force: take over fields that are somebody else's, instead of 409.
    package func apply(
        _ kind: ResourceKind, _ object: KubernetesObject, subresource: String? = nil, force: Bool
    ) async throws(KubernetesError) -> KubernetesObject {
        let path = kind.path(namespace: object.namespace, name: object.name, subresource: subresource)
        let query = self.managed + [("force", force ? "true" : "false")]
        // Canonical JSON is YAML.
        return try Self.object(
            try await self.call("PATCH", path, query: query, body: object.json.bytes, contentType: "application/apply-patch+yaml", mayRepeat: true))
    }

    /// False when there is none.
    ///
    /// - Parameter uid: only this very object, not a successor of its name: 409 otherwise.
    package func delete(
        _ kind: ResourceKind, _ key: ObjectKey, uid: String? = nil, propagation: Propagation = .background
    ) async throws(KubernetesError) -> Bool {
        var options: [String: JSONValue] = ["apiVersion": "v1", "kind": "DeleteOptions", "propagationPolicy": .string(propagation.rawValue)]
        if let uid { options["preconditions"] = ["uid": .string(uid)] }
        let path = kind.path(namespace: key.namespace, name: key.name)
        do throws(KubernetesError) {
            _ = try await self.call("DELETE", path, body: JSONValue.object(options).bytes, mayRepeat: uid != nil)
            return true
        } catch {
            if error.isNotFound { return false }
            throw error
        }
    }

    private var managed: [(String, String)] { [("fieldManager", self.manager)] }
}
