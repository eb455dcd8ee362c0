import GitObjects
import IntentModel
import Testing

@testable import PackagePlanning

/// What is not there, and which of several is meant.
@Suite struct MeantInstanceTests {
    @Test("a change of what is not there asks, and a yes deploys it", arguments: [Verb.scale, .configure, .optimize, .restart, .migrate, .rollback])
    func confirm(_ verb: Verb) async throws {
        let said = expectation(verb, "AMF", [number("replicas", 4)]) { $0.namespace = "core5g" }
        let question = try #require(try await plan(said).questions.first)
        #expect(question == Clarification(expectation: "e1", field: "confirm", question: "There is no AMF in core5g. Deploy it?", options: ["yes", "no"]))
        let interpretation = Interpretation(decision: .accepted, expectations: [said], provenance: Provenance(interpreter: "embedded", promptVersion: "1"))
        let yes = Planner.applying([ClarificationAnswer(expectation: "e1", field: "confirm", value: .text("yes"))], to: interpretation)
        let planner = Planner(catalogue: catalogue)
        #expect(try await planner.plan(yes, request: request, inventory: PublishedPackages(), now: 0).plan?.packages.map(\.change) == [.create])
        let no = Planner.applying([ClarificationAnswer(expectation: "e1", field: "confirm", value: .text("no"))], to: interpretation)
        #expect(try await planner.plan(no, request: request, inventory: PublishedPackages(), now: 0).problem?.detail == "declined by the operator")
    }

    @Test("what is neither yes nor no leaves the question open", arguments: ["maybe", "perhaps", "3", ""])
    func undecided(_ word: String) async throws {
        let said = expectation(.scale, "AMF", [number("replicas", 4)]) { $0.namespace = "core5g" }
        let interpretation = Interpretation(decision: .accepted, expectations: [said], provenance: Provenance(interpreter: "embedded", promptVersion: "1"))
        let answers = [ClarificationAnswer(expectation: "e1", field: "confirm", value: .text(word))]
        #expect(Planner.applying(answers, to: interpretation) == interpretation)
        #expect(Planner.settled(by: answers).isEmpty)
    }

    @Test("removing what is not there asks, and a yes is a removal done, never a deploy")
    func removeAbsent() async throws {
        let said = expectation(.remove, "AMF") { $0.namespace = "core5g" }
        #expect(try await plan(said).questions.first?.question == "There is no AMF in core5g. Take it as removed?")
        let interpretation = Interpretation(decision: .accepted, expectations: [said], provenance: Provenance(interpreter: "embedded", promptVersion: "1"))
        let yes = Planner.applying([ClarificationAnswer(expectation: "e1", field: "confirm", value: .text("yes"))], to: interpretation)
        let outcome = try await Planner(catalogue: catalogue).plan(yes, request: request, inventory: PublishedPackages(), now: 0)
        #expect(outcome.plan?.isNoOp == true && outcome.plan?.notes.isEmpty == false)
    }

