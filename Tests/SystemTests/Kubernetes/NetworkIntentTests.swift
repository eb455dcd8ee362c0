import Foundation
import IntentModel
import JSONSchema
import RedisClient
import TestSupport
import Testing

extension RealProcesses {
    /// A `NetworkIntent` works like a `POST`, whatever happens to the controller and to the API server. Judged from what the gateway has.
    @Suite("NetworkIntents") struct NetworkIntentTests {
        @Test("an applied NetworkIntent becomes one intent; status, conditions and projections follow it")
        func apply() async throws {
            let cluster = try await Cluster.start()
            let installation = try await Installation.start(cluster.settings())
            defer { installation.stop() }
            try cluster.apply("amf", ["intent": "Deploy an AMF", "targetNamespace": "core5g", "priority": "high", "intentType": "deployment"])
            let done = try await cluster.until("amf") { $0.condition("Completed") == "True" }
            #expect(done.kindPhase == "Completed")
            #expect(done["status"]?["observedGeneration"] == 1)
            #expect(done["status"]?["packageRevision"] == "default/core5g/amf/v1")
            #expect(done["status"]?["errorMessage"] == nil)
            for type in ["Accepted", "Interpreted", "Planned", "Rendered", "Published", "Verified"] { #expect(done.condition(type) == "True", "\(type)") }
            let id = try #require(done.intentID)
            let record = try await installation.gateway.record(id)
            #expect(record.request.intent == "Deploy an AMF" && record.request.namespace == "core5g" && record.request.priority == .high)
            #expect(done["status"]?["commit"]?.string == record.packages.first?.commit)
            for plural in ["intentprocessings", "resourceplans", "manifestgenerations", "gitopsdeployments", "deploymentverifications"] {
                let projection = try #require(cluster.server.object(plural, "operators", "amf"), "\(plural)")
                #expect(projection["status"]?["phase"] == "Completed")
                #expect(projection["metadata"]?["ownerReferences"]?[0]?["uid"] == done["metadata"]?["uid"])
            }
            // Nothing of the status is a reason to begin anew.
            try await installation.killAndRestart(.bridge)
            try cluster.apply("smf", ["description": "Deploy an SMF", "targetNamespace": "core5g"])
            try await cluster.until("smf") { $0.kindPhase == "Completed" }
            #expect(try await installation.gateway.all().count == 2)
        }

        @Test("what needs a person says so and goes on; what is refused says why")
        func phases() async throws {
            let cluster = try await Cluster.start()
            let installation = try await Installation.start(cluster.settings())
            defer { installation.stop() }
            try cluster.apply("asks", ["intent": "Scale the UPF in core5g to 3 replicas"])
            try cluster.apply("waits", ["intent": "Deploy an NRF in core5g", "approval": "required"])
            try cluster.apply("both", ["intent": "Deploy an NRF in core5g", "description": "Deploy an NRF in core5g"])
            try cluster.apply("empty", ["intent": "   "])
            let asks = try await cluster.until("asks") { $0.kindPhase == "AwaitingClarification" }
            #expect(asks.condition("Completed") == "False")
            let waits = try await cluster.until("waits") { $0.kindPhase == "AwaitingApproval" }
            for name in ["both", "empty"] {
                let refused = try await cluster.until(name) { $0.kindPhase == "Failed" }
                #expect(refused.condition("Accepted") == "False")
                #expect(refused["status"]?["errorMessage"]?.string?.isEmpty == false)
            }
            _ = try await installation.gateway.decide("approve", try #require(waits.intentID))
            try await cluster.until("waits") { $0.kindPhase == "Completed" }
            // Corrected, it is taken.
            try cluster.change("empty", ["intent": "Deploy an AUSF in core5g"])
            let taken = try await cluster.until("empty") { $0.kindPhase == "Completed" }
            #expect(taken["status"]?["observedGeneration"] == 2)
            #expect(try await installation.gateway.all().count == 3)
        }

        @Test("another specification supersedes the intent before; pausing holds back what is new and repeats nothing")
        func generations() async throws {
            let cluster = try await Cluster.start()
            let installation = try await Installation.start(cluster.settings())
            defer { installation.stop() }
            try cluster.apply("a", ["intent": "Deploy an AMF in core5g", "approval": "required"])
            let first = try await cluster.until("a") { $0.kindPhase == "AwaitingApproval" }
            try cluster.change("a", ["paused": true])
            try await cluster.until("a") { $0.condition("Paused") == "True" && $0["status"]?["observedGeneration"] == 2 }
            try cluster.change("a", ["intent": "Deploy an SMF in core5g"])
            try await cluster.until("a") { $0["status"]?["observedGeneration"] == 3 }
            #expect(try await installation.gateway.all().count == 1)
            try cluster.change("a", ["paused": false])
            let second = try await cluster.until("a") { $0.intentID != first.intentID && $0.kindPhase == "AwaitingApproval" }
            #expect(second.condition("Paused") == "False")
            #expect(try await installation.gateway.settled(try #require(first.intentID)).phase == .superseded)
            #expect(try await installation.gateway.record(try #require(second.intentID)).request.intent == "Deploy an SMF in core5g")
            // Paused and gone on: the same request.
            try cluster.change("a", ["paused": true])
            try cluster.change("a", ["paused": false])
            try await cluster.until("a") { $0["status"]?["observedGeneration"] == 6 }
            #expect(try await installation.gateway.all().count == 2)
        }

        @Test("an intent is its namespace's: of its tenant, with its rights; a namespace without a key is refused until it has one", .timeLimit(.minutes(3)))
        func namespaces() async throws {
            let directory = try TemporaryDirectory()
            try """
            keys:
              - {name: north-bridge, key: key-of-the-north-bridge, tenant: north, roles: [operator]}
              - {name: reader, key: key-of-the-reader, tenant: north, roles: [viewer]}
              - {name: ada, key: key-of-ada, tenant: north, roles: [operator, approver]}
              - {name: grace, key: key-of-grace, tenant: south, roles: [operator, approver]}
            """.write(toFile: directory.file("keys.yaml"), atomically: true, encoding: .utf8)
            try "approval: {bySelf: [], programs: {\"*-bridge\": [ada]}}".write(toFile: directory.file("policy.yaml"), atomically: true, encoding: .utf8)
            try FileManager.default.createDirectory(atPath: directory.file("namespaces"), withIntermediateDirectories: false)
            func map(_ namespace: String, _ key: String?) throws {
                let path = directory.file("namespaces") + "/" + namespace
                guard let key else { return try FileManager.default.removeItem(atPath: path) }
                try (key + "\n").write(toFile: path, atomically: true, encoding: .utf8)
            }
            try map("north", "key-of-the-north-bridge")
            try map("readers", "key-of-the-reader")
            let cluster = try await Cluster.start()
            let installation = try await Installation.start(
                cluster.settings().merging([
                    "AUTH_KEYS_FILE": directory.file("keys.yaml"), "POLICY_FILE": directory.file("policy.yaml"),
                    "NETWORK_INTENTS_KEYS_PATH": directory.file("namespaces"),
                ]) { _, own in own })
            defer { installation.stop() }

            // Of its tenant, and nobody else's but the installation's.
            try cluster.apply("amf", namespace: "north", ["intent": "Deploy an AMF", "targetNamespace": "core5g", "approval": "required"])
            let amf = try await cluster.until("amf", namespace: "north") { $0.kindPhase == "AwaitingApproval" }
            let id = try #require(amf.intentID)
            #expect(try await installation.gateway.record(id).request.requestedBy == "north-bridge")
            #expect(try await installation.client(.gateway, key: "key-of-ada").call("GET", "/v1/intents/\(id)").status == 200)
            #expect(try await installation.client(.gateway, key: "key-of-grace").call("GET", "/v1/intents/\(id)").status == 404)
            // Whoever stands behind the namespace's key does not approve.
            let own = try await installation.client(.gateway, key: "key-of-ada").call("POST", "/v1/intents/\(id)/approve")
            #expect(own.status == 403 && own.text.contains("self_approval") && own.text.contains("approval.programs"), "\(own.text)")
            _ = try await installation.gateway.decide("approve", id)
            try await cluster.until("amf", namespace: "north") { $0.kindPhase == "Completed" }

            // Without the right to, and without a key.
            try cluster.apply("smf", namespace: "readers", ["intent": "Deploy an SMF in core5g"])
            let denied = try await cluster.until("smf", namespace: "readers") { $0.reason("Accepted") == "NotAuthorised" }
            #expect(denied.kindPhase == "Failed" && denied["status"]?["errorMessage"]?.string?.contains("intents:write") == true, "\(denied.text)")
            // Nothing came of it, and nothing keeps it.
            try cluster.delete("smf", namespace: "readers")
            try await cluster.untilGone("smf", namespace: "readers")
            try cluster.apply("nrf", namespace: "nobody", ["intent": "Deploy an NRF in core5g"])
            let unmapped = try await cluster.until("nrf", namespace: "nobody") { $0.reason("Accepted") == "NamespaceNotMapped" }
            #expect(unmapped.condition("Accepted") == "False" && unmapped.kindPhase == "Failed")
            #expect(unmapped["status"]?["errorMessage"]?.string?.contains("NETWORK_INTENTS_KEYS_PATH") == true, "\(unmapped.text)")
            #expect(try await installation.gateway.all().count == 1)
            try map("nobody", "key-of-the-north-bridge")
            let mapped = try await cluster.until("nrf", namespace: "nobody", within: .seconds(40)) { $0.kindPhase == "Completed" }
            #expect(mapped["status"]?["errorMessage"] == nil)

            // A status that names another object's intent shows nothing of it, and rolls nothing back.
            try cluster.apply("thief", namespace: "nobody", ["intent": "Deploy an AUSF", "paused": true, "deletionPolicy": "Rollback"])
            try await cluster.until("thief", namespace: "nobody") { $0.condition("Paused") == "True" }
            try cluster.server.merge("networkintents", "nobody", "thief", ["status": ["intentId": .string(id.description)]], subresource: "status")
            try cluster.delete("thief", namespace: "nobody")
            try await cluster.untilGone("thief", namespace: "nobody")
            #expect(try await installation.gateway.record(id).phase == .published)

            // Nobody cancels for a namespace that has lost its key, and the object says so until it has one again.
            try cluster.apply("late", namespace: "north", ["intent": "Deploy a UDM", "targetNamespace": "core5g", "approval": "required"])
            let late = try await cluster.until("late", namespace: "north") { $0.kindPhase == "AwaitingApproval" }
            try map("north", nil)
            try cluster.delete("late", namespace: "north")
            try await cluster.until("late", namespace: "north") { $0.reason("Accepted") == "NamespaceNotMapped" }
            #expect(try await installation.gateway.record(try #require(late.intentID)).phase == .awaitingApproval)
            try map("north", "key-of-the-north-bridge")
            try await cluster.untilGone("late", namespace: "north", within: .seconds(40))
            #expect(try await installation.gateway.record(try #require(late.intentID)).phase == .cancelled)
        }

        @Test("deleted, it cancels what is under way; what is in effect stays, or is rolled back where it says so")
        func deletion() async throws {
            let cluster = try await Cluster.start()
            let installation = try await Installation.start(cluster.settings())
            defer { installation.stop() }
            try cluster.apply("waiting", ["intent": "Deploy an NRF in core5g", "approval": "required"])
            try cluster.apply("stays", ["intent": "Deploy an AMF in core5g"])
            try cluster.apply("goes", ["intent": "Deploy an SMF in core5g", "deletionPolicy": "Rollback"])
            let waiting = try await cluster.until("waiting") { $0.kindPhase == "AwaitingApproval" }
            let stays = try await cluster.until("stays") { $0.kindPhase == "Completed" }
            let goes = try await cluster.until("goes") { $0.kindPhase == "Completed" }
            for name in ["waiting", "stays", "goes"] { try cluster.delete(name) }
            for name in ["waiting", "stays", "goes"] { try await cluster.untilGone(name) }
            #expect(try await installation.gateway.record(try #require(waiting.intentID)).phase == .cancelled)
            #expect(try await installation.gateway.record(try #require(stays.intentID)).phase == .published)
            #expect(try await installation.gateway.record(try #require(goes.intentID)).phase == .rolledBack)
            #expect(try await installation.repository.packages() == ["default/core5g/amf"])
            // The projections go with their owner.
            #expect(cluster.server.objects("gitopsdeployments").isEmpty)
        }

        @Test("what has nothing to roll back goes; what can no longer be rolled back stays, says so, and goes once it may")
        func rollback() async throws {
            let directory = try TemporaryDirectory()
            let cluster = try await Cluster.start()
            let installation = try await Installation.start(
                cluster.settings().merging(["ARCHIVE_PATH": directory.file("archive.sqlite"), "LEDGER_RETENTION": "5s"]) { _, own in own })
            defer { installation.stop() }
            try cluster.apply("report", ["intent": "What runs in namespace core5g?", "deletionPolicy": "Rollback"])
            try cluster.apply("old", ["intent": "Deploy an AMF in core5g", "deletionPolicy": "Rollback"])
            let report = try await cluster.until("report") { $0.kindPhase == "Completed" }
            #expect(try await installation.gateway.record(try #require(report.intentID)).phase == .fulfilled)
            try cluster.delete("report")
            try await cluster.untilGone("report", within: .seconds(10))

            let old = try #require(try await cluster.until("old") { $0.kindPhase == "Completed" }.intentID)
            let redis = try installation.ledger.client()
            defer { redis.stop() }
            let deadline = ContinuousClock.now + .seconds(60)
            while try await redis.send(RedisCommand("KEYS", "*:i:\(old)")).array?.isEmpty == false, ContinuousClock.now < deadline {
                try await Task.sleep(for: .milliseconds(100))
            }
            try cluster.delete("old")
            let stays = try await cluster.until("old") { $0.kindPhase == "Failed" }
            #expect(stays["status"]?["errorMessage"]?.string?.contains("archive") == true, "\(stays.text)")
            #expect(stays["status"]?["errorMessage"]?.string?.contains("deletionPolicy: Retain") == true)
            try cluster.change("old", ["deletionPolicy": "Retain"])
            try await cluster.untilGone("old")
            #expect(try await installation.gateway.record(old).phase == .published)
        }

        @Test("an intent under way is not forgotten when what was to replace it is refused, and its submission lost")
        func recalled() async throws {
            let cluster = try await Cluster.start()
            let installation = try await Installation.start(cluster.settings())
            defer { installation.stop() }
            for name in ["deleted", "corrected"] {
                try cluster.apply(name, ["intent": "Deploy an AMF", "targetNamespace": .string(name), "approval": "required"])
            }
            var running: [String: IntentID] = [:]
            for name in ["deleted", "corrected"] { running[name] = try await cluster.until(name) { $0.kindPhase == "AwaitingApproval" }.intentID }
            try cluster.change("deleted", ["intent": "   "])
            try await cluster.until("deleted") { $0.kindPhase == "Failed" }

            // With the gateway away, each writes down that it submits something, and neither hears what became of it.
            let gateway = try installation.process(.gateway)
            gateway.kill()
            for name in ["deleted", "corrected"] {
                try cluster.change(name, ["intent": "Deploy an SMF"])
                try await cluster.until(name) { $0["status"]?["submission"] != nil && $0.condition("Accepted") == "False" }
            }
            try cluster.delete("deleted")
            try cluster.change("corrected", ["description": "Deploy an SMF"])
            try gateway.restart()
            try await installation.untilReady(.gateway)

            try await cluster.untilGone("deleted")
            #expect(try await installation.gateway.record(try #require(running["deleted"])).phase == .cancelled)
            try await cluster.until("corrected") { $0.kindPhase == "Failed" && $0["status"]?["submission"] == nil }
            try cluster.change("corrected", ["description": .null])
            let next = try await cluster.until("corrected") { $0.kindPhase == "AwaitingApproval" }
            let record = try await installation.gateway.record(try #require(next.intentID))
            #expect(record.request.intent == "Deploy an SMF" && record.request.supersedes == running["corrected"]?.description)
            #expect(try await installation.gateway.settled(try #require(running["corrected"])).phase == .superseded)
            // What was made to find out is gone: one of all is under way.
            let open = try await installation.gateway.all().filter { !$0.phase.isTerminal }
            #expect(open.map(\.id) == [record.id])
        }

        @Test(
            "lost watches, old versions, conflicts, lost answers, killed processes and another leader: each becomes exactly one intent", .timeLimit(.minutes(4))
        )
        func chaos() async throws {
            let cluster = try await Cluster.start()
            let installation = try await Installation.start(cluster.settings())
            defer { installation.stop() }
            let second = try await installation.startAnother(.bridge)
            defer { second.stop() }
            let count = 60
            let dice = Dice(seed: SeededRandom.seed)
            // Of every ten writes: one is refused as old, one is not reached, one is done and its answer lost.
            cluster.server.inject { method, path in
                guard path.contains("nephoran.com"), method != "GET" else { return nil }
                switch dice.next(below: 10) {
                case 0: return .status(409, reason: "Conflict")
                case 1: return .dropBefore
                case 2: return .dropAfter
                default: return nil
                }
            }
            for number in 0..<count {
                try cluster.apply("intent-\(number)", ["intent": "Deploy an AMF", "targetNamespace": .string("core-\(number)")])
                switch number {
                case 10, 25, 40: cluster.server.dropWatches()
                case 15:
                    cluster.server.compact()
                    cluster.server.dropWatches()
                case 20: try await installation.killAndRestart(.bridge)
                case 30: second.kill()
                case 35: try await installation.killAndRestart(.gateway)
                case 45:
                    await cluster.server.stop()
                    try await cluster.server.restart()
                case 50: try second.restart()
                case 55: try await installation.killAndRestart(.bridge)
                default: break
                }
            }
            for number in 0..<count { try await cluster.until("intent-\(number)", within: .seconds(120)) { $0.kindPhase == "Completed" } }
            cluster.server.endFaults()
            let intents = try await installation.gateway.all()
            let uids = intents.compactMap { $0.request.labels?["networkintent-uid"] }
            #expect(intents.count == count)
            #expect(Set(uids).count == count)
            for number in 0..<count {
                let object = try #require(cluster.intent("intent-\(number)"))
                let record = try await installation.gateway.record(try #require(object.intentID))
                #expect(record.phase == .published)
                #expect(record.request.labels?["networkintent-uid"] == object["metadata"]?["uid"]?.string)
            }
            #expect(try await installation.repository.revisions().count == count)
        }
    }
}
