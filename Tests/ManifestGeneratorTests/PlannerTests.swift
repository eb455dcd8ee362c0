import GitObjects
import IntentModel
import Testing

@testable import PackagePlanning

/// What is deployed, what of a plan waits for a person, and where the RAN comes in.
@Suite struct PlannerTests {
    @Test("a deploy creates one package, each figure with its reason")
    func deploy() async throws {
        let outcome = try await plan(expectation(.deploy, "AMF", [flag("highAvailability"), flag("autoscaling")]) { $0.namespace = "core5g" })
        let change = try #require(outcome.plan?.packages.first)
        #expect(outcome.plan?.packages.count == 1)
        #expect(change.change == .create && change.path == amf && change.base == nil && change.function == "AMF")
        #expect(change.result == GitTree.id(of: try #require(outcome.files[amf])))
        #expect(outcome.figure("namespace") == Figure(name: "namespace", value: "core5g", source: .text, reason: "the text says so"))
        #expect(outcome.figure("replicas")?.value == "3")
        #expect(outcome.figure("maxReplicas")?.value == "9" && outcome.figure("maxReplicas")?.source == .default)
        #expect(outcome.figure("targetCPUUtilization")?.value == "70 %")
        let scaler = try outcome.node(amf, "hpa.yaml")
        #expect(scaler[["spec", "minReplicas"]]?.integer == 3 && scaler[["spec", "maxReplicas"]]?.integer == 9)
        #expect(outcome.plan?.approvalReasons == [])
    }

    @Test("a second deploy of the same changes nothing and says so")
    func deployAgain() async throws {
        let said = expectation(.deploy, "AMF", [flag("highAvailability"), flag("autoscaling"), number("latency", 10, .atMost)]) { $0.namespace = "core5g" }
        var inventory = PublishedPackages()
        inventory.publish(try await plan(said))
        let again = try await plan(said, on: inventory)
        #expect(again.plan?.packages.map(\.change) == [.none])
        #expect(again.plan?.isNoOp == true && again.files.isEmpty)
        #expect(again.plan?.notes.contains { $0.contains("already") } == true)
    }

    @Test("a deploy of what exists applies what the text says and keeps the rest")
    func deployExisting() async throws {
        let inventory = try await publishedAMF([number("replicas", 5), number("cpu", 2)])
        let outcome = try await plan(expectation(.deploy, "AMF", [number("memory", 2048)]) { $0.namespace = "core5g" }, on: inventory)
        #expect(outcome.plan?.packages.map(\.change) == [.update])
        let workload = try outcome.node(amf, "deployment.yaml")
        #expect(workload[["spec", "replicas"]]?.integer == 5)
        let container = workload[["spec", "template", "spec", "containers"]]?.items?.first
        #expect(container?[["resources", "requests", "cpu"]]?.string == "2" && container?[["resources", "requests", "memory"]]?.string == "2Gi")
    }