    @Test("without a namespace the only instance is meant; of several it asks, and takes the answer")
    func which() async throws {
        var inventory = try await publishedAMF()
        #expect(try await plan(expectation(.scale, "AMF", [number("replicas", 2)]), on: inventory).plan?.packages.first?.path == amf)
        inventory.publish(try await plan(expectation(.deploy, "AMF", name: "amf-east") { $0.namespace = "core5g" }))
        let names = try await plan(expectation(.scale, "AMF", [number("replicas", 2)]), on: inventory).questions.first
        #expect(names?.field == "object.name" && names?.options == ["amf", "amf-east"])
        #expect(
            try await plan(expectation(.scale, "AMF", name: "AMF-East", [number("replicas", 2)]), on: inventory).plan?.packages.first?.instance == "amf-east")
        inventory.publish(try await plan(expectation(.deploy, "AMF") { $0.namespace = "lab" }))
        let spaces = try await plan(expectation(.scale, "AMF", [number("replicas", 2)]), on: inventory).questions.first
        #expect(spaces?.field == "context.namespace" && spaces?.options == ["core5g", "lab"])
        let interpretation = Interpretation(
            decision: .accepted, expectations: [expectation(.scale, "AMF", [number("replicas", 2)])],
            provenance: Provenance(interpreter: "embedded", promptVersion: "1"))
        let answered = Planner.applying([ClarificationAnswer(expectation: "e1", field: "context.namespace", value: .text("lab"))], to: interpretation)
        #expect(
            try await Planner(catalogue: catalogue).plan(answered, request: request, inventory: inventory, now: 0).plan?.packages.first?.path
                == "default/lab/amf")
    }

    @Test("which of several moves is asked apart from where it goes")
    func whichMoves() async throws {
        var inventory = try await publishedAMF()
        for namespace in ["lab", "edge"] { inventory.publish(try await plan(expectation(.deploy, "AMF") { $0.namespace = namespace })) }
        let said = expectation(.migrate, "AMF") { $0.namespace = "target" }
        let question = try #require(try await plan(said, on: inventory).questions.first)
        #expect(question.field == "context.from" && question.options == ["core5g", "edge", "lab"])
        let interpretation = Interpretation(decision: .accepted, expectations: [said], provenance: Provenance(interpreter: "embedded", promptVersion: "1"))
        let answered = Planner.applying([ClarificationAnswer(expectation: "e1", field: "context.from", value: .text("lab"))], to: interpretation)
        let moved = try await Planner(catalogue: catalogue).plan(answered, request: request, inventory: inventory, now: 0)
        #expect(Set(moved.plan?.packages.map(\.path) ?? []) == ["default/lab/amf", "default/target/amf"])
    }

    @Test("which of several moves is asked by cluster and namespace where both differ")
    func whichMovesBetweenClusters() async throws {
        let clusters = ["east", "north", "west"]
        var inventory = PublishedPackages()
        for (cluster, namespace) in [("east", "a"), ("east", "b"), ("west", "a")] {
            let outcome = try await plan(
                expectation(.deploy, "AMF") {
                    $0.namespace = namespace
                    $0.cluster = cluster
                }, clusters: clusters)
            inventory.publish(outcome)
        }
        let said = expectation(.migrate, "AMF") { $0.cluster = "north" }
        let question = try #require(try await plan(said, on: inventory, clusters: clusters).questions.first)
        #expect(question.field == "context.from" && question.options == ["east/a", "east/b", "west/a"])
        let interpretation = Interpretation(decision: .accepted, expectations: [said], provenance: Provenance(interpreter: "embedded", promptVersion: "1"))
        let answered = Planner.applying([ClarificationAnswer(expectation: "e1", field: "context.from", value: .text("east/b"))], to: interpretation)
        let moved = try await Planner(catalogue: catalogue, clusters: clusters).plan(answered, request: request, inventory: inventory, now: 0)
        #expect(Set(moved.plan?.packages.map(\.path) ?? []) == ["east/b/amf", "north/b/amf"])
    }

    @Test("something the catalogue does not know is found by its name, whatever it was deployed as")
    func custom() async throws {
        var inventory = PublishedPackages()
        inventory.publish(try await plan(expectation(.deploy, "Custom", name: "nf-sim")))
        #expect(try await plan(expectation(.scale, "Custom", name: "nf-sim", [number("replicas", 3)]), on: inventory).plan?.packages.first?.change == .update)
        #expect(try await plan(expectation(.deploy, "Custom")).questions.first?.field == "object.name")
        #expect(try await plan(expectation(.deploy, nil)).questions.first?.field == "object.type")
        for type in ["Cluster", "Node", "Storage", "Mesh"] {
            for name in [nil, "edge03"] as [String?] {
                let outcome = try await plan(expectation(.deploy, type, name: name, kind: .infrastructure, [number("replicas", 3)]))
                #expect(outcome.problem?.code == "unsupported_object", "\(type) \(name ?? "")")
            }
        }
        #expect(try await plan(expectation(.deploy, "SMF", name: "nf-sim"), on: inventory).questions.first?.field == "object.name")
    }

    @Test(
        "a hostile name is asked about and never reaches a path or a file",
        arguments: [
            "../../etc", "a/b", "amf\nkind: Secret", "A B", "-amf", "amf-", "5g-amf", "ämf", "amf_1", "", ".", "{{instance}}", "$(id)", "a\u{0}b",
            String(repeating: "a", count: 64), "amf.core",
        ])
    func hostile(_ name: String) async throws {
        #expect(try await plan(expectation(.deploy, "AMF", name: name)).questions.first?.field == "object.name")
        #expect(try await plan(expectation(.deploy, "AMF") { $0.namespace = name }).questions.first?.field == "context.namespace")
        #expect(try await plan(expectation(.deploy, "AMF") { $0.cluster = name }).questions.first?.field == "context.cluster")
        #expect(try await plan(expectation(.scale, "AMF", name: name, [number("replicas", 2)]), on: publishedAMF()).questions.first?.field == "object.name")
    }

    @Test("a proposal resembles the name")
    func proposal() async throws {
        #expect(try await plan(expectation(.deploy, "xApp", name: "Traffic Steering", kind: .application)).questions.first?.options == ["traffic-steering"])
        #expect(DNSLabel.proposal(for: "5G!!") == "g" && DNSLabel.proposal(for: "…") == nil)
    }

    @Test("a package that cannot be read is a refusal that names the file")
    func unreadable() async throws {
        var inventory = try await publishedAMF()
        inventory.edit(amf, "deployment.yaml") { $0 = "kind: Deployment\n  spec: [" }
        let problem = try await plan(expectation(.scale, "AMF", [number("replicas", 2)]), on: inventory).problem
        #expect(problem?.code == "package_unreadable" && problem?.detail.hasPrefix("deployment.yaml") == true)
    }
}
