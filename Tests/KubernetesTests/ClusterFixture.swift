import JSONSchema
import Resilience
import TestSupport

@testable import Kubernetes

/// A fake API server and a client of it, both ended with the test.
struct ClusterFixture {
    let server: FakeKubernetes
    let client: KubernetesClient

    static func with(_ body: (ClusterFixture) async throws -> Void) async throws {
        let server = try await FakeKubernetes.start()
        let client = KubernetesClient(ClusterAccess(server: server.url), upstream: Upstream("kubernetes"), manager: "nephoran-test")
        do {
            try await body(ClusterFixture(server: server, client: client))
        } catch {
            client.stop()
            await server.stop()
            throw error
        }
        client.stop()
        await server.stop()
    }

    /// Another client of the same server, as another manager.
    func client(as manager: String, token: String? = nil) -> KubernetesClient {
        KubernetesClient(ClusterAccess(server: self.server.url, token: token), upstream: Upstream("kubernetes"), manager: manager)
    }

    static func configMap(_ name: String, _ data: [String: JSONValue] = [:], namespace: String = "lab") -> KubernetesObject {
        KubernetesObject(.configMap, namespace: namespace, name: name, ["data": .object(data)])
    }

    static func deployment(_ name: String, replicas: Int = 1) -> KubernetesObject {
        KubernetesObject(
            .deployment, namespace: "lab", name: name,
            ["spec": ["replicas": .number(Double(replicas)), "template": ["spec": ["containers": [["name": "a", "image": "a:1"]]]]]])
    }
}

extension ResourceKind {
    static let configMap = ResourceKind(group: "", version: "v1", kind: "ConfigMap", plural: "configmaps")
}
