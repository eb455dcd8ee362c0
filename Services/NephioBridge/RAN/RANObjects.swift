import IntentModel
import JSONSchema
import Kubernetes

/// The radio network as objects that are only to be read: a `ManagedElement` for each element that is reached over O1, an `E2NodeSet` for each
/// published set of E2 nodes. Pure.
struct RANObjects: Sendable {
    /// An element as `/v1/o1/elements` has it.
    struct Element: Sendable, Equatable, Decodable {
        struct Deviation: Sendable, Equatable, Decodable {
            var object: String
            var intent: String
        }

        struct Alarm: Sendable, Equatable, Decodable {
            var condition: String
            var severity: String
        }

        var name: String
        var address: String
        var port: Int
        var state: String
        var revision: String?
        var lastError: String?
        /// The worst first.
        var alarms: [Alarm]
        /// What it has otherwise than intents configured it; nil from a service that does not compare.
        var deviations: [Deviation]?
    }

    struct NodeSet: Sendable, Equatable {
        var item: InventoryItem
        /// Nil where nobody tells.
        var state: E2NodeSets.State?
    }

    static let labels: JSONValue = ["app.kubernetes.io/managed-by": "nephoran"]
    static let selector = "app.kubernetes.io/managed-by=nephoran"

    let namespace: String
    var elements: [Element] = []
    var nodeSets: [NodeSet] = []

    /// Specification and status of each, by what it is.
    var all: [(kind: ResourceKind, object: KubernetesObject, status: JSONValue)] {
        self.elements.map {
            (.managedElement, self.object(.managedElement, $0.name, ["address": .string($0.address), "port": .number(Double($0.port))]), Self.status($0))
        }
            + self.nodeSets.map { set in
                let item = set.item
                let spec: JSONValue = [
                    "replicas": .number(Double(item.replicas ?? 1)), "cluster": .string(item.cluster), "namespace": .string(item.namespace),
                    "package": .string(item.path),
                ]
                // Of one name in several clusters or namespaces each is its own.
                return (.e2NodeSet, self.object(.e2NodeSet, "\(item.cluster).\(item.namespace).\(item.instance)", spec), Self.status(set))
            }
    }

    private func object(_ kind: ResourceKind, _ name: String, _ spec: JSONValue) -> KubernetesObject {
        var object = KubernetesObject(kind, namespace: self.namespace, name: name.lowercased(), ["spec": spec])
        var metadata = object.metadata
        metadata["labels"] = Self.labels
        object.metadata = metadata
        return object
    }

    /// Not when it was heard of last: that would be a change of every element every minute.
    private static func status(_ element: Element) -> JSONValue {
        var status: [String: JSONValue] = ["state": .string(element.state), "alarms": .number(Double(element.alarms.count))]
        status["revision"] = element.revision.map { .string($0) }
        status["worstAlarm"] = element.alarms.first.map { .string("\($0.severity) \($0.condition)") }
        status["deviations"] = element.deviations.map { .number(Double($0.count)) }
        status["deviation"] = element.deviations?.first.map { .string(String("\($0.object) of \($0.intent)".prefix(1024))) }
        status["lastError"] = element.lastError.map { .string(String($0.prefix(1024))) }
        return .object(status)
    }

    private static func status(_ set: NodeSet) -> JSONValue {
        guard let state = set.state else { return ["phase": "Unknown"] }
        let wanted = set.item.replicas ?? 1
        return [
            "phase": .string(state.connected == wanted ? "Connected" : "Connecting"), "nodes": .number(Double(state.nodes)),
            "connected": .number(Double(state.connected)), "missing": .array(state.missing.prefix(100).map { .string($0) }),
        ]
    }
}

extension ResourceKind {
    static let managedElement = ResourceKind(group: "nephoran.com", version: "v1", kind: "ManagedElement", plural: "managedelements")
    static let e2NodeSet = ResourceKind(group: "nephoran.com", version: "v1", kind: "E2NodeSet", plural: "e2nodesets")
}
