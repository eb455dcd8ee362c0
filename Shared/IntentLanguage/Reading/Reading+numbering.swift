extension Reading {
    /// "1. Scale … 2. Restart …": the figures of a list count nothing, and each ends what is before it.
    static func withoutNumbering(_ tokens: [Token], _ vocabulary: Vocabulary) -> [Token] {
        guard let first = tokens.indices.first(where: { self.isMarker($0, 1, tokens, vocabulary) }),
            first == 0 || tokens[first - 1].kind == .symbol && ["\n", ":", ".", "!"].contains(tokens[first - 1].word)
        else { return tokens }
        var result = tokens
        var wanted = 1
        var at = first
        while at < result.count {
            if self.isMarker(at, wanted, tokens, vocabulary), wanted == 1 || self.mayEnd(at - 1, tokens, vocabulary) {
                for index in at...(at + 1) {
                    result[index].kind = .symbol
                    result[index].word = "\n"
                    result[index].id = -1
                }
                wanted += 1
                at += 1
            }
            at += 1
        }
        // One figure is no list.
        return wanted > 2 ? result : tokens
    }

    /// The figure wanted, a full stop or a bracket, and what may open a sentence.
    private static func isMarker(_ at: Int, _ wanted: Int, _ tokens: [Token], _ vocabulary: Vocabulary) -> Bool {
        guard at + 2 < tokens.count, self.isFigure(tokens[at], wanted, closing: tokens[at + 1].word), tokens[at + 1].kind == .symbol,
            tokens[at + 1].word == "." || tokens[at + 1].word == ")", tokens[at + 2].kind == .word,
            let meaning = vocabulary.lexicon.meaning(of: tokens[at + 2].word)
        else { return false }
        return meaning.verb?.form == .base && meaning.preposition == nil || meaning.has([.opening, .definite, .negation])
    }

    /// "2", or "b" before a bracket.
    private static func isFigure(_ token: Token, _ wanted: Int, closing: String) -> Bool {
        if token.kind == .number { return token.value == Double(wanted) && token.word.utf8.count <= 2 }
        return token.kind == .word && closing == ")" && token.word.utf8.count == 1 && token.word.utf8.first.map { Int($0) == 0x60 + wanted } ?? false
    }

    /// "to 2." ends with a number of the sentence before.
    private static func mayEnd(_ at: Int, _ tokens: [Token], _ vocabulary: Vocabulary) -> Bool {
        guard tokens[at].kind == .word, let meaning = vocabulary.lexicon.meaning(of: tokens[at].word) else { return true }
        return meaning.preposition == nil && meaning.comparator == nil && meaning.verb?.form != .base
    }
}
