import IntentLanguage
import IntentModel
import Testing

@testable import PackagePlanning

/// A slice is what its S-NSSAI is: neither its type nor its name makes one the other.
@Suite struct SliceIdentityTests {
    private static let vocabulary = Result { try Vocabulary.shipped() }

    private func outcome(_ sentence: String, on inventory: PublishedPackages, answers: [ClarificationAnswer] = []) async throws -> PlanOutcome {
        let interpretation = EmbeddedInterpreter(vocabulary: try Self.vocabulary.get()).interpret(InterpretationRequest(intent: sentence))
        #expect(interpretation.decision == .accepted, "\(sentence): \(interpretation.clarifications)")
        return try await Planner(catalogue: catalogue).plan(
            Planner.applying(answers, to: interpretation), request: request, inventory: inventory, settled: Planner.settled(by: answers), now: 0)
    }

    private func published(_ sentences: String...) async throws -> PublishedPackages {
        var inventory = PublishedPackages()
        for sentence in sentences {
            let outcome = try await self.outcome(sentence, on: inventory)
            #expect(outcome.plan?.packages.allSatisfy { $0.change == .create } == true, "\(sentence): \(outcome)")
            inventory.publish(outcome)
        }
        return inventory
    }

    private func slice(_ inventory: PublishedPackages, _ path: String) throws -> SliceID? {
        let files = try #require(inventory.revisions[path]?.last)
        var contents = PackageContents(files)
        let parts = path.split(separator: "/").map(String.init)
        let identity = PackageIdentity(cluster: parts[0], namespace: parts[1], instance: parts[2], function: "NetworkSlice")
        return SliceID(try contents.state(of: identity, entry: try #require(catalogue.entry("NetworkSlice"))).parameters)
    }

    @Test("the S-NSSAI of a package is read alike wherever it is asked for, also in the quotes of a person")
    func quoted() throws {
        for sst in ["1", "\"1\"", "'1'"] {
            let parameters = Parameters(try YAMLNode.document(in: "context:\n  slice:\n    sst: \(sst)\n    sd: \"0000aa\"\n"))
            #expect(SliceID(parameters) == SliceID(sst: 1, sd: "0000aa") && Context(parameters).slice == SliceID(parameters), "\(sst)")
        }
        #expect(SliceID(Parameters(try YAMLNode.document(in: "context:\n  slice:\n    sst: one\n"))) == nil)
    }

    @Test("a second slice of a type is a second slice, with functions of its own; the first again changes nothing")
    func second() async throws {
        let sentences = ["Deploy an eMBB slice with SD 0000aa in namespace s1", "Deploy an eMBB slice with SD 0000bb in namespace s1"]
        var inventory = try await self.published(sentences[0])
        let second = try await self.outcome(sentences[1], on: inventory)
        #expect(second.plan?.packages.map(\.change) == [.create, .create, .create])
        #expect(second.plan?.packages.map(\.instance) == ["slice-embb-0000bb", "slice-embb-0000bb-upf", "slice-embb-0000bb-smf"])
        let configuration = try second.file("default/s1/slice-embb-0000bb-smf", "configmap.yaml")
        #expect(configuration.contains("sd: \"0000bb\"") && configuration.contains("nodeID: \"slice-embb-0000bb-upf\""))
        inventory.publish(second)
        #expect(try self.slice(inventory, "default/s1/slice-embb") == SliceID(sst: 1, sd: "0000aa"))
        #expect(try self.slice(inventory, "default/s1/slice-embb-0000bb") == SliceID(sst: 1, sd: "0000bb"))
        for sentence in sentences { #expect(try await self.outcome(sentence, on: inventory).plan?.isNoOp == true, "\(sentence)") }
        // Elsewhere it is another matter.
        #expect(
            try await self.outcome("Deploy an eMBB slice with SD 0000bb in namespace s2", on: inventory).plan?.packages.first?.path == "default/s2/slice-embb")
    }

    @Test("a slice whose SD nobody said is neither taken for one that has one nor put beside it unasked")
    func unsaid() async throws {
        let inventory = try await self.published("Deploy an eMBB slice with SD 0000aa in namespace s1")
        let sentence = "Deploy an eMBB slice with 200 Mbps downlink throughput in namespace s1"
        let question = try #require(try await self.outcome(sentence, on: inventory).questions.first)
        #expect(question.field == "context.slice" && question.options == ["1-0000aa", "1"])
        func answered(_ value: String) async throws -> PlanOutcome {
            try await self.outcome(sentence, on: inventory, answers: [ClarificationAnswer(expectation: "e1", field: "context.slice", value: .text(value))])
        }
        let same = try await answered("1-0000aa")
        #expect(same.plan?.packages.first { $0.change == .update }?.instance == "slice-embb")
        #expect(try same.file("default/s1/slice-embb", "configmap.yaml").contains("sd: \"0000aa\""))
        let other = try await answered("1")
        #expect(other.plan?.packages.first?.instance == "slice-embb-1" && other.plan?.packages.allSatisfy { $0.change == .create } == true)
        #expect(try other.file("default/s1/slice-embb-1-smf", "configmap.yaml").contains("sd: \"ffffff\""))
    }

    @Test(
        "a slice that does not exist is not another one: it is said that there is none",
        arguments: [
            ("Give slice 1-000001 at least 100 Mbps on the downlink", "There is no slice 1-000001 in default. Deploy it?"),
            ("Remove the slice 1-0000dd", "There is no slice 1-0000dd in default. Take it as removed?"),
            ("Remove the eMBB slice with SD 0000dd", "There is no slice 1-0000dd in default. Take it as removed?"),
            ("Scale the UPF of slice 1-0000dd to 3 replicas", "There is no UPF of slice 1-0000dd in default. Deploy it?"),
        ])
    func absent(_ sentence: String, _ question: String) async throws {
        let inventory = try await self.published("Deploy an eMBB slice with SD 0000ff")
        let outcome = try await self.outcome(sentence, on: inventory)
        #expect(outcome.questions.map(\.question) == [question], "\(outcome)")
        #expect(outcome.questions.map(\.field) == ["confirm"])
    }

    @Test("a change keeps what the text does not say of the slice, and does not claim it as said")
    func kept() async throws {
        var inventory = try await self.published("Deploy an eMBB slice with SD 0000ff")
        let outcome = try await self.outcome("Set the uplink of the eMBB slice in default to at least 40 Mbps", on: inventory)
        #expect(outcome.plan?.packages.filter { $0.change == .update }.map(\.instance) == ["slice-embb"], "\(outcome)")
        #expect(outcome.figure("slice") == nil)
        inventory.publish(outcome)
        #expect(try self.slice(inventory, "default/default/slice-embb") == SliceID(sst: 1, sd: "0000ff"))
    }

    @Test("of several slices of a type the one whose S-NSSAI is said is changed, and without one it is asked")
    func several() async throws {
        let inventory = try await self.published(
            "Deploy an eMBB slice with SD 0000aa in namespace s1", "Deploy an eMBB slice with SD 0000bb in namespace s1")
        let outcome = try await self.outcome("Remove the slice 1-0000BB from s1", on: inventory)
        #expect(outcome.plan?.packages.map(\.instance).sorted() == ["slice-embb-0000bb", "slice-embb-0000bb-smf", "slice-embb-0000bb-upf"])
        #expect(outcome.plan?.packages.allSatisfy { $0.change == .delete && $0.path.hasPrefix("default/s1/") } == true)
        let question = try #require(try await self.outcome("Remove the eMBB slice from s1", on: inventory).questions.first)
        #expect(question.field == "context.slice" && question.options == ["1-0000aa", "1-0000bb"])
        let scaled = try await self.outcome("Scale the UPF of slice 1-0000bb in s1 to 3 replicas", on: inventory)
        #expect(scaled.plan?.packages.map(\.instance) == ["slice-embb-0000bb-upf"])
        // Where it is scaled says where; it configures nothing.
        #expect(scaled.plan?.packages.first?.figures.contains { $0.name == "slice" } == false)
    }

    @Test("a name and an S-NSSAI that are two slices are asked about, both ways")
    func named() async throws {
        var inventory = PublishedPackages()
        let gold = { (sd: String, verb: Verb) in
            expectation(verb, "eMBB", name: "gold", kind: .networkSlice, [number("throughputDownlink", 100)]) { $0.slice = SliceID(sst: 1, sd: sd) }
        }
        inventory.publish(try await plan(gold("0000aa", .deploy)))
        #expect(try await plan(gold("0000bb", .deploy), on: inventory).questions.map(\.field) == ["object.name"])
        let other = expectation(.deploy, "eMBB", name: "silver", kind: .networkSlice) { $0.slice = SliceID(sst: 1, sd: "0000AA") }
        let question = try await plan(other, on: inventory).questions.first
        #expect(question?.field == "object.name" && question?.options == ["gold"])
        let changed = try await plan(gold("0000bb", .configure), on: inventory).questions.first
        #expect(changed?.field == "context.slice" && changed?.options == ["1-0000aa"])
        #expect(try await plan(gold("0000aa", .configure), on: inventory).plan != nil)
    }

    @Test("an SD of all ones is none, in either spelling")
    func none() async throws {
        let inventory = try await self.published("Deploy an eMBB slice in namespace s1")
        let again = expectation(.deploy, "eMBB", kind: .networkSlice) { ($0.namespace, $0.slice) = ("s1", SliceID(sst: 1, sd: "FFFFFF")) }
        #expect(try await plan(again, on: inventory).plan?.packages.map(\.instance) == ["slice-embb", "slice-embb-upf", "slice-embb-smf"])
    }

    @Test("whatever slices are deployed, each S-NSSAI has one package and every package keeps its own")
    func property() async throws {
        var random = SplitMix(seed: 67)
        var inventory = PublishedPackages()
        var deployed: Set<SliceID> = []
        for _ in 0..<60 {
            let id = SliceID(sst: Int.random(in: 1...3, using: &random), sd: ["0000aa", "0000bb", "0000cc", "FFFFFF"].randomElement(using: &random))
            let type = ["eMBB", "URLLC", "mMTC"][id.sst - 1]
            let verb: Verb = [.deploy, .deploy, .configure, .remove].randomElement(using: &random) ?? .deploy
            let said = expectation(verb, type, kind: .networkSlice, verb == .remove ? [] : [number("throughputUplink", 40, .atLeast)]) { $0.slice = id }
            let outcome = try await plan(said, on: inventory)
            if verb == .deploy || deployed.contains(id.normal) {
                #expect(outcome.plan != nil, "\(verb) \(id.text): \(outcome)")
            } else {
                #expect(outcome.questions.map(\.field) == ["confirm"], "\(verb) \(id.text): \(outcome)")
            }
            if verb == .deploy { deployed.insert(id.normal) }
            if verb == .remove { deployed.remove(id.normal) }
            inventory.publish(outcome)
            let slices = try await inventory.items(function: "NetworkSlice", instance: nil, namespace: nil, cluster: nil)
            let ids = try slices.map { try #require(try self.slice(inventory, $0.path)).normal }
            #expect(ids.count == deployed.count && Set(ids) == deployed)
        }
    }
}
