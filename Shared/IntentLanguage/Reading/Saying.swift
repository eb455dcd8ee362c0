import IntentModel

/// What the text says of a circumstance, besides objects, targets and places, and where.
struct Saying: Sendable {
    /// Lexeme index.
    var at: Int
    /// Member of the context that it became; of a list with what it became there: `qualities.edge`.
    var member: String
    /// As it is in the context.
    var value: String
    var span: Span
}

extension Reading {
    mutating func say(_ member: String, _ value: String, _ range: Range<Int>) {
        self.sayings.append(Saying(at: range.lowerBound, member: member, value: value, span: self.span(range)))
    }

    mutating func say(_ member: String, _ value: String, at: Int, _ span: Span) {
        self.sayings.append(Saying(at: at, member: member, value: value, span: span))
    }

    mutating func addQuality(_ quality: String, to context: inout Context, at index: Int) {
        context.addQuality(quality)
        self.say("qualities.\(quality)", quality, index..<(index + 1))
    }

    mutating func addDependency(_ name: String, to context: inout Context, at index: Int, _ span: Span) {
        context.addDependency(name)
        self.say("depends.\(name)", name, at: index, span)
    }
}
