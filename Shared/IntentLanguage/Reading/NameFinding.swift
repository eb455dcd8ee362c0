import IntentModel

/// A name given to an instance, and where.
struct NameFinding: Sendable {
    /// Lexeme index.
    var at: Int
    var name: String
    var span: Span
    /// Said to be a name ("named X"), rather than merely standing there.
    var explicit: Bool
    var taken = false
}

/// A place and where it was said.
struct PlaceFinding: Sendable {
    var at: Int
    var kind: PlaceKind
    var value: String
    var span: Span
    /// Follows "from".
    var isOrigin = false
    /// Follows "to" or "into".
    var isDestination = false
}
