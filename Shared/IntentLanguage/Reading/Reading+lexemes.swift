extension Reading {
    /// Cuts the tokens into the longest phrases the vocabulary knows.
    mutating func readLexemes() {
        let tokens = self.tokens
        let lexicon = self.vocabulary.lexicon
        self.lexemes.reserveCapacity(tokens.count)
        var at = 0
        while at < tokens.count {
            let token = tokens[at]
            switch token.kind {
            case .quoted:
                self.lexemes.append(Lexeme(kind: .quoted, first: at, end: at + 1))
                at += 1
                continue
            case .number:
                self.lexemes.append(Lexeme(kind: .number, first: at, end: at + 1, value: token.value))
                at += 1
                continue
            case .symbol:
                if let match = lexicon.longest(tokens, at, accept: { _ in true }) {
                    self.lexemes.append(Lexeme(kind: .word, first: at, end: match.end, meaning: match.meaning))
                    at = match.end
                } else {
                    self.lexemes.append(Lexeme(kind: .symbol, first: at, end: at + 1))
                    at += 1
                }
                continue
            case .word: break
            }
            var chainEnd = at + 1
            while chainEnd < tokens.count, tokens[chainEnd].glued { chainEnd += 1 }
            let isChain = chainEnd > at + 1 || chainEnd < tokens.count && tokens[chainEnd].glued
            // A phrase ends where a hyphenated word ends, never inside it.
            let match = lexicon.longest(tokens, at) { end in end >= tokens.count || !tokens[end].glued }
            if let match, match.end >= chainEnd || !isChain {
                let corrected = tokens[at..<match.end].contains { $0.corrected }
                let kind: Lexeme.Kind = lexicon.meanings[match.meaning].isOpaque ? .unknown : .word
                self.lexemes.append(Lexeme(kind: kind, first: at, end: match.end, meaning: match.meaning, corrected: corrected))
                at = match.end
            } else if isChain {
                self.readChain(at, chainEnd)
                at = chainEnd
            } else {
                self.lexemes.append(Lexeme(kind: .unknown, first: at, end: at + 1))
                at += 1
            }
        }
        self.readNumbers()
        for lexeme in self.lexemes where lexeme.meaning > 0 { self.classes.formUnion(lexicon.meanings[lexeme.meaning].classes) }
        self.expectsAutoscaling =
            self.lexemes.contains { lexeme in
                lexeme.meaning > 0 && (lexicon.meanings[lexeme.meaning].feature == "autoscaling" || lexicon.meanings[lexeme.meaning].verb?.action == .autoscale)
            } || self.lexemes.indices.contains { self.scalesItself($0) }
    }

    /// "scale it automatically"
    func scalesItself(_ index: Int) -> Bool {
        switch self.word(index) {
        case "automatically", "dynamically", "itself", "themselves": break
        default: return false
        }
        return (max(0, index - 3)..<min(self.lexemes.count, index + 3)).contains {
            self.meaning($0)?.verb?.action == .scale && self.meaning($0)?.verb?.direction == nil
        }
    }

    /// A hyphenated word that is no phrase: an adjective ("CPU-based"), a number with its unit ("two-core"), a list
    /// of functions ("AMF-SMF"), or a name.
    private mutating func readChain(_ first: Int, _ end: Int) {
        let lexicon = self.vocabulary.lexicon
        let tokens = self.tokens
        func single(_ index: Int) -> Int { lexicon.longest(tokens, index, accept: { $0 == index + 1 })?.meaning ?? 0 }
        let last = single(end - 1)
        if last > 0, lexicon.meanings[last].has(.compoundSuffix), tokens[first].kind == .word {
            self.lexemes.append(Lexeme(kind: .compound, first: first, end: end, meaning: 0))
            return
        }
        let head = single(first)
        if head > 0, lexicon.meanings[head].cardinal != nil, end == first + 2, last > 0,
            lexicon.meanings[last].unit != nil || lexicon.meanings[last].attribute != nil
        {
            self.lexemes.append(Lexeme(kind: .word, first: first, end: first + 1, meaning: head))
            self.lexemes.append(Lexeme(kind: .word, first: first + 1, end: end, meaning: last))
            return
        }
        let parts = (first..<end).map(single)
        if parts.allSatisfy({ $0 > 0 && lexicon.meanings[$0].object != nil }) || parts.allSatisfy({ $0 > 0 && lexicon.meanings[$0].cardinal != nil }) {
            for (offset, part) in parts.enumerated() {
                self.lexemes.append(Lexeme(kind: .word, first: first + offset, end: first + offset + 1, meaning: part))
            }
            return
        }
        self.lexemes.append(Lexeme(kind: .chain, first: first, end: end))
    }

    /// The number of a word such as "4g" before "RAM" or "memory".
    private func gigabytes(_ index: Int) -> Double? {
        guard self.lexemes[index].kind == .word, self.lexemes[index].end == self.lexemes[index].first + 1, self.word(index).utf8.last == UInt8(ascii: "g"),
            let number = Double(self.word(index).dropLast()), let next = self.meaning(index + 1)?.attribute,
            self.vocabulary.attributes[next].dimension == .bytes
        else { return nil }
        return number
    }

    /// Puts number words together: "twenty five", "one hundred thousand", "1.5 million", "half a dozen".
    private mutating func readNumbers() {
        var result: [Lexeme] = []
        result.reserveCapacity(self.lexemes.count)
        var at = 0
        while at < self.lexemes.count {
            let lexeme = self.lexemes[at]
            // A tokenised number may carry a letter: 5k, 2M.
            var total: Double?
            var next = at + 1
            if lexeme.kind == .number {
                total = lexeme.value
            } else if let bytes = self.gigabytes(at) {
                // "4G RAM" is no generation of networks.
                total = bytes
            } else if let cardinal = self.meaning(at)?.cardinal, lexeme.kind == .word {
                total = cardinal
                // "a dozen", "a couple of", "a pair of"
                if result.last.map({ self.tokens[$0.first].word == "a" }) == true, ["dozen", "couple", "pair", "trio"].contains(self.word(at)) {
                    result.removeLast()
                    if self.word(at) == "dozen", result.last.map({ self.tokens[$0.first].word == "half" }) == true {
                        result.removeLast()
                        total = 6
                    }
                }
                if ["couple", "pair", "trio", "dozen"].contains(self.word(at)), self.word(next) == "of" { next += 1 }
                while next < self.lexemes.count, let more = self.meaning(next)?.cardinal, self.lexemes[next].kind == .word, let sum = total,
                    sum >= 20, sum < 100, sum.truncatingRemainder(dividingBy: 10) == 0, more < 10
                {
                    total = sum + more
                    next += 1
                }
            } else if lexeme.kind == .word, let multiplier = self.meaning(at)?.multiplier, multiplier >= 100, self.meaning(at)?.unit == nil,
                let article = result.last, ["a", "an"].contains(self.tokens[article.first].word)
            {
                // "a million", "half a million"
                result.removeLast()
                total = 1
                next = at
                if let half = result.last, self.tokens[half.first].word == "half" {
                    result.removeLast()
                    total = 0.5
                }
            } else if self.word(at) == "half", ["a", "an"].contains(self.word(at + 1)), self.meaning(at + 2)?.unit != nil {
                // "half a core"
                total = 0.5
                next = at + 2
            } else if self.has(at, .negative), at + 1 < self.lexemes.count,
                let value = self.lexemes[at + 1].kind == .number ? self.lexemes[at + 1].value : self.meaning(at + 1)?.cardinal
            {
                result.append(Lexeme(kind: .number, first: lexeme.first, end: self.lexemes[at + 1].end, value: -value))
                at += 2
                continue
            }
            guard var value = total else {
                result.append(lexeme)
                at += 1
                continue
            }
            while next < self.lexemes.count, let multiplier = self.meaning(next)?.multiplier, self.lexemes[next].kind == .word {
                value *= multiplier
                next += 1
                if next < self.lexemes.count, multiplier >= 100, let more = self.meaning(next)?.cardinal, more < 100 {
                    value += more
                    next += 1
                } else if multiplier >= 100, self.word(next) == "and", let more = self.meaning(next + 1)?.cardinal, more < 100,
                    self.meaning(next + 2)?.multiplier == nil, !result.suffix(2).contains(where: { self.tokens[$0.first].word == "between" })
                {
                    // "one hundred and five"
                    value += more
                    next += 2
                }
            }
            // The sole cardinal of an adjective ("one") stays a number; its meaning is kept for other readings.
            result.append(
                Lexeme(kind: .number, first: lexeme.first, end: self.lexemes[next - 1].end, meaning: lexeme.kind == .word ? lexeme.meaning : 0, value: value))
            at = next
        }
        self.lexemes = result
    }
}
