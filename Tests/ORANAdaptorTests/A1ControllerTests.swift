import HTTPFetch
import Hummingbird
import JSONSchema
import RedisClient
import Resilience
import ServiceRuntime
import TestSupport
import Testing

@testable import ORANAdaptor

@Suite struct A1ControllerTests {
    private static let path = "/v1/a1/policies/ric1/ORAN_QoSTarget_2.0.0/p1"
    private static let document = #"{"scope":{"qosId":{"5qI":82}},"qosObjectives":{"pdb":10}}"#

    /// The adaptor's routes on a live socket, in front of the RICs of `setting`.
    private func serve(
        _ setting: String, _ body: (_ call: (_ method: String, _ path: String, _ body: String?) async throws -> (status: Int, JSONValue)) async throws -> Void
    ) async throws {
        let fetcher = HTTPFetcher()
        let fleet = RICFleet(try RIC.list(fromSetting: setting).map { Sessions.direct($0, fetcher: fetcher) })
        let inventory = PolicyInventory(fleet: fleet)
        let controller = A1Controller(inventory: inventory, executor: PolicyExecutor(fleet: fleet, catalogue: try PolicyTypeCatalogue()))
        let parts = ServiceParts(routes: { router in
            router.addRoutes(controller.routes, atPath: "/v1/a1")
            for controller in [UnconfiguredController.o1, .o2, .e2] { router.addRoutes(controller.routes, atPath: RouterPath("/v1/\(controller.interface)")) }
        })
        try await Serving.run(parts) { base in
            try await body { method, path, body in
                let headers = body == nil ? [] : [("content-type", "application/json")]
                let request = FetchRequest(method: method, url: base + path, headers: headers, body: body.map { Array($0.utf8) })
                let response = try await fetcher.fetch(request)
                return (response.status, try JSONValue(parsing: response.body))
            }
        }
    }

    @Test("RICs are listed with the types they offer, a dead one with its state")
    func policyTypes() async throws {
        let ric = try await FakeRIC.start()
        let dead = try await FakeRIC.start()
        let deadURL = dead.url
        await dead.stop()
        try await self.serve("east=\(ric.url),west=\(deadURL)") { call in
            let (status, answer) = try await call("GET", "/v1/a1/policy-types", nil)
            #expect(status == 200)
            #expect(answer["rics"]?.array?.map { $0["name"]?.string } == ["east", "west"])
            #expect(answer["rics"]?.array?.map { $0["state"]?.string } == ["available", "unavailable"])
            #expect(answer["rics"]?[0]?["policyTypes"]?.array?.count == 6)
            #expect(answer["rics"]?[0]?["url"]?.string == ric.url)
        }
        await ric.stop()
    }

    @Test("without a RIC the list is empty")
    func none() async throws {
        try await self.serve("") { call in
            let types = try await call("GET", "/v1/a1/policy-types", nil).1
            #expect(types == ["rics": []])
            let policies = try await call("GET", "/v1/a1/policies", nil).1
            #expect(policies["items"] == [])
        }
    }

    @Test("a policy is put, read with its status, listed and deleted")
    func lifeCycle() async throws {
        let ric = try await FakeRIC.start()
        try await self.serve(ric.url) { call in
            let put = try await call("PUT", Self.path, Self.document)
            #expect(put.0 == 200 && put.1["change"] == "put" && put.1["enforceStatus"] == "ENFORCED")
            let read = try await call("GET", Self.path, nil).1
            #expect(read["document"]?["qosObjectives"] == ["pdb": 10])
            #expect(read["enforceStatus"] == "ENFORCED")
            let items = try await call("GET", "/v1/a1/policies?ric=ric1", nil).1["items"]
            #expect(items?.array?.map { $0["policyId"]?.string } == ["p1"])
            let deleted = try await call("DELETE", Self.path, nil).1
            #expect(deleted["change"] == "delete")
            let statusAfter = try await call("GET", Self.path, nil).0
            #expect(statusAfter == 404)
        }
        await ric.stop()
    }

    @Test("errors are problems with a code")
    func problems() async throws {
        let ric = try await FakeRIC.start()
        try await self.serve(ric.url) { call in
            let invalid = try await call("PUT", Self.path, #"{"scope":{}}"#)
            #expect(invalid.0 == 422 && invalid.1["code"] == "a1_rejected" && invalid.1["errors"]?.array?.isEmpty == false)
            let unknownRIC = try await call("GET", "/v1/a1/policies/nowhere/t/p", nil).1
            #expect(unknownRIC["code"] == "ric_not_found")
            let unknownStatus = try await call("GET", "/v1/a1/policies?ric=nowhere", nil).0
            #expect(unknownStatus == 404)
            let unknownType = try await call("PUT", "/v1/a1/policies/ric1/NoSuchType/p", Self.document).1
            #expect(unknownType["code"] == "a1_not_found")
        }
        await ric.stop()
    }

    @Test(
        "interfaces that are not configured read empty and refuse writes",
        arguments: [
            ("/v1/o1/elements", "PUT", "/v1/o1/elements/du-1/rrm-policies/1"), ("/v1/o2/resource-pools", "POST", "/v1/o2/subscriptions"),
            ("/v1/o2/provisioning-requests/x", "DELETE", "/v1/o2/provisioning-requests/x"), ("/v1/e2/node-sets/e2sim", nil, nil),
        ])
    func unconfigured(_ path: String, _ method: String?, _ change: String?) async throws {
        try await self.serve("") { call in
            let (status, answer) = try await call("GET", path, nil)
            #expect(status == 200 && answer["items"] == [] && answer["configured"] == false)
            if let method, let change {
                let refusal = try await call(method, change, "{}")
                #expect(refusal.0 == 501 && refusal.1["code"]?.string?.hasSuffix("_not_configured") == true)
            }
            // What is nowhere is not there without a peer either.
            #expect(try await call("POST", path, "{}").0 == 405)
            #expect(try await call("GET", path + "/nowhere/at/all", nil).0 == 404)
        }
    }

    @Test("a change whose ledger does not answer is 503 with a time to come again, and is not made")
    func noLedger() async throws {
        let ric = try await FakeRIC.start()
        let fetcher = HTTPFetcher()
        let fleet = RICFleet([Sessions.direct(RIC(name: "ric1", url: ric.url), fetcher: fetcher)])
        var configuration = try RedisConfiguration(url: "redis://127.0.0.1:\(try FreePort.next())")
        configuration.commandTimeout = .milliseconds(200)
        let redis = RedisClient(configuration, label: "test")
        let controller = A1Controller(
            inventory: PolicyInventory(fleet: fleet), executor: PolicyExecutor(fleet: fleet, catalogue: try PolicyTypeCatalogue()),
            desired: DesiredPolicies(redis: redis))
        let parts = ServiceParts(routes: { $0.addRoutes(controller.routes, atPath: "/v1/a1") }, problems: ORANProblems.mapping)
        try await Serving.run(parts) { base in
            let response = try await fetcher.fetch(
                FetchRequest(method: "PUT", url: base + Self.path, headers: [("content-type", "application/json")], body: Array(Self.document.utf8)))
            #expect(response.status == 503 && response.retryAfter == .seconds(1))
            #expect(try JSONValue(parsing: response.body)["code"]?.string == "ledger_unavailable")
        }
        redis.stop()
        #expect(ric.count(of: "PUT") == 0)
        await ric.stop()
    }
}
