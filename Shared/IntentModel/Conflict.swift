/// Two live intents want of one object what cannot both be. Kinds are those of an intent conflict report, 3GPP TS 28.312.
package struct Conflict: Codable, Sendable, Equatable {
    package enum Kind: String, Codable, Sendable, CaseIterable {
        /// The same attribute, two values.
        case target = "TARGET_CONFLICT"
        /// What one expects of the object leaves no room for what the other expects: a removal under a scale.
        case expectation = "EXPECTATION_CONFLICT"
    }

    /// The other intent; nil where it is another tenant's.
    package var intent: IntentID?
    /// Name of the object, see ``Wish/object``.
    package var object: String
    package var kind: Kind
    /// Of a target conflict.
    package var attribute: String?
    /// What the other wants, and what this one wants, in words.
    package var theirs: String
    package var ours: String
    /// One sentence for people.
    package var detail: String

    package init(intent: IntentID?, object: String, kind: Kind, attribute: String?, theirs: String, ours: String, detail: String) {
        self.intent = intent
        self.object = object
        self.kind = kind
        self.attribute = attribute
        self.theirs = theirs
        self.ours = ours
        self.detail = detail
    }

    /// The same clash, whatever has become of its other side meanwhile.
    package func isAbout(_ other: Conflict) -> Bool { self.intent == other.intent && self.object == other.object && self.attribute == other.attribute }
}
