import Foundation
import IntentModel
import JSONSchema
import TestSupport
import Testing

extension RealProcesses {
    /// Where something new goes, by what an O-Cloud says over O2.
    @Suite("placement by the O-Cloud") struct PlacementTests {
        @Test("a sentence goes to the cluster that has room, with the reason; a notification makes room known at once; what fits nowhere is refused")
        func room() async throws {
            let cloud = try await FakeOCloud.start()
            cloud.hold(
                [
                    FakeOCloud.manager("edge01", capacity: ["cpu": "1", "memory": "4Gi"], locations: ["Kista"]),
                    FakeOCloud.manager("edge02", capacity: ["cpu": "12", "memory": "64Gi"], locations: ["Solna"]),
                ], as: "deploymentManagers")
            // Read once an hour: what is seen sooner was told.
            let port = try FreePort.next()
            let installation = try await Installation.start(["O2_URL": cloud.url, "O2_INTERVAL": "1h", "O2_NOTIFY_URL": "http://127.0.0.1:\(port)"])
            defer { installation.stop() }
            let gateway = installation.gateway

            let first = try await gateway.submit("Deploy an AMF with 6 replicas")
            #expect(first.plan?.packages.map(\.path) == ["edge02/default/amf"], "\(first.problem?.detail ?? first.clarifications?.first?.question ?? "")")
            let figures = first.plan?.packages.first?.figures ?? []
            #expect(figures.first { $0.name == "cluster" }?.reason == "of the clusters it could go to, the only one with room for it")
            #expect(figures.first { $0.name == "room" }?.reason.hasPrefix("edge02 has 12 free cores and 64Gi of free memory, inventory of ") == true)
            #expect(first.phase == .published)

            let nowhere = try await gateway.submit("Deploy an SMF with 20 replicas")
            #expect(nowhere.phase == .refused && nowhere.problem?.code == "infeasible")
            #expect(nowhere.problem?.detail.contains("edge01 cannot hold smf") == true && nowhere.problem?.detail.contains("cores are missing") == true)

            // Told of what changed, it is read at once.
            let callback = try #require(cloud.subscriptions.values.first?["callback"]?.string)
            cloud.hold([FakeOCloud.manager("edge01", capacity: ["cpu": "100", "memory": "400Gi"], locations: ["Kista"])], as: "deploymentManagers")
            let told = try await installation.client(.adaptor).call("POST", callback.replacing("http://127.0.0.1:\(port)", with: ""), json: "{}")
            #expect(told.status == 204)
            var placed: IntentRecord?
            // The planner takes the inventory over every few seconds.
            for _ in 0..<60 where placed == nil {
                let preview = try await gateway.call("POST", "/v1/intents?dryRun=true", json: #"{"intent": "Deploy an SMF with 20 replicas"}"#)
                if preview.text.contains("edge01/default/smf") {
                    placed = try await gateway.submit("Deploy an SMF with 20 replicas")
                } else {
                    try await Task.sleep(for: .milliseconds(250))
                }
            }
            #expect(placed?.plan?.packages.map(\.path) == ["edge01/default/smf"])

            // Without the O-Cloud what was known is still known; asked where everything is, by name.
            cloud.setDown(true)
            let stated = try await gateway.submit("Deploy an NRF in cluster edge01")
            #expect(stated.phase == .published && stated.plan?.packages.map(\.path) == ["edge01/default/nrf"])
            #expect(cloud.violations.isEmpty, "\(cloud.violations)")
            await cloud.stop()
        }

        @Test("of two sentences for the last room of a cluster, said at once, one has it and the other is told that there is none")
        func lastRoom() async throws {
            let cloud = try await FakeOCloud.start()
            cloud.hold([FakeOCloud.manager("edge01", capacity: ["cpu": "6", "memory": "64Gi"])], as: "deploymentManagers")
            let installation = try await Installation.start(["O2_URL": cloud.url, "O2_INTERVAL": "1h"])
            defer { installation.stop() }
            let gateway = installation.gateway
            // Four cores each; planned in one batch, before either is published.
            async let first = gateway.submit("Deploy an AMF named amf-a with 8 replicas")
            async let second = gateway.submit("Deploy an AMF named amf-b with 8 replicas")
            let records = try await [first, second]
            #expect(Set(records.map(\.phase)) == [.published, .refused], "\(records.map { $0.problem?.detail ?? "\($0.phase)" })")
            let refused = try #require(records.first { $0.phase == .refused })
            #expect(refused.problem?.code == "infeasible" && refused.problem?.detail.contains("2 cores are missing") == true)
            // What is left is there for others.
            let small = try await gateway.submit("Deploy an AMF named amf-c with 4 replicas")
            #expect(small.phase == .published)
            await cloud.stop()
        }
    }
}
