import Foundation
import HTTPFetch
import Hummingbird
import IntentModel
import JSONSchema
import Kubernetes
import Ledger
import RedisClient
import Resilience
import ServiceClient
import Synchronization
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
            mayAct: { true }, follow: { _, _ in }, disown: { _, _ in })
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

    /// What a gateway was asked to do, and what it knows.
    private final class Desk: Sendable {
        let bodies = Mutex<[JSONValue]>([])
        let disowned = Mutex<[IntentID]>([])
    }

    @Test("what somebody wrote into the status ends no intent but the object's own", arguments: [true, false])
    func forged(_ isOwn: Bool) async throws {
        let redis = try await RedisServer.start(appendOnly: false)
        let kubernetes = try await FakeKubernetes.start()
        let client = KubernetesClient(ClusterAccess(server: kubernetes.url), upstream: Upstream("kubernetes"))
        let key = ObjectKey(namespace: "operators", name: "amf")
        try kubernetes.create(
            "networkintents",
            [
                "apiVersion": "nephoran.com/v1", "kind": "NetworkIntent", "metadata": ["name": "amf", "namespace": "operators"],
                "spec": ["intent": "Deploy an AMF"],
            ])
        let uid = kubernetes.object("networkintents", "operators", "amf")?["metadata"]?["uid"]?.string
        // An intent that runs, of this object or of another one.
        let (named, made) = (IntentID(partition: 3, milliseconds: 1), IntentID(partition: 4, milliseconds: 2))
        var request = IntentRequest(intent: "Deploy an SMF")
        request.labels = [NetworkIntent.uidLabel: isOwn ? try #require(uid) : "another"]
        let record = try JSONEncoder().encode(IntentRecord(id: named, phase: .executing, createdAt: "", updatedAt: "", request: request))
        let desk = Desk()
        let router = Router(context: BasicRequestContext.self)
        router.get("/v1/intents/:id") { _, _ in Response(status: .ok, body: .init(byteBuffer: ByteBuffer(bytes: record))) }
        router.post("/v1/intents") { request, _ in
            let body = try JSONValue(parsing: Array(try await request.body.collect(upTo: 1 << 20).readableBytesView))
            desk.bodies.withLock { $0.append(body) }
            return Response(status: .accepted, body: .init(byteBuffer: ByteBuffer(bytes: JSONValue.object(["id": .string(made.description)]).bytes)))
        }
        let gateway = try await LoopbackServer.start(router)
        let fetcher = HTTPFetcher()
        let ledger = try redis.client()
        let reconciler = NetworkIntentReconciler(
            client: client,
            gateways: NamespaceGateways(
                installation: ServiceClient(Upstream("api-gateway"), base: gateway.url, token: nil, fetcher: fetcher), keys: nil, base: gateway.url,
                fetcher: fetcher), ledger: Ledger(LedgerConfiguration(redis: ledger.configuration), redis: ledger), mayAct: { true },
            follow: { _, _ in }, disown: { id, _ in desk.disowned.withLock { $0.append(id) } })
        _ = try await client.merge(.networkIntent, key, ["status": ["intentId": .string(named.description)]], subresource: "status")
        for _ in 0..<10 where desk.bodies.withLock({ $0.isEmpty }) { _ = await reconciler.reconcile(key) }
        let bodies = desk.bodies.withLock { $0 }
        #expect(bodies.count == 1 && bodies.first?["intent"] == "Deploy an AMF")
        #expect(bodies.first?["supersedes"]?.string == (isOwn ? named.description : nil))
        #expect(desk.disowned.withLock { $0 }.contains(named) == !isOwn)
        #expect(kubernetes.object("networkintents", "operators", "amf")?["status"]?["intentId"]?.string == made.description)
        ledger.stop()
        fetcher.stop()
        client.stop()
        await gateway.stop()
        await kubernetes.stop()
        redis.stop()
    }
}
