import Foundation
import IntentModel
import TestSupport
import Testing

extension RealProcesses {
    /// What becomes of intents that do not simply go through: partial failure, ends that are asked for, turns, time windows.
    @Suite("lives") struct LifeTests {
        static let slice = "Deploy an eMBB slice with 200 Mbps downlink throughput in namespace slices"

        @Test("when the RIC refuses the policy, the packages that were published are taken back, and a retry does it all", arguments: ["rollback", "keep"])
        func partialFailure(_ policy: String) async throws {
            let ric = try await FakeRIC.start()
            ric.setFaults { $0.putStatus = 400 }
            let installation = try await Installation.start(["A1_URL": ric.url, "PLMN": "001-01", "ON_PARTIAL_FAILURE": policy])
            defer { installation.stop() }
            let record = try await installation.gateway.submit(Self.slice)
            #expect(record.phase == .failed)
            #expect(record.problem?.code == "a1_rejected", "\(record.problem?.detail ?? "")")
            let published = try await installation.repository.revisions().filter { $0.intent == record.id.description }
            #expect(!published.isEmpty)
            if policy == "keep" {
                #expect(record.tracks["delivery"]?.state == .succeeded)
                #expect(try await installation.repository.packages() == Set(published.map(\.path)))
                #expect(record.history.last?.detail == "ran failed in part; delivery stays in effect")
            } else {
                #expect(record.tracks.mapValues(\.state) == ["delivery": .compensated, "ran": .compensated])
                #expect(record.packages.isEmpty)
                #expect(try await installation.repository.packages().isEmpty)
                #expect(Set(try await installation.repository.reversals()) == Set(published))
                // Nothing of it stands, so it may be tried again, as if for the first time.
                ric.setFaults { $0.putStatus = nil }
                _ = try await installation.gateway.decide("retry", record.id)
                let retried = try await installation.gateway.settled(record.id)
                #expect(retried.phase == .published, "\(retried.problem?.detail ?? "")")
                #expect(try await installation.repository.packages() == Set(published.map(\.path)))
                #expect(ric.policies.count == 1)
            }
            await ric.stop()
        }

