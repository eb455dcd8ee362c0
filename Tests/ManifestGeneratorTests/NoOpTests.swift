import IntentModel
import JSONSchema
import Testing

@testable import PackagePlanning

@Suite struct NoOpTests {
    /// What is published, an AMF of many attributes.
    private static let targets: [Target] = [
        number("replicas", 4), number("cpu", 2), number("memory", 2048), flag("encryption"), words("profile", "edge"), number("latency", 10, .atMost),
    ]

    private func expectNoOp(_ outcome: PlanOutcome, _ note: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let plan = try #require(outcome.plan, "\(outcome)", sourceLocation: sourceLocation)
        #expect(plan.isNoOp && outcome.files.isEmpty, sourceLocation: sourceLocation)
        #expect(plan.approvalReasons.isEmpty, sourceLocation: sourceLocation)
        #expect(plan.notes.contains { $0.contains(note) }, "\(plan.notes)", sourceLocation: sourceLocation)
        #expect(plan.wishes.isEmpty, sourceLocation: sourceLocation)
    }

    @Test(
        "what is so already changes nothing and says so",
        arguments: [
            (Verb.deploy, targets), (.deploy, []), (.scale, [number("replicas", 4)]), (.scale, [number("replicas", 3, .atLeast)]),
            (.scale, [number("replicas", 5, .atMost)]), (.scale, [number("cpu", 2)]), (.scale, [number("memory", 2048)]), (.configure, [flag("encryption")]),
            (.configure, [words("profile", "edge")]), (.optimize, [number("latency", 10, .atMost)]), (.scale, [flag("autoscaling", false)]),
        ] as [(Verb, [Target])])
    func same(_ verb: Verb, _ targets: [Target]) async throws {
        let outcome = try await plan(expectation(verb, "AMF", targets) { $0.namespace = "core5g" }, on: publishedAMF(Self.targets))
        try self.expectNoOp(outcome, "amf in core5g is already as asked")
    }

    @Test("the same bounds and utilisation again change nothing")
    func autoscaling() async throws {
        let bounds = [number("minReplicas", 2), number("maxReplicas", 6), number("targetCPUUtilization", 60)]
        let outcome = try await plan(expectation(.scale, "AMF", bounds), on: publishedAMF(bounds))
        try self.expectNoOp(outcome, "already as asked")
        #expect(try await plan(expectation(.scale, "AMF", [number("maxReplicas", 7)]), on: publishedAMF(bounds)).plan?.isNoOp == false)
    }

    @Test("a slice and a core again change nothing")
    func many() async throws {
        for said in [
            expectation(.deploy, "URLLC", kind: .networkSlice, [number("latency", 3, .atMost)]),
            expectation(.deploy, "5GC", kind: .coreNetwork, [number("replicas", 2)]),
        ] {
            var inventory = PublishedPackages()
            inventory.publish(try await plan(said))
            try self.expectNoOp(try await plan(said, on: inventory), "already as asked")
        }
    }

    @Test("a migration that was made before moves nothing; without an origin the place may be where it is, and it asks")
    func migrate() async throws {
        let inventory = try await publishedAMF()
        let again = try await plan(
            expectation(.migrate, "AMF") {
                $0.from = "core4g"
                $0.namespace = "core5g"
            }, on: inventory)
        try self.expectNoOp(again, "amf is in core5g on default already; nothing moves")
        let unclear = try await plan(expectation(.migrate, "AMF") { $0.namespace = "core5g" }, on: inventory).questions.first
        #expect(unclear?.field == "context.namespace" && unclear?.question == "amf is in core5g on default already. Where shall it move to?")
        let clusters = try await plan(expectation(.migrate, "AMF") { $0.namespace = "core5g" }, on: inventory, clusters: ["default", "west"]).questions.first
        #expect(clusters?.field == "context.cluster" && clusters?.options == ["west"])
        #expect(try await plan(expectation(.migrate, "SMF") { $0.namespace = "core5g" }, on: inventory).questions.first?.field == "confirm")
    }

    @Test("a rollback to what there is now changes nothing, also where it was an earlier revision")
    func rollback() async throws {
        var inventory = try await publishedAMF()
        for replicas in [4.0, 3] { inventory.publish(try await plan(expectation(.scale, "AMF", [number("replicas", replicas)]), on: inventory)) }
        for version in ["v3", "v1"] {
            try self.expectNoOp(try await plan(expectation(.rollback, "AMF", [words("version", version)]), on: inventory), "already as asked")
        }
        #expect(try await plan(expectation(.rollback, "AMF", [words("version", "v2")]), on: inventory).plan?.isNoOp == false)
    }

    @Test("a restart is never a no-op, and of what does not run it is refused")
    func restart() async throws {
        #expect(try await plan(expectation(.restart, "AMF"), on: publishedAMF()).plan?.isNoOp == false)
        var inventory = PublishedPackages()
        inventory.publish(try await plan(expectation(.configure, "Security", kind: .policy, [flag("encryption")]) { $0.namespace = "core5g" }))
        #expect(try await plan(expectation(.restart, "Security", kind: .policy), on: inventory).problem?.code == "unsupported_object")
    }

    @Test("removing what is not there asks")
    func remove() async throws {
        #expect(try await plan(expectation(.remove, "AMF")).questions.first?.field == "confirm")
    }

    @Test("a policy that the RICs hold is not put again, and its removal is over when they hold none")
    func policies() async throws {
        let types = ["ORAN_SliceSLATarget_1.0.0", "ORAN_QoSTarget_2.0.0", "ORAN_TrafficSteeringPreference_2.0.0"]
        let empty = PolicyPlannerTests.KnownRICs(rics: [RICInfo(name: "ric1", policyTypes: types)])
        let said = expectation(.optimize, "URLLC", kind: .networkSlice, [number("latency", 10, .atMost), number("throughput", 50, .atLeast)]) {
            $0.plmn = "310-410"
        }
        let first = try #require(try await plan(said, policies: try PolicyPlanner(directory: empty)).plan)
        #expect(first.policies.map(\.change) == [.put, .put] && first.wishes.count == 2)
        var held = empty
        for policy in first.policies { held.documents["ric1 \(policy.policyType) \(policy.policyId)"] = policy.document }
        try self.expectNoOp(try await plan(said, policies: try PolicyPlanner(directory: held)), "hold these policies already")
        let removal = expectation(.remove, "QoS", kind: .radioNetwork) {
            $0.plmn = "310-410"
            $0.slice = SliceID(sst: 2)
        }
        #expect(try await plan(removal, policies: try PolicyPlanner(directory: held)).plan?.policies.map(\.change) == [.delete])
        try self.expectNoOp(try await plan(removal, policies: try PolicyPlanner(directory: empty)), "hold no policy of ours")
    }
}
