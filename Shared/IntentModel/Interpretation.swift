/// The pipeline's only understanding of an operator's text, after 3GPP TS 28.312: a list of expectations,
/// each on an object, with targets and a context. Every stage after `llm-processor` reads it and nothing else.
package struct Interpretation: Codable, Sendable, Equatable {
    package static let schemaName = "nephoran.com/interpretation/v1"

    package var schema: String = Interpretation.schemaName
    package var decision: Decision
    /// BCP 47 tag of the text ("en", "zh-Hant", "es", "de").
    package var language: String
    package var priority: Priority
    package var expectations: [Expectation]
    package var clarifications: [Clarification]
    package var refusal: Refusal?
    package var provenance: Provenance

    package init(
        decision: Decision,
        language: String = "en",
        priority: Priority = .medium,
        expectations: [Expectation] = [],
        clarifications: [Clarification] = [],
        refusal: Refusal? = nil,
        provenance: Provenance
    ) {
        self.decision = decision
        self.language = language
        self.priority = priority
        self.expectations = expectations
        self.clarifications = clarifications
        self.refusal = refusal
        self.provenance = provenance
    }
}

package enum Decision: String, Codable, Sendable, CaseIterable {
    case accepted
    case needsClarification = "needs_clarification"
    case refused
}

package enum Priority: String, Codable, Sendable, CaseIterable, Comparable {
    case low, medium, high, critical

    package static func < (a: Priority, b: Priority) -> Bool { a.rank < b.rank }
    private var rank: Int { Priority.allCases.firstIndex(of: self) ?? 0 }
}

package enum Verb: String, Codable, Sendable, CaseIterable {
    case deploy, scale, configure, optimize, remove, migrate, restart, rollback, report
}

package struct Refusal: Codable, Sendable, Equatable {
    package enum Reason: String, Codable, Sendable, CaseIterable {
        case empty
        case outOfScope = "out_of_scope"
        case promptInjection = "prompt_injection"
        case unsafe
    }
    package var reason: Reason
    /// One sentence for the operator.
    package var detail: String

    package init(reason: Reason, detail: String) {
        self.reason = reason
        self.detail = detail
    }
}

/// A question that must be answered before the intent can go on.
package struct Clarification: Codable, Sendable, Equatable {
    /// Id of the expectation asked about, e.g. `e1`.
    package var expectation: String
    /// `object.type`, `object.name`, `targets.<attribute>`, `context.<member>`, `verb` or `confirm`.
    package var field: String
    package var question: String
    /// Proposed answers; empty when any value may be given.
    package var options: [String]

    package init(expectation: String, field: String, question: String, options: [String] = []) {
        self.expectation = expectation
        self.field = field
        self.question = question
        self.options = options
    }
}

/// An operator's answer to a ``Clarification``.
package struct ClarificationAnswer: Codable, Sendable, Equatable {
    package var expectation: String
    package var field: String
    package var value: TargetValue

    package init(expectation: String, field: String, value: TargetValue) {
        self.expectation = expectation
        self.field = field
        self.value = value
    }
}

package struct Provenance: Codable, Sendable, Equatable {
    /// `embedded` or the provider's name.
    package var interpreter: String
    package var model: String?
    package var promptVersion: String
    /// Retrieved passages shown to the model, as `document-id#chunk`.
    package var passages: [String]
    package var tokens: Int?
    package var costUSD: Double
    /// What was degraded or dropped while interpreting, for people.
    package var notes: [String]?

    package init(
        interpreter: String, model: String? = nil, promptVersion: String, passages: [String] = [], tokens: Int? = nil, costUSD: Double = 0,
        notes: [String]? = nil
    ) {
        self.interpreter = interpreter
        self.model = model
        self.promptVersion = promptVersion
        self.passages = passages
        self.tokens = tokens
        self.costUSD = costUSD
        self.notes = notes
    }
}
