import HTTPFetch
import IntentModel
import JSONSchema
import Resilience
import TestSupport
import Testing

@testable import ORANAdaptor

/// Every request that goes to a peer, and every answer taken from it, against the peer's contract.
@Suite struct A1ContractTests {
    private static let type = "ORAN_SliceSLATarget_1.0.0"

    private static func document(_ kbps: Int) -> JSONValue {
        [
            "scope": ["sliceId": ["sst": 2, "sd": "000001", "plmnId": ["mcc": "310", "mnc": "410"]]],
            "sliceSlaObjectives": ["guaDlThptPerSlice": .number(Double(kbps))],
        ]
    }

    @Test("the contracts name every operation of the interface once, with what each answers")
    func contracts() throws {
        let a1 = try PeerContract(named: "a1-p-v2")
        #expect(
            a1.operations.map { "\($0.method) /\($0.path.joined(separator: "/"))" }.sorted() == [
                "DELETE /policytypes/{policyTypeId}/policies/{policyId}", "GET /policytypes", "GET /policytypes/{policyTypeId}",
                "GET /policytypes/{policyTypeId}/policies", "GET /policytypes/{policyTypeId}/policies/{policyId}",
                "GET /policytypes/{policyTypeId}/policies/{policyId}/status", "PUT /policytypes/{policyTypeId}/policies/{policyId}",
            ])
        let put = try #require(a1.operation("PUT", "/A1-P/v2/policytypes/t/policies/p"))
        #expect(put.answers.keys.sorted() == [200, 201, 400, 409, 429, 503, 507])
        #expect(put.answers[201]?.headers == ["location"])
        #expect(try PeerContract(named: "a1pms-v3").operations.count == 10)
    }

    @Test(
        "a request that is not in the contract is noticed",
        arguments: [
            ("POST", "/A1-P/v2/policytypes", "", ["accept": "application/json"]), ("GET", "/A1-P/v1/policytypes", "", [:]),
            ("PUT", "/A1-P/v2/policytypes/t/policies/p", "{}", [:]),
            ("PUT", "/A1-P/v2/policytypes/t/policies/p", "[]", ["content-type": "application/json"]), ("GET", "/A1-P/v2/policytypes", "{}", [:]),
            ("GET", "/A1-P/v2/policytypes", "", ["accept": "text/plain"]), ("GET", "/A1-P/v2/policytypes//policies", "", [:]),
        ] as [(String, String, String, [String: String])])
    func strict(_ method: String, _ path: String, _ body: String, _ headers: [String: String]) throws {
        let contract = try PeerContract(named: "a1-p-v2")
        #expect(!contract.violations(method, path, query: [], headers: headers, body: Array(body.utf8)).isEmpty)
    }

    /// Each operation of the interface once, and the refusals.
    private func walk(_ session: RICSession) async throws {
        let client = session.client
        #expect(try await client.policyTypes().contains(Self.type))
        #expect(try await client.policyType(Self.type).policySchema != nil)
        #expect(try await client.policy("nephoran.a b/c", of: Self.type) == nil)
        #expect(try await client.put(Self.document(1), as: "nephoran.a b/c", of: Self.type, notificationDestination: "http://us/x?y=1&z=2"))
        #expect(try await client.put(Self.document(2), as: "nephoran.a b/c", of: Self.type, notificationDestination: nil) == false)
        #expect(try await client.policies(of: Self.type) == ["nephoran.a b/c"])
        #expect(try await client.policy("nephoran.a b/c", of: Self.type) == Self.document(2))
        #expect(try await client.status(of: "nephoran.a b/c", of: Self.type) == PolicyStatus(enforcement: .enforced))
        #expect(try await client.delete("nephoran.a b/c", of: Self.type))
        #expect(try await client.delete("nephoran.a b/c", of: Self.type) == false)
        #expect(try await client.status(of: "nephoran.a b/c", of: Self.type) == nil)
        let rejected = await #expect(throws: A1Error.self) {
            try await client.put(["scope": [:]], as: "nephoran.x", of: Self.type, notificationDestination: nil)
        }
        #expect(rejected?.kind == .rejected)
        let unknown = await #expect(throws: A1Error.self) { try await client.policyType("nothing") }
        #expect(unknown?.kind == .notFound)
    }

    @Test("A1-P v2 is spoken as O-RAN.WG2.A1AP has it")
    func a1() async throws {
        let ric = try await FakeRIC.start()
        try await self.walk(A1Wiring.session(RIC(name: "east", url: ric.url), Upstream("a1/east"), HTTPFetcher()))
        #expect(ric.violations.isEmpty, "\(ric.violations)")
        await ric.stop()
    }

    @Test("the A1 Policy Management Service is spoken to as R1AP has it")
    func pms() async throws {
        let pms = try await FakePMS.start(rics: ["ric-a", "ric-b"])
        let fleet = A1Wiring.fleet([], behind: pms.url, Upstream("a1pms"), HTTPFetcher())
        try await self.walk(try #require(try await fleet.session(named: "ric-b")))
        #expect(pms.violations.isEmpty, "\(pms.violations)")
        await pms.stop()
    }
}
