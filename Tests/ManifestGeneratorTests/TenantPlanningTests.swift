import AccessControl
import IntentModel
import Testing

@testable import PackagePlanning

/// What a policy lets a tenant do, at planning.
@Suite struct TenantPlanningTests {
    private static let yaml = """
        tenants:
          north: {namespaces: [north-*], clusters: [default]}
          south: {namespaces: [south-*]}
        rules:
          - {name: no-restart, effect: refuse, when: {verb: [restart], by: [bot-*]}, reason: "{{by}} restarts nothing"}
        """

    private static func policy() throws -> ApprovalPolicy { try catalogue.approval.extended(by: Self.yaml, place: "policy.yaml") }

    private static func asked(by name: String = "nora", for tenant: String) -> IntentRequest {
        IntentRequest(intent: "…", tenant: tenant, requestedBy: name)
    }

    @Test(
        "a tenant changes what its places hold, and is told the rule when it would change others",
        arguments: [
            ("north", "north-1", nil), ("default", "anything", nil), ("north", "south-1", "tenants/north/namespaces: south-1 is none of north-*"),
            ("south", "north-1", "tenants/south/namespaces: north-1 is none of south-*"), ("west", "north-1", "the policy names no tenant west"),
        ] as [(String, String, String?)])
    func places(_ tenant: String, _ namespace: String, _ refusal: String?) async throws {
        let said = expectation(.deploy, "AMF") { $0.namespace = namespace }
        let outcome = try await plan(said, request: Self.asked(for: tenant), policy: try Self.policy())
        if let refusal {
            #expect(outcome.problem?.status == 403 && outcome.problem?.code == "policy_refused" && outcome.plan == nil && outcome.files.isEmpty)
            #expect(outcome.problem?.detail.contains(refusal) == true, "\(outcome.problem?.detail ?? "")")
            #expect(outcome.problem?.errors?.first?.pointer == "/policy/tenants/\(tenant)")
        } else {
            #expect(outcome.plan?.packages.count == 1)
        }
    }

    @Test("a rule that refuses refuses whom it is about, and nobody else")
    func rules() async throws {
        let inventory = try await publishedAMF()
        let said = expectation(.restart, "AMF") { $0.namespace = "core5g" }
        let refused = try await plan(said, on: inventory, request: Self.asked(by: "bot-7", for: "default"), policy: try Self.policy())
        #expect(refused.problem?.code == "policy_refused" && refused.problem?.detail == "no-restart: bot-7 restarts nothing.")
        let allowed = try await plan(said, on: inventory, request: Self.asked(for: "default"), policy: try Self.policy())
        #expect(allowed.plan?.packages.map(\.change) == [.update])
    }

    @Test("what a tenant may not touch is not there for it")
    func sight() async throws {
        var published = PublishedPackages()
        published.publish(try await plan(expectation(.deploy, "AMF") { $0.namespace = "north-1" }))
        published.publish(try await plan(expectation(.deploy, "SMF") { $0.namespace = "south-1" }))
        let access = try #require(try Self.policy().access)
        func paths(_ tenant: String) async throws -> [String] {
            try await TenantInventory(all: published, tenant: tenant, access: access).items(function: nil, instance: nil, namespace: nil, cluster: nil).map(
                \.path)
        }
        #expect(try await paths("north") == ["default/north-1/amf"])
        #expect(try await paths("south") == ["default/south-1/smf"])
        #expect(try await paths("west") == [])
        #expect(try await paths("default").count == 2)
        let north = TenantInventory(all: published, tenant: "north", access: access)
        #expect(try await north.files(path: "default/north-1/amf") != nil)
        #expect(try await north.files(path: "default/south-1/smf") == nil)
        #expect(try await north.lastPublished(path: "default/south-1/smf") == nil)
        #expect(try await north.revisions(path: "default/south-1/smf").isEmpty)
        // What it may not see takes room all the same.
        let requests = PublishedRequests()
        let (seen, there) = (
            try await requests.all(in: "default", inventory: north, catalogue: catalogue).mapValues(\.amounts),
            try await requests.all(in: "default", inventory: published, catalogue: catalogue).mapValues(\.amounts)
        )
        #expect(seen == there && there.values.reduce(0) { $0 + $1.cpu } == 1_000)
    }
}
