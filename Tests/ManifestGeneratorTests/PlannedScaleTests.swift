import GitObjects
import IntentModel
import Testing

@testable import PackagePlanning

/// Replicas, by themselves and by autoscaling.
@Suite struct PlannedScaleTests {
    @Test(
        "a scale means what its condition says",
        arguments: [
            (Condition.equals, 5.0, 5), (.increaseBy, 2, 5), (.decreaseBy, 2, 1), (.multiplyBy, 2, 6), (.atLeast, 2, 3), (.atLeast, 4, 4), (.atMost, 2, 2),
            (.lessThan, 3, 2),
            (.greaterThan, 3, 4),
        ])
    func scale(_ condition: Condition, _ value: Double, _ replicas: Int) async throws {
        let inventory = try await publishedAMF()
        let outcome = try await plan(expectation(.scale, "AMF", [number("replicas", value, condition)]) { $0.namespace = "core5g" }, on: inventory)
        let files = outcome.files[amf] ?? inventory.revisions[amf]?.last ?? []
        var contents = PackageContents(files)
        let entry = try #require(catalogue.functions["AMF"])
        let identity = PackageIdentity(cluster: "default", namespace: "core5g", instance: "amf", function: "AMF")
        #expect(try contents.state(of: identity, entry: entry).replicas == replicas)
        #expect(outcome.plan?.packages.map(\.change) == [replicas == 3 ? .none : .update])
    }

    @Test(
        "a number that goes the other way than the text says is asked about, and the answer counts",
        arguments: [
            ("Scale up the AMF to 2", true), ("Scale the AMF up to 2", true), ("Increase the AMF to 2", true), ("Scale down the AMF to 4", true),
            ("Reduce the AMF to 4", true), ("Erhöhe den AMF auf 2", true), ("Aumenta el AMF a 2", true), ("將 AMF 擴充到 2", true),
            ("Scale up the AMF to 4", false),
            ("Scale the AMF to 2", false), ("Scale down the AMF to 2", false), ("Scale up or down the AMF to 2", false), ("Scale up the AMF to 3", false),
        ])
    func direction(_ text: String, _ asks: Bool) async throws {
        let inventory = try await publishedAMF()
        let bytes = Array(text.utf8)
        let figure = Span(start: bytes.count - 1, end: bytes.count)
        let value = try #require(text.last?.wholeNumberValue)
        var said = expectation(.scale, "AMF", [number("replicas", Double(value))])
        said.targets[0].span = figure
        said.spans = ["verb": Span(start: 0, end: bytes.firstIndex(of: UInt8(ascii: " ")) ?? 0)]
        let question = try await plan(said, on: inventory, request: IntentRequest(intent: text)).questions.first
        #expect((question != nil) == asks)
        guard asks else { return }
        #expect(question?.field == "targets.replicas" && question?.question.contains("AMF runs 3 replicas: \(value) would be") == true)
        let interpretation = Interpretation(decision: .accepted, expectations: [said], provenance: Provenance(interpreter: "embedded", promptVersion: "1"))
        let answered = Planner.applying(
            [ClarificationAnswer(expectation: "e1", field: "targets.replicas", value: .number(Double(value)))], to: interpretation)
        let outcome = try await Planner(catalogue: catalogue).plan(answered, request: IntentRequest(intent: text), inventory: inventory, now: 0)
        #expect(outcome.figure("replicas")?.value == "\(value)")
    }

