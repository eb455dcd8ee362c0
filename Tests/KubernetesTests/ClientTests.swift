import Foundation
import JSONSchema
import Resilience
import TestSupport
import Testing

@testable import Kubernetes

@Suite("The client of an API server")
struct ClientTests {
    @Test("creates, reads, replaces, patches and deletes")
    func life() async throws {
        try await ClusterFixture.with { fixture in
            let client = fixture.client
            let created = try await client.create(.configMap, ClusterFixture.configMap("a", ["x": "1"]))
            #expect(!created.uid.isEmpty)
            #expect(created.generation == 1)
            await #expect(throws: KubernetesError.self) { try await client.create(.configMap, ClusterFixture.configMap("a")) }

            var changed = created
            changed["data"] = ["x": "2"]
            let updated = try await client.update(.configMap, changed)
            #expect(updated["data"]?["x"] == "2")
            // The version it was read with is no longer the present one.
            let stale = await #expect(throws: KubernetesError.self) { try await client.update(.configMap, changed) }
            #expect(stale?.isConflict == true && stale?.isAlreadyExists == false)

            let merged = try await client.merge(.configMap, created.key, ["data": ["x": nil, "y": "3"]])
            #expect(merged["data"] == ["y": "3"])
        }
    }

    @Test("what is deleted is this very object, and what is not there is no error")
    func deleting() async throws {
        try await ClusterFixture.with { fixture in
            let created = try await fixture.client.create(.configMap, ClusterFixture.configMap("a"))
            let wrong = await #expect(throws: KubernetesError.self) { try await fixture.client.delete(.configMap, created.key, uid: "another") }
            #expect(wrong?.isConflict == true)
            #expect(try await fixture.client.delete(.configMap, created.key, uid: created.uid))
            #expect(try await !fixture.client.delete(.configMap, created.key))
            #expect(try await fixture.client.get(.configMap, created.key) == nil)
        }
    }

    @Test("what an object owns goes with it, or stays where it is to be an orphan", arguments: [Propagation.background, .orphan])
    func propagation(_ propagation: Propagation) async throws {
        try await ClusterFixture.with { fixture in
            let owner = try await fixture.client.create(.configMap, ClusterFixture.configMap("owner"))
            var owned = ClusterFixture.configMap("owned")
            var metadata = owned.metadata
            metadata["ownerReferences"] = [owner.ownerReference]
            owned.metadata = metadata
            _ = try await fixture.client.create(.configMap, owned)
            #expect(try await fixture.client.delete(.configMap, owner.key, propagation: propagation))
            let left = try await fixture.client.get(.configMap, owned.key)
            #expect((left != nil) == (propagation == .orphan))
            #expect(left?.metadata["ownerReferences"] == nil)
        }
    }

    @Test("status is written apart and raises no generation; a specification raises it, and only when it changes")
    func status() async throws {
        try await ClusterFixture.with { fixture in
            let client = fixture.client
            let created = try await client.create(.deployment, ClusterFixture.deployment("amf"))
            let reported = try await client.merge(
                .deployment, created.key, ["spec": ["replicas": 9], "status": ["replicas": 1]], subresource: "status")
            #expect(reported.status["replicas"] == 1)
            #expect(reported.spec["replicas"] == 1)
            #expect(reported.generation == 1)
            let scaled = try await client.merge(.deployment, created.key, ["spec": ["replicas": 3], "status": ["replicas": 7]])
            #expect(scaled.generation == 2)
            #expect(scaled.status["replicas"] == 1)
            let same = try await client.merge(.deployment, created.key, ["spec": ["replicas": 3]])
            #expect(same.resourceVersion == scaled.resourceVersion)
        }
    }

