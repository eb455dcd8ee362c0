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
