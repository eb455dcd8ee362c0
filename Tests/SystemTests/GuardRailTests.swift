import Foundation
import IntentModel
import TestSupport
import Testing

extension RealProcesses {
    /// What stands between an intent that was understood and its effect: conflicts, approvals, ranges, and what holds already.
    @Suite("guard rails") struct GuardRailTests {
        private struct DryRun: Decodable {
            var plan: Plan?
            var conflicts: [Conflict]
        }

        private func dryRun(_ intent: String, _ gateway: Gateway) async throws -> DryRun {
            try await gateway.call("POST", "/v1/intents?dryRun=true", json: #"{"intent": "\#(intent)"}"#).decode(DryRun.self)
        }

        @Test("what contradicts a plan that waits for approval is shown in a dry run and waits, and is planned against what is then there")
        func waits() async throws {
            let installation = try await Installation.start()
            defer { installation.stop() }
            let gateway = installation.gateway
            let amf = "default/clash/amf"
            #expect(try await gateway.submit("Deploy an AMF with 3 replicas in namespace clash").phase == .published)
            let first = try await gateway.submit("Scale the AMF in namespace clash to 12 replicas")
            #expect(first.phase == .awaitingApproval && first.conflicts == nil)
            #expect(first.plan?.approvalReasons == ["amf in clash goes from 3 to 12 replicas, more than 3-fold"])

            let shown = try await self.dryRun("Scale the AMF in namespace clash to 5 replicas", gateway)
            #expect(shown.conflicts.count == 1)
            let conflict = try #require(shown.conflicts.first)
            #expect(conflict.intent == first.id && conflict.kind == .target && conflict.attribute == "replicas")
            #expect(conflict.object == "package:\(amf)" && conflict.theirs == "12" && conflict.ours == "5")
            #expect(conflict.detail.contains("waits for approval"))
            #expect(try await self.dryRun("Scale the AMF in namespace clash to 12 replicas", gateway).conflicts.isEmpty)

            let second = try await gateway.accepted("Scale the AMF in namespace clash to 5 replicas")
            try await gateway.until(second) { $0.waitsFor != nil || $0.phase.isTerminal }
            let waiting = try await gateway.record(second)
            #expect(waiting.phase == .planning && waiting.waitsFor?.contains("\(first.id), which waits for approval") == true, "\(waiting.waitsFor ?? "")")
            #expect(waiting.conflicts == [conflict])
            #expect(waiting.history.last?.detail?.contains("\(first.id)") == true)
            #expect(try await installation.repository.replicas(of: amf) == 3)

            _ = try await gateway.decide("approve", first.id)
            let approved = try await gateway.settled(first.id)
            #expect(approved.phase == .published, "\(approved.problem?.detail ?? approved.plan?.approvalReasons.joined() ?? "")")
            let after = try await gateway.settled(second)
            #expect(after.phase == .published && after.waitsFor == nil && after.conflicts == [conflict], "\(after.phase) \(after.problem?.detail ?? "")")
            #expect(try await installation.repository.replicas(of: amf) == 5)
            #expect(try await installation.repository.revisions().map(\.intent).prefix(2) == ["\(second)", "\(first.id)"])
        }

        @Test("a scale under a removal waits until that is rejected, something compatible does not, and who supersedes waits for nobody")
        func removal() async throws {
            let installation = try await Installation.start()
            defer { installation.stop() }
            let gateway = installation.gateway
            #expect(try await gateway.submit("Deploy an NRF with 2 replicas in namespace site-gone").phase == .published)
            #expect(try await gateway.submit("Deploy an SMF with 2 replicas in namespace site-gone").phase == .published)
            let removal = try await gateway.submit("Remove the NRF from namespace site-gone")
            #expect(removal.phase == .awaitingApproval)
            let scale = try await gateway.accepted("Scale the NRF in namespace site-gone to 4 replicas")
            try await gateway.until(scale) { $0.waitsFor != nil || $0.phase.isTerminal }
            let conflict = try #require(try await gateway.record(scale).conflicts?.first)
            #expect(conflict.intent == removal.id && conflict.kind == .expectation && conflict.attribute == nil)
            #expect(conflict.theirs == "removed" && conflict.ours == "replicas 4")
            // Another object, and another who only waits in line behind nobody.
            #expect(try await gateway.submit("Scale the SMF in namespace site-gone to 3 replicas").phase == .published)
            _ = try await gateway.decide("reject", removal.id)
            #expect(try await gateway.settled(scale).phase == .published)
            #expect(try await installation.repository.replicas(of: "default/site-gone/nrf") == 4)

            // A jump that waits, with a compatible change and a successor beside it.
            let jump = try await gateway.submit("Scale the SMF in namespace site-gone to 15 replicas")
            #expect(jump.phase == .awaitingApproval)
            #expect(try await gateway.submit("Set the memory of the SMF in namespace site-gone to 1 GiB").phase == .published)
            // Approved is what was shown, and that has changed: it is shown again.
            _ = try await gateway.decide("approve", jump.id)
            #expect(try await gateway.settled(jump.id).phase == .awaitingApproval)
            let body = #"{"intent": "Scale the SMF in namespace site-gone to 5 replicas", "supersedes": "\#(jump.id)"}"#
            let reply = try await gateway.call("POST", "/v1/intents", json: body, headers: [("prefer", "wait=30")])
            let successor = try reply.decode(IntentRecord.self)
            #expect(successor.phase == .published && successor.conflicts == nil)
            #expect(try await gateway.record(jump.id).phase == .superseded)
            #expect(try await installation.repository.replicas(of: "default/site-gone/smf") == 5)
        }

        @Test("of two that contradict each other and both wait for approval the younger waits for the older, whichever is approved first")
        func twoApprovals() async throws {
            let installation = try await Installation.start()
            defer { installation.stop() }
            let gateway = installation.gateway
            let path = "default/site-duo/upf"
            #expect(try await gateway.submit("Deploy a UPF with 2 replicas in namespace site-duo").phase == .published)
            let older = try await gateway.submit("Scale the UPF in namespace site-duo to 10 replicas")
            let younger = try await gateway.submit("Scale the UPF in namespace site-duo to 12 replicas")
            #expect(older.phase == .awaitingApproval && younger.phase == .awaitingApproval)
            #expect(younger.conflicts?.map(\.intent) == [older.id])
            _ = try await gateway.decide("approve", younger.id)
            try await gateway.until(younger.id) { $0.waitsFor != nil || $0.phase.isTerminal }
            #expect(try await gateway.record(younger.id).waitsFor?.contains("\(older.id)") == true)
            _ = try await gateway.decide("approve", older.id)
            #expect(try await gateway.settled(older.id).phase == .published)
            let last = try await gateway.settled(younger.id)
            #expect(last.phase == .published, "\(last.phase) \(last.waitsFor ?? "")")
            #expect(try await installation.repository.replicas(of: path) == 12)
            #expect(try await gateway.record(older.id).conflicts?.map(\.intent) == [younger.id])
        }

        @Test("many who contradict each other on two objects all come to their end, and each conflict names a live intent of them")
        func many() async throws {
            let installation = try await Installation.start()
            defer { installation.stop() }
            let gateway = installation.gateway
            #expect(try await gateway.submit("Deploy an AMF and an SMF with 3 replicas each in namespace crowd").phase == .published)
            var texts: [String] = []
            for replicas in 4...6 {
                texts += ["Scale the AMF in namespace crowd to \(replicas) replicas", "Scale the SMF in namespace crowd to \(replicas) replicas"]
                texts.append("Scale the AMF to \(replicas) and the SMF to \(9 - replicas + 3) in namespace crowd")
                texts.append("Increase the replicas of the AMF in namespace crowd by 1")
            }
            let records = try await withThrowingTaskGroup(of: IntentRecord.self) { group in
                for text in texts { group.addTask { try await gateway.submit(text, wait: 60) } }
                return try await group.reduce(into: [IntentRecord]()) { $0.append($1) }
            }
            #expect(records.allSatisfy { $0.phase == .published }, "\(records.map { "\($0.phase) \($0.waitsFor ?? $0.plan?.approvalReasons.joined() ?? "")" })")
            let ids = Set(records.map(\.id))
            let conflicts = records.flatMap { $0.conflicts ?? [] }
            #expect(conflicts.allSatisfy { conflict in conflict.intent.map(ids.contains) == true && conflict.attribute == "replicas" })
            try await installation.queues.untilEmpty()
        }

        @Test("however many contradict each other, wait for approval and are approved in any order, nobody waits for ever")
        func approvedInAnyOrder() async throws {
            let installation = try await Installation.start()
            defer { installation.stop() }
            let gateway = installation.gateway
            #expect(try await gateway.submit("Deploy an AMF and an SMF with 2 replicas each in namespace site-any").phase == .published)
            var open: Set<IntentID> = []
            for replicas in [3, 12, 4, 14, 5] {
                for text in [
                    "Scale the AMF in namespace site-any to \(replicas) replicas",
                    "Scale the SMF to \(replicas) and the AMF to \(17 - replicas) in namespace site-any",
                ] { open.insert(try await gateway.accepted(text)) }
            }
            var random = SeededRandom(seed: 7)
            let deadline = ContinuousClock.now + .seconds(60)
            while !open.isEmpty, ContinuousClock.now < deadline {
                for id in open.sorted().shuffled(using: &random) {
                    let record = try await gateway.record(id)
                    if record.phase.isTerminal {
                        #expect(record.phase == .published, "\(record.request.intent): \(record.phase) \(record.problem?.detail ?? "")")
                        open.remove(id)
                    } else if record.phase == .awaitingApproval {
                        // Somebody else's step may come first.
                        _ = try await gateway.call("POST", "/v1/intents/\(id)/approve", json: "{}")
                    }
                }
            }
            for id in open { Issue.record("\(try await gateway.record(id).phase) \(try await gateway.record(id).waitsFor ?? "")") }
        }

        @Test("scaling to zero, a jump and production wait for approval, and what is done then is what was shown")
        func approvals() async throws {
            let directory = try TemporaryDirectory()
            let file = directory.file("approval.yaml")
            try Data(
                """
                rules:
                  - name: guarded
                    when: { namespace: ["guarded-*"], verb: [deploy] }
                    reason: "{{name}} is guarded"
                """.utf8
            ).write(to: URL(filePath: file))
            let installation = try await Installation.start(["POLICY_FILE": file])
            defer { installation.stop() }
            let gateway = installation.gateway
            #expect(try await gateway.submit("Deploy a PCF with 2 replicas in namespace shown").phase == .published)
            let rows = [
                ("Scale the PCF in namespace shown to 8 replicas", "more than 3-fold", "default/shown/pcf"),
                ("Scale the PCF in namespace shown to zero", "is scaled to zero", "default/shown/pcf"),
                ("Deploy an AMF with 2 replicas in ns shown-live for production", "the intent says production", "default/shown-live/amf"),
                ("Deploy an NRF in namespace guarded-a", "nrf in guarded-a is guarded", "default/guarded-a/nrf"),
            ]
            for (text, reason, path) in rows {
                let head = try await installation.repository.head()
                let record = try await gateway.submit(text)
                #expect(record.phase == .awaitingApproval && record.plan?.approvalReasons.contains { $0.contains(reason) } == true, "\(text): \(record.phase)")
                #expect(try await installation.repository.head() == head)
                let shown = try await gateway.call("GET", "/v1/intents/\(record.id)/manifests").text
                let result = try #require(record.plan?.packages.first?.result)
                _ = try await gateway.decide("approve", record.id)
                let done = try await gateway.settled(record.id)
                #expect(done.phase == .published, "\(text): \(done.phase)")
                #expect(try await installation.repository.git("rev-parse", "main:\(path)").trimmingCharacters(in: .whitespacesAndNewlines) == result)
                #expect(try await gateway.call("GET", "/v1/intents/\(record.id)/manifests").text == shown)
            }
        }

        @Test("a value out of its range is asked about with what is allowed, and an answer resumes the intent")
        func ranges() async throws {
            let installation = try await Installation.start()
            defer { installation.stop() }
            let gateway = installation.gateway
            let path = "default/range/amf"
            #expect(try await gateway.submit("Deploy an AMF with 3 replicas in namespace range").phase == .published)
            let head = try await installation.repository.head()
            let asked = try await gateway.submit("Scale the AMF in namespace range to 500 replicas")
            let question = try #require(asked.clarifications?.first, "\(asked.phase)")
            #expect(asked.phase == .awaitingClarification && question.field == "targets.replicas")
            #expect(question.question.contains("0 to 20 replicas") && question.options == ["20"])
            #expect(try await installation.repository.head() == head)
            func answer(_ value: String) async throws -> IntentRecord {
                let body = #"{"answers": [{"expectation": "\#(question.expectation)", "field": "\#(question.field)", "value": \#(value)}]}"#
                _ = try await gateway.decide("clarify", asked.id, json: body)
                return try await gateway.settled(asked.id)
            }
            // An answer out of range asks again.
            #expect(try await answer("21").phase == .awaitingClarification)
            let done = try await answer("6")
            #expect(done.phase == .published, "\(done.clarifications?.first?.question ?? "")")
            #expect(try await installation.repository.replicas(of: path) == 6)

            let cores = try await gateway.submit("Set the CPU of the AMF in namespace range to 1000 cores")
            #expect(cores.clarifications?.first?.options == ["128"], "\(cores.phase) \(cores.clarifications?.first?.question ?? "")")
        }

        @Test("what is so already ends at once, says so and publishes nothing")
        func noOp() async throws {
            let ric = try await FakeRIC.start()
            let installation = try await Installation.start(["A1_URL": ric.url, "PLMN": "001-01"])
            defer { installation.stop() }
            let gateway = installation.gateway
            for text in [
                "Deploy an NRF with 2 replicas in namespace same", "Scale the NRF in namespace same to 3 replicas", "Enable mutual TLS on the NRF in ns same",
                "Optimize the eMBB slice to guarantee at least 300 Mbps downlink throughput",
            ] {
                let first = try await gateway.submit(text)
                #expect(first.phase == .published || first.phase == .fulfilled, "\(text): \(first.phase)")
                let head = try await installation.repository.head()
                let policies = ric.policies
                let again = try await gateway.submit(text)
                #expect(again.phase == .published && again.packages.isEmpty && again.policies.isEmpty, "\(text): \(again.phase)")
                #expect(again.verification?.state == .notNeeded && again.plan?.notes.contains { $0.contains("already") } == true, "\(text)")
                #expect(try await installation.repository.head() == head)
                #expect(ric.policies == policies)
            }
            await ric.stop()
        }
    }
}
