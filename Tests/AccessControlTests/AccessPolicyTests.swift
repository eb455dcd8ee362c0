import Testing

@testable import AccessControl

@Suite struct AccessPolicyTests {
    private static let yaml = """
        roles:
          planner: ["intents:read", "intents:write", "intents:approve"]
          viewer: []
        tenants:
          north: {namespaces: [north-*], clusters: [edge-1], repositories: ["*/north.git"], limits: {liveIntents: 3}}
          free: {}
        """

    @Test("the roles that ship, and what a file makes of them")
    func roles() throws {
        let shipped = try AccessPolicy.shipped()
        let roles: [String: Set<Scope>] = [
            "viewer": [.intentsRead], "operator": [.intentsRead, .intentsWrite], "approver": [.intentsRead, .intentsApprove], "admin": [.admin],
        ]
        #expect(shipped.roles == roles)
        let policy = try shipped.extended(by: Self.yaml)
        #expect(policy.scopes(of: ["viewer"]).isEmpty && policy.scopes(of: ["planner", "nobody"]) == [.intentsRead, .intentsWrite, .intentsApprove])
        #expect(policy.roles["operator"] == shipped.roles["operator"])
    }

    @Test("who asked does not approve, but for those the policy names, who cannot be passed for")
    func fourEyes() throws {
        let policy = try AccessPolicy.shipped()
        func principal(_ name: String, _ method: Principal.Method) -> Principal { Principal(name: name, tenant: "default", scopes: [.admin], method: method) }
        #expect(!policy.mayApprove(principal("nora", .key), of: "nora") && policy.mayApprove(principal("nora", .key), of: "otto"))
        #expect(policy.mayApprove(principal("token", .key), of: "token") && !policy.mayApprove(principal("token", .token), of: "token"))
        #expect(policy.mayApprove(.anonymous, of: "anonymous"))
        let strict = try policy.extended(by: "approval: {bySelf: []}")
        #expect(!strict.mayApprove(principal("token", .key), of: "token") && !strict.mayApprove(.anonymous, of: "anonymous"))
    }

    @Test("whoever stands behind a program does not approve what it asked for; others do")
    func programs() throws {
        let policy = try AccessPolicy.shipped().extended(by: "approval: {programs: {\"*-bridge\": [ada, \"team-*\"], pipeline: [\"*\"]}}")
        func mayApprove(_ name: String, _ requester: String) -> Bool {
            policy.mayApprove(Principal(name: name, tenant: "default", scopes: [.intentsApprove]), of: requester)
        }
        #expect(!mayApprove("ada", "north-bridge") && !mayApprove("team-1", "north-bridge") && mayApprove("grace", "north-bridge"))
        #expect(mayApprove("ada", "bridge") && mayApprove("ada", "grace") && !mayApprove("grace", "pipeline"))
        // What stands in the policy besides is as it was.
        #expect(policy.selfApprovers == (try AccessPolicy.shipped()).selfApprovers)
        #expect(throws: AccessFault.self) { try AccessPolicy.shipped().extended(by: "approval: {programs: [ada]}") }
    }

    @Test("a tenant touches what the policy says, and one that it does not name nothing")
    func tenants() throws {
        let open = try AccessPolicy.shipped()
        #expect(open.refusal(of: "north", namespace: "any", cluster: "any") == nil)
        let policy = try open.extended(by: Self.yaml)
        #expect(policy.refusal(of: "north", namespace: "north-1", cluster: "edge-1") == nil)
        #expect(policy.refusal(of: "north", namespace: "south-1", cluster: "edge-1") == "tenants/north/namespaces: south-1 is none of north-*")
        #expect(policy.refusal(of: "north", namespace: "north-1", cluster: "core") == "tenants/north/clusters: core is none of edge-1")
        #expect(policy.refusal(of: "free", namespace: "any", cluster: "any") == nil && policy.refusal(of: "default", namespace: "any", cluster: "any") == nil)
        #expect(policy.refusal(of: "south", namespace: "north-1", cluster: "edge-1")?.contains("no tenant south") == true)
        #expect(policy.refusal(of: "north", package: "edge-1/north-1/amf") == nil && policy.refusal(of: "north", package: "edge-1/other/amf") != nil)
        #expect(policy.refusal(of: "north", package: "odd") != nil)
        #expect(policy.refusal(of: "north", repository: "/srv/north.git") == nil && policy.refusal(of: "north", repository: "/srv/south.git") != nil)
        #expect(policy.refusal(of: "free", repository: "/srv/south.git") == nil)
        let root = Principal(name: "root", tenant: "default", scopes: [.admin])
        #expect(root.sees("north") && root.confinement == nil && policy.refusal(to: root, package: "x/y/z") == nil)
        let chief = Principal(name: "chief", tenant: "north", scopes: [.admin])
        #expect(!chief.sees("south") && chief.sees("north") && chief.confinement == "north" && !chief.administersInstallation)
        let plain = Principal(name: "plain", tenant: "default", scopes: [.intentsRead])
        #expect(!plain.sees("north") && plain.confinement == "default")
    }

    @Test(
        "what is not known in a file is refused with its place",
        arguments: [
            ("rolls: {}", "rolls"), ("roles: {a: [fly]}", "roles/a/0"), ("approval: {bySelf: true}", "approval/bySelf"),
            ("approval: {self: []}", "approval/self"),
            ("tenants: {north: {namespace: [a]}}", "tenants/north/namespace"), ("tenants: {north: {limits: {perDay: 1}}}", "tenants/north/limits/perDay"),
            ("tenants: {north: {limits: {liveIntents: 0}}}", "tenants/north/limits/liveIntents"), ("tenants: {\"a b\": {}}", "tenants/a b"), ("[", ""),
            ("7", ""),
        ])
    func faults(_ yaml: String, _ place: String) throws {
        let shipped = try AccessPolicy.shipped()
        let fault = #expect(throws: AccessFault.self) { try shipped.extended(by: yaml) }
        #expect(fault?.place == place, "\(fault?.description ?? "")")
    }
}
