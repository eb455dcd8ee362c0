import Foundation
import IntentModel
import JSONSchema
import TestSupport
import Testing

extension RealProcesses {
    /// The peers an installation may have besides itself: a RIC, a model, a repository elsewhere.
    @Suite("peers") struct PeerTests {
        @Test("a slice with an SLA becomes packages in Git and an enforced policy at the RIC, once")
        func policyAtTheRIC() async throws {
            let ric = try await FakeRIC.start()
            ric.setInitialStatus(["enforceStatus": "ENFORCED"])
            let installation = try await Installation.start(["A1_URL": "east=\(ric.url)", "PLMN": "001-01"])
            defer { installation.stop() }
            let sentence = "Deploy an eMBB slice with 200 Mbps downlink throughput in namespace slices"

            let record = try await installation.gateway.submit(sentence)
            #expect(record.phase == .published, "\(record.problem?.detail ?? "")")
            #expect(record.tracks.mapValues(\.state) == ["delivery": .succeeded, "ran": .succeeded])
            #expect(record.policies.map(\.policyType) == ["ORAN_SliceSLATarget_1.0.0"])
            #expect(record.policies.map(\.ric) == ["east"])
            #expect(record.policies.map(\.enforceStatus) == ["ENFORCED"])
            let policy = try #require(ric.policies.first)
            #expect(policy.key == record.policies.first?.policyId)
            #expect(policy.value["sliceSlaObjectives"]?["guaDlThptPerSlice"] == 200_000)
            #expect(policy.value["scope"]?["sliceId"]?["plmnId"] == ["mcc": "001", "mnc": "01"])
            #expect(try await installation.repository.packages().contains("default/slices/slice-embb"))

            let again = try await installation.gateway.submit(sentence)
            #expect(again.phase == .published)
            #expect(ric.count(of: "PUT") == 1, "a repeat puts nothing again")
            await ric.stop()
        }

        @Test("a policy alone is fulfilled when the RIC enforces it, and fails with the RIC's reason when it does not")
        func policyAlone() async throws {
            let ric = try await FakeRIC.start()
            ric.setInitialStatus(["enforceStatus": "ENFORCED"])
            let installation = try await Installation.start(["A1_URL": ric.url, "PLMN": "001-01"])
            defer { installation.stop() }
            let sentence = { (mbps: Int) in "Optimize the eMBB slice to guarantee at least \(mbps) Mbps downlink throughput" }

            let enforced = try await installation.gateway.submit(sentence(300))
            #expect(enforced.phase == .fulfilled, "\(enforced.problem?.detail ?? enforced.clarifications?.first?.question ?? "")")
            #expect(enforced.verification?.state == .observed)
            #expect(try await installation.repository.revisions().isEmpty)

            ric.setInitialStatus(["enforceStatus": "NOT_ENFORCED", "enforceReason": "SCOPE_NOT_APPLICABLE"])
            for policy in ric.policies.keys { ric.setStatus(of: policy, ["enforceStatus": "NOT_ENFORCED", "enforceReason": "SCOPE_NOT_APPLICABLE"]) }
            let ignored = try await installation.gateway.submit(sentence(400))
            #expect(ignored.phase == .failed)
            #expect(ignored.problem?.code == "policy_not_enforced")
            #expect(ignored.problem?.detail.contains("SCOPE_NOT_APPLICABLE") == true)
            await ric.stop()
        }

        /// Waits, for at most thirty seconds, until it holds.
        private static func until(_ what: Comment, _ condition: () async throws -> Bool) async throws {
            let end = ContinuousClock.now + .seconds(30)
            while ContinuousClock.now < end {
                if try await condition() { return }
                try await Task.sleep(for: .milliseconds(50))
            }
            Issue.record(what)
        }

