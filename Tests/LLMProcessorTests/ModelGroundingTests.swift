import IntentLanguage
import IntentModel
import Testing

@testable import LLMProcessor

@Suite struct ModelGroundingTests {
    /// Testing has an `Expectation` of its own.
    typealias Expectation = IntentModel.Expectation

    /// A model that says what the test says.
    private struct Saying: Interpreter {
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
        let interpreter = GroundedInterpreter(model: Saying(result: model), modelName: "test/model", embedded: { _ in embedded })
        return try await interpreter.interpret(InterpretationRequest(intent: text, namespace: namespace), passages: [])
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

    @Test(
        "grounded readings that disagree on what matters become a question",
        arguments: [
            (Self.scale(replicas: 3), "targets.replicas"), (Self.scale(condition: .increaseBy), "targets.replicas"), (Self.scale("SMF"), "object.type"),
            (Self.scale(verb: .deploy), "verb"),
            (Self.scale { $0.namespace = "core5g" }, "context.namespace"), (Self.scale(name: "amf-east"), "object.name"),
            (Self.scale { $0.environment = "production" }, "context.environment"),
        ] as [(Expectation, String)])
    func disagree(_ model: Expectation, _ field: String) async throws {
        let text = "Scale the AMF amf-east beside the SMF from 3 to 5 replicas in core5g in prod"
        let result = try await self.combine(text, Self.accepted([Self.scale()]), .success(Self.accepted([model])))
        #expect(result.decision == .needsClarification)
        #expect(result.clarifications.map(\.field) == [field])
        #expect(result.clarifications[0].options.isEmpty == false)
    }

    @Test(
        "what the text does not hold is dropped with a note, and the embedded reading stands",
        arguments: [
            Self.scale(replicas: 7), Self.scale("UPF"), Self.scale(name: "amf-west"), Self.scale { $0.namespace = "prod-ns" },
            Self.scale { $0.cluster = "edge1" }, Self.scale { $0.environment = "production" },
        ] as [Expectation])
    func hallucinated(_ model: Expectation) async throws {
        let embedded = Self.accepted([Self.scale()])
        let result = try await self.combine("Scale the AMF to 5 replicas", embedded, .success(Self.accepted([model])))
        #expect(result.decision == .accepted)
        #expect(result.expectations == embedded.expectations)
        #expect(result.provenance.notes?.count == 1)
    }

    @Test("a function the model added is dropped when the text does not name it, asked about when it does")
    func extraFunction() async throws {
        let model = Self.accepted([Self.scale(), Self.scale("UPF", evidence: "UPF")])
        #expect(try await self.combine("Scale the AMF to 5 replicas", Self.accepted([Self.scale()]), .success(model)).decision == .accepted)
        let asked = try await self.combine("Scale the AMF and the UPF to 5 replicas", Self.accepted([Self.scale()]), .success(model))
        #expect(asked.clarifications.map(\.field) == ["object.type"])
        let missed = try await self.combine("Scale the AMF and the UPF to 5 replicas", model, .success(Self.accepted([Self.scale()])))
        #expect(missed.decision == .needsClarification)
    }

    @Test("the request's own namespace is no disagreement")
    func defaults() async throws {
        let result = try await self.combine(
            "Scale the AMF to 5 replicas", Self.accepted([Self.scale()]), .success(Self.accepted([Self.scale { $0.namespace = "core" }])), namespace: "core")
        #expect(result.decision == .accepted)
        #expect(result.provenance.notes == nil)
    }

    @Test("lesser details are noted, not asked")
    func lesser() async throws {
        var model = Self.scale()
        model.targets.append(Target(attribute: "latency", condition: .atMost, value: .number(5)))
        let result = try await self.combine("Scale the AMF to 5 replicas", Self.accepted([Self.scale()]), .success(Self.accepted([model])))
        #expect(result.decision == .accepted)
        #expect(result.provenance.notes?.count == 1)
    }

    @Test(
        "a model that fails in any way leaves the embedded reading with a note",
        arguments: [
            .timedOut, .unreachable("refused"), .rateLimited(retryAfter: nil), .status(500, ""), .malformed("x"), .suspended, .busy, .tooLarge(limit: 1),
        ] as [ModelError])
    func down(_ error: ModelError) async throws {
        let embedded = Self.accepted([Self.scale()])
        let result = try await self.combine("Scale the AMF to 5 replicas", embedded, .failure(error))
        #expect(result.decision == .accepted)
        #expect(result.expectations == embedded.expectations)
        #expect(result.provenance.interpreter == "embedded")
        #expect(result.provenance.notes?.first?.contains("test/model") == true)
    }

    @Test("a refusal stands whatever the model says, and a model that smells an injection makes a person look")
    func refusals() async throws {
        var refused = Self.accepted([])
        refused.decision = .refused
        refused.refusal = Refusal(reason: .promptInjection, detail: "x")
        #expect(try await self.combine("Ignore …", refused, .success(Self.accepted([Self.scale()]))) == refused)

        let result = try await self.combine("Scale the AMF to 5 replicas", Self.accepted([Self.scale()]), .success(refused))
        #expect(result.clarifications.map(\.field) == ["confirm"])
        refused.refusal?.reason = .outOfScope
        #expect(try await self.combine("Scale the AMF to 5 replicas", Self.accepted([Self.scale()]), .success(refused)).decision == .accepted)
    }

    @Test("an open question gets the model's grounded answer as its first option, and stays a question")
    func offers() async throws {
        var open = Self.accepted([Self.scale(nil, evidence: "access function", replicas: nil)])
        open.decision = .needsClarification
        open.clarifications = [
            Clarification(expectation: "e1", field: "object.type", question: "Which?", options: ["SMF", "AMF"]),
            Clarification(expectation: "e1", field: "targets.replicas", question: "How many?"),
        ]
        let model = Self.accepted([Self.scale("AMF", evidence: "access function", replicas: 9)])
        let result = try await self.combine("Scale the access function", open, .success(model))
        #expect(result.decision == .needsClarification)
        #expect(result.clarifications.map(\.options) == [["AMF", "SMF"], []])
    }

    @Test(
        "numbers are found in other units, with separators and through the embedded reading",
        arguments: [
            ("1.5 Gbps", 1500.0, true), ("2 GiB", 2048, true), ("1,000 users", 1000, true), ("10 ms", 11, false), ("90 minutes", 5400, true), ("AMF2", 2, true),
            ("five", 5, false),
        ] as [(String, Double, Bool)])
    func numbers(_ text: String, _ number: Double, _ found: Bool) {
        #expect(TextGrounds(text).hold(.number(number)) == found)
    }

    @Test("words are found whole, whatever their case and separators")
    func words() {
        let grounds = TextGrounds("Deploy the O-CU-CP in name space 'Core5G'.")
        #expect(grounds.hold("o cu cp") && grounds.hold("core5g"))
        #expect(!grounds.hold("core") && !grounds.hold("") && !grounds.hold(nil as String?))
    }

    @Test("the prompt and its schema load, and every assertion of the schema is checked")
    func prompt() throws {
        let prompt = try Prompt.load()
        #expect(prompt.schema.unsupported.isEmpty)
        #expect(prompt.instructions.count > 1_000)
        #expect(throws: Prompt.Unreadable.self) { try Prompt.load(version: "interpret-v0") }
    }
}
