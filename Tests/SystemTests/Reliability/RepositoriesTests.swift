import Foundation
import IntentModel
import TestSupport
import Testing

extension RealProcesses {
    /// Clusters that are delivered from repositories of their own.
    @Suite("repositories by cluster") struct RepositoriesTests {
        @Test("every cluster's packages are in its repository; an intent for two is in both, or in none; one that is away stops nobody else")
        func journey() async throws {
            let directory = try TemporaryDirectory()
            let (edge, west) = (PublishedRepository(directory: directory.file("edge.git")), PublishedRepository(directory: directory.file("west.git")))
            try await west.git("init", "--quiet", "--bare", "--initial-branch=main", west.directory)
            let file = directory.file("repositories.yaml")
            let text = """
                repositories:
                  - {name: edge, url: \(edge.directory), clusters: [edge-*]}
                  - {name: west, url: "file://\(west.directory)", clusters: [west]}

                """
            try text.write(toFile: file, atomically: true, encoding: .utf8)
            let installation = try await Installation.start([
                "GIT_REPOSITORIES_FILE": file, "CLUSTERS": "hub-1,edge-1,edge-2,west", "GIT_MIRROR": directory.file("mirror.git"),
            ])
            defer { installation.stop() }
            let (gateway, main) = (installation.gateway, installation.repository)

            for (sentence, repository, path) in [
                ("Deploy an NRF in cluster hub-1", main, "hub-1/default/nrf"), ("Deploy an NRF in cluster edge-2", edge, "edge-2/default/nrf"),
                ("Deploy an NRF in cluster west", west, "west/default/nrf"),
            ] {
                let record = try await gateway.submit(sentence)
                #expect(record.phase == .published, "\(sentence): \(record.problem?.detail ?? "")")
                #expect(try await repository.revisions() == [.init(intent: record.id.description, path: path)])
            }
            #expect(try await gateway.call("GET", "/v1/packages?function=NRF").text.components(separatedBy: "\"path\"").count == 4)
            let scaled = try await gateway.submit("Scale the NRF in cluster west to 3 replicas")
            #expect(scaled.phase == .published)
            #expect(try await west.replicas(of: "west/default/nrf") == 3)

            let both = try await gateway.submit("Deploy an AMF in cluster edge-1 and a UDM in cluster west")
            #expect(both.phase == .published, "\(both.problem?.detail ?? both.clarifications?.first?.question ?? "")")
            #expect(try await edge.revisions().contains(.init(intent: both.id.description, path: "edge-1/default/amf")))
            #expect(try await west.revisions().contains(.init(intent: both.id.description, path: "west/default/udm")))

            // Refused by the second, it is taken back from the first.
            let hook = west.directory + "/hooks/pre-receive"
            try FileManager.default.createDirectory(atPath: west.directory + "/hooks", withIntermediateDirectories: true)
            try "#!/bin/sh\nexit 1\n".write(toFile: hook, atomically: true, encoding: .utf8)
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: hook)
            let half = try await gateway.submit("Deploy an AUSF in cluster edge-1 and a PCF in cluster west")
            #expect(half.phase == .failed && half.problem?.detail.contains("declined") == true, "\(half.phase) \(half.problem?.detail ?? "")")
            #expect(try await edge.revisions().contains(.init(intent: half.id.description, path: "edge-1/default/ausf")))
            #expect(try await edge.reversals() == [.init(intent: half.id.description, path: "edge-1/default/ausf")])
            let (inEdge, inWest) = (try await edge.packages(), try await west.packages())
            #expect(!inEdge.contains("edge-1/default/ausf") && !inWest.contains("west/default/pcf"))
            try FileManager.default.removeItem(atPath: hook)

            // The server of one is gone: its intent waits, the others' do not.
            try FileManager.default.moveItem(atPath: west.directory, toPath: west.directory + ".away")
            let waiting = try await gateway.accept("Scale the NRF in cluster west to 4 replicas")
            let other = try await gateway.submit("Deploy an SMF in cluster edge-1")
            #expect(other.phase == .published, "\(other.problem?.detail ?? "")")
            try FileManager.default.moveItem(atPath: west.directory + ".away", toPath: west.directory)
            #expect(try await gateway.settled(waiting, within: .seconds(90)).phase == .published)
            #expect(try await west.replicas(of: "west/default/nrf") == 4)
            #expect(try await west.revisions().filter { $0.intent == waiting.description }.count == 1)
        }

        @Test("a cluster that moves to another repository while its packages are in the old one: refused in words, and nowhere twice")
        func moved() async throws {
            let directory = try TemporaryDirectory()
            let west = PublishedRepository(directory: directory.file("west.git"))
            let file = directory.file("repositories.yaml")
            func deliver(_ clusters: String) throws {
                let text = "repositories:\n  - {name: west, url: \(west.directory), clusters: [\(clusters)]}\n"
                try text.write(toFile: file, atomically: true, encoding: .utf8)
            }
            try deliver("west")
            let installation = try await Installation.start(["GIT_REPOSITORIES_FILE": file, "CLUSTERS": "hub,west"])
            defer { installation.stop() }
            let (gateway, main) = (installation.gateway, installation.repository)
            #expect(try await gateway.submit("Deploy an NRF in cluster hub").phase == .published)
            // One that waits for a person while the cluster moves.
            let waiting = try await gateway.submit("Scale the NRF in cluster hub to 3 replicas", approval: "required")
            #expect(waiting.phase == .awaitingApproval)

            try deliver("west, hub")
            try await installation.killAndRestart(.bridge)
            for sentence in ["Deploy an NRF in cluster hub", "Scale the NRF in cluster hub to 5 replicas"] {
                let record = try await gateway.submit(sentence)
                #expect(record.phase == .failed && record.problem?.code == "package_misplaced", "\(sentence): \(record.phase) \(record.problem?.detail ?? "")")
                #expect(record.problem?.detail.contains("hub/default/nrf is in the repository main, and hub is delivered from west by now") == true)
            }
            _ = try await gateway.decide("approve", waiting.id)
            let approved = try await gateway.settled(waiting.id, within: .seconds(60))
            #expect(approved.phase == .failed && approved.problem?.code == "package_misplaced", "\(approved.phase) \(approved.problem?.detail ?? "")")
            let answer = try await installation.client(.bridge, key: Installation.token).call("GET", "/v1/packages/hub/default/nrf")
            #expect(answer.status == 409 && answer.text.contains("package_misplaced"))
            #expect(try await main.packages() == ["hub/default/nrf"])
            #expect((try? await west.packages())?.contains("hub/default/nrf") != true)
        }
    }
}
