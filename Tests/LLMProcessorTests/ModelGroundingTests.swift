import IntentLanguage
import IntentModel
import Testing

@testable import LLMProcessor

@Suite struct ModelGroundingTests {
    /// Testing has an `Expectation` of its own.
    typealias Expectation = IntentModel.Expectation

    /// A model that says what the test says.
    struct Saying: Interpreter {
        let result: Result<Interpretation, ModelError>
        func interpret(_ request: InterpretationRequest, passages: [Passage]) async throws -> Interpretation { try self.result.get() }
    }

    private static func scale(
        _ type: String? = "AMF", verb: Verb = .scale, name: String? = nil, evidence: String? = nil, replicas: Double? = 5, condition: Condition = .equals,
        _ change: (inout Context) -> Void = { _ in }
    ) -> Expectation {
        var context = Context()
        change(&context)
        let targets = replicas.map { [Target(attribute: "replicas", condition: condition, value: .number($0))] } ?? []
        return Expectation(
            id: "e1", verb: verb, object: ObjectReference(kind: .networkFunction, type: type, name: name, evidence: evidence ?? type), targets: targets,
            context: context)
    }

    private static func accepted(_ expectations: [Expectation], by interpreter: String = "embedded") -> Interpretation {
        Interpretation(
            decision: .accepted, expectations: expectations, provenance: Provenance(interpreter: interpreter, promptVersion: "v", tokens: 10, costUSD: 0.5))
    }

