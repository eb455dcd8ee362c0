import Foundation
import IntentModel
import JSONSchema
import Synchronization
import TestSupport
import Yams

/// A cluster for an installation: a fake API server, the file that leads to it, and what people and GitOps agents do there.
struct Cluster: Sendable {
    let server: FakeKubernetes
    private let directory: TemporaryDirectory

    static func start() async throws -> Cluster {
        let cluster = Cluster(server: try await FakeKubernetes.start(), directory: try TemporaryDirectory())
        cluster.server.accept(tokens: ["cluster-token"])
        let config = """
            apiVersion: v1
            kind: Config
            current-context: lab
            contexts: [{name: lab, context: {cluster: lab, user: nephoran}}]
            clusters: [{name: lab, cluster: {server: '\(cluster.server.url)'}}]
            users: [{name: nephoran, user: {token: cluster-token}}]
            """
        try config.write(toFile: cluster.directory.file("config"), atomically: true, encoding: .utf8)
        return cluster
    }

    /// Where packages arrive is here, or, since nobody brings them, nowhere.
    func settings(observing: Bool = false) -> [String: String] {
        ["KUBECONFIG": self.directory.file("config"), "LEASE_DURATION": "3s", "KUBE_CLUSTERS": observing ? "default=lab" : "elsewhere=lab"]
    }

    // MARK: NetworkIntents

    func apply(_ name: String, namespace: String = "operators", _ spec: JSONValue) throws {
        let object: JSONValue = [
            "apiVersion": "nephoran.com/v1", "kind": "NetworkIntent", "metadata": ["name": .string(name), "namespace": .string(namespace)], "spec": spec,
        ]
        try self.server.create("networkintents", object)
    }

    func change(_ name: String, namespace: String = "operators", _ spec: JSONValue) throws {
        try self.server.merge("networkintents", namespace, name, ["spec": spec])
    }

    func delete(_ name: String, namespace: String = "operators") throws { try self.server.delete("networkintents", namespace, name) }

    func intent(_ name: String, namespace: String = "operators") -> JSONValue? { self.server.object("networkintents", namespace, name) }

    struct Late: Error, CustomStringConvertible { let description: String }

    /// The object once it is as wanted.
    @discardableResult
    func until(_ name: String, namespace: String = "operators", within limit: Duration = .seconds(30), _ condition: (JSONValue) -> Bool) async throws
        -> JSONValue
    {
        let deadline = ContinuousClock.now + limit
        while true {
            let object = self.intent(name, namespace: namespace)
            if let object, condition(object) { return object }
            guard ContinuousClock.now < deadline else { throw Late(description: "\(name) is \(object?.text ?? "gone")") }
            try await Task.sleep(for: .milliseconds(10))
        }
    }

    func untilGone(_ name: String, namespace: String = "operators", within limit: Duration = .seconds(30)) async throws {
        let deadline = ContinuousClock.now + limit
        while let object = self.intent(name, namespace: namespace) {
            guard ContinuousClock.now < deadline else { throw Late(description: "\(name) is there: \(object.text)") }
            try await Task.sleep(for: .milliseconds(10))
        }
    }

    // MARK: What a GitOps agent and the controllers of workloads do

    /// Brings the workloads of an intent into the cluster, as they are in Git.
    /// - Returns: the Deployments.
    func sync(_ manifests: String) throws -> [JSONValue] {
        var synced: [JSONValue] = []
        for document in try Yams.load_all(yaml: manifests) {
            let json = Self.json(document)
            guard json["kind"] == "Deployment" else { continue }
            let (namespace, name) = (json["metadata"]?["namespace"]?.string ?? "", json["metadata"]?["name"]?.string ?? "")
            if self.server.object("deployments", namespace, name) == nil {
                synced.append(try self.server.create("deployments", json))
            } else {
                synced.append(try self.server.merge("deployments", namespace, name, ["metadata": json["metadata"] ?? [:], "spec": json["spec"] ?? [:]]))
            }
        }
        return synced
    }

    private static func json(_ yaml: Any?) -> JSONValue {
        switch yaml {
        case let value as Bool: .boolean(value)
        case let value as Int: .number(Double(value))
        case let value as Double: .number(value)
        case let value as String: .string(value)
        case let value as [Any]: .array(value.map(Self.json))
        case let value as [AnyHashable: Any]:
            .object(Dictionary(value.map { ("\($0.key)", Self.json($0.value)) }, uniquingKeysWith: { _, last in last }))
        default: .null
        }
    }

    /// All replicas of the workload are there and available.
    func rollOut(_ deployment: JSONValue, available: Int? = nil) throws {
        let replicas = deployment["spec"]?["replicas"]?.integer ?? 1
        let number = JSONValue.number(Double(replicas))
        let status: JSONValue = [
            "observedGeneration": deployment["metadata"]?["generation"] ?? 1, "replicas": number, "updatedReplicas": number,
            "availableReplicas": .number(Double(available ?? replicas)),
        ]
        try self.server.merge(
            "deployments", deployment["metadata"]?["namespace"]?.string, deployment["metadata"]?["name"]?.string ?? "", ["status": status],
            subresource: "status")
    }
}

/// Random numbers for many threads, the same for the same seed and order.
final class Dice: Sendable {
    private let random: Mutex<SeededRandom>

    init(seed: UInt64) { self.random = Mutex(SeededRandom(seed: seed)) }

    func next(below limit: Int) -> Int { self.random.withLock { Int.random(in: 0..<limit, using: &$0) } }
}

extension JSONValue {
    /// `status` of the condition.
    func condition(_ type: String) -> String? {
        self["status"]?["conditions"]?.array?.first { $0["type"]?.string == type }?["status"]?.string
    }
    /// `reason` of the condition.
    func reason(_ type: String) -> String? {
        self["status"]?["conditions"]?.array?.first { $0["type"]?.string == type }?["reason"]?.string
    }
    var kindPhase: String? { self["status"]?["phase"]?.string }
    var intentID: IntentID? { self["status"]?["intentId"]?.string.flatMap { IntentID($0) } }
}

extension Gateway {
    private struct Page: Decodable {
        struct Item: Decodable { var id: IntentID; var phase: Phase; var request: IntentRequest }
        var items: [Item]
        var nextCursor: String?
    }

    /// Every intent there is.
    func all() async throws -> [(id: IntentID, phase: Phase, request: IntentRequest)] {
        var all: [(IntentID, Phase, IntentRequest)] = []
        var cursor: String?
        repeat {
            let page = try await self.call("GET", "/v1/intents?limit=200" + (cursor.map { "&cursor=\($0)" } ?? "")).decode(Page.self)
            all += page.items.map { ($0.id, $0.phase, $0.request) }
            cursor = page.nextCursor
        } while cursor != nil
        return all
    }
}
