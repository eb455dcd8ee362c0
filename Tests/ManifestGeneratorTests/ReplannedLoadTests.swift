import IntentLanguage
import IntentModel
import Testing

@testable import PackagePlanning

/// A load that is said of a function that runs: it is sized anew, and what was said or set of it stays.
@Suite struct ReplannedLoadTests {
    private let upf = "default/core5g/upf"

    private func state(_ outcome: PlanOutcome, _ code: String = "AMF") throws -> WorkloadState {
        let entry = try #require(catalogue.functions[code])
        let path = "default/core5g/\(entry.name)"
        var contents = PackageContents(try #require(outcome.files[path], "\(outcome)"))
        return try contents.state(of: PackageIdentity(cluster: "default", namespace: "core5g", instance: entry.name, function: code), entry: entry)
    }

    private func said(_ verb: Verb, _ code: String, _ targets: [Target]) -> IntentModel.Expectation {
        expectation(verb, code, targets) { $0.namespace = "core5g" }
    }

    @Test("the replicas and their size follow the load, with the reason", arguments: [Verb.configure, .scale, .optimize, .deploy])
    func grows(_ verb: Verb) async throws {
        let outcome = try await plan(self.said(verb, "AMF", [number("maxUsers", 200_000)]), on: publishedAMF([]))
        let state = try self.state(outcome)
        #expect(state.replicas == 2 && state.cpuRequest == 2000 && state.memoryRequest == 2048 && state.cpuLimit == 2000)
        #expect(outcome.figure("replicas")?.source == .derived)
        #expect(outcome.figure("replicas")?.reason == "one replica carries 100000 of maxUsers, the text asks for 200000 (was 1)")
        #expect(outcome.figure("cpu")?.reason == "one replica carries up to 100000 of maxUsers with it, 2 share 200000 (was 500m)")
        #expect(outcome.files[amf]?.contains { $0.path == "pdb.yaml" } == true)
        #expect(try outcome.file(amf, "configmap.yaml").contains("200000"))
    }

    @Test("operators' own words reach it", arguments: [("The AMF must now serve 200000 subscribers", "AMF", 2), ("Configure UPF for 20 Gbps", "UPF", 2)])
    func words(_ text: String, _ code: String, _ replicas: Int) async throws {
        let interpretation = EmbeddedInterpreter(vocabulary: try Vocabulary.shipped()).interpret(InterpretationRequest(intent: text))
        #expect(interpretation.decision == .accepted, "\(interpretation)")
        var inventory = PublishedPackages()
        inventory.publish(try await plan(self.said(.deploy, code, [])))
        let outcome = try await Planner(catalogue: catalogue).plan(
            interpretation, request: IntentRequest(intent: text, namespace: "core5g"), inventory: inventory, now: 0)
        let state = try self.state(outcome, code)
        #expect(state.replicas == replicas && (state.cpuRequest ?? 0) >= 2000, "\(outcome)")
    }

    @Test("a smaller load makes smaller what a load had made, not what was said")
    func shrinks() async throws {
        var inventory = try await publishedAMF([])
        inventory.publish(try await plan(self.said(.configure, "AMF", [number("maxUsers", 300_000)]), on: inventory))
        let less = try await plan(self.said(.configure, "AMF", [number("maxUsers", 40_000)]), on: inventory)
        let state = try self.state(less)
        #expect(state.replicas == 1 && state.cpuRequest == 1000 && state.memoryRequest == 1024)
        // Said since, so that no load takes it away again.
        inventory.publish(try await plan(self.said(.scale, "AMF", [number("replicas", 4), number("cpu", 3)]), on: inventory))
        let kept = try await plan(self.said(.configure, "AMF", [number("maxUsers", 20_000)]), on: inventory)
        let after = try self.state(kept)
        #expect(after.replicas == 4 && after.cpuRequest == 3000 && after.memoryRequest == 512)
        #expect(kept.figure("replicas")?.reason == "1 would carry maxUsers of 20000; what was said or set is kept")
    }

    @Test("what the text says wins over what the load would make of it, and what it cannot carry is told")
    func explicit() async throws {
        let outcome = try await plan(
            self.said(.configure, "AMF", [number("maxUsers", 200_000), number("replicas", 1), number("cpu", 1)]), on: publishedAMF([]))
        let state = try self.state(outcome)
        #expect(state.replicas == 1 && state.cpuRequest == 1000)
        #expect(outcome.plan?.notes.contains("1 replica carries 100000 of maxUsers; AMF is to carry 200000.") == true)
        var inventory = try await publishedAMF([number("maxUsers", 300_000)])
        let scaled = try await plan(self.said(.scale, "AMF", [number("replicas", 2)]), on: inventory)
        #expect(scaled.plan?.notes.contains("2 replicas carry 200000 of maxUsers; AMF is to carry 300000.") == true)
        inventory.publish(scaled)
        #expect(try self.state(scaled).sizedByLoad == ["cpu", "memory"])
    }

    @Test("a person's own number stays while it carries the load; where it does not, the person who asks decides")
    func byHand() async throws {
        var inventory = try await publishedAMF([number("maxUsers", 200_000)])
        inventory.edit(amf, "deployment.yaml") { $0 = $0.replacing("replicas: 2", with: "replicas: 5") }
        let same = try await plan(self.said(.configure, "AMF", [number("maxUsers", 450_000)]), on: inventory)
        #expect(same.questions.isEmpty)
        #expect(try self.state(same).replicas == 5)
        let more = try await plan(self.said(.configure, "AMF", [number("maxUsers", 700_000)]), on: inventory)
        #expect(more.questions.map(\.field) == ["targets.replicas"] && more.questions.first?.options == ["7", "5"])
    }

    @Test("a load that is relative to one that was said is what it comes to; to none that was said, it sizes nothing")
    func relative() async throws {
        let half = Target(attribute: "maxUsers", condition: .increaseBy, value: .number(50), unit: "%")
        let outcome = try await plan(self.said(.configure, "AMF", [half]), on: publishedAMF([number("maxUsers", 200_000)]))
        #expect(try self.state(outcome).replicas == 3)
        let text = try #require(outcome.node(amf, "configmap.yaml")[["data", "parameters.yaml"]]?.string)
        #expect(try YAMLNode.document(in: text)[["objectives", "maxUsers", "value"]]?.string == "300000")
        let unknown = try await plan(self.said(.configure, "AMF", [half]), on: publishedAMF([]))
        let state = try self.state(unknown)
        #expect(state.replicas == 1 && state.cpuRequest == 500)
    }

    @Test("both loads count, also the one that was said before")
    func both() async throws {
        var inventory = PublishedPackages()
        inventory.publish(try await plan(self.said(.deploy, "UPF", [number("maxUsers", 150_000)])))
        let outcome = try await plan(self.said(.configure, "UPF", [number("throughput", 4_000)]), on: inventory)
        #expect(try self.state(outcome, "UPF").replicas == 3)
    }

    @Test("an autoscaled function starts from what the load needs, and reaches above it")
    func autoscaled() async throws {
        let outcome = try await plan(self.said(.configure, "AMF", [number("maxUsers", 1_200_000)]), on: publishedAMF([flag("autoscaling")]))
        let scaler = try outcome.node(amf, "hpa.yaml")
        #expect(scaler[["spec", "minReplicas"]]?.integer == 12 && scaler[["spec", "maxReplicas"]]?.integer == 12)
    }

    @Test("more than the catalogue allows is asked about")
    func tooMuch() async throws {
        let outcome = try await plan(self.said(.configure, "AMF", [number("maxUsers", 1e8)]), on: publishedAMF([]))
        #expect(outcome.questions.map(\.field) == ["targets.replicas"])
    }
}