        @Test("an intent in effect is rolled back: packages and policies are what they were before, once")
        func rollback() async throws {
            let ric = try await FakeRIC.start()
            let installation = try await Installation.start(["A1_URL": ric.url, "PLMN": "001-01"])
            defer { installation.stop() }
            let gateway = installation.gateway
            let deployed = try await gateway.submit("Deploy an NRF with 2 replicas in namespace back")
            let scaled = try await gateway.submit("Scale the NRF in namespace back to 5 replicas")
            #expect(scaled.phase == .published, "\(scaled.problem?.detail ?? "")")

            // The first cannot be undone below the second.
            _ = try await gateway.decide("rollback", deployed.id)
            let below = try await gateway.settled(deployed.id)
            #expect(below.phase == .failed)
            #expect(below.problem?.code == "not_undone")
            #expect(try await installation.repository.replicas(of: "default/back/nrf") == 5)

            let announced = try await gateway.decide("rollback", scaled.id, json: #"{"reason": "too much"}"#)
            #expect(announced.phase != .published)
            let undone = try await gateway.settled(scaled.id)
            #expect(undone.phase == .rolledBack, "\(undone.problem?.detail ?? "")")
            #expect(undone.history.last?.detail == "rolled back: too much; delivery undone")
            #expect(try await installation.repository.replicas(of: "default/back/nrf") == 2)
            #expect(try await gateway.call("POST", "/v1/intents/\(scaled.id)/rollback", json: "{}").status == 409)

            func optimize(_ mbps: Int) async throws -> IntentRecord {
                try await gateway.submit("Optimize the eMBB slice to guarantee at least \(mbps) Mbps downlink throughput")
            }
            let first = try await optimize(300)
            let before = ric.policies
            let second = try await optimize(400)
            #expect(first.phase == .fulfilled && second.phase == .fulfilled && ric.policies != before)
            _ = try await gateway.decide("rollback", second.id)
            #expect(try await gateway.settled(second.id).phase == .rolledBack)
            #expect(ric.policies == before)
            _ = try await gateway.decide("rollback", first.id)
            #expect(try await gateway.settled(first.id).phase == .rolledBack)
            #expect(ric.policies.isEmpty)
            await ric.stop()
        }

        @Test("a cancel while effects are being had ends with none of them")
        func cancelWhileExecuting() async throws {
            let ric = try await FakeRIC.start()
            let installation = try await Installation.start(["A1_URL": ric.url, "PLMN": "001-01"])
            defer { installation.stop() }
            // Planning has to get its answers; from then on the RIC takes its time.
            let id = try await installation.gateway.accepted(Self.slice)
            try await installation.gateway.until(id) { $0.phase == .executing || $0.phase.isTerminal }
            ric.setFaults { $0.delay = .milliseconds(700) }
            let reply = try await installation.gateway.call("POST", "/v1/intents/\(id)/cancel", json: #"{"reason": "wrong slice"}"#)
            #expect(reply.status == 200 || reply.status == 409)
            let record = try await installation.gateway.settled(id)
            if reply.status == 200 {
                #expect(record.phase == .cancelled, "\(record.problem?.detail ?? "")")
                #expect(record.history.last?.detail?.hasPrefix("cancelled: wrong slice") == true)
                #expect(try await installation.repository.packages().isEmpty)
                #expect(ric.policies.isEmpty)
            }
            await ric.stop()
        }

        @Test("many who change the same object at once take their turns: each change counts once")
        func turns() async throws {
            let installation = try await Installation.start()
            defer { installation.stop() }
            let gateway = installation.gateway
            #expect(try await gateway.submit("Deploy an NRF with 1 replica in namespace turns").phase == .published)
            let records = try await withThrowingTaskGroup(of: IntentRecord.self) { group in
                for _ in 0..<8 { group.addTask { try await gateway.submit("Increase the replicas of the NRF in namespace turns by 1", wait: 60) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(
                records.allSatisfy { $0.phase == .published },
                "\(records.map { "\($0.phase) \($0.problem?.detail ?? $0.clarifications?.first?.question ?? "")" })")
            #expect(try await installation.repository.replicas(of: "default/turns/nrf") == 9)
            #expect(Set(records.flatMap(\.packages).map(\.revision)).count == 8)
            // None of them met a conflict: they waited for each other instead.
            #expect(!records.flatMap(\.history).contains { $0.detail?.contains("planning again") == true })
            // Postponed work of a step that was taken earlier goes when it is due.
            try await installation.queues.untilEmpty()
        }

        @Test("a time window is waited for; what is over is refused; what is no instant is asked about")
        func window() async throws {
            let installation = try await Installation.start()
            defer { installation.stop() }
            let gateway = installation.gateway
            let start = Date.now.addingTimeInterval(4)
            let opening = ISO8601DateFormatter().string(from: start)
            let id = try await gateway.accepted("Deploy a BSF in namespace later at \(opening)")
            try await gateway.until(id) { $0.waitsFor != nil || $0.phase.isTerminal || $0.phase.awaitsPerson }
            let waiting = try await gateway.record(id)
            #expect(
                waiting.phase == .planning && waiting.waitsFor?.contains(opening) == true, "\(waiting.phase) \(waiting.clarifications?.first?.question ?? "")")
            #expect(try await installation.repository.packages().isEmpty)
            let done = try await gateway.settled(id)
            #expect(done.phase == .published && done.waitsFor == nil)
            let executed = try #require(done.history.first { $0.phase == .executing })
            #expect(executed.at.prefix(19) >= opening.prefix(19))

            // Waiting, it can be cancelled at once.
            let other = try await gateway.accepted("Deploy a UDR in namespace later at 2099-01-01T00:00:00Z")
            try await gateway.until(other) { $0.waitsFor != nil || $0.phase.isTerminal || $0.phase.awaitsPerson }
            #expect(try await gateway.decide("cancel", other).phase == .cancelled)

            let nightly = try await gateway.submit("Deploy a UDM in namespace later every night")
            #expect(nightly.phase == .awaitingClarification)
            let answer = #"{"answers": [{"expectation": "e1", "field": "context.window", "value": "now"}]}"#
            _ = try await gateway.decide("clarify", nightly.id, json: answer)
            #expect(try await gateway.settled(nightly.id).phase == .published)
        }

        @Test("an intent that supersedes another ends it first, wherever that has come to")
        func supersede() async throws {
            let installation = try await Installation.start()
            defer { installation.stop() }
            let gateway = installation.gateway
            let waiting = try await gateway.submit("Deploy an NRF with 2 replicas in namespace next", approval: "required")
            #expect(waiting.phase == .awaitingApproval)
            let body = #"{"intent": "Deploy an NRF with 4 replicas in namespace next", "supersedes": "\#(waiting.id)"}"#
            let reply = try await gateway.call("POST", "/v1/intents", json: body, headers: [("prefer", "wait=30")])
            let record = try reply.decode(IntentRecord.self)
            #expect(record.phase == .published)
            let old = try await gateway.record(waiting.id)
            #expect(old.phase == .superseded && old.history.last?.detail == "superseded by intent \(record.id)")
            #expect(try await installation.repository.replicas(of: "default/next/nrf") == 4)

            // What has ended leaves nothing to supersede; what does not exist neither.
            for (id, status) in [("\(record.id)", 409), ("018f4e2a-7c11-7003-9c1e-0242ac120002", 400), ("x", 400)] {
                let reply = try await gateway.call("POST", "/v1/intents", json: #"{"intent": "Deploy a PCF in namespace next", "supersedes": "\#(id)"}"#)
                #expect(reply.status == status, "\(reply)")
            }
        }
    }
}

extension Gateway {
    /// The id of an intent that was accepted and not waited for.
    func accepted(_ intent: String) async throws -> IntentID {
        let reply = try await self.call("POST", "/v1/intents", json: #"{"intent": "\#(intent)"}"#)
        guard reply.status == 202, let id = IntentID(reply["id"] as? String ?? "") else { throw Unexpected(description: "\(reply)") }
        return id
    }

    /// Looks until the record is as it should be, for 20 s at most.
    func until(_ id: IntentID, _ condition: (IntentRecord) -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(20)
        while ContinuousClock.now < deadline {
            if condition(try await self.record(id)) { return }
            try await Task.sleep(for: .milliseconds(5))
        }
        throw Unexpected(description: "intent \(id) stays in \(try await self.record(id).phase)")
    }
}
