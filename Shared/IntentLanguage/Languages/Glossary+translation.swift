extension Glossary {
    /// How much of a text is in this language and in no other way understood.
    struct Share: Sendable {
        /// Words found here that the vocabulary itself does not know.
        var own = 0
        /// Words that neither knows.
        var unknown = 0
        var hasVerb = false
        /// Grammar words of English: verbs, prepositions, articles.
        var english = 0
    }

    func share(of tokens: [Token], _ lexicon: Lexicon) -> Share {
        var share = Share()
        var at = 0
        while at < tokens.count {
            guard tokens[at].kind == .word else { at += 1; continue }
            if let match = self.longest(tokens, at, opensCompound: { lexicon.meaning(of: tokens[$0].word)?.object != nil }) {
                let foreign = (at..<match.end).count { lexicon.id(of: tokens[$0].word) < 0 }
                share.own += foreign
                if match.entry.isVerb { share.hasVerb = true }
                at = match.end
                continue
            }
            if let meaning = lexicon.meaning(of: tokens[at].word) {
                if meaning.preposition != nil || meaning.verb != nil || meaning.has([.indefinite, .definite, .conjunction, .modal, .opening]) {
                    share.english += 1
                }
            } else if lexicon.id(of: tokens[at].word) < 0, !tokens[at].glued {
                share.unknown += 1
            }
            at += 1
        }
        return share
    }

    /// The tokens with every phrase of this language replaced, and the verbs of a clause put where English has them.
    func translated(_ tokens: [Token], _ lexicon: Lexicon) -> [Token] {
        var result: [Unit] = []
        var particles: Set<Int> = []
        var at = 0
        while at < tokens.count {
            if particles.contains(at) { at += 1; continue }
            guard let match = self.longest(tokens, at, opensCompound: { lexicon.meaning(of: tokens[$0].word)?.object != nil }) else {
                var token = tokens[at]
                // Characters of a name in a script without spaces belong together.
                if let last = result.last?.tokens.last, token.isIdeograph, last.isIdeograph, last.end == token.start, result[result.count - 1].isUnread {
                    result[result.count - 1].tokens[result[result.count - 1].tokens.count - 1].word += token.word
                    result[result.count - 1].tokens[result[result.count - 1].tokens.count - 1].end = token.end
                    at += 1
                    continue
                }
                // "SMF-Pods": a compound of known words is no name.
                if token.glued, at > 0, let left = lexicon.meaning(of: tokens[at - 1].word), left.object != nil, let right = lexicon.meaning(of: token.word),
                    right.attribute != nil || right.has([.carrier, .generic])
                {
                    token.glued = false
                    token.adjacent = false
                }
                // 「把 AMF scale 到 5」
                let isVerb = self.language == "zh-Hant" && lexicon.meaning(of: token.word)?.has(.telling) == true && !token.glued
                result.append(Unit(tokens: [token], isVerb: isVerb, isUnread: token.isIdeograph))
                at += 1
                continue
            }
            if let particle = match.particle { for offset in match.entry.particle.indices { particles.insert(particle + offset) } }
            let first = tokens[at], last = tokens[match.end - 1]
            var unit = Unit(tokens: [], isVerb: match.entry.isVerb)
            for word in match.entry.words {
                var token = Token(kind: .word, word: word, start: first.start, end: last.end)
                token.isTranslated = true
                unit.tokens.append(token)
            }
            // What was glued to a dropped or translated word stands alone.
            result.append(unit)
            at = match.end
            if at < tokens.count, tokens[at].glued { result[result.count - 1].unglues = true }
        }
        var units = result
        for index in units.indices.dropLast() where units[index].unglues {
            if let glued = units[index + 1].tokens.first, glued.glued { units[index + 1].tokens[0].glued = false }
        }
        if self.language == "zh-Hant" { units = Self.withPlacesBehind(units, lexicon) }
        if self.movesVerbs { units = Self.withVerbsInFront(units) }
        return units.flatMap(\.tokens)
    }

    private struct Unit {
        var tokens: [Token]
        var isVerb = false
        var isUnread = false
        var unglues = false

        func says(_ words: String...) -> Bool { self.tokens.count == 1 && words.contains(self.tokens[0].word) }
        var endsSentence: Bool { self.tokens.first?.kind == .symbol && self.says(".", ";", "!", "?", "\n") }
        var isSeparator: Bool { self.says(",", "and", "then", "or") }
        var isPolite: Bool {
            self.tokens.allSatisfy { ["please", "now", "could", "you", "we", "want", "to", "i", "immediately", "finally", "first"].contains($0.word) }
        }
    }

    /// 「edge-1 的 UPF」: what nobody knows says where the function after it is, "UPF in edge-1".
    private static func withPlacesBehind(_ units: [Unit], _ lexicon: Lexicon) -> [Unit] {
        var units = units
        for of in units.indices where units[of].says("of") && of > 0 && of + 1 < units.count {
            guard units[of + 1].tokens.count == 1, lexicon.meaning(of: units[of + 1].tokens[0].word)?.object != nil else { continue }
            var first = of - 1
            while first > 0, units[first].tokens.first?.glued == true { first -= 1 }
            let name = units[first..<of]
            let isName = name.allSatisfy { $0.tokens.count == 1 && !$0.isVerb && !$0.isUnread && !$0.tokens[0].isTranslated && $0.tokens[0].kind != .symbol }
            guard isName, first < of - 1 || lexicon.id(of: units[first].tokens[0].word) < 0,
                lexicon.meaning(of: units[first].tokens[0].word)?.object == nil,
                first == 0 || !units[first - 1].says("in", "namespace", "cluster", "site", "region", "zone")
            else { continue }
            var place = units[of]
            place.tokens[0].word = "in"
            units.replaceSubrange(first...(of + 1), with: [units[of + 1], place] + name)
        }
        return units
    }

    /// Cuts sentences into clauses at the separators between two verbs, and moves the only verb of each to its beginning.
    private static func withVerbsInFront(_ units: [Unit]) -> [Unit] {
        var result: [Unit] = []
        var sentence: [Unit] = []
        func close() {
            var clause: [Unit] = []
            var verbsLeft = sentence.count { $0.isVerb }
            var hasVerb = false
            for unit in sentence {
                if unit.isSeparator && hasVerb && verbsLeft > 0 || unit.says("then") {
                    result += Self.ordered(clause)
                    result.append(unit)
                    clause = []
                    hasVerb = false
                    continue
                }
                if unit.isVerb { hasVerb = true; verbsLeft -= 1 }
                clause.append(unit)
            }
            result += Self.ordered(clause)
            sentence = []
        }
        for unit in units {
            if unit.endsSentence {
                close()
                result.append(unit)
            } else {
                sentence.append(unit)
            }
        }
        close()
        return result
    }

    private static func ordered(_ clause: [Unit]) -> [Unit] {
        let verbs = clause.indices.filter { clause[$0].isVerb }
        guard verbs.count == 1, let verb = verbs.first else { return clause }
        // "the AMF must be scaled" is understood where it stands.
        if clause.contains(where: { $0.tokens.contains { ["be", "should", "must", "not"].contains($0.word) } }) { return clause }
        var front = 0
        while front < verb, clause[front].isPolite || clause[front].isSeparator { front += 1 }
        guard front < verb else { return clause }
        var ordered = clause
        ordered.insert(ordered.remove(at: verb), at: front)
        return ordered
    }
}