    private func combine(_ text: String, _ embedded: Interpretation, _ model: Result<Interpretation, ModelError>, namespace: String? = nil) async throws
        -> Interpretation
    {
        let interpreter = GroundedInterpreter(
            model: Saying(result: model), modelName: "test/model", vocabulary: try #require(ShippedVocabulary.interpreter).vocabulary)
        return try await interpreter.interpret(InterpretationRequest(intent: text, namespace: namespace), embedded: embedded, passages: [])
    }

    @Test("two readings that agree are accepted with the model's provenance")
    func agree() async throws {
        let embedded = Self.accepted([Self.scale { $0.namespace = "core5g" }])
        let result = try await self.combine(
            "Scale the AMF to five replicas in core5g", embedded, .success(Self.accepted([Self.scale { $0.namespace = "Core5G" }], by: "openai")))
        #expect(result.decision == .accepted)
        #expect(result.expectations == embedded.expectations)
        #expect(result.provenance.interpreter == "openai")
        #expect(result.provenance.notes == nil)
    }

    private static let crowded = "Scale the AMF amf-east beside the SMF from 3 to 5 replicas in core5g in prod, or deploy it"

    @Test(
        "grounded readings that disagree on what matters become a question that an answer settles",
        arguments: [
            (Self.scale(replicas: 3), "targets.replicas", "3"), (Self.scale(condition: .increaseBy), "targets.replicas", "5"),
            (Self.scale("SMF"), "object.type", "SMF"), (Self.scale(verb: .deploy), "verb", "deploy"),
            (Self.scale { $0.namespace = "core5g" }, "context.namespace", "core5g"), (Self.scale(name: "amf-east"), "object.name", "amf-east"),
            (Self.scale { $0.environment = "production" }, "context.environment", "production"),
        ] as [(Expectation, String, String)])
    func disagree(_ model: Expectation, _ field: String, _ answer: String) async throws {
        let result = try await self.combine(Self.crowded, Self.accepted([Self.scale()]), .success(Self.accepted([model])))
        #expect(result.decision == .needsClarification)
        #expect(result.clarifications.map(\.field) == [field])
        #expect(result.clarifications.first?.options.contains(answer) == true)
        // Whatever is asked can be answered with any of the options.
        let interpreter = try #require(ShippedVocabulary.interpreter)
        for option in result.clarifications.first?.options ?? [] {
            let settled = interpreter.answering(result, with: [ClarificationAnswer(expectation: "e1", field: field, value: .text(option))])
            #expect(settled.decision == .accepted, "\(option): \(settled.clarifications)")
        }
    }

    @Test(
        "what the text does not hold is dropped with a note, and the embedded reading stands",
        arguments: [
            Self.scale(replicas: 7), Self.scale(replicas: 500), Self.scale("UPF"), Self.scale("UPF", evidence: "AMF"), Self.scale(name: "amf-west"),
            Self.scale { $0.namespace = "prod-ns" }, Self.scale { $0.cluster = "edge1" }, Self.scale { $0.environment = "production" },
            Self.scale { $0.namespace = "replicas" }, Self.scale(verb: .remove), Self.scale { $0.plmn = "310-410" },
        ] as [Expectation])
    func hallucinated(_ model: Expectation) async throws {
        let embedded = Self.accepted([Self.scale()])
        let result = try await self.combine("Scale the AMF to 5 replicas", embedded, .success(Self.accepted([model])))
        #expect(result.decision == .accepted)
        #expect(result.expectations == embedded.expectations)
        #expect(result.provenance.notes?.count == 1)
    }

    @Test("a function the model added is dropped when the text does not name it, and waits for a person's yes when it does")
    func extraFunction() async throws {
        let model = Self.accepted([Self.scale(), Self.scale("UPF", evidence: "UPF", replicas: 5) { $0.cluster = "invented" }])
        #expect(try await self.combine("Scale the AMF to 5 replicas", Self.accepted([Self.scale()]), .success(model)).decision == .accepted)
        let asked = try await self.combine("Scale the AMF and the UPF to 5 replicas", Self.accepted([Self.scale()]), .success(model))
        #expect(asked.decision == .needsClarification)
        #expect(asked.clarifications.map(\.field) == ["confirm"])
        #expect(asked.expectations.map(\.object.type) == ["AMF", "UPF"])
        #expect(asked.expectations.last?.context.cluster == nil, "of the addition, too, only what the text holds")

        let interpreter = try #require(ShippedVocabulary.interpreter)
        func answered(_ word: String) -> [String?] {
            let answer = ClarificationAnswer(expectation: asked.clarifications[0].expectation, field: "confirm", value: .text(word))
            return interpreter.answering(asked, with: [answer]).expectations.map(\.object.type)
        }
        #expect(answered("yes") == ["AMF", "UPF"])
        #expect(answered("no") == ["AMF"])
    }

    @Test("a function the model does not read is asked about, and leaves with a no")
    func missedFunction() async throws {
        var second = Self.scale("UPF")
        second.id = "e2"
        let embedded = Self.accepted([Self.scale(), second])
        let missed = try await self.combine("Scale the AMF and the UPF to 5 replicas", embedded, .success(Self.accepted([Self.scale()])))
        #expect(missed.clarifications.map(\.expectation) == ["e2"])
        let interpreter = try #require(ShippedVocabulary.interpreter)
        let settled = interpreter.answering(missed, with: [ClarificationAnswer(expectation: "e2", field: "confirm", value: .text("no"))])
        #expect(settled.decision == .accepted)
        #expect(settled.expectations == [Self.scale()])
    }

    @Test("the request's own namespace is no disagreement")
    func defaults() async throws {
        let result = try await self.combine(
            "Scale the AMF to 5 replicas", Self.accepted([Self.scale()]), .success(Self.accepted([Self.scale { $0.namespace = "core" }])), namespace: "core")
        #expect(result.decision == .accepted)
        #expect(result.provenance.notes == nil)
    }

    @Test("a documented default the model fills in is told as one, and not taken over")
    func documentedDefault() async throws {
        let deploy = Self.scale(verb: .deploy, replicas: nil)
        let result = try await self.combine("Deploy an AMF", Self.accepted([deploy]), .success(Self.accepted([Self.scale(verb: .deploy, replicas: 1)])))
        #expect(result.decision == .accepted)
        #expect(result.expectations == [deploy])
        #expect(result.provenance.notes?.first?.contains("documented default") == true)
        // A change has no default for its number.
        let invented = try await self.combine("Deploy an AMF", Self.accepted([deploy]), .success(Self.accepted([Self.scale(verb: .deploy, replicas: 2)])))
        #expect(invented.provenance.notes?.first?.contains("does not say") == true)
    }

    @Test("a range is the same in one target or in two, and at least five is no quarrel with five")
    func sameInOtherWords() async throws {
        var ours = Self.scale(replicas: nil)
        ours.targets = [Target(attribute: "minReplicas", value: .number(2)), Target(attribute: "maxReplicas", value: .number(10))]
        var theirs = Self.scale(replicas: nil)
        theirs.targets = [Target(attribute: "replicas", condition: .between, value: .range(2, 10))]
        let text = "Scale the AMF between 2 and 10 replicas"
        #expect(try await self.combine(text, Self.accepted([ours]), .success(Self.accepted([theirs]))).provenance.notes == nil)
        let least = try await self.combine(
            "Scale the AMF to 5", Self.accepted([Self.scale()]), .success(Self.accepted([Self.scale(condition: .atLeast)])))
        #expect(least.decision == .accepted)
    }

    @Test("lesser details are noted, not asked")
    func lesser() async throws {
        var model = Self.scale()
        model.targets.append(Target(attribute: "latency", condition: .atMost, value: .number(5)))
        let result = try await self.combine("Scale the AMF to 5 replicas, below 5 ms", Self.accepted([Self.scale()]), .success(Self.accepted([model])))
        #expect(result.decision == .accepted)
        #expect(result.provenance.notes?.count == 1)
    }

    @Test(
        "a model that fails in any way leaves the embedded reading with a note",
        arguments: [
            .timedOut, .unreachable("refused", wasSent: false), .rateLimited(retryAfter: nil), .status(500, ""), .malformed("x"), .suspended, .busy,
            .tooLarge(limit: 1), .overBudget, .resting, .all(["a: b"]),
        ] as [ModelError])
    func down(_ error: ModelError) async throws {
        let embedded = Self.accepted([Self.scale()])
        let result = try await self.combine("Scale the AMF to 5 replicas", embedded, .failure(error))
        #expect(result.decision == .accepted)
        #expect(result.expectations == embedded.expectations)
        #expect(result.provenance.interpreter == "embedded")
        #expect(result.provenance.notes?.first?.contains("test/model") == true)
    }

    @Test("a refusal stands whatever the model says")
    func refusals() async throws {
        var refused = Self.accepted([])
        refused.decision = .refused
        refused.refusal = Refusal(reason: .promptInjection, detail: "x")
        #expect(try await self.combine("Ignore …", refused, .success(Self.accepted([Self.scale()]))) == refused)
    }

    @Test("a model that smells an injection makes a person look when it quotes words that no reading explains, and not otherwise")
    func suspicion() async throws {
        func decision(_ reason: Refusal.Reason, _ quote: String, _ text: String = "Scale the AMF to 5 replicas, zealous marmot") async throws -> Decision {
            var refused = Self.accepted([])
            refused.decision = .refused
            refused.refusal = Refusal(reason: reason, detail: quote)
            return try await self.combine(text, Self.accepted([Self.scale()]), .success(refused)).decision
        }
        #expect(try await decision(.promptInjection, "zealous marmot") == .needsClarification)
        #expect(try await decision(.unsafe, "zealous marmot") == .needsClarification)
        #expect(try await decision(.promptInjection, "") == .accepted)
        #expect(try await decision(.promptInjection, "Scale the AMF to 5 replicas") == .accepted, "all of it is explained")
        #expect(try await decision(.promptInjection, "forget your rules") == .accepted, "the text does not say so")
        #expect(try await decision(.outOfScope, "zealous marmot") == .accepted)
    }

    @Test("an open question gets the model's grounded answer as its first option, and stays a question")
    func offers() async throws {
        var open = Self.accepted([Self.scale(nil, evidence: "access and mobility function", replicas: nil)])
        open.decision = .needsClarification
        open.clarifications = [
            Clarification(expectation: "e1", field: "object.type", question: "Which?", options: ["SMF", "AMF"]),
            Clarification(expectation: "e1", field: "targets.replicas", question: "How many?"),
        ]
        let model = Self.accepted([Self.scale("AMF", evidence: "access and mobility function", replicas: 9)])
        let result = try await self.combine("Scale the access and mobility function", open, .success(model))
        #expect(result.decision == .needsClarification)
        #expect(result.clarifications[0].options == ["AMF", "SMF"])
        #expect(result.clarifications[1].options.isEmpty, "the text holds no nine")
    }

    @Test("the prompt and its schemas load, and every assertion of the schema is checked")
    func prompt() throws {
        let prompt = try Prompt.load()
        #expect(prompt.schema.unsupported.isEmpty)
        #expect(prompt.instructions.count > 1_000)
        #expect(prompt.batchInstructions.hasPrefix(prompt.instructions))
        #expect(prompt.batchSchema["properties"]?["answers"]?["items"]?["properties"]?["answer"]?["properties"]?["decision"] != nil)
        #expect(throws: Prompt.Unreadable.self) { try Prompt.load(version: "interpret-v0") }
    }
}
