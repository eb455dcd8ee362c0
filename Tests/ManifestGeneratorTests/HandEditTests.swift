import IntentModel
import Testing

@testable import PackagePlanning

/// The three-way change: what intents published, what a person made of it, and what is asked for now.
@Suite struct HandEditTests {
    private func edited(_ edit: (inout String) -> Void) async throws -> PublishedPackages {
        var inventory = try await publishedAMF()
        inventory.edit(amf, "deployment.yaml", edit)
        return inventory
    }

    private func replan(_ step: IntentModel.Expectation, on inventory: PublishedPackages, answers: [ClarificationAnswer] = []) async throws -> PlanOutcome {
        let interpretation = Interpretation(decision: .accepted, expectations: [step], provenance: Provenance(interpreter: "embedded", promptVersion: "1"))
        return try await Planner(catalogue: catalogue).plan(
            Planner.applying(answers, to: interpretation), request: request, inventory: inventory, settled: Planner.settled(by: answers), now: 0)
    }

    @Test("a change of something else keeps a person's own edit and asks nothing")
    func kept() async throws {
        let inventory = try await self.edited { $0 = $0.replacing("replicas: 3", with: "replicas: 4") }
        let outcome = try await self.replan(expectation(.scale, "AMF", [number("cpu", 2)]), on: inventory)
        let deployment = try outcome.node(amf, "deployment.yaml")
        #expect(deployment[["spec", "replicas"]]?.integer == 4)
        #expect(try outcome.file(amf, "deployment.yaml").contains("cpu: \"2\""))
    }

    @Test("a change that would undo a person's edit asks, with both values")
    func conflict() async throws {
        let inventory = try await self.edited { $0 = $0.replacing("replicas: 3", with: "replicas: 4") }
        let outcome = try await self.replan(expectation(.scale, "AMF", [number("replicas", 6)]), on: inventory)
        let question = try #require(outcome.questions.first)
        #expect(question.field == "targets.replicas" && question.options == ["6", "4"] && outcome.questions.count == 1)
        #expect(question.question == "Somebody set replicas of amf to 4 by hand (3 was published). Shall it be 6 now?")
    }

    @Test("the answer decides, and is not asked about again", arguments: [(6.0, "replicas: 6"), (4.0, "")])
    func answered(_ value: Double, _ text: String) async throws {
        let inventory = try await self.edited { $0 = $0.replacing("replicas: 3", with: "replicas: 4") }
        let answer = ClarificationAnswer(expectation: "e1", field: "targets.replicas", value: .number(value))
        let outcome = try await self.replan(expectation(.scale, "AMF", [number("replicas", 6)]), on: inventory, answers: [answer])
        let plan = try #require(outcome.plan)
        #expect(plan.isNoOp == text.isEmpty)
        if !text.isEmpty { #expect(try outcome.file(amf, "deployment.yaml").contains(text)) }
    }

    @Test("what a person set is what is asked for: nothing to ask")
    func agreed() async throws {
        let inventory = try await self.edited { $0 = $0.replacing("replicas: 3", with: "replicas: 4") }
        #expect(try await self.replan(expectation(.scale, "AMF", [number("replicas", 4)]), on: inventory).plan?.isNoOp == true)
    }

    @Test("a parameter changed by hand is asked about, too")
    func parameter() async throws {
        var inventory = try await publishedAMF()
        inventory.publish(try await self.replan(expectation(.configure, "AMF", [number("latency", 5, .atMost)]), on: inventory))
        inventory.edit(amf, "configmap.yaml") { $0 = $0.replacing("value: 5", with: "value: 8") }
        let outcome = try await self.replan(expectation(.configure, "AMF", [number("latency", 3, .atMost)]), on: inventory)
        #expect(outcome.questions.map(\.field) == ["targets.latency"] && outcome.questions.first?.options == ["3", "8"])
    }

    @Test("edits by intents alone are nobody's own")
    func byIntents() async throws {
        var inventory = try await publishedAMF()
        for count in [4.0, 6, 2] {
            let outcome = try await self.replan(expectation(.scale, "AMF", [number("replicas", count)]), on: inventory)
            #expect(outcome.questions.isEmpty)
            inventory.publish(outcome)
        }
    }

    @Test(
        "putting back what was published is asked about, too, whatever the words are for it",
        arguments: [
            ("replicas: 3", "replicas: 4", number("replicas", 3), "targets.replicas"),
            ("amf:v4.2.2", "amf:v4.2.3", words("version", "v4.2.2"), "targets.image"),
        ])
    func undone(_ published: String, _ edited: String, _ target: Target, _ field: String) async throws {
        let inventory = try await self.edited { $0 = $0.replacing(published, with: edited) }
        let outcome = try await self.replan(expectation(.scale, "AMF", [target]), on: inventory)
        #expect(outcome.questions.map(\.field) == [field])
    }

    @Test("a value of the network context changed by hand is answered as one")
    func context() async throws {
        var inventory = try await publishedAMF()
        inventory.publish(try await self.replan(expectation(.configure, "AMF", [number("cpu", 2)]) { $0.tac = "7" }, on: inventory))
        inventory.edit(amf, "configmap.yaml") { $0 = $0.replacing("tac: \"7\"", with: "tac: \"8\"") }
        let step = expectation(.configure, "AMF", [number("cpu", 3)]) { $0.tac = "9" }
        let question = try #require(try await self.replan(step, on: inventory).questions.first)
        #expect(question.field == "context.tac" && question.options == ["9", "8"])
        let answer = ClarificationAnswer(expectation: "e1", field: "context.tac", value: .text("8"))
        let outcome = try await self.replan(step, on: inventory, answers: [answer])
        #expect(try outcome.file(amf, "configmap.yaml").contains("tac: \"8\""))
    }

    @Test("an answer stands for the rest of the intent")
    func twice() async throws {
        let inventory = try await self.edited { $0 = $0.replacing("replicas: 3", with: "replicas: 4") }
        let answer = ClarificationAnswer(expectation: "e1", field: "targets.replicas", value: .number(6))
        let steps = [expectation(.scale, "AMF", [number("replicas", 6)]), expectation(.configure, "AMF", [number("memory", 2048)], id: "e2")]
        let interpretation = Interpretation(decision: .accepted, expectations: steps, provenance: Provenance(interpreter: "embedded", promptVersion: "1"))
        let outcome = try await Planner(catalogue: catalogue).plan(
            Planner.applying([answer], to: interpretation), request: request, inventory: inventory, settled: Planner.settled(by: [answer]), now: 0)
        #expect(outcome.questions.isEmpty)
        #expect(try outcome.node(amf, "deployment.yaml")[["spec", "replicas"]]?.integer == 6)
    }

    @Test("one function of many that was edited by hand is not decided for all")
    func members() async throws {
        var inventory = PublishedPackages()
        inventory.publish(try await self.replan(expectation(.deploy, "5GC", kind: .coreNetwork) { $0.namespace = "core5g" }, on: inventory))
        inventory.edit("default/core5g/smf", "deployment.yaml") { $0 = $0.replacing("replicas: 1", with: "replicas: 6") }
        let outcome = try await self.replan(expectation(.scale, "5GC", kind: .coreNetwork, [number("replicas", 4)]), on: inventory)
        #expect(outcome.problem?.code == "edited_by_hand" && outcome.problem?.detail.contains("smf") == true)
    }
}
