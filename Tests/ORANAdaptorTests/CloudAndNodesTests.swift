import HTTPFetch
import Hummingbird
import JSONSchema
import Logging
import RedisClient
import Resilience
import ServiceClient
import ServiceRuntime
import TestSupport
import Testing

@testable import ORANAdaptor

/// `/v1/o2` and `/v1/e2` in front of strict fakes.
@Suite(.timeLimit(.minutes(1))) struct CloudAndNodesTests {
    private static func client(_ name: String, _ url: String) -> ServiceClient {
        var configuration = Upstream.Configuration()
        configuration.timeout = .seconds(5)
        return ServiceClient(Upstream(name, configuration), base: url, token: nil, fetcher: HTTPFetcher())
    }

    private func serve(
        o2: String = "http://127.0.0.1:1", e2: String = "http://127.0.0.1:1",
        _ body: (_ call: (_ method: String, _ path: String, _ body: JSONValue?) async throws -> (status: Int, JSONValue)) async throws -> Void
    ) async throws {
        let client = Self.client("o2", o2)
        let redis = RedisClient(try RedisConfiguration(url: "redis://127.0.0.1:1"), label: "none")
        let cloud = CloudInventory(InfrastructureInventory(client: client), interval: .seconds(60), redis: redis, logger: Logger(label: "o2"))
        let parts = ServiceParts(routes: { router in
            router.addRoutes(
                O2Controller(inventory: cloud.source, provisioning: ProvisioningClient(client: client), clouds: cloud).routes, atPath: "/v1/o2")
            router.addRoutes(E2Controller(manager: E2Manager(client: Self.client("e2", e2))).routes, atPath: "/v1/e2")
        })
        let fetcher = HTTPFetcher()
        try await Serving.run(parts) { base in
            try await body { method, path, body in
                let request = FetchRequest(
                    method: method, url: base + path, headers: body == nil ? [] : [("content-type", "application/json")], body: body.map { Array($0.text.utf8) }
                )
                let response = try await fetcher.fetch(request)
                return (response.status, response.body.isEmpty ? .null : try JSONValue(parsing: response.body))
            }
        }
    }

    private static let profile: JSONValue = [
        "cluster_api_endpoint": "https://192.0.2.1:6443", "cluster_ca_cert": "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n",
        "admin_user": "kubernetes-admin", "admin_client_cert": "Y2VydA==", "admin_client_key": "a2V5",
    ]

    @Test(
        "pools, resources, managers and alarms are what the O-Cloud says, filters are handed on, keys of a profile are not",
        arguments: [FakeOCloud.Version.v2, .v1])
    func inventory(_ version: FakeOCloud.Version) async throws {
        let cloud = try await FakeOCloud.start(version)
        cloud.hold([["resourcePoolId": "p1", "name": "edge", "oCloudSiteId": "site-1", "description": ""]], as: "resourcePools")
        let resource: JSONValue = [
            "resourceId": "r1", "resourcePoolId": "p1", "resourceTypeId": "t1", "globalAssetId": "", "description": "", "elements": [], "tags": [],
            "groups": [], "extensions": [:],
        ]
        cloud.hold([resource], as: "resourcePools/p1/resources")
        cloud.hold(
            [FakeOCloud.manager("edge-1", extensions: ["profileName": "native_k8sapi", "profileData": Self.profile]), FakeOCloud.manager("edge-2")],
            as: "deploymentManagers")
        let alarm: JSONValue = [
            "alarmEventRecordId": "a1", "alarmDefinitionID": "d1", "probableCauseID": "c1", "alarmRaisedTime": "2026-01-01T00:00:00Z",
            "alarmAcknowledged": false, "perceivedSeverity": 1, "extensions": [:], "resourceTypeID": "t1", "resourceID": "r1",
        ]
        cloud.hold([alarm], as: "alarms")
        try await self.serve(o2: cloud.url) { call in
            #expect(try await call("GET", "/v1/o2/resource-pools?filter=(eq,name,edge)", nil).1["items"]?[0]?["name"] == "edge")
            #expect(cloud.filters == ["(eq,name,edge)"])
            #expect(try await call("GET", "/v1/o2/resource-pools/p1/resources", nil).1["items"] == [resource])
            #expect(try await call("GET", "/v1/o2/alarms", nil).1["items"]?[0]?["alarmEventRecordId"] == "a1")
            let managers = try await call("GET", "/v1/o2/deployment-managers", nil).1
            #expect(managers["items"]?.array?.count == 2 && !managers.text.contains("a2V5"))
            let made = try await call(
                "POST", "/v1/o2/subscriptions", ["callback": "http://127.0.0.1:9/x", "filter": "(eq,name,edge)"])
            #expect(made.0 == 201 && made.1["subscriptionId"] == "s1")
            #expect(try await call("POST", "/v1/o2/subscriptions", ["callback": "ftp://x"]).0 == 422)
            #expect(try await call("DELETE", "/v1/o2/subscriptions/s1", nil).0 == 204)
            #expect(try await call("DELETE", "/v1/o2/subscriptions/s1", nil).0 == 404)

            let config = try await call("GET", "/v1/o2/clusters/edge-1/kubeconfig", nil)
            #expect(config.0 == 200 && config.1["current-context"] == "edge-1")
            #expect(config.1["users"]?[0]?["user"] == ["client-certificate-data": "Y2VydA==", "client-key-data": "a2V5"])
            let cluster = config.1["clusters"]?[0]?["cluster"]
            #expect(cluster?["server"] == "https://192.0.2.1:6443")
            #expect(cluster?["certificate-authority-data"]?.string?.hasPrefix("LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0t") == true, "PEM is Base64 there")
            let none = try await call("GET", "/v1/o2/clusters/edge-2/kubeconfig", nil)
            #expect(none.0 == 404 && none.1["code"] == "no_kubeconfig")
            #expect(try await call("GET", "/v1/o2/clusters/edge-3/kubeconfig", nil).1["code"] == "cluster_not_found")
        }
        #expect(cloud.violations.isEmpty, "\(cloud.violations)")
        await cloud.stop()
    }

    @Test("an alarm is acknowledged, or cleared, as the O-Cloud has it by then; nothing else of it can be changed")
    func alarms() async throws {
        let cloud = try await FakeOCloud.start()
        let alarm: JSONValue = [
            "alarmEventRecordId": "78081d85-5736-4215-afab-772461544e60", "alarmDefinitionID": "d1", "probableCauseID": "c1",
            "alarmRaisedTime": "2026-01-01T00:00:00Z", "alarmAcknowledged": false, "perceivedSeverity": 1, "extensions": [:], "resourceTypeID": "t1",
            "resourceID": "r1",
        ]
        cloud.hold([alarm], as: "alarms")
        let path = "/v1/o2/alarms/78081d85-5736-4215-afab-772461544e60"
        try await self.serve(o2: cloud.url) { call in
            let acknowledged = try await call("PATCH", path, ["alarmAcknowledged": true])
            #expect(acknowledged.0 == 200 && acknowledged.1 == ["alarmAcknowledged": true])
            let item = try await call("GET", "/v1/o2/alarms", nil).1["items"]?[0]
            #expect(item?["alarmAcknowledged"] == true && item?["perceivedSeverity"] == 1)
            #expect(try await call("PATCH", path, ["perceivedSeverity": 5]).0 == 200)
            #expect(try await call("GET", "/v1/o2/alarms", nil).1["items"]?[0]?["perceivedSeverity"] == 5)
            let again = try await call("PATCH", path, ["perceivedSeverity": 5])
            #expect(again.0 == 409 && again.1["code"] == "o2_rejected", "what the O-Cloud refuses is no answer that it may not give")
            #expect(again.1["detail"]?.string?.contains("HTTP 409: Refused: it is cleared") == true)
            let none = try await call("PATCH", "/v1/o2/alarms/x", ["alarmAcknowledged": true])
            #expect(none.0 == 404 && none.1["code"] == "alarm_not_found")
            for wrong in [
                [:], ["perceivedSeverity": 1], ["alarmAcknowledged": "yes"], ["alarmAcknowledged": true, "perceivedSeverity": 5], ["resourceID": "r2"],
                ["perceivedSeverity": "5"], [],
            ] as [JSONValue] {
                let refused = try await call("PATCH", path, wrong)
                #expect(refused.0 == 422 && refused.1["code"] == "alarm_change_invalid", "\(wrong.text)")
            }
        }
        #expect(cloud.violations.isEmpty, "\(cloud.violations)")
        await cloud.stop()
    }

    @Test("a refusal is told in the peer's own words, whichever form they have; who does not let us in, or asks for patience, has refused nothing")
    func refusals() {
        func error(_ status: Int, _ body: String) -> String {
            let response = FetchResponse(status: status, headers: [], body: Array(body.utf8))
            return "\(Self.client("o2", "http://127.0.0.1:1").peerRefusal(response))"
        }
        #expect(error(409, #"{"status": 409, "detail": "it exists"}"#) == "o2 refused: HTTP 409: it exists")
        #expect(error(400, #"{"title": "Bad", "detail": "callback", "status": 400, "type": "about:blank"}"#) == "o2 refused: HTTP 400: Bad: callback")
        #expect(error(404, #"{"errorCode": 404, "errorMessage": "resource not found"}"#) == "o2 refused: HTTP 404: resource not found")
        #expect(error(422, "<html>") == "o2 refused: HTTP 422")
        #expect(error(400, "{\"detail\": \"\(String(repeating: "x", count: 9_999))\"}").count < 350)
        #expect(error(403, #"{"detail": "role"}"#) == "o2 answered nonsense: HTTP 403: role")
        #expect(error(429, "") == "o2 is taken to be down")
        #expect(error(302, "") == "o2 answered nonsense: HTTP 302")
    }

    private static let request: JSONValue = [
        "provisioningRequestId": "01890a5d-ac96-774b-bcce-b302099a8057", "name": "edge-2", "description": "", "templateName": "single-node",
        "templateVersion": "1.0.0", "templateParameters": ["nodes": 1],
    ]

    @Test("a provisioning request is made once, followed to its end, and taken away; one that fails says so")
    func provisioning() async throws {
        let cloud = try await FakeOCloud.start()
        let path = "/v1/o2/provisioning-requests/01890a5d-ac96-774b-bcce-b302099a8057"
        try await self.serve(o2: cloud.url) { call in
            #expect(try await call("PUT", path, Self.request).1["change"] == "put")
            #expect(try await call("PUT", path, Self.request).1["change"] == "none")
            #expect(cloud.count(of: "POST") == 1 && cloud.count(of: "PUT") == 0)
            let done = try await call("GET", path + "?wait=10", nil).1
            #expect(done["status"]?["phase"] == "FULFILLED" && done["status"]?["nodeClusterId"] == "cluster-1")
            // A UUID means the same in upper case.
            let upper = path.replacing("01890a5d-ac96-774b-bcce-b302099a8057", with: "01890A5D-AC96-774B-BCCE-B302099A8057")
            #expect(try await call("GET", upper, nil).0 == 200)
            var other = Self.request
            other["templateParameters"] = ["nodes": 3]
            #expect(try await call("PUT", path, other).1["change"] == "put")
            #expect(cloud.count(of: "PUT") == 1)
            cloud.failProvisioning()
            #expect(try await call("GET", path + "?wait=10", nil).1["status"]?["phase"] == "FAILED")
            #expect(try await call("DELETE", upper, nil).1["change"] == "delete")
            #expect(try await call("GET", path, nil).1["status"]?["phase"] == "DELETING")
            #expect(try await call("GET", path + "?wait=10", nil).0 == 404, "followed until it is gone")
            #expect(try await call("PUT", "/v1/o2/provisioning-requests/one", Self.request).0 == 422)
        }
        #expect(cloud.violations.isEmpty, "\(cloud.violations)")
        await cloud.stop()
    }

    @Test("E2 nodes have the state that the manager says; a set says which of its nodes are missing; a dead manager is no empty list")
    func nodes() async throws {
        let manager = try await FakeE2Manager.start()
        try await self.serve(e2: manager.url) { call in
            #expect(try await call("GET", "/v1/e2/nodes", nil).1["items"] == [])
            manager.set("e2sim-0", "CONNECTED")
            manager.set("e2sim-1", "DISCONNECTED")
            manager.set("e2sim-lab-0", "CONNECTED")
            manager.set("gnb-7", "CONNECTED")
            #expect(try await call("GET", "/v1/e2/nodes", nil).1["items"]?.array?.map { $0["name"] } == ["e2sim-0", "e2sim-1", "e2sim-lab-0", "gnb-7"])
            let node = try await call("GET", "/v1/e2/nodes/gnb-7", nil).1
            #expect(node["connectionStatus"] == "CONNECTED" && node["ranFunctions"]?[0]?["ranFunctionId"] == 2 && node["address"] == "192.0.2.9")
            #expect(try await call("GET", "/v1/e2/nodes/gnb-8", nil).0 == 404)
            // A node without a state is one of the list, and hides no other.
            manager.set("gnb-9", "")
            #expect(try await call("GET", "/v1/e2/nodes", nil).1["items"]?.array?.last?["connectionStatus"] == "UNKNOWN_CONNECTION_STATUS")
            #expect(try await call("GET", "/v1/e2/nodes/gnb-9", nil).1["connectionStatus"] == "UNKNOWN_CONNECTION_STATUS")
            manager.set("gnb-9", nil)
            let set = try await call("GET", "/v1/e2/node-sets/e2sim", nil).1
            #expect(set["nodes"] == 2 && set["connected"] == 1 && set["missing"] == ["e2sim-1"])
            await manager.stop()
            let dead = try await call("GET", "/v1/e2/nodes", nil)
            #expect(dead.0 == 504 && dead.1["code"] == "e2_unreachable")
        }
    }
}
