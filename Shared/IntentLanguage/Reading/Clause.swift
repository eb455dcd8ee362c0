/// A stretch of text governed by one verb (or by none).
struct Clause: Sendable {
    /// Lexeme indices, half open.
    var first: Int
    var end: Int
    /// Where what follows the verb begins; equals `first` without a verb.
    var body: Int
    var verb: VerbMeaning?
    /// Words of the verb, for questions.
    var verbAt: Int?
    /// What says what is to be done, where the verb alone does not: "get a UPF *deployed*", "I *need* an AMF".
    var deedAt: Int?
    /// The verb comes after what it is about ("AMF should be scaled to 5").
    var passive = false
    /// "do not …"
    var negated = false
    var isQuestion = false
    /// "on" or "off" of "turn … off", away from its verb.
    var switchAt: Int?
    /// Begins a sentence (rather than following "and" or a comma).
    var opensSentence = true
}
