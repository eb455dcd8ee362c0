import HTTPFetch
import JSONSchema
import Resilience
import ServiceClient
import TestSupport
import Testing

@testable import ORANAdaptor

/// Every request that goes to an O-Cloud, and every answer taken from it, against the contracts of O2 IMS.
@Suite struct O2ContractTests {
    private static func client(_ url: String) -> ServiceClient {
        var configuration = Upstream.Configuration()
        configuration.timeout = .seconds(5)
        return ServiceClient(Upstream("o2", configuration), base: url, token: nil, fetcher: HTTPFetcher())
    }

    @Test("the contracts name every operation that is used, with what it answers")
    func contracts() throws {
        let inventory = try PeerContract(named: "o2ims-inventory-v2")
        for list in ["deploymentManagers", "resourcePools", "resourceTypes", "subscriptions", "locations", "oCloudSites", "resourcePools/p/resources"] {
            #expect(inventory.operation("GET", "/o2ims-infrastructureInventory/v2/\(list)")?.answers[200]?.body != nil, "\(list)")
        }
        #expect(try PeerContract(named: "o2ims-alarms-v1").operation("GET", "/o2ims-infrastructureMonitoring/v1/alarms") != nil)
        let provisioning = try PeerContract(named: "o2ims-provisioning-v1")
        let requests = "/o2ims-infrastructureProvisioning/v1/provisioningRequests"
        #expect(provisioning.operation("POST", requests)?.answers.keys.contains(201) == true)
        #expect(provisioning.operation("DELETE", "\(requests)/x")?.answers[202]?.headers == ["location"])
    }

    @Test(
        "a request that is not in the contract is noticed",
        arguments: [
            ("PUT", "/o2ims-infrastructureInventory/v2/subscriptions", #"{"callback":"http://us"}"#),
            ("POST", "/o2ims-infrastructureInventory/v2/subscriptions", #"{"filter":"(eq,name,x)"}"#),
            ("POST", "/o2ims-infrastructureInventory/v2/subscriptions", #"{"callback":7}"#), ("GET", "/o2ims-infrastructureInventory/v2/pools", ""),
        ])
    func strict(_ method: String, _ path: String, _ body: String) throws {
        let headers = body.isEmpty ? [:] : ["content-type": "application/json"]
        #expect(!(try PeerContract(named: "o2ims-inventory-v2").violations(method, path, query: [], headers: headers, body: Array(body.utf8))).isEmpty)
    }

    /// Each operation once, and the refusals.
    @Test("O2 IMS is spoken as O-RAN.WG6.O2IMS-INTERFACE has it", arguments: [FakeOCloud.Version.v2, .v1])
    func walk(_ version: FakeOCloud.Version) async throws {
        let cloud = try await FakeOCloud.start(version)
        cloud.hold([FakeOCloud.manager("edge01", capacity: ["cpu": "12"])], as: "deploymentManagers")
        let inventory = InfrastructureInventory(client: Self.client(cloud.url))
        #expect(try await inventory.list("deploymentManagers", filter: "(eq,name,edge01);(neq,description,a b&c)").count == 1)
        #expect(cloud.filters == ["(eq,name,edge01);(neq,description,a b&c)"])
        for list in ["resourcePools", "resourceTypes", "locations", "oCloudSites"] { #expect(try await inventory.list(list) == []) }
        #expect(try await inventory.manager("dm-edge01")?["name"] == "edge01")
        #expect(try await inventory.manager("dm-none") == nil)
        #expect(try await inventory.alarms(filter: "(eq,perceivedSeverity,0)") == [])
        #expect(try await inventory.nodeClusters() == [:])
        let made = try await inventory.subscribe(["callback": "http://us/x?y=1"])
        let id = try #require(made["subscriptionId"]?.string)
        #expect(try await inventory.list("subscriptions").count == 1)
        #expect(try await inventory.unsubscribe(id))
        #expect(try await inventory.unsubscribe(id) == false)

        let provisioning = ProvisioningClient(client: Self.client(cloud.url))
        let request = ProvisioningRequest(
            provisioningRequestId: "01890a5d-ac96-774b-bcce-b302099a8057", name: "edge-2", description: "", templateName: "single-node",
            templateVersion: "1.0.0", templateParameters: ["nodes": 1])
        #expect(try await provisioning.put(request))
        #expect(try await provisioning.put(request) == false)
        #expect(try await provisioning.follow(request.provisioningRequestId, for: .seconds(20), first: .milliseconds(1))?.phase == .fulfilled)
        #expect(try await provisioning.delete(request.provisioningRequestId))
        #expect(try await provisioning.follow(request.provisioningRequestId, for: .seconds(20), first: .milliseconds(1)) == nil, "followed until it is gone")
        #expect(try await provisioning.delete(request.provisioningRequestId) == false)
        #expect(cloud.violations.isEmpty, "\(cloud.violations)")
        await cloud.stop()
    }
}
