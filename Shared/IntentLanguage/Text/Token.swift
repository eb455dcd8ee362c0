/// One word, number, quoted string or sign of a text, folded to plain lower case.
struct Token: Sendable {
    enum Kind: Sendable { case word, number, quoted, symbol }

    var kind: Kind
    /// Folded text; of a quoted string the text between the quotes.
    var word: String
    /// UTF-8 offsets in the original text, half open.
    var start: Int
    var end: Int
    /// Joined to the token before it by a hyphen ("rt" of "near-rt").
    var glued = false
    /// Written directly after the token before it ("gbps" of "10gbps").
    var adjacent = false
    var value = 0.0
    /// Began with a capital letter and has lower-case ones.
    var capitalised = false
    /// Contains letters of another script that look like Latin ones.
    var disguised = false
    /// A character of a script written without spaces.
    var isIdeograph = false
    /// Stands for words of another language.
    var isTranslated = false
    /// Index in the vocabulary's word list, or -1.
    var id: Int32 = -1
    /// The id was found by correcting one letter.
    var corrected = false
}
