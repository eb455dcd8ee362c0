import Foundation
import JSONSchema
import Resilience
import Synchronization
import Testing

@testable import Kubernetes

private enum RealServer {
    static let kubeconfig = ProcessInfo.processInfo.environment["NEPHORAN_TEST_KUBECONFIG"]
}

/// The same client against a real API server: where `NEPHORAN_TEST_KUBECONFIG` names the file of one that may be written to.
@Suite("A real API server", .enabled(if: RealServer.kubeconfig != nil), .serialized)
struct RealServerTests {
    private let namespace = "default"
    private let name = "nephoran-\(UUID().uuidString.prefix(8).lowercased())"

    private func with(_ body: (KubernetesClient) async throws -> Void) async throws {
        let access = try ClusterAccess(try KubeConfig(files: RealServer.kubeconfig ?? ""))
        let client = KubernetesClient(access, upstream: Upstream("kubernetes"), manager: "nephoran-test")
        defer { client.stop() }
        try await body(client)
    }

    private func configMap(_ data: [String: JSONValue], suffix: String = "") -> KubernetesObject {
        KubernetesObject(.configMap, namespace: self.namespace, name: self.name + suffix, ["data": .object(data)])
    }

    private var key: ObjectKey { ObjectKey(namespace: self.namespace, name: self.name) }

    @Test("create, conflict, merge, apply with owners, finalizer, delete")
    func life() async throws {
        try await self.with { client in
            #expect(try await client.version().hasPrefix("v1."))
            let created = try await client.create(.configMap, self.configMap(["x": "1"]))
            let again = await #expect(throws: KubernetesError.self) { try await client.create(.configMap, self.configMap(["x": "1"])) }
            #expect(again?.isAlreadyExists == true)
            let merged = try await client.merge(.configMap, self.key, ["data": ["y": "1"]])
            let stale = await #expect(throws: KubernetesError.self) { try await client.update(.configMap, created) }
            #expect(stale?.isConflict == true && stale?.isAlreadyExists == false)
            let old: JSONValue = ["metadata": ["resourceVersion": .string(created.resourceVersion ?? "")], "data": ["z": "1"]]
            let stalePatch = await #expect(throws: KubernetesError.self) { try await client.merge(.configMap, self.key, old) }
            #expect(stalePatch?.isConflict == true)
            #expect(merged["data"] == ["x": "1", "y": "1"])

            let other = KubernetesClient(client.access, upstream: Upstream("kubernetes"), manager: "nephoran-other")
            defer { other.stop() }
            let applied = try await other.apply(.configMap, self.configMap(["z": "1"]), force: false)
            #expect(applied["data"] == ["x": "1", "y": "1", "z": "1"])
            let same = try await other.apply(.configMap, self.configMap(["z": "1"]), force: false)
            #expect(same.resourceVersion == applied.resourceVersion)
            let disputed = await #expect(throws: KubernetesError.self) { try await other.apply(.configMap, self.configMap(["x": "2"]), force: false) }
            #expect(disputed?.isConflict == true)
            let taken = try await other.apply(.configMap, self.configMap(["x": "2"]), force: true)
            #expect(taken["data"] == ["x": "2", "y": "1"])

            _ = try await client.merge(.configMap, self.key, ["metadata": ["finalizers": ["nephoran.com/test"]]])
            #expect(try await client.delete(.configMap, self.key, uid: created.uid))
            #expect(try await client.get(.configMap, self.key)?.isBeingDeleted == true)
            _ = try await client.merge(.configMap, self.key, ["metadata": ["finalizers": []]])
            #expect(try await client.get(.configMap, self.key) == nil)
            #expect(try await !client.delete(.configMap, self.key))
        }
    }

    @Test("status is apart and raises no generation")
    func status() async throws {
        try await self.with { client in
            let labels: JSONValue = ["app": .string(self.name)]
            let container: JSONValue = ["name": "a", "image": "a:1"]
            let spec: JSONValue = [
                "replicas": 1, "selector": ["matchLabels": labels], "template": ["metadata": ["labels": labels], "spec": ["containers": [container]]],
            ]
            let deployment = KubernetesObject(.deployment, namespace: self.namespace, name: self.name, ["spec": spec])
            _ = try await client.create(.deployment, deployment)
            let reported = try await client.merge(
                .deployment, self.key, ["spec": ["replicas": 7], "status": ["replicas": 1, "observedGeneration": 1]], subresource: "status")
            #expect(reported.generation == 1 && reported.spec["replicas"] == 1 && reported.status["replicas"] == 1)
            #expect(try await client.merge(.deployment, self.key, ["spec": ["replicas": 3]]).generation == 2)
            #expect(try await client.delete(.deployment, self.key, propagation: .foreground))
        }
    }

    @Test("pages, a watch that ends and goes on, and a version that is too old")
    func watching() async throws {
        try await self.with { client in
            for number in 0..<5 {
                var object = self.configMap(["x": "0"], suffix: "-\(number)")
                object.metadata["labels"] = ["test": .string(self.name)]
                _ = try await client.create(.configMap, object)
            }
            let selection = ObjectSelection(.configMap, namespace: self.namespace, labels: "test=\(self.name)")
            #expect(try await client.list(selection, limit: 2).count == 5)
            let seen = Mutex<[String: String]>([:])
            var watch = ObjectWatch(client, selection)
            watch.watchFor = .seconds(2)
            watch.pageLimit = 2
            let following = Task { [watch] in
                await watch.follow { notice in
                    switch notice {
                    case .page(let objects): for object in objects { seen.withLock { $0[object.name] = object["data"]?["x"]?.string } }
                    case .changed(let object): seen.withLock { $0[object.name] = object["data"]?["x"]?.string }
                    case .deleted(let object): seen.withLock { $0[object.name] = nil }
                    case .began, .synced: break
                    }
                }
            }
            for round in 1...3 {
                // Longer than a watch lasts.
                try await Task.sleep(for: .milliseconds(1_500))
                _ = try await client.merge(.configMap, ObjectKey(namespace: self.namespace, name: self.name + "-3"), ["data": ["x": .string("\(round)")]])
                let deadline = ContinuousClock.now + .seconds(10)
                while seen.withLock({ $0[self.name + "-3"] }) != "\(round)" {
                    guard ContinuousClock.now < deadline else {
                        Issue.record("round \(round) was not seen")
                        break
                    }
                    try await Task.sleep(for: .milliseconds(10))
                }
            }
            for number in 0..<5 { _ = try await client.delete(.configMap, ObjectKey(namespace: self.namespace, name: "\(self.name)-\(number)")) }
            let deadline = ContinuousClock.now + .seconds(10)
            while !seen.withLock({ $0.isEmpty }), ContinuousClock.now < deadline { try await Task.sleep(for: .milliseconds(10)) }
            #expect(seen.withLock { $0.isEmpty })
            following.cancel()
            await following.value
        }
    }

    @Test("a lease is taken, renewed and given up")
    func election() async throws {
        try await self.with { client in
            let election = LeaderElection(
                client,
                .init(
                    namespace: self.namespace, name: self.name, identity: "a", duration: .seconds(3), renewWithin: .seconds(2), retryEvery: .milliseconds(300)))
            let task = Task { await election.run { try? await Task.sleep(for: .seconds(60)) } }
            try await Task.sleep(for: .seconds(3))
            #expect(election.isLeading)
            #expect(try await client.get(.lease, self.key)?.spec["holderIdentity"] == "a")
            task.cancel()
            await task.value
            #expect(try await client.get(.lease, self.key)?.spec["holderIdentity"] == "")
            _ = try await client.delete(.lease, self.key)
        }
    }
}