        @Test("a guarantee reaches two RICs, one of which is away for a while; it is put back after a restart, and lifted when it is stopped")
        func guaranteeOnTwoRICs() async throws {
            let (east, west) = (try await FakeRIC.start(), try await FakeRIC.start())
            let installation = try await Installation.start([
                "A1_URL": "east=\(east.url),west=\(west.url)", "A1_DRIFT_INTERVAL": "300ms", "CIRCUIT_BREAKER_TIMEOUT": "3s",
            ])
            defer { installation.stop() }
            let gateway = installation.gateway
            let slice = "URLLC slice sst 2 sd 000001 plmn 310-410"
            let ids: Set = ["nephoran.slice-sla.sst-2.sd-000001.plmn-310-410", "nephoran.qos.sst-2.sd-000001.plmn-310-410.5qi-82"]
            await west.stop()
            let id = try await gateway.accept("Guarantee 10 ms latency and 50 Mbps for \(slice)")
            try await gateway.until(id) { _ in Set(east.policies.keys) == ids }
            // Also when it is given up for a while, the intent waits.
            try await Self.until("the breaker of the RIC opens") {
                let metrics = try await installation.client(.adaptor).call("GET", "/metrics").text
                return metrics.split(separator: "\n").contains {
                    $0.hasPrefix("nephoran_circuit_breaker_state{") && $0.contains(#"upstream="a1/west""#) && $0.hasSuffix(" 2")
                }
            }
            #expect(try await gateway.record(id).phase == .executing)
            try await west.restart()
            let record = try await gateway.settled(id, within: .seconds(60))
            #expect(record.phase == .fulfilled, "\(record.problem?.detail ?? record.clarifications?.first?.question ?? "")")
            #expect(record.verification?.state == .observed)
            #expect(record.policies.map(\.ric).sorted() == ["east", "east", "west", "west"])
            #expect(record.policies.allSatisfy { $0.enforceStatus == "ENFORCED" })
            #expect(record.history.map(\.phase).last == .fulfilled && record.history.first?.phase == .received)
            for ric in [east, west] {
                #expect(Set(ric.policies.keys) == ids)
                #expect(ric.count(of: "PUT") == 2, "each policy once")
                #expect(ric.policies["nephoran.slice-sla.sst-2.sd-000001.plmn-310-410"]?["sliceSlaObjectives"] == ["guaDlThptPerSlice": 50_000])
                #expect(ric.policies["nephoran.qos.sst-2.sd-000001.plmn-310-410.5qi-82"]?["qosObjectives"] == ["pdb": 10])
            }

            // A RIC that comes back without its policies has them again soon, once each.
            let before = west.policies
            west.forgetPolicies()
            try await Self.until("the policies are back") { west.policies == before }
            #expect(west.count(of: "PUT") == 4)

            // The objective alone goes first, then the rest; the operator approves both.
            let lifted = try await gateway.submit("Stop guaranteeing 10 ms latency for \(slice)")
            #expect(lifted.phase == .awaitingApproval, "\(lifted.problem?.detail ?? lifted.clarifications?.first?.question ?? "")")
            _ = try await gateway.decide("approve", lifted.id)
            #expect(try await gateway.settled(lifted.id).phase == .fulfilled)
            for ric in [east, west] { #expect(Array(ric.policies.keys) == ["nephoran.slice-sla.sst-2.sd-000001.plmn-310-410"]) }
            let stopped = try await gateway.submit("Stop the guarantee for \(slice)")
            #expect(stopped.phase == .awaitingApproval, "\(stopped.problem?.detail ?? stopped.clarifications?.first?.question ?? "")")
            _ = try await gateway.decide("approve", stopped.id)
            #expect(try await gateway.settled(stopped.id).phase == .fulfilled)
            // Nothing puts them back: nobody is to hold them any more.
            for ric in ["east", "west"] { #expect(try await !installation.queues.exists("{ran}:desired:\(ric)")) }
            for ric in [east, west] {
                #expect(ric.policies.isEmpty)
                #expect(ric.count(of: "DELETE") == 2)
                #expect(ric.violations.isEmpty, "\(ric.violations)")
                await ric.stop()
            }
        }

        @Test("a RIC that takes its time to enforce is waited for, its notification included; one that never does fails the intent and keeps nothing")
        func enforcement() async throws {
            let ric = try await FakeRIC.start()
            ric.setInitialStatus(["enforceStatus": "NOT_ENFORCED", "enforceReason": "OTHER_REASON"])
            let installation = try await Installation.start(["A1_URL": ric.url, "PLMN": "001-01", "A1_ENFORCE_WITHIN": "6s"])
            defer { installation.stop() }
            let gateway = installation.gateway
            let id = try await gateway.accept("Optimize the eMBB slice to guarantee at least 300 Mbps downlink throughput")
            try await gateway.until(id) { _ in !ric.policies.isEmpty }
            try await Self.until("it is asked for its status again and again") { ric.requests.count { $0.path.hasSuffix("/status") } >= 5 }
            #expect(try await gateway.record(id).phase == .executing)
            for policy in ric.policies.keys { ric.setStatus(of: policy, ["enforceStatus": "ENFORCED"]) }
            #expect(try await gateway.settled(id).phase == .fulfilled)
            #expect(ric.count(of: "PUT") == 1)

            let before = ric.policies
            for policy in ric.policies.keys { ric.setStatus(of: policy, ["enforceStatus": "NOT_ENFORCED", "enforceReason": "OTHER_REASON"]) }
            let never = try await gateway.submit("Optimize the eMBB slice to guarantee at least 400 Mbps downlink throughput", wait: 40)
            #expect(never.phase == .failed)
            #expect(never.problem?.code == "policy_not_enforced")
            #expect(ric.policies == before, "what was there before is there again")
            await ric.stop()
        }

        @Test("a model reads along: what it invents is dropped, what it reads otherwise becomes a question, being away it is a note")
        func model() async throws {
            func reading(_ function: String, _ replicas: Int) -> FakeModelServer.Reply {
                .content(
                    #"{"decision": "accepted", "expectations": [{"verb": "deploy", "kind": "NetworkFunction", "type": "\#(function)", "targets": [{"attribute": "replicas", "condition": "equals", "value": \#(replicas), "evidence": "2 replicas"}], "context": {"namespace": "read-along"}}]}"#
                )
            }
            let model = try await FakeModelServer.start(standard: reading("SMF", 2))
            let installation = try await Installation.start([
                "LLM_PROVIDER": "openai", "LLM_BASE_URL": model.baseURL, "LLM_MODEL": "fake", "LLM_API_KEY": "key-of-the-model", "HTTP_TIMEOUT": "3s",
            ])
            defer { installation.stop() }

            let agreed = try await installation.gateway.submit("Deploy an SMF with 2 replicas in namespace read-along")
            #expect(agreed.phase == .published, "\(agreed.clarifications?.first?.question ?? agreed.problem?.detail ?? "")")
            #expect(agreed.interpretation?.provenance.model == "fake")
            #expect(agreed.interpretation?.provenance.tokens == 1_000)
            #expect(agreed.interpretation?.provenance.passages.isEmpty == false, "rag-api's passages were shown to it")
            #expect(Set(model.keys) == ["Bearer key-of-the-model"])

            model.setStandard(reading("SMF", 7))
            let invented = try await installation.gateway.submit("Please deploy an SMF with 2 replicas in namespace read-along")
            #expect(invented.phase == .published)
            #expect(invented.interpretation?.expectations.first?.target("replicas")?.value == .number(2))
            #expect(invented.interpretation?.provenance.notes?.isEmpty == false, "it says what was dropped")

            model.setStandard(reading("AMF", 2))
            let disagreed = try await installation.gateway.submit("Deploy an SMF with 2 replicas connected to the AMF in namespace read-along")
            #expect(disagreed.phase == .awaitingClarification)
            #expect(disagreed.clarifications?.first?.field == "object.type")

            await model.stop()
            let alone = try await installation.gateway.submit("Deploy an NRF with 2 replicas in namespace read-along")
            #expect(alone.phase == .published)
            #expect(alone.interpretation?.provenance.model == nil)
            #expect(alone.interpretation?.provenance.notes?.isEmpty == false, "it says that the model was not used")
        }

        @Test("a repository elsewhere is published to, beside what other people push")
        func remoteRepository() async throws {
            let directory = try TemporaryDirectory()
            let remote = PublishedRepository(directory: directory.file("remote.git"))
            try await remote.git("init", "--bare", "--quiet", "--initial-branch=main", directory.file("remote.git"))
            let installation = try await Installation.start([
                "GIT_REPO_URL": "file://" + directory.file("remote.git"), "GIT_MIRROR": directory.file("mirror.git"),
            ])
            defer { installation.stop() }

            let first = try await installation.gateway.submit("Deploy a PCF in namespace elsewhere")
            #expect(first.phase == .published, "\(first.problem?.detail ?? "")")
            #expect(try await remote.packages() == ["default/elsewhere/pcf"])

            // Somebody edits the package by hand and pushes; a scale changes what it says, and only that.
            let path = "default/elsewhere/pcf/configmap.yaml"
            let text = try await remote.git("show", "main:\(path)")
            let edited = text.replacing("kind: ConfigMap", with: "kind: ConfigMap\n# kept by hand")
            try Data(edited.utf8).write(to: URL(fileURLWithPath: directory.file("edited")))
            let blob = try await remote.git("hash-object", "-w", directory.file("edited")).trimmingCharacters(in: .whitespacesAndNewlines)
            let tree = try await remote.tree(replacing: path, with: blob, in: directory.file("index"))
            let commit = try await remote.git(
                "-c", "user.name=Ada", "-c", "user.email=ada@example.org", "commit-tree", tree, "-p", "main", "-m", "Edit by hand")
            try await remote.git("update-ref", "refs/heads/main", commit.trimmingCharacters(in: .whitespacesAndNewlines))

            let second = try await installation.gateway.submit("Scale the PCF in namespace elsewhere to 3 replicas")
            #expect(second.phase == .published, "\(second.problem?.detail ?? "")")
            #expect(try await remote.replicas(of: "default/elsewhere/pcf") == 3)
            #expect(try await remote.git("show", "main:\(path)").contains("# kept by hand"))
            #expect(try await remote.git("log", "--format=%s", "main").split(separator: "\n").count == 4)
        }
    }
}

extension PublishedRepository {
    /// The id of the tree that has one file replaced.
    fileprivate func tree(replacing path: String, with blob: String, in index: String) async throws -> String {
        try await self.git(["GIT_INDEX_FILE": index], "read-tree", "main")
        try await self.git(["GIT_INDEX_FILE": index], "update-index", "--cacheinfo", "100644,\(blob),\(path)")
        return try await self.git(["GIT_INDEX_FILE": index], "write-tree").trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
