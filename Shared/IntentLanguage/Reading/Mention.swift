import IntentModel

/// An object spoken of in a clause, and in which part.
struct Mention: Sendable {
    enum Role: Sendable {
        /// What the verb acts on.
        case object
        /// What it works with.
        case dependency
        /// A slice that the object serves.
        case slice
        /// Only spoken of.
        case aside
    }

    var at: Int
    var end: Int
    var kind: ObjectKind
    var type: String?
    var name: String?
    var sst: Int?
    var feature: String?
    var role: Role
    var preposition: Preposition?
    /// Groups share what is said after their last member.
    var group = 0
    var isGeneric = false
    var isClass = false
    var isWeak = false
    /// A pronoun: the objects of the expectations before.
    var isPronoun = false
    /// Read from a pronoun: something spoken of before.
    var isRecalled = false
    var isNegated = false
    /// "a", "an", "new": not yet there.
    var isIndefinite = false
    var span: Span
}

extension Mention {
    /// Of the same type, and of the same name where this one is named.
    func isSame(as other: Mention) -> Bool { self.kind == other.kind && self.type == other.type && (other.name == nil || other.name == self.name) }
}

/// An expectation in the making.
struct Draft: Sendable {
    var verb: Verb
    var action: Action
    var mention: Mention
    var targets: [Target] = []
    var context = Context()
    var confidence = 0.99
    /// Words of the expectation's clause, for questions.
    var clause: Int
    /// Lexeme that says what is to be done; nil where it follows from the rest alone.
    var deedAt: Int?

    func target(_ attribute: String) -> Target? { self.targets.first { $0.attribute == attribute } }

    var label: String { self.mention.name ?? self.mention.type ?? "it" }
}
