/// One thing the operator wants of one object.
package struct Expectation: Codable, Sendable, Equatable {
    /// `e1`, `e2` … in the order of the text.
    package var id: String
    package var verb: Verb
    package var object: ObjectReference
    package var targets: [Target]
    package var context: Context
    /// Where the text says the action (`verb`) and the circumstances: by member of the context (`namespace`, `from`, `slice` …); of a list with the
    /// member of it (`qualities.edge`, `depends.NRF`).
    package var spans: [String: Span]?
    /// 0…1.
    package var confidence: Double

    package init(
        id: String, verb: Verb, object: ObjectReference, targets: [Target] = [], context: Context = Context(), spans: [String: Span]? = nil,
        confidence: Double = 1
    ) {
        self.id = id
        self.verb = verb
        self.object = object
        self.targets = targets
        self.context = context
        self.spans = spans
        self.confidence = confidence
    }

    package func target(_ attribute: String) -> Target? { self.targets.first { $0.attribute == attribute } }
}

/// UTF-8 offsets of some words in the intent's text, half open.
package struct Span: Codable, Sendable, Equatable, Hashable {
    package var start: Int
    package var end: Int

    package init(start: Int, end: Int) {
        self.start = start
        self.end = end
    }
}

package enum ObjectKind: String, Codable, Sendable, CaseIterable {
    case networkFunction = "NetworkFunction"
    case networkSlice = "NetworkSlice"
    case coreNetwork = "CoreNetwork"
    case radioNetwork = "RadioNetwork"
    case e2Node = "E2Node"
    case application = "Application"
    case policy = "Policy"
    case infrastructure = "Infrastructure"
}

package struct ObjectReference: Codable, Sendable, Equatable {
    package var kind: ObjectKind
    /// Canonical code ("AMF", "URLLC", "5GC", "xApp" …); nil while unknown.
    package var type: String?
    /// Set only when the text names an instance.
    package var name: String?
    /// The words the object was read from.
    package var evidence: String?
    package var span: Span?

    package init(kind: ObjectKind, type: String?, name: String? = nil, evidence: String? = nil, span: Span? = nil) {
        self.kind = kind
        self.type = type
        self.name = name
        self.evidence = evidence
        self.span = span
    }

    private enum CodingKeys: String, CodingKey { case kind, type, name, evidence, span }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(self.kind, forKey: .kind)
        try container.encode(self.type, forKey: .type)
        try container.encode(self.name, forKey: .name)
        try container.encodeIfPresent(self.evidence, forKey: .evidence)
        try container.encodeIfPresent(self.span, forKey: .span)
    }
}

package enum Condition: String, Codable, Sendable, CaseIterable {
    case equals, atLeast, atMost, lessThan, greaterThan, increaseBy, decreaseBy, multiplyBy, between

    /// Said of what is there, rather than of what is to be.
    package var isRelative: Bool { self == .increaseBy || self == .decreaseBy || self == .multiplyBy }
}

package struct Target: Codable, Sendable, Equatable {
    package var attribute: String
    package var condition: Condition
    /// Always in the attribute's unit (`Attribute.unit`).
    package var value: TargetValue
    package var unit: String?
    /// The words the target was read from; they occur in the text.
    package var evidence: String?
    package var span: Span?

    package init(attribute: String, condition: Condition = .equals, value: TargetValue, unit: String? = nil, evidence: String? = nil, span: Span? = nil) {
        self.attribute = attribute
        self.condition = condition
        self.value = value
        self.unit = unit
        self.evidence = evidence
        self.span = span
    }

    /// "increaseBy 1", "decreaseBy 10 %"; nil of what was not said relative to what is there.
    package var step: String? {
        self.condition.isRelative ? "\(self.condition.rawValue) \(self.value)\(self.unit == "%" ? " %" : "")" : nil
    }
}

/// A number, a boolean, a text, or `[low, high]` with ``Condition/between``.
package enum TargetValue: Sendable, Equatable, Codable, CustomStringConvertible {
    case number(Double)
    case boolean(Bool)
    case text(String)
    case range(Double, Double)

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let value = try? container.decode(Bool.self) {
            self = .boolean(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .text(value)
        } else if let value = try? container.decode([Double].self), value.count == 2 {
            self = .range(value[0], value[1])
        } else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "a number, a boolean, a text or [low, high]")
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .number(let value):
            if let whole = Int(exactly: value) { try container.encode(whole) } else { try container.encode(value) }
        case .boolean(let value): try container.encode(value)
        case .text(let value): try container.encode(value)
        case .range(let low, let high): try container.encode([low, high])
        }
    }

    package var number: Double? { if case .number(let value) = self { value } else { nil } }
    package var boolean: Bool? { if case .boolean(let value) = self { value } else { nil } }
    package var text: String? { if case .text(let value) = self { value } else { nil } }

    package var description: String {
        func plain(_ value: Double) -> String { Int(exactly: value).map(String.init) ?? String(value) }
        return switch self {
        case .number(let value): plain(value)
        case .boolean(let value): String(value)
        case .text(let value): value
        case .range(let low, let high): "\(plain(low))…\(plain(high))"
        }
    }
}
