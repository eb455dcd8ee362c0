package import JSONSchema

/// One object as the API server has it: its JSON, and names for what all objects have.
package struct KubernetesObject: Sendable, Equatable {
    package var json: JSONValue

    package init(_ json: JSONValue) { self.json = json }

    /// - Parameter namespace: nil for kinds that have none.
    package init(_ kind: ResourceKind, namespace: String?, name: String, _ members: [String: JSONValue] = [:]) {
        var metadata: [String: JSONValue] = ["name": .string(name)]
        if let namespace { metadata["namespace"] = .string(namespace) }
        var object = members
        object["apiVersion"] = .string(kind.apiVersion)
        object["kind"] = .string(kind.kind)
        object["metadata"] = .object(metadata)
        self.json = .object(object)
    }

    package subscript(_ member: String) -> JSONValue? {
        get { self.json[member] }
        set { self.json[member] = newValue }
    }

    package var metadata: JSONValue {
        get { self.json["metadata"] ?? .object([:]) }
        set { self.json["metadata"] = newValue }
    }
    package var spec: JSONValue { self.json["spec"] ?? .object([:]) }
    package var status: JSONValue { self.json["status"] ?? .object([:]) }

    package var key: ObjectKey { ObjectKey(namespace: self.metadata["namespace"]?.string, name: self.name) }
    package var name: String { self.metadata["name"]?.string ?? "" }
    package var namespace: String? { self.metadata["namespace"]?.string }
    package var uid: String { self.metadata["uid"]?.string ?? "" }
    package var resourceVersion: String? { self.metadata["resourceVersion"]?.string }
    /// Raised by the server whenever the specification changes.
    package var generation: Int { self.metadata["generation"]?.integer ?? 0 }
    /// It is to go, and waits for its finalizers.
    package var isBeingDeleted: Bool { self.metadata["deletionTimestamp"]?.string != nil }
    package var finalizers: [String] { self.metadata["finalizers"]?.array?.compactMap(\.string) ?? [] }
    package var labels: [String: String] { self.metadata["labels"]?.object?.compactMapValues(\.string) ?? [:] }

    /// A reference that makes the owned object go with this one.
    package var ownerReference: JSONValue {
        [
            "apiVersion": self.json["apiVersion"] ?? .null, "kind": self.json["kind"] ?? .null, "name": .string(self.name), "uid": .string(self.uid),
            "controller": true, "blockOwnerDeletion": false,
        ]
    }
}

/// What tells objects of one kind apart.
package struct ObjectKey: Sendable, Hashable, CustomStringConvertible {
    /// Nil for kinds without.
    package let namespace: String?
    package let name: String

    package init(namespace: String?, name: String) {
        self.namespace = namespace
        self.name = name
    }

    package var description: String { self.namespace.map { "\($0)/\(self.name)" } ?? self.name }
}
