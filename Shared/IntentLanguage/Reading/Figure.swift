import IntentModel

/// A number on its way to a quantity, and what has been found out about it so far.
struct Figure: Sendable {
    /// Lexeme of the number, and of the first word that belongs to it.
    let start: Int
    var begin: Int
    /// Lexeme before the words that belong to it.
    var back: Int
    /// Lexeme after the words that belong to it.
    var end: Int
    /// The same, with the object that is counted.
    var spanEnd: Int
    var measure: Reading.Measure
    var preposition: Preposition?
    /// Index in `Vocabulary.attributes`.
    var attribute: Int?
    /// "2 AMF": lexeme of the object that is counted.
    var owner: Int?
    /// "2 more" is true, "2 fewer" false.
    var incremental: Bool?
    var comparator: Comparator?
    /// "a limit of"
    var isLimit = false
    /// A negation turned the comparator round.
    var isTurned = false
    /// The attribute was said, not inferred from the verb.
    var named = true
    /// Follows "by": a change.
    var by = false
    /// In the unit of the attribute.
    var low = 0.0
    var high: Double?
    var condition = Condition.equals
    var value = TargetValue.number(0)
    var minimum = false
    var maximum = false

    init(_ start: Int, _ measure: Reading.Measure) {
        self.start = start
        self.begin = start
        self.back = start - 1
        self.end = measure.end
        self.spanEnd = measure.end
        self.measure = measure
    }
}
