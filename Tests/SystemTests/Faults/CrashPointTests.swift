import Foundation
import HTTPFetch
import IntentModel
import TestSupport
import Testing

extension RealProcesses {
    /// Every point at which a process can die, one after the other: a worker's between the steps of the state table, the gateway's around
    /// acceptance. Each is met once, by a SIGKILL that the process gives itself there; what the world then shows is judged, not what the ledger says.
    @Suite("crash points") struct CrashPointTests {
        struct Point: Sendable, CustomTestStringConvertible {
            var service: ServiceName
            var stage: String
            var point: String
            /// The work is to undo something: the intent is rolled back.
            var undoes = false

            var testDescription: String { "\(self.stage)\(self.undoes ? " (undoing)" : "") \(self.point)" }
        }

        static let stages: [(ServiceName, String)] = [
            (.interpreter, "interpret"), (.generator, "plan"), (.bridge, "publish"), (.adaptor, "policy"), (.bridge, "verify"),
        ]
        static let points = ["leased", "handled", "stepped"]
        static let all =
            stages.flatMap { service, stage in points.map { Point(service: service, stage: stage, point: $0) } }
            + [(ServiceName.generator, "plan"), (.bridge, "publish"), (.adaptor, "policy")].flatMap { service, stage in
                points.map { Point(service: service, stage: stage, point: $0, undoes: true) }
            }

        @Test("a worker that dies anywhere loses nothing and repeats nothing")
        func everyPoint() async throws {
            let ric = try await FakeRIC.start()
            let installation = try await Installation.start(["A1_URL": ric.url, "PLMN": "001-01"])
            defer { installation.stop() }
            for (number, point) in Self.all.enumerated() { try await self.crash(at: point, number, installation, ric) }
            try await installation.queues.untilEmpty()
            await ric.stop()
        }

        private func crash(at point: Point, _ number: Int, _ installation: Installation, _ ric: FakeRIC) async throws {
            let gateway = installation.gateway
            let path = "default/crash-\(number)/slice-embb"
            var id: IntentID?
            let sentence = "Deploy an eMBB slice with \(100 + number) Mbps downlink throughput in namespace crash-\(number)"
            if point.undoes {
                let record = try await gateway.submit(sentence)
                #expect(record.phase == .published, "\(point): \(record.problem?.detail ?? "")")
                id = record.id
            }
            let before = try await installation.repository.revisions().count
            let puts = ric.count(of: "PUT")
            let process = try installation.process(point.service)
            process.kill()
            try process.restart(adding: ["LEDGER_FAULT": "crash:\(point.point):\(point.stage)"])
            try await installation.untilReady(point.service)
            if let id {
                _ = try await gateway.decide("rollback", id)
            } else {
                id = try await gateway.accepted(sentence)
            }
            let intent = try #require(id)
            #expect(try await process.exitStatus(within: .seconds(20)) != nil, "\(point): the process did not come to this point")
            try process.restart()
            try await installation.untilReady(point.service)
            let record = try await gateway.settled(intent)
            #expect(record.phase == (point.undoes ? .rolledBack : .published), "\(point): \(record.phase) \(record.problem?.detail ?? "")")

            let revisions = try await installation.repository.revisions()
            let reversals = try await installation.repository.reversals()
            let packages = try await installation.repository.packages()
            if point.undoes {
                #expect(revisions.count == before, "\(point): something was published again")
                #expect(Set(reversals.filter { $0.intent == intent.description }).count == reversals.count { $0.intent == intent.description })
                #expect(!packages.contains { $0.hasPrefix("default/crash-\(number)/") }, "\(point): something is left")
            } else {
                let own = revisions.filter { $0.intent == intent.description }
                #expect(Set(own).count == own.count && own.contains { $0.path == path }, "\(point): \(own)")
                #expect(packages.contains(path))
                // A repeat finds what is there.
                #expect(ric.count(of: "PUT") == puts + 1, "\(point): \(ric.count(of: "PUT") - puts) puts")
            }
            #expect(record.history.count { $0.phase == record.phase } == 1, "\(point): \(record.history)")
        }

        @Test("a nephio-bridge that dies anywhere in a publication leaves a clean repository, and publishes once")
        func publishing() async throws {
            let installation = try await Installation.start()
            defer { installation.stop() }
            let process = try installation.process(.bridge)
            let fsck = ["fsck", "--full", "--strict", "--no-dangling"]
            for (number, point) in ["pack-written", "pack-named", "pack-indexed", "ref-locked", "ref-moved"].enumerated() {
                process.kill()
                try process.restart(adding: ["GIT_FAULT": "crash:\(point)"])
                try await installation.untilReady(.bridge)
                let before = try await installation.repository.revisions().count
                let id = try await installation.gateway.accepted("Deploy an NRF named nrf-\(number) in namespace crash-git")
                #expect(try await process.exitStatus(within: .seconds(20)) != nil, "\(point): the process did not come to this point")
                #expect(try await installation.repository.git(fsck) == "", "\(point)")
                #expect(try await installation.repository.revisions().count == before + (point == "ref-moved" ? 1 : 0), "\(point)")
                try process.restart()
                try await installation.untilReady(.bridge)
                let record = try await installation.gateway.settled(id)
                #expect(record.phase == .published, "\(point): \(record.phase) \(record.problem?.detail ?? "")")
                #expect(try await installation.repository.revisions().count == before + 1, "\(point)")
                #expect(try await installation.repository.git(fsck) == "", "\(point)")
            }
            let tags = try await installation.repository.git("tag").split(separator: "\n")
            #expect(tags.count == 5)
            try await installation.queues.untilEmpty()
        }

        @Test("a gateway that dies while it accepts leaves one intent or none, and the key finds it", arguments: ["asked", "recorded"])
        func accepting(_ point: String) async throws {
            let installation = try await Installation.start()
            defer { installation.stop() }
            let process = try installation.process(.gateway)
            process.kill()
            try process.restart(adding: ["LEDGER_FAULT": "crash:\(point)"])
            try await installation.untilReady(.gateway)
            let body = #"{"intent": "Deploy an NRF in namespace crash-gateway"}"#
            let headers = [("idempotency-key", "crash-1"), ("prefer", "wait=20")]
            await #expect(throws: FetchError.self) { try await installation.gateway.call("POST", "/v1/intents", json: body, headers: headers) }
            #expect(try await process.exitStatus(within: .seconds(10)) != nil)
            #expect(try await installation.queues.accepted() == (point == "recorded" ? 1 : 0))
            try process.restart()
            try await installation.untilReady(.gateway)
            let reply = try await installation.gateway.call("POST", "/v1/intents", json: body, headers: headers)
            #expect(reply.status == 200)
            #expect(try await installation.queues.accepted() == 1)
            #expect(try await installation.repository.revisions().count == 1)
        }
    }
}
