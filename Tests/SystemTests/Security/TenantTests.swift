import Foundation
import TestSupport
import Testing

extension RealProcesses {
    /// A tenant at every service, its own key in hand: what is not its own is not there, and nothing of it is planned, published or anchored.
    @Suite("tenants at every service") struct TenantTests {
        private static let keys = """
            keys:
              - {name: chief, key: chief-key, tenant: north, roles: [admin]}
              - {name: viewer, key: viewer-key, roles: [viewer]}
              - {name: nora, key: nora-key, roles: [admin]}

            """

        private static func wish(_ namespace: String, for tenant: String) -> String {
            """
            {"interpretation": {"schema": "nephoran.com/interpretation/v1", "decision": "accepted", "language": "en", "priority": "medium",
              "expectations": [{"id": "e1", "verb": "deploy", "object": {"kind": "NetworkFunction", "type": "AMF", "name": null}, "targets": [],
                "context": {"namespace": "\(namespace)"}, "confidence": 1}],
              "clarifications": [], "provenance": {"interpreter": "embedded", "promptVersion": "v1", "passages": [], "costUSD": 0}},
             "request": {"intent": "Deploy an AMF", "priority": "medium", "approval": "auto", "tenant": "\(tenant)", "requestedBy": "nora"}}
            """
        }

        @Test("plans, packages, the inventory and anchors", .timeLimit(.minutes(2)))
        func everywhere() async throws {
            let directory = try TemporaryDirectory()
            let policy = "tenants: {north: {namespaces: [\"north-*\"]}}\n"
            for (name, text) in [("policy.yaml", policy), ("keys.yaml", Self.keys)] {
                try Data(text.utf8).write(to: URL(filePath: directory.file(name)))
            }
            let installation = try await Installation.start(["POLICY_FILE": directory.file("policy.yaml"), "AUTH_KEYS_FILE": directory.file("keys.yaml")])
            defer { installation.stop() }
            for namespace in ["north-1", "south-1"] {
                #expect(try await installation.gateway.submit("Deploy an AMF in namespace \(namespace)").phase == .published)
            }

            // Whatever tenant the body names, it is the caller's own; an admin of the installation may ask for another.
            func plan(_ namespace: String, for tenant: String, as key: String) async throws -> String {
                try await installation.client(.generator, key: key).call("POST", "/v1/plans", json: Self.wish(namespace, for: tenant)).text
            }
            #expect(try await plan("south-2", for: "default", as: "chief-key").contains("policy_refused"))
            #expect(try await plan("north-2", for: "default", as: "chief-key").contains(#""packages""#))
            #expect(try await plan("south-2", for: "north", as: "nora-key").contains("policy_refused"))
            #expect(try await plan("south-2", for: "default", as: "nora-key").contains(#""packages""#))

            let (chief, nora) = (installation.client(.gateway, key: "chief-key"), installation.client(.gateway, key: "nora-key"))
            for path in ["/v1/packages", "/v1/inventory"] {
                let (own, all) = (try await chief.call("GET", path).text, try await nora.call("GET", path).text)
                #expect(own.contains("north-1") && !own.contains("south-1"), "\(path): \(own)")
                #expect(all.contains("north-1") && all.contains("south-1"), "\(path): \(all)")
            }
            for path in ["/v1/packages/default/south-1/amf", "/v1/packages/default/south-1/amf/history"] {
                #expect(try await chief.call("GET", path).status == 404)
                #expect(try await nora.call("GET", path).status == 200)
            }
            #expect(try await chief.call("GET", "/v1/packages/default/north-1/amf").status == 200)

            // The repository is all tenants'; its anchors are an admin's.
            let hash = String(repeating: "0", count: 64)
            let anchor = #"{"at":"2026-05-28T20:26:40.120Z","heads":[{"chain":"p00","sequence":1,"hash":"\#(hash)"}]}"#
            for key in ["chief-key", "viewer-key"] {
                #expect(try await installation.client(.bridge, key: key).call("POST", "/v1/audit/anchors", json: anchor).status == 403, "\(key)")
            }

            // Which repository it goes to only nephio-bridge knows: it looks at the policy as it is by then.
            try Data("tenants: {north: {namespaces: [\"north-*\"], repositories: [\"*/other.git\"]}}\n".utf8).write(
                to: URL(filePath: directory.file("policy.yaml")))
            var number = 10
            try await eventually(within: .seconds(30)) {
                number += 1
                return try await chief.submit("Deploy an SMF in namespace north-\(number)").problem?.code == "policy_refused"
            }
            #expect(try await !nora.call("GET", "/v1/packages").text.contains("north-\(number)/"))
        }

        @Test("of what another tenant's intent wants of the same object no more is told than that it does", .timeLimit(.minutes(2)))
        func conflict() async throws {
            let directory = try TemporaryDirectory()
            let keys = """
                keys:
                  - {name: nils, key: nils-key, tenant: north, roles: [operator]}
                  - {name: otto, key: otto-key, roles: [operator]}

                """
            try Data(keys.utf8).write(to: URL(filePath: directory.file("keys.yaml")))
            let installation = try await Installation.start(["AUTH_KEYS_FILE": directory.file("keys.yaml")])
            defer { installation.stop() }
            let (north, own) = (installation.client(.gateway, key: "nils-key"), installation.client(.gateway, key: "otto-key"))
            func submit(_ replicas: Int, _ approval: String, as client: Gateway) async throws -> String {
                let body = #"{"intent": "Deploy an AMF with \#(replicas) replicas in namespace shared", "approval": "\#(approval)"}"#
                return try #require(try await client.call("POST", "/v1/intents", json: body)["id"] as? String)
            }
            let first = try await submit(3, "required", as: north)
            try await eventually(within: .seconds(30)) { try await north.call("GET", "/v1/intents/\(first)")["phase"] as? String == "awaiting_approval" }
            let second = try await submit(5, "auto", as: own)
            try await eventually(within: .seconds(30)) { try await own.call("GET", "/v1/intents/\(second)")["waitsFor"] is String }
            let record = try await own.call("GET", "/v1/intents/\(second)").text
            #expect(record.contains("an intent of another tenant") && record.contains("An intent of another tenant, which waits for approval"))
            #expect(!record.contains(first), "\(record)")
        }
    }
}
