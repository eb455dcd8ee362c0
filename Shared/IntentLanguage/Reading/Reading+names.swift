import IntentModel

extension Reading {
    /// Finds names that are said to be names, and quoted strings.
    mutating func readNames() {
        var at = 0
        while at < self.lexemes.count {
            if self.has(at, .naming), !self.lexemes[at].used {
                var next = at + 1
                while next < self.lexemes.count,
                    self.isSymbol(next, ":", "=", ",")
                        || ["is", "as", "be", "to", "of", "=", "should", "must", "will"].contains(self.word(next)) && next < at + 4
                {
                    if self.word(at) == "name", self.word(next) == "to" { break }
                    next += 1
                }
                // "with the label team=core"
                let isAssigned = self.word(next + 1) == "=" && self.span(next..<(next + 1)).end == self.span((next + 1)..<(next + 2)).start
                if self.canBeName(next), !isAssigned {
                    let chunk = self.chunk(next)
                    self.names.append(NameFinding(at: at, name: chunk.text, span: chunk.span, explicit: true))
                    self.use(at..<(next + 1))
                    // What is left of the chunk.
                    var rest = next + 1
                    while rest < self.lexemes.count, self.tokens[self.lexemes[rest].first].start < chunk.span.end { self.lexemes[rest].used = true; rest += 1 }
                    at = rest
                    continue
                }
            }
            if self.kind(at) == .quoted, !self.lexemes[at].used, self.meaning(at - 1)?.place == nil, self.meaning(at + 1)?.place == nil,
                self.meaning(at - 1)?.attribute.map({ self.vocabulary.attributes[$0].dimension == .text }) != true
            {
                // "in "core test"": no place that can be, and no name.
                if self.word(at - 1) == "in", self.original(at).contains(" ") {
                    self.possessed.append((at, .namespace))
                    self.lexemes[at].used = true
                    at += 1
                    continue
                }
                self.names.append(NameFinding(at: at, name: self.original(at), span: self.span(at..<(at + 1)), explicit: true))
                self.lexemes[at].used = true
            }
            at += 1
        }
    }

    private func canBeName(_ index: Int) -> Bool {
        guard index < self.lexemes.count else { return false }
        switch self.lexemes[index].kind {
        case .quoted, .chain, .unknown, .compound: return true
        case .number: return index + 1 < self.lexemes.count && self.tokens[self.lexemes[index + 1].first].adjacent
        case .symbol: return false
        case .word:
            guard let meaning = self.meaning(index),
                self.lexemes[index].end == self.lexemes[index].first + 1 || self.tokens[self.lexemes[index].first + 1].glued
            else { return false }
            if meaning.preposition != nil || meaning.has([.conjunction, .pronoun, .definite, .indefinite, .modal, .negation, .sequence, .naming])
                || meaning.comparator != nil || meaning.attribute != nil
            {
                return false
            }
            return true
        }
    }

    /// A word that may be what somebody calls a workload: hyphenated, with a digit, or unknown.
    func isNameLike(_ index: Int) -> Bool {
        guard index >= 0, index < self.lexemes.count, !self.lexemes[index].used else { return false }
        switch self.lexemes[index].kind {
        case .chain, .unknown: return true
        default: return false
        }
    }
}
