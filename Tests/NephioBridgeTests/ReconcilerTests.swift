import HTTPFetch
import JSONSchema
import Kubernetes
import Ledger
import RedisClient
import Resilience
import ServiceClient
import TestSupport
import Testing

@testable import NephioBridge

/// The reconciler in front of a fake API server, without what is behind it.
@Suite(.timeLimit(.minutes(1))) struct ReconcilerTests {
    /// A gateway that is away, at a port of its own: why it cannot be reached is told in other words each time.
    private static func reconciler(_ client: KubernetesClient, _ fetcher: HTTPFetcher, _ redis: RedisClient) throws -> NetworkIntentReconciler {
        let base = "http://127.0.0.1:\(try FreePort.next())"
        let installation = ServiceClient(Upstream("api-gateway"), base: base, token: nil, fetcher: fetcher)
        return NetworkIntentReconciler(
            client: client, gateways: NamespaceGateways(installation: installation, keys: nil, base: base, fetcher: fetcher),
            ledger: Ledger(LedgerConfiguration(redis: try RedisConfiguration(url: "redis://127.0.0.1:\(try FreePort.next())")), redis: redis),
            mayAct: { true }, follow: { _, _ in })
    }

    @Test("a gateway that is away is told once: every change of the object would bring it back before its time")
    func away() async throws {
        let server = try await FakeKubernetes.start()
        let client = KubernetesClient(ClusterAccess(server: server.url), upstream: Upstream("kubernetes"))
        let fetcher = HTTPFetcher()
        let redis = RedisClient(try RedisConfiguration(url: "redis://127.0.0.1:\(try FreePort.next())"), label: "test")
        let object: JSONValue = [
            "apiVersion": "nephoran.com/v1", "kind": "NetworkIntent", "metadata": ["name": "amf", "namespace": "operators"],
            "spec": ["intent": "Deploy an AMF"],
        ]
        try server.create("networkintents", object)
        let key = ObjectKey(namespace: "operators", name: "amf")
        let first = try Self.reconciler(client, fetcher, redis)
        #expect(await first.reconcile(key) == .again(after: .zero))
        #expect(await first.reconcile(key) == .again(after: .zero))
        guard case .failed(let reason) = await first.reconcile(key) else { return #expect(Bool(false), "the gateway answered") }
        let told = server.object("networkintents", "operators", "amf")
        #expect(told?["status"]?["phase"] == "Pending")
        guard case .failed(let another) = await (try Self.reconciler(client, fetcher, redis)).reconcile(key) else {
            return #expect(Bool(false), "the gateway answered")
        }
        #expect(reason != another)
        #expect(server.object("networkintents", "operators", "amf") == told)
        redis.stop()
        fetcher.stop()
        client.stop()
        await server.stop()
    }
}