    @Test("an object with a finalizer stays, marked, until it is taken away")
    func finalizers() async throws {
        try await ClusterFixture.with { fixture in
            let client = fixture.client
            let created = try await client.create(.configMap, ClusterFixture.configMap("a"))
            _ = try await client.merge(.configMap, created.key, ["metadata": ["finalizers": ["nephoran.com/test"]]])
            #expect(try await client.delete(.configMap, created.key))
            #expect(try await client.get(.configMap, created.key)?.isBeingDeleted == true)
            let more = await #expect(throws: KubernetesError.self) {
                try await client.merge(.configMap, created.key, ["metadata": ["finalizers": ["nephoran.com/test", "another/one"]]])
            }
            #expect(more?.code == 422)
            _ = try await client.merge(.configMap, created.key, ["metadata": ["finalizers": []]])
            #expect(try await client.get(.configMap, created.key) == nil)
        }
    }

    @Test("applied fields are the applier's: others' are a conflict, or taken over; those it no longer applies go")
    func serverSideApply() async throws {
        try await ClusterFixture.with { fixture in
            let client = fixture.client
            let other = fixture.client(as: "another")
            defer { other.stop() }
            let first = try await client.apply(.configMap, ClusterFixture.configMap("a", ["x": "1", "y": "1"]), force: false)
            let again = try await client.apply(.configMap, ClusterFixture.configMap("a", ["x": "1", "y": "1"]), force: false)
            #expect(again.resourceVersion == first.resourceVersion)

            // The same value is no conflict, and owned by both then.
            _ = try await other.apply(.configMap, ClusterFixture.configMap("a", ["x": "1", "z": "1"]), force: false)
            let conflict = await #expect(throws: KubernetesError.self) {
                try await other.apply(.configMap, ClusterFixture.configMap("a", ["x": "2", "z": "1"]), force: false)
            }
            #expect(conflict?.isConflict == true)
            #expect(conflict?.description.contains("nephoran-test") == true)
            let taken = try await other.apply(.configMap, ClusterFixture.configMap("a", ["x": "2", "z": "1"]), force: true)
            #expect(taken["data"] == ["x": "2", "y": "1", "z": "1"])

            // x is the other's now: no longer applying it takes nothing away.
            let less = try await client.apply(.configMap, ClusterFixture.configMap("a", [:]), force: false)
            #expect(less["data"] == ["x": "2", "z": "1"])
        }
    }

    @Test("elements of keyed lists are owned one by one")
    func keyedLists() async throws {
        try await ClusterFixture.with { fixture in
            let other = fixture.client(as: "another")
            defer { other.stop() }
            func status(_ type: String, _ value: String) -> KubernetesObject {
                KubernetesObject(.deployment, namespace: "lab", name: "amf", ["status": ["conditions": [["type": .string(type), "status": .string(value)]]]])
            }
            _ = try await fixture.client.create(.deployment, ClusterFixture.deployment("amf"))
            _ = try await fixture.client.apply(.deployment, status("Ready", "True"), subresource: "status", force: false)
            let both = try await other.apply(.deployment, status("Peering", "False"), subresource: "status", force: false)
            #expect(both.status["conditions"]?.array?.count == 2)
        }
    }

    @Test("lists come page by page, all of one moment; a page that is no longer kept is 410")
    func pages() async throws {
        try await ClusterFixture.with { fixture in
            for number in 0..<25 { try fixture.server.create("configmaps", ClusterFixture.configMap("m\(10 + number)").json) }
            let selection = ObjectSelection(.configMap, namespace: "lab")
            #expect(try await fixture.client.list(selection, limit: 10).map(\.name) == (10..<35).map { "m\($0)" })
            let first = try await fixture.client.page(selection, limit: 10)
            try fixture.server.create("configmaps", ClusterFixture.configMap("a-late-one").json)
            let second = try await fixture.client.page(selection, limit: 10, next: first.next)
            #expect(second.resourceVersion == first.resourceVersion)
            #expect(second.items.first?.name == "m20")
            #expect(second.items.first?["kind"] == "ConfigMap")
            fixture.server.compact()
            let gone = await #expect(throws: KubernetesError.self) { try await fixture.client.page(selection, limit: 10, next: second.next) }
            #expect(gone?.isGone == true)
        }
    }

    @Test("selectors choose by labels and by name")
    func selectors() async throws {
        try await ClusterFixture.with { fixture in
            for (name, app) in [("a", "amf"), ("b", "smf"), ("c", "amf")] {
                var object = ClusterFixture.configMap(name)
                var metadata = object.metadata
                metadata["labels"] = ["app": .string(app)]
                object.metadata = metadata
                try fixture.server.create("configmaps", object.json)
            }
            #expect(try await fixture.client.list(ObjectSelection(.configMap, labels: "app=amf")).map(\.name) == ["a", "c"])
            #expect(try await fixture.client.list(ObjectSelection(.configMap, fields: "metadata.name=b")).map(\.name) == ["b"])
        }
    }

    @Test("what the server has trouble with is tried again when that does no harm, and what it means is kept")
    func trouble() async throws {
        try await ClusterFixture.with { fixture in
            try fixture.server.create("configmaps", ClusterFixture.configMap("a").json)
            let count = Counter()
            fixture.server.inject { method, _ in method == "GET" && count.next() <= 2 ? .status(503, reason: "ServiceUnavailable") : nil }
            #expect(try await fixture.client.get(.configMap, ObjectKey(namespace: "lab", name: "a")) != nil)
            fixture.server.endFaults()
            fixture.server.inject { method, _ in method == "POST" ? .status(403, reason: "Forbidden") : nil }
            let forbidden = await #expect(throws: KubernetesError.self) { try await fixture.client.create(.configMap, ClusterFixture.configMap("b")) }
            #expect(forbidden == .status(code: 403, reason: "Forbidden", message: "asked for by the test", retryAfter: nil))
            #expect(forbidden?.mayRetry == false)
            fixture.server.endFaults()
            // It was made, and nobody heard of it: a repeat says so.
            fixture.server.inject { method, _ in method == "POST" ? .dropAfter : nil }
            let unknown = await #expect(throws: KubernetesError.self) { try await fixture.client.create(.configMap, ClusterFixture.configMap("b")) }
            if case .transport(_, let wasNotSent)? = unknown { #expect(!wasNotSent) } else { Issue.record("\(String(describing: unknown))") }
            fixture.server.endFaults()
            let repeated = await #expect(throws: KubernetesError.self) { try await fixture.client.create(.configMap, ClusterFixture.configMap("b")) }
            #expect(repeated?.isAlreadyExists == true)
        }
    }

    @Test("a token that was rotated is read again when the old one is refused")
    func rotation() async throws {
        try await ClusterFixture.with { fixture in
            let directory = try TemporaryDirectory()
            let config = """
                current-context: a
                contexts: [{name: a, context: {cluster: a, user: a}}]
                clusters: [{name: a, cluster: {server: '\(fixture.server.url)'}}]
                users: [{name: a, user: {tokenFile: token}}]
                """
            try config.write(toFile: directory.file("config"), atomically: true, encoding: .utf8)
            try "first".write(toFile: directory.file("token"), atomically: true, encoding: .utf8)
            fixture.server.accept(tokens: ["first"])
            let client = KubernetesClient(try ClusterAccess(try KubeConfig(files: directory.file("config"))), upstream: Upstream("kubernetes"))
            defer { client.stop() }
            #expect(try await client.version() == "v1.30.0-fake")
            fixture.server.accept(tokens: ["second"])
            let refused = await #expect(throws: KubernetesError.self) { try await client.version() }
            #expect(refused?.code == 401)
            try "second".write(toFile: directory.file("token"), atomically: true, encoding: .utf8)
            #expect(try await client.version() == "v1.30.0-fake")
        }
    }

    @Test("the last lines of a container's log, also of the one before")
    func logs() async throws {
        try await ClusterFixture.with { fixture in
            let pod = KubernetesObject(.pod, namespace: "lab", name: "amf-1", ["spec": ["containers": [["name": "amf"]]]])
            try fixture.server.create("pods", pod.json)
            fixture.server.setLog(namespace: "lab", pod: "amf-1", container: "amf", ["one", "two", "three"])
            fixture.server.setLog(namespace: "lab", pod: "amf-1", container: "amf", previous: true, ["panic: no NRF"])
            #expect(try await fixture.client.log(of: pod.key, container: "amf", lines: 2, previous: false) == ["two", "three"])
            #expect(try await fixture.client.log(of: pod.key, container: "amf", lines: 2, previous: true) == ["panic: no NRF"])
        }
    }
}