    @Test("namespace and cluster come from the text, then the request, then the default")
    func place() async throws {
        #expect(try await plan(expectation(.deploy, "AMF")).plan?.packages.first?.path == "default/default/amf")
        let asked = IntentRequest(intent: "…", namespace: "telco", cluster: "east")
        #expect(try await plan(expectation(.deploy, "AMF"), request: asked, clusters: ["east", "west"]).plan?.packages.first?.path == "east/telco/amf")
        #expect(
            try await plan(expectation(.deploy, "AMF") { $0.cluster = "West" }, request: asked, clusters: ["east", "west"]).plan?.packages.first?.path
                == "west/telco/amf")
        #expect(try await plan(expectation(.deploy, "AMF"), clusters: ["east"]).plan?.packages.first?.path == "east/default/amf")
        let question = try await plan(expectation(.deploy, "AMF"), clusters: ["east", "west"]).questions.first
        #expect(question?.field == "context.cluster" && question?.options == ["east", "west"])
        #expect(try await plan(expectation(.deploy, "AMF") { $0.cluster = "north" }, clusters: ["east"]).questions.first?.field == "context.cluster")
    }

    @Test("who sends a place that the text goes against is told which of the two counts")
    func places() async throws {
        let asked = IntentRequest(intent: "…", namespace: "b5g", cluster: "east")
        func notes(_ verb: Verb = .deploy, _ request: IntentRequest? = nil, _ change: (inout Context) -> Void) async throws -> [String] {
            try await plan(expectation(verb, "NRF", context: change), request: request ?? asked, clusters: ["east", "west"]).plan?.notes ?? []
        }
        let namespace = "The text means the namespace a5g; the request's namespace, b5g, is for what names none."
        #expect(try await notes { $0.namespace = "a5g" }.filter { $0.contains("request's") } == [namespace])
        #expect(
            try await notes { $0.cluster = "west" }.filter { $0.contains("request's") }
                == ["The text means the cluster west; the request's cluster, east, is for what names none."])
        #expect(try await notes { $0.namespace = "B5G" }.allSatisfy { !$0.contains("request's") })
        #expect(try await notes { _ in }.allSatisfy { !$0.contains("request's") })
        #expect(try await notes(.report) { $0.namespace = "a5g" }.contains(namespace))
    }

    @Test("a core network is its functions in the order they depend on each other")
    func core() async throws {
        let outcome = try await plan(expectation(.deploy, "5GC", kind: .coreNetwork, [number("replicas", 2)]) { $0.namespace = "core5g" })
        #expect(outcome.plan?.packages.map(\.instance) == ["database", "nrf", "udr", "udm", "ausf", "nssf", "pcf", "amf", "upf", "smf"])
        #expect(try outcome.node("default/core5g/upf", "deployment.yaml")[["spec", "replicas"]]?.integer == 2)
        #expect(try outcome.node("default/core5g/database", "statefulset.yaml")[["spec", "replicas"]]?.integer == 1)
    }

    @Test("a slice is its profile and its own SMF and UPF")
    func slice() async throws {
        let outcome = try await plan(expectation(.deploy, "URLLC", kind: .networkSlice, [number("latency", 3, .atMost)]) { $0.namespace = "core5g" })
        #expect(outcome.plan?.packages.map(\.instance) == ["slice-urllc", "slice-urllc-upf", "slice-urllc-smf"])
        let text = try #require(try outcome.node("default/core5g/slice-urllc", "configmap.yaml")[["data", "parameters.yaml"]]?.string)
        let parameters = try YAMLNode.document(in: text)
        #expect(parameters[["objectives", "latency", "value"]]?.string == "3")
        #expect(parameters[["objectives", "reliability", "value"]]?.string == "99.999")
        #expect(parameters[["context", "slice", "sst"]]?.integer == 2)
    }

    @Test("two functions of one intent are two packages; a later expectation sees an earlier one")
    func several() async throws {
        let outcome = try await plan(
            expectation(.deploy, "AMF", id: "e1"), expectation(.deploy, "SMF", id: "e2"), expectation(.scale, "AMF", [number("replicas", 4)], id: "e3"))
        #expect(outcome.plan?.packages.map(\.instance) == ["amf", "smf"])
        #expect(outcome.plan?.packages.first?.expectations == ["e1", "e3"] && outcome.plan?.packages.first?.change == .create)
        #expect(try outcome.node("default/default/amf", "deployment.yaml")[["spec", "replicas"]]?.integer == 4)
    }

    @Test("capacity that was said becomes replicas by the catalogue's figure, and too much is asked about")
    func capacity() async throws {
        #expect(try await plan(expectation(.deploy, "AMF", [number("maxUsers", 450_000, .atLeast)])).figure("replicas")?.value == "5")
        #expect(try await plan(expectation(.deploy, "AMF", [number("maxUsers", 1e9, .atLeast)])).questions.first?.field == "targets.replicas")
    }

    @Test("risky changes wait for a person, with the reason")
    func approval() async throws {
        func reasons(_ expectation: IntentModel.Expectation, request: IntentRequest = request, policy: ApprovalPolicy? = nil) async throws -> [String] {
            try await plan(expectation, on: publishedAMF(), request: request, policy: policy).plan?.approvalReasons ?? ["no plan"]
        }
        #expect(try await reasons(expectation(.scale, "AMF", [number("replicas", 9)])) == [])
        #expect(try await reasons(expectation(.scale, "AMF", [number("replicas", 10)])) == ["amf in core5g goes from 3 to 10 replicas, more than 3-fold"])
        #expect(try await reasons(expectation(.scale, "AMF", [number("replicas", 0)])) == ["amf in core5g is scaled to zero"])
        #expect(try await reasons(expectation(.scale, "AMF", [number("replicas", 3)]) { $0.environment = "production" }) == [])
        #expect(try await reasons(expectation(.scale, "AMF", [number("replicas", 4)]) { $0.environment = "production" }).count == 1)
        #expect(
            try await reasons(expectation(.scale, "AMF", [number("replicas", 4)]), request: IntentRequest(intent: "…", approval: .required)) == [
                "the request asks for approval"
            ])
        #expect(
            try await reasons(expectation(.scale, "AMF", [number("replicas", 4)]), policy: catalogue.approval.inInstallation(environment: "Production")).count
                == 1)
        #expect(
            try await reasons(
                expectation(.scale, "AMF", [number("replicas", 4)]),
                policy: catalogue.approval.inInstallation(environment: nil, productionNamespaces: ["core5g"])
            ).count == 1)
    }

    struct FixedPolicies: PolicyPlanning {
        func isManaged(_ target: Target, in expectation: IntentModel.Expectation) -> Bool { false }
        let result: PolicyPlanningResult
        func policies(for expectation: IntentModel.Expectation, request: IntentRequest) async throws -> PolicyPlanningResult { self.result }
    }

    @Test("what the RAN can do becomes policies; what it cannot is said")
    func policies() async throws {
        let put = PolicyChange(policyId: "p1", policyType: "ORAN_SliceSLATarget", change: .put, document: "{}", expectations: ["e1"])
        let mapped = FixedPolicies(result: .policies([put], notes: ["n"]))
        let radio = try await plan(expectation(.optimize, "QoS", kind: .radioNetwork, [number("latency", 10, .atMost)]), policies: mapped)
        #expect(radio.plan?.policies == [put] && radio.plan?.packages == [] && radio.plan?.notes == ["n"])
        let slice = try await plan(expectation(.deploy, "eMBB", kind: .networkSlice), policies: mapped)
        #expect(slice.plan?.policies == [put] && slice.plan?.packages.count == 3)
        let unmapped = FixedPolicies(result: .notMapped)
        #expect(
            try await plan(expectation(.optimize, "Coverage", kind: .radioNetwork, [number("threshold", 10)]), policies: unmapped).problem?.code == "not_mapped"
        )
        #expect(
            try await plan(expectation(.configure, "Security", kind: .policy, [flag("encryption")]), policies: unmapped).plan?.packages.map(\.instance) == [
                "policy-security"
            ])
        #expect(try await plan(expectation(.configure, "Security", kind: .policy), policies: unmapped).questions.first?.field == "targets")
    }
}
