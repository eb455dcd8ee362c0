import Foundation
import IntentModel
import JSONSchema
import TestSupport
import Testing

extension RealProcesses {
    /// Simulated E2 nodes, followed to their connection, and the radio network as objects of Kubernetes.
    @Suite("E2 node sets") struct E2NodeSetTests {
        private static func phase(_ cluster: Cluster, _ name: String) -> String? {
            cluster.server.object("e2nodesets", "nephoran-system", name)?["status"]?["phase"]?.string
        }

        @Test("an intent for E2 nodes is fulfilled when the E2 manager has them connected; the objects say how many are, and what fails says why")
        func connection() async throws {
            let manager = try await FakeE2Manager.start()
            let cluster = try await Cluster.start()
            let directory = try TemporaryDirectory()
            let elements = """
                elements:
                  - {name: du-9, address: 127.0.0.1, port: \(try FreePort.next()), username: nephoran, passwordFile: \(directory.file("password")), hostKey: any}
                """
            try Data("secret".utf8).write(to: URL(fileURLWithPath: directory.file("password")))
            try Data(elements.utf8).write(to: URL(fileURLWithPath: directory.file("elements.yaml")))
            let settings = [
                "E2_MANAGER_URL": manager.url, "O1_ELEMENTS": directory.file("elements.yaml"), "O1_INTERVAL": "1s", "VERIFY_WITHIN": "5s",
                "VERIFY_ON_FAILURE": "keep",
            ]
            let installation = try await Installation.start(cluster.settings().merging(settings) { $1 })
            defer { installation.stop() }
            let gateway = installation.gateway

            // The nodes come while it is verified.
            let id = try await gateway.accept("Spin up 3 E2 simulators in namespace ran-hill")
            manager.set("e2nodeset-0", "CONNECTED")
            manager.set("e2nodeset-1", "CONNECTING")
            var waiting: IntentRecord?
            for _ in 0..<400 where waiting?.phase != .verifying {
                waiting = try await gateway.record(id)
                try await Task.sleep(for: .milliseconds(10))
            }
            #expect(waiting?.phase == .verifying)
            manager.set("e2nodeset-1", "CONNECTED")
            manager.set("e2nodeset-2", "CONNECTED")
            let done = try await gateway.settled(id)
            #expect(done.phase == .fulfilled, "\(done.phase): \(done.problem?.detail ?? "")")
            #expect(done.verification?.state == .observed)
            #expect(done.verification?.checks.contains("E2NodeSet e2nodeset: 3 of 3 nodes connected") == true, "\(done.verification?.checks ?? [])")

            // One of five does not come: the intent says which.
            manager.set("e2nodeset-3", "CONNECTED")
            manager.set("e2nodeset-4", "DISCONNECTED")
            let short = try await gateway.submit("Scale the E2 nodes in ns ran-hill to 5")
            #expect(short.phase == .failed, "\(short.phase)")
            #expect(short.problem?.detail.contains("E2NodeSet e2nodeset: 4 of 5 nodes connected, not e2nodeset-4") == true, "\(short.problem?.detail ?? "")")

            // The same to who looks with kubectl.
            let name = "default.ran-hill.e2nodeset"
            try await eventually(within: .seconds(40)) { Self.phase(cluster, name) == "Connecting" }
            let object = try #require(cluster.server.object("e2nodesets", "nephoran-system", name))
            #expect(object["spec"]?["replicas"] == 5 && object["spec"]?["package"] == "default/ran-hill/e2nodeset")
            #expect(object["status"]?["connected"] == 4 && object["status"]?["missing"] == ["e2nodeset-4"])
            let element = try #require(cluster.server.object("managedelements", "nephoran-system", "du-9"))
            #expect(element["status"]?["state"] == "failed" && element["status"]?["lastError"]?.string?.isEmpty == false)

            // What is removed is followed to its end, and its object goes.
            for index in 0..<5 { manager.set("e2nodeset-\(index)", "DISCONNECTED") }
            let removed = try await gateway.submit("Remove E2 simulators from ran-hill namespace")
            let end = removed.phase == .awaitingApproval ? try await gateway.settled(try await gateway.decide("approve", removed.id).id) : removed
            #expect(end.phase == .fulfilled, "\(end.phase): \(end.problem?.detail ?? end.clarifications?.first?.question ?? "")")
            try await eventually(within: .seconds(40)) { cluster.server.object("e2nodesets", "nephoran-system", name) == nil }
            await manager.stop()
        }
    }
}
