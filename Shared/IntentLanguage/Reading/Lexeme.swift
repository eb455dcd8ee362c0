/// A phrase of the vocabulary, a number, a quoted string, a sign, or a word it does not know.
struct Lexeme: Sendable {
    enum Kind: Sendable {
        case word, unknown, number, quoted, symbol
        /// Hyphenated and not a phrase of the vocabulary: usually somebody's name for something ("amf-east").
        case chain
        /// An adjective made with a hyphen ("Redis-based").
        case compound
    }

    var kind: Kind
    /// Token indices, half open.
    var first: Int
    var end: Int
    /// Index in `Lexicon.meanings`; 0 is none.
    var meaning = 0
    var value = 0.0
    /// Already explains a place, a name, an identifier or a quantity.
    var used = false
    var corrected = false
    /// Part of an object spoken of.
    var isSpoken = false
}
