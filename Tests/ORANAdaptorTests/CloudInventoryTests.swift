import HTTPFetch
import IntentModel
import JSONSchema
import Logging
import RedisClient
import Resilience
import ServiceClient
import ServiceRuntime
import TestSupport
import Testing

@testable import ORANAdaptor

/// The O-Cloud's inventory, kept current in front of a strict fake.
@Suite(.timeLimit(.minutes(1))) struct CloudInventoryTests {
    private func inventory(_ url: String, redis: RedisClient, interval: Duration = .seconds(60)) -> CloudInventory {
        var configuration = Upstream.Configuration()
        configuration.timeout = .seconds(2)
        configuration.attempts = 1
        let client = ServiceClient(Upstream("o2", configuration), base: url, token: nil, fetcher: HTTPFetcher())
        return CloudInventory(InfrastructureInventory(client: client), interval: interval, redis: redis, logger: Logger(label: "o2"))
    }

    private func withRedis(_ body: (RedisClient) async throws -> Void) async throws {
        let server = try await RedisServer.start()
        let redis = RedisClient(try RedisConfiguration(url: server.url), label: "test")
        try await body(redis)
        server.stop()
    }

    private static let site: JSONValue = [
        "oCloudSiteId": "site-1", "globalLocationId": "loc-1", "name": "kista-1", "description": "", "resourcePools": ["p1"], "extensions": [:],
    ]

    @Test("a cluster is read with what its places are called and what it has, and known to another instance while the O-Cloud is down")
    func reading() async throws {
        let cloud = try await FakeOCloud.start()
        cloud.hold([FakeOCloud.manager("edge01", capacity: ["cpu": "12", "memory": "64Gi"], locations: ["loc-1"])], as: "deploymentManagers")
        cloud.hold([Self.site], as: "oCloudSites")
        cloud.hold(
            [["globalLocationId": "loc-1", "name": "Kista", "description": "", "oCloudSiteIds": ["site-1"], "extensions": [:]]], as: "locations")
        cloud.hold([["resourcePoolId": "p1", "name": "pool-a", "oCloudSiteId": "site-1", "description": "", "extensions": [:]]], as: "resourcePools")
        try await self.withRedis { redis async throws in
            let first = self.inventory(cloud.url, redis: redis)
            #expect(first.status.reading == nil)
            await first.look()
            let cluster = try #require(first.status.reading?.clusters.first, "\(first.status.failure ?? "")")
            #expect(cluster.places == ["loc-1", "Kista", "kista-1", "pool-a"] && cluster.capacity == ["cpu": "12", "memory": "64Gi"])

            cloud.setDown(true)
            await first.look()
            #expect(first.status.reading?.clusters == [cluster] && first.status.failure != nil, "a failure takes nothing away")
            let second = self.inventory(cloud.url, redis: redis)
            await second.recall()
            #expect(second.status.reading == first.status.reading)
            let readAt = try #require(first.status.reading)
            #expect(!first.isStale(readAt, at: readAt.readAt + 180_000) && first.isStale(readAt, at: readAt.readAt + 180_001))
        }
        #expect(cloud.violations.isEmpty, "\(cloud.violations)")
        await cloud.stop()
    }

    @Test("the inventory is subscribed to once, again when the subscription was lost or has another filter, and read when the O-Cloud says so")
    func subscription() async throws {
        let cloud = try await FakeOCloud.start()
        cloud.hold([FakeOCloud.manager("edge01")], as: "deploymentManagers")
        try await self.withRedis { redis async throws in
            let inventory = self.inventory(cloud.url, redis: redis, interval: .seconds(3600))
            let address = InventoryAddress(base: "http://127.0.0.1:9/", secret: "s")
            let watch = CloudWatch(inventory, address: address, filter: "(neq,objectType,Resource)", logger: Logger(label: "o2"))
            let running = Task { try await watch.run() }
            try await eventually { inventory.status.reading?.clusters.map(\.name) == ["edge01"] }
            #expect(cloud.subscriptions.values.map { $0["callback"]?.string } == [address.callback])
            #expect(cloud.subscriptions.values.first?["filter"] == "(neq,objectType,Resource)")

            cloud.hold([FakeOCloud.manager("edge01"), FakeOCloud.manager("edge02")], as: "deploymentManagers")
            cloud.forgetSubscriptions()
            watch.noteChange()
            try await eventually { inventory.status.reading?.clusters.count == 2 }
            #expect(cloud.subscriptions.count == 1)
            running.cancel()
            _ = try? await running.value

            let other = CloudWatch(inventory, address: address, filter: nil, logger: Logger(label: "o2"))
            let again = Task { try await other.run() }
            try await eventually { cloud.subscriptions.values.map { $0["filter"] } == [nil] }
            again.cancel()
            _ = try? await again.value
        }
        #expect(cloud.violations.isEmpty, "\(cloud.violations)")
        await cloud.stop()
    }

    /// A process of the installation, for as long as it takes until it has read the inventory and looked after its subscription.
    private func session(_ cloud: FakeOCloud, _ address: InventoryAddress, filter: String? = nil, redis: RedisClient) async throws {
        // Else what the one before has read is known at once.
        _ = try await redis.send(RedisCommand("DEL", CloudInventory.key))
        let inventory = self.inventory(cloud.url, redis: redis, interval: .seconds(3600))
        let watch = CloudWatch(inventory, address: address, filter: filter, logger: Logger(label: "o2"))
        let running = Task { try await watch.run() }
        // It subscribes before it reads.
        try await eventually { inventory.status.reading?.clusters.map(\.name) == ["edge01"] }
        running.cancel()
        _ = try? await running.value
    }

    @Test("without a token a restart uses the subscription that is there, and its address; those that earlier versions left are taken away, others' are not")
    func restarts() async throws {
        let cloud = try await FakeOCloud.start()
        cloud.hold([FakeOCloud.manager("edge01")], as: "deploymentManagers")
        let somebody: JSONValue = [
            "subscriptionId": "x1", "callback": "http://smo.example/v1/o2/notifications/0", "consumerSubscriptionId": "8f2c0ad0-0000-4000-8000-000000000000",
        ]
        cloud.hold(subscription: somebody)
        try await self.withRedis { redis async throws in
            let first = InventoryAddress(base: "http://127.0.0.1:9", secret: nil)
            try await self.session(cloud, first, redis: redis)
            #expect(cloud.subscriptions.count == 2)
            let made = try #require(cloud.subscriptions["s1"])
            #expect(made["callback"]?.string == first.callback)

            let second = InventoryAddress(base: "http://127.0.0.1:9/", secret: nil)
            #expect(second.callback != first.callback)
            let tag = String(try #require(made["callback"]?.string).dropFirst(second.root.count))
            #expect(!second.accepts(tag))
            try await self.session(cloud, second, redis: redis)
            #expect(cloud.subscriptions == ["x1": somebody, "s1": made])
            #expect(second.accepts(tag) && !second.accepts(String(tag.reversed()) + "0"))

            // What versions before this one left: other consumers, the same address.
            for number in 2...4 {
                cloud.hold(subscription: [
                    "subscriptionId": .string("t\(number)"), "callback": .string(InventoryAddress(base: second.base, secret: nil).callback),
                    "consumerSubscriptionId": .string("8f2c0ad0-0000-4000-8000-00000000000\(number)"),
                ])
            }
            try await self.session(cloud, InventoryAddress(base: "http://127.0.0.1:9", secret: nil), redis: redis)
            #expect(cloud.subscriptions == ["x1": somebody, "s1": made])

            // With a secret the address is known beforehand: one that it does not make is replaced.
            let lasting = InventoryAddress(base: "http://127.0.0.1:9", secret: String(repeating: "s", count: 32))
            for _ in 0..<2 { try await self.session(cloud, lasting, redis: redis) }
            #expect(cloud.subscriptions.keys.sorted() == ["s2", "x1"])
            #expect(cloud.subscriptions["s2"]?["callback"]?.string == lasting.callback && !lasting.accepts(tag))
            // Another filter is another subscription of the same consumer.
            try await self.session(cloud, lasting, filter: "(neq,objectType,Resource)", redis: redis)
            #expect(cloud.subscriptions.keys.sorted() == ["s3", "x1"])
            #expect(cloud.subscriptions["s3"]?["consumerSubscriptionId"] == made["consumerSubscriptionId"])
        }
        #expect(cloud.violations.isEmpty, "\(cloud.violations)")
        await cloud.stop()
    }

    @Test("whose a subscription is goes by its consumer and its address; of several that would do all instances keep the same")
    func ours() {
        let address = InventoryAddress(base: "https://ran.example", secret: nil)
        let subscription = CloudSubscription(address: address, filter: nil)
        #expect(subscription.consumer == CloudSubscription(address: InventoryAddress(base: "https://ran.example/", secret: "x"), filter: "f").consumer)
        #expect(subscription.consumer != CloudSubscription(address: InventoryAddress(base: "https://ran2.example", secret: nil), filter: nil).consumer)
        func item(_ id: String, _ callback: String, consumer: String = "c", filter: String? = nil) -> JSONValue {
            var item: JSONValue = ["subscriptionId": .string(id), "callback": .string(callback), "consumerSubscriptionId": .string(consumer)]
            if let filter { item["filter"] = .string(filter) }
            return item
        }
        let tag = String(repeating: "0a", count: 16)
        let all = [
            item("4", address.root + tag), item("2", address.root + tag), item("1", address.root + "short"),
            item("3", address.root + tag, filter: "f"), item("5", "https://elsewhere.example/x", consumer: subscription.consumer.uppercased()),
            item("6", "https://ran.example/other"), item("7", "https://elsewhere.example" + address.root),
        ]
        for there in [all, all.reversed()] {
            let (kept, others) = subscription.sort(there)
            #expect(kept?["subscriptionId"] == "2")
            #expect(others == ["1", "3", "4", "5"])
        }
        #expect(subscription.sort([]).kept == nil && subscription.sort([]).others.isEmpty)
    }

    @Test("a notification is taken from whom the address was given to, and from nobody else")
    func notifications() async throws {
        try await self.withRedis { redis async throws in
            let address = InventoryAddress(base: "http://127.0.0.1:9", secret: "s")
            let watch = CloudWatch(self.inventory("http://127.0.0.1:1", redis: redis), address: address, filter: nil, logger: Logger(label: "o2"))
            let parts = ServiceParts(routes: { router in
                router.addRoutes(InventoryNotificationController(address: address, watch: watch).routes, atPath: "/v1/o2/notifications")
            })
            let fetcher = HTTPFetcher()
            try await Serving.run(parts) { base async throws in
                let path = address.callback.replacing("http://127.0.0.1:9", with: "")
                let body = Array(#"{"notificationId":"n","notificationEventType":1}"#.utf8)
                #expect(try await fetcher.fetch(FetchRequest(method: "POST", url: base + path, headers: [], body: body)).status == 204)
                #expect(try await fetcher.fetch(FetchRequest(method: "POST", url: base + path.dropLast() + "x", headers: [], body: body)).status == 404)
            }
        }
    }

    @Test("capacity is read in the three forms that are written; what is none of them is left out")
    func capacity() {
        let plain = ClusterCapacity(["cpu": 16, "memory": "64Gi", "vendor": "x"])
        #expect(plain.total == ["cpu": "16", "memory": "64Gi"] && plain.nodes.isEmpty)
        let nodes = ClusterCapacity(.string(#"{"n-1_cpu":"4","n-1_memory":"8Gi","n-2_intel.com/pci_sriov_net_a":"8","n-2_color":"red","_cpu":"1"}"#))
        #expect(
            nodes.nodes == [
                .init(name: "n-1", capacity: ["cpu": "4", "memory": "8Gi"]), .init(name: "n-2", capacity: ["intel.com/pci_sriov_net_a": "8"]),
            ])
        let parts = ClusterCapacity(["allocatable": ["cpu": "15"], "capacity": ["cpu": "16"], "available": ["cpu": "3"]])
        #expect(parts.total == ["cpu": "15"] && parts.available == ["cpu": "3"])
        for value: JSONValue? in [nil, .null, "", 7, ["cpu": .null], .array([])] { #expect(ClusterCapacity(value) == ClusterCapacity(nil)) }
    }
}
