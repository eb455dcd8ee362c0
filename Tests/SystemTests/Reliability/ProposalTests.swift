import Foundation
import IntentModel
import TestSupport
import Testing

extension RealProcesses {
    /// What waits for approval, as branches of the package repository.
    @Suite("proposals in Git") struct ProposalTests {
        private func branches(_ installation: Installation) async throws -> [String] {
            try await installation.repository.git("for-each-ref", "--format=%(refname:lstrip=2)", "refs/heads/drafts", "refs/heads/proposed")
                .split(separator: "\n").map { String($0) }
        }

        @Test("a proposal is a branch until it is decided, through a kill of nephio-bridge; approved it is on the branch once, rejected it is gone")
        func life() async throws {
            let installation = try await Installation.start(["DELIVERY_MODE": "draft"])
            defer { installation.stop() }
            let (gateway, amf) = (installation.gateway, "default/draft/amf")
            #expect(try await gateway.submit("Deploy an AMF with 3 replicas in namespace draft").phase == .published)
            #expect(try await self.branches(installation) == [])
            let first = try await gateway.submit("Scale the AMF in namespace draft to 4 replicas", approval: "required")
            #expect(first.phase == .awaitingApproval)
            try await eventually { try await self.branches(installation) == ["proposed/\(amf)/v2"] }
            #expect(try await installation.repository.replicas(of: amf) == 3)
            #expect(try await installation.repository.git("show", "proposed/\(amf)/v2:\(amf)/deployment.yaml").contains("replicas: 4"))

            try await installation.killAndRestart(.bridge)
            _ = try await gateway.decide("approve", first.id)
            #expect(try await gateway.settled(first.id).phase == .published)
            try await eventually { try await self.branches(installation) == [] }
            #expect(try await installation.repository.replicas(of: amf) == 4)
            #expect(try await installation.repository.revisions().count { $0.intent == "\(first.id)" } == 1)

            let second = try await gateway.submit("Scale the AMF in namespace draft to 5 replicas", approval: "required")
            try await eventually { try await self.branches(installation) == ["proposed/\(amf)/v3"] }
            _ = try await gateway.decide("reject", second.id)
            try await eventually { try await self.branches(installation) == [] }
            #expect(try await installation.repository.replicas(of: amf) == 4)
        }

        @Test("a nephio-bridge that dies between any two steps of a proposal shows it once and publishes it once")
        func deaths() async throws {
            let installation = try await Installation.start(["DELIVERY_MODE": "draft"])
            defer { installation.stop() }
            let (gateway, process) = (installation.gateway, try installation.process(.bridge))
            let fsck = ["fsck", "--full", "--strict", "--no-dangling"]
            // Whether a person has approved before the process comes to the point.
            let points = [
                ("draft-written", false), ("draft-drafted", false), ("draft-proposed", false), ("pack-written", true), ("pack-indexed", true),
                ("ref-locked", true), ("ref-moved", true), ("draft-removed", true),
            ]
            for (number, (point, isApproved)) in points.enumerated() {
                let path = "default/deaths-\(number)/nrf"
                func restart(_ environment: [String: String] = [:]) async throws {
                    process.kill()
                    try process.restart(adding: environment)
                    try await installation.untilReady(.bridge)
                }
                if !isApproved { try await restart(["GIT_FAULT": "crash:\(point)"]) }
                let waiting = try await gateway.submit("Deploy an NRF in namespace deaths-\(number)", approval: "required")
                #expect(waiting.phase == .awaitingApproval, "\(point): \(waiting.phase)")
                if !isApproved {
                    #expect(try await process.exitStatus(within: .seconds(20)) != nil, "\(point): the process did not come to this point")
                    #expect(try await installation.repository.git(fsck) == "", "\(point)")
                    try await restart()
                }
                try await eventually { try await self.branches(installation) == ["proposed/\(path)/v1"] }
                #expect(try await installation.repository.revisions().count == number, "\(point): published without an approval")
                if isApproved { try await restart(["GIT_FAULT": "crash:\(point)"]) }
                _ = try await gateway.decide("approve", waiting.id)
                if isApproved {
                    #expect(try await process.exitStatus(within: .seconds(20)) != nil, "\(point): the process did not come to this point")
                    #expect(try await installation.repository.git(fsck) == "", "\(point)")
                    try await restart()
                }
                let record = try await gateway.settled(waiting.id)
                #expect(record.phase == .published, "\(point): \(record.phase) \(record.problem?.detail ?? "")")
                try await eventually { try await self.branches(installation) == [] }
                #expect(try await installation.repository.revisions().count { $0.intent == "\(waiting.id)" && $0.path == path } == 1, "\(point)")
                #expect(
                    try await installation.repository.git("rev-parse", "refs/tags/\(path)/v1") == installation.repository.git("rev-parse", "main"), "\(point)")
                #expect(try await installation.repository.git(fsck) == "", "\(point)")
            }
            #expect(try await installation.repository.git("rev-list", "--count", "--merges", "main") == "0\n")
            try await installation.queues.untilEmpty()
        }

        @Test("the command line rolls a package back: an intent, a new revision with the old content, and once however often it is asked for")
        func rollback() async throws {
            let installation = try await Installation.start()
            defer { installation.stop() }
            let (gateway, path) = (installation.gateway, "default/back/amf")
            #expect(try await gateway.submit("Deploy an AMF with 2 replicas in namespace back").phase == .published)
            #expect(try await gateway.submit("Scale the AMF in namespace back to 5 replicas").phase == .published)
            let old = try await installation.repository.git("rev-parse", "\(path)/v1:\(path)")
            for attempt in 0..<2 {
                let (status, text) = try await self.nephoran(["package", "rollback", path, "--to", "v1", "--wait"], installation)
                // What it is already is not made again.
                #expect(status == (attempt == 0 ? 0 : 3), "\(status): \(text)")
            }
            #expect(try await installation.repository.git("rev-parse", "\(path)/v3:\(path)") == old)
            #expect(try await installation.repository.git("rev-parse", "main:\(path)") == old)
            #expect(try await installation.repository.replicas(of: path) == 2)
            #expect(try await installation.repository.revisions().count == 3)
            #expect(try await installation.repository.git("tag").split(separator: "\n").count == 3)
            try await installation.queues.untilEmpty()
        }

        /// What the command ends with, and says.
        private func nephoran(_ arguments: [String], _ installation: Installation) async throws -> (status: Int32, text: String) {
            let log = installation.directory.file("nephoran-\(UUID().uuidString)")
            let environment = [
                "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "", "NEPHORAN_URL": installation.gateway.address, "NEPHORAN_TOKEN": Installation.token,
            ]
            let command = try ServiceProcess(
                "nephoran", executable: try Executables.path(named: "nephoran"), arguments: arguments, environment: environment, log: log)
            let status = try #require(try await command.exitStatus(within: .seconds(60)))
            return (status, (try? String(contentsOfFile: log, encoding: .utf8)) ?? "")
        }
    }
}