    @Test("one replica of what runs highly available is asked about; who answers 1 gets it")
    func available() async throws {
        let inventory = try await publishedAMF([flag("highAvailability")])
        var said = expectation(.scale, "AMF", [number("replicas", 1)])
        said.targets[0].span = Span(start: 0, end: 1)
        let question = try #require(try await plan(said, on: inventory).questions.first)
        #expect(question.field == "targets.replicas" && question.options == ["2", "1"])
        let interpretation = Interpretation(decision: .accepted, expectations: [said], provenance: Provenance(interpreter: "embedded", promptVersion: "1"))
        let answered = Planner.applying([ClarificationAnswer(expectation: "e1", field: "targets.replicas", value: .number(1))], to: interpretation)
        #expect(
            try await Planner(catalogue: catalogue).plan(answered, request: request, inventory: inventory, now: 0).figure("replicas")?.value == "1")
    }

    @Test("a scale edits one file and leaves the others byte for byte")
    func scaleTouchesOneFile() async throws {
        let inventory = try await publishedAMF()
        let before = try #require(inventory.revisions[amf]?.last)
        let outcome = try await plan(expectation(.scale, "AMF", [number("replicas", 5)]), on: inventory)
        let after = try #require(outcome.files[amf])
        #expect(after.map(\.path) == before.map(\.path))
        #expect(zip(before, after).filter { $0.0 != $0.1 }.map(\.0.path) == ["deployment.yaml"])
        let lines = (before.first { $0.path == "deployment.yaml" }?.content ?? "", after.first { $0.path == "deployment.yaml" }?.content ?? "")
        #expect(lines.0.replacing("replicas: 3", with: "replicas: 5") == lines.1)
    }

    @Test("a person's own edits survive a scale, in files it touches and in those it does not")
    func keepsEdits() async throws {
        var inventory = try await publishedAMF()
        inventory.edit(amf, "deployment.yaml") {
            $0 = $0.replacing(
                "terminationGracePeriodSeconds: 30",
                with: "terminationGracePeriodSeconds: 77 # slow to drain\n      hostAliases:\n        - ip: 10.0.0.1\n          hostnames: [\"a\"]")
        }
        inventory.edit(amf, "service.yaml") { $0 += "# mine\n" }
        let outcome = try await plan(expectation(.scale, "AMF", [number("replicas", 5)]), on: inventory)
        let workload = try outcome.node(amf, "deployment.yaml")
        #expect(workload[["spec", "template", "spec", "terminationGracePeriodSeconds"]]?.integer == 77)
        #expect(workload[["spec", "template", "spec", "hostAliases"]]?.items?.first?["ip"]?.string == "10.0.0.1")
        #expect(try outcome.file(amf, "service.yaml").hasSuffix("# mine\n"))
        #expect(outcome.plan?.notes.contains { $0.contains("comments") && $0.contains("deployment.yaml") } == true)
        #expect(outcome.plan?.packages.first?.base == GitTree.id(of: inventory.revisions[amf]?.last ?? []))
    }

    @Test("scaling what is autoscaled moves its bounds; to zero switches it off and back")
    func scaleAutoscaled() async throws {
        var inventory = try await publishedAMF([flag("highAvailability"), flag("autoscaling")])
        let up = try await plan(expectation(.scale, "AMF", [number("replicas", 5)]), on: inventory)
        #expect(try up.node(amf, "hpa.yaml")[["spec", "minReplicas"]]?.integer == 5)
        #expect(try up.node(amf, "hpa.yaml")[["spec", "maxReplicas"]]?.integer == 9)
        #expect(try up.node(amf, "deployment.yaml")[["spec", "replicas"]] == nil)
        let off = try await plan(expectation(.scale, "AMF", [number("replicas", 0)]), on: inventory)
        #expect(try off.node(amf, "deployment.yaml")[["spec", "replicas"]]?.integer == 0)
        inventory.publish(off)
        let on = try await plan(expectation(.scale, "AMF", [number("replicas", 3)]), on: inventory)
        #expect(try on.node(amf, "deployment.yaml")[["spec", "replicas"]] == nil)
        #expect(try on.node(amf, "hpa.yaml")[["spec", "minReplicas"]]?.integer == 3)
    }

    @Test("autoscaling is added, bounded, and taken away")
    func autoscaling() async throws {
        var inventory = try await publishedAMF([number("replicas", 2)])
        let bounded = try await plan(
            expectation(.scale, "AMF", [number("minReplicas", 2), number("maxReplicas", 10), number("targetCPUUtilization", 80)]), on: inventory)
        let scaler = try bounded.node(amf, "hpa.yaml")
        #expect(scaler[["spec", "maxReplicas"]]?.integer == 10)
        #expect(scaler[["spec", "metrics"]]?.items?.first?[["resource", "target", "averageUtilization"]]?.integer == 80)
        inventory.publish(bounded)
        let between = try await plan(expectation(.scale, "AMF", [Target(attribute: "replicas", condition: .between, value: .range(3, 6))]), on: inventory)
        #expect(
            try between.node(amf, "hpa.yaml")[["spec", "minReplicas"]]?.integer == 3 && between.node(amf, "hpa.yaml")[["spec", "maxReplicas"]]?.integer == 6)
        let without = try await plan(expectation(.configure, "AMF", [flag("autoscaling", false)]), on: inventory)
        #expect(without.files[amf]?.contains { $0.path == "hpa.yaml" } == false)
        #expect(try without.node(amf, "deployment.yaml")[["spec", "replicas"]]?.integer == 2)
        #expect(
            try await plan(expectation(.scale, "AMF", [number("minReplicas", 9), number("maxReplicas", 3)]), on: inventory).questions.first?.field
                == "targets.maxReplicas")
    }

    @Test(
        "a number that cannot be is asked about",
        arguments: [
            (number("replicas", 500), "targets.replicas"), (number("replicas", -1), "targets.replicas"), (number("replicas", 2.5), "targets.replicas"),
            (number("replicas", 9, .decreaseBy), "targets.replicas"), (number("replicas", 1e300), "targets.replicas"), (number("cpu", -1), "targets.cpu"),
            (number("cpu", 0), "targets.cpu"),
            (number("memory", 1e30), "targets.memory"), (number("targetCPUUtilization", 300), "targets.targetCPUUtilization"),
            (words("version", "latest"), "targets.version"),
            (words("version", "v1 && rm"), "targets.version"), (words("image", "nginx"), "targets.image"), (words("image", "Ngi nx:1"), "targets.image"),
            (number("storage", 0.5), "targets.storage"),
        ])
    func impossible(_ target: Target, _ field: String) async throws {
        #expect(try await plan(expectation(.scale, "AMF", [target]), on: publishedAMF()).questions.first?.field == field)
    }
}
