import IntentModel
import JSONSchema

/// What a model made of a sentence, after its shape was checked and before anything of it is believed.
struct ModelAnswer: Sendable, Equatable {
    var decision: Decision
    var refusalReason: Refusal.Reason?
    /// The words of the sentence it is refused for, as the model quotes them.
    var refusalEvidence: String?
    var expectations: [Expectation]
    var questions: [String]

    /// Takes the JSON object out of the text, checks it against the prompt's schema and the attributes' table.
    init(_ content: [UInt8], prompt: Prompt) throws(ModelError) {
        if prompt.allowsQuickReading, let quick = QuickReading.answer(content) { self = quick } else { try self.init(plain: content, schema: prompt.schema) }
    }

    init(
        decision: Decision, refusalReason: Refusal.Reason? = nil, refusalEvidence: String? = nil, expectations: [Expectation], questions: [String] = []
    ) {
        self.decision = decision
        self.refusalReason = refusalReason
        self.refusalEvidence = refusalEvidence
        self.expectations = expectations
        self.questions = questions
    }

    /// Whatever it looks like.
    init(plain content: [UInt8], schema: JSONSchema) throws(ModelError) {
        guard let value = ModelAnswer.object(in: content) else { throw .malformed("no JSON object in it") }
        try self.init(value: value, schema: schema)
    }

    init(value: JSONValue, schema: JSONSchema) throws(ModelError) {
        if let violation = schema.violations(in: value, limit: 1).first { throw .malformed("\(violation)") }
        guard let decision = value["decision"]?.string.flatMap(Decision.init) else { throw .malformed("no decision") }
        self.decision = decision
        self.refusalReason = value["refusalReason"]?.string.flatMap(Refusal.Reason.init)
        self.refusalEvidence = value["refusalEvidence"]?.string
        self.questions = value["clarifications"]?.array?.compactMap { $0["question"]?.string } ?? []
        var expectations: [Expectation] = []
        for (index, item) in (value["expectations"]?.array ?? []).enumerated() { expectations.append(try ModelAnswer.expectation(item, id: "e\(index + 1)")) }
        self.expectations = expectations
        if decision == .accepted, expectations.isEmpty { throw .malformed("accepted without an expectation") }
    }

    /// The first balanced object of the text: the whole of it, what a Markdown fence holds, or what prose surrounds. At most
    /// eight candidates are tried.
    static func object(in bytes: [UInt8]) -> JSONValue? {
        var from = 0
        for _ in 0..<8 {
            guard let start = bytes[from...].firstIndex(of: UInt8(ascii: "{")) else { return nil }
            if let end = self.end(of: start, in: bytes), let value = try? JSONValue(parsing: bytes[start..<end]), value.object != nil { return value }
            from = start + 1
        }
        return nil
    }

    /// Just behind the brace that closes the one at `start`.
    private static func end(of start: Int, in bytes: [UInt8]) -> Int? {
        var depth = 0
        var quoted = false
        var index = start
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "\\") where quoted: index += 1
            case UInt8(ascii: "\""): quoted.toggle()
            case UInt8(ascii: "{") where !quoted: depth += 1
            case UInt8(ascii: "}") where !quoted:
                depth -= 1
                if depth == 0 { return index + 1 }
            default: break
            }
            index += 1
        }
        return nil
    }

    private static func expectation(_ item: JSONValue, id: String) throws(ModelError) -> Expectation {
        guard let verb = item["verb"]?.string.flatMap(Verb.init), let kind = item["kind"]?.string.flatMap(ObjectKind.init) else {
            throw .malformed("no verb or kind")
        }
        var targets: [Target] = []
        for target in item["targets"]?.array ?? [] {
            guard let attribute = target["attribute"]?.string, Attribute.table[attribute] != nil else { throw .malformed("an attribute nobody knows") }
            guard let condition = target["condition"]?.string.flatMap(Condition.init), let value = self.value(target["value"]) else {
                throw .malformed("a target without a value")
            }
            targets.append(
                Target(attribute: attribute, condition: condition, value: value, unit: Attribute.unit(of: attribute), evidence: self.text(target["evidence"])))
        }
        let object = ObjectReference(kind: kind, type: self.text(item["type"]), name: self.text(item["name"]), evidence: self.text(item["evidence"]))
        return Expectation(id: id, verb: verb, object: object, targets: targets, context: self.context(item["context"] ?? .null))
    }

    private static func text(_ value: JSONValue?) -> String? { value?.string.flatMap { $0.isEmpty ? nil : $0 } }

    private static func value(_ value: JSONValue?) -> TargetValue? {
        switch value {
        case .number(let number): .number(number)
        case .boolean(let boolean): .boolean(boolean)
        case .string(let text): .text(text)
        case .array(let ends):
            if ends.count == 2, let low = ends[0].number, let high = ends[1].number { .range(low, high) } else { nil }
        default: nil
        }
    }

    private static func context(_ value: JSONValue) -> Context {
        var context = Context()
        context.namespace = self.text(value["namespace"])
        context.cluster = self.text(value["cluster"])
        context.region = self.text(value["region"])
        context.site = self.text(value["site"])
        context.zone = self.text(value["zone"])
        context.environment = self.text(value["environment"])
        if let sst = value["slice"]?["sst"]?.integer { context.slice = SliceID(sst: sst, sd: self.text(value["slice"]?["sd"])) }
        context.plmn = self.text(value["plmn"])
        context.cell = self.text(value["cell"])
        context.gnb = self.text(value["gnb"])
        context.ue = self.text(value["ue"])
        context.from = self.text(value["from"])
        return context
    }
}
