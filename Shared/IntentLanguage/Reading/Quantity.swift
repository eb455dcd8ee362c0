import IntentModel

/// A number, switch or text value said of something, before it is known of what.
struct Quantity: Sendable {
    /// First lexeme of the evidence.
    var at: Int
    var end: Int
    var target: Target
    /// "2 AMF": belongs to the object at this lexeme.
    var owner: Int?
    /// "each", "both", "all".
    var distributes = false
    var minimum = false
    var maximum = false
    /// The attribute was said, not inferred from the verb.
    var named = true
    /// A bound that a negation turned round ("never fewer than 3").
    var isTurned = false
}
