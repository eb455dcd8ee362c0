import IntentModel

extension Reading {
    struct Measure {
        var low: Double
        var high: Double?
        var unit: UnitMeaning?
        /// Lexeme after number and unit.
        var end: Int
    }

    /// A number with its unit: "10gbps", "2 cores", "500m", "70%".
    func measure(_ at: Int) -> Measure {
        var measure = Measure(low: self.lexemes[at].value, end: at + 1)
        // "4G RAM", read as one word
        if self.tokens[self.lexemes[at].first].kind == .word, self.word(at).utf8.last == UInt8(ascii: "g"), Double(self.word(at).dropLast()) != nil {
            measure.unit = UnitMeaning(dimension: .bytes, factor: 1024)
            return measure
        }
        let next = at + 1
        guard next < self.lexemes.count else { return measure }
        let token = self.tokens[self.lexemes[next].first]
        if token.adjacent, token.kind == .word, !token.glued, let suffix = self.vocabulary.suffixes[token.word] {
            if let dimension = suffix.dimension, dimension != .cpu || !self.isCounted(next + 1) {
                measure.unit = UnitMeaning(dimension: dimension, factor: suffix.factor)
            } else if let multiply = suffix.multiply {
                measure.low *= multiply
                // "100k devices per km2"
                if let unit = self.meaning(next + 1)?.unit, unit.dimension == .density {
                    measure.unit = unit
                    measure.end = next + 2
                    return measure
                }
            }
            measure.end = next + 1
            return measure
        }
        if let unit = self.meaning(next)?.unit, self.lexemes[next].kind == .word, !self.namesNext(next, after: at) {
            measure.unit = unit
            measure.end = next + 1
        }
        return measure
    }

    /// "replicas=3 cpu=2", "replicas 3 cpu 2": the noun of the next number, and no unit of this one.
    private func namesNext(_ index: Int, after number: Int) -> Bool {
        guard self.meaning(index)?.attribute != nil, !self.tokens[self.lexemes[index].first].adjacent else { return false }
        let next = index + 1
        if self.isSymbol(next, ":", "=") || self.word(next) == "=" { return true }
        guard self.kind(next) == .number, number > 0 else { return false }
        let before = self.isSymbol(number - 1, ":", "=") || self.word(number - 1) == "=" ? number - 2 : number - 1
        return self.meaning(before)?.attribute != nil
    }

    /// Whether a counted noun follows ("5m users").
    func isCounted(_ index: Int) -> Bool {
        var at = index
        while self.isModifier(at) { at += 1 }
        guard let attribute = self.meaning(at)?.attribute else { return false }
        return self.vocabulary.attributes[attribute].dimension == .count
    }

    /// "1 000": groups of three digits with a space.
    func isGrouped(_ start: Int) -> Bool {
        guard self.kind(start + 1) == .number, self.lexemes[start].meaning == 0, self.lexemes[start + 1].meaning == 0, !self.lexemes[start + 1].used else {
            return false
        }
        let one = self.tokens[self.lexemes[start].end - 1], two = self.tokens[self.lexemes[start + 1].first]
        return !two.glued && two.start == one.end + 1 && two.word.utf8.count == 3 && one.word.utf8.count <= 3
    }

    /// "2/3"
    func isFraction(_ start: Int, _ end: Int) -> Bool {
        guard self.isSymbol(end, "/"), self.kind(end + 1) == .number else { return false }
        return self.span(start..<end).end + 1 == self.span((end + 1)..<(end + 2)).start
    }

    func isBetween(_ and: Int, _ clause: Clause) -> Bool {
        and >= 2 && self.meaning(and - 2)?.preposition == .between
    }

    /// The second number of a range that continues at `index`.
    func rangeEnd(_ index: Int, _ clause: Clause) -> Int? {
        guard index < clause.end else { return nil }
        let start = index - 1
        let second = self.lexemes[index]
        if second.kind == .number, self.tokens[second.first].glued { return index }
        guard index + 1 < clause.end else { return nil }
        if index + 2 < clause.end, self.isEllipsis(index) { return index + 2 }
        guard self.lexemes[index + 1].kind == .number else { return nil }
        if self.word(index) == "up", self.meaning(index)?.comparator == .atMost, self.meaning(start - 1)?.preposition == .from { return index + 1 }
        if self.isSymbol(index, "-") || self.word(index) == "to" {
            // "scale AMF 3 to 5" is a change; "replicas 2 to 10" a range: both have two ends.
            return index + 1
        }
        if self.isConjunction(index), self.word(index) == "and" {
            var at = start
            while at >= clause.first, start - at < 3 {
                if self.meaning(at)?.preposition == .between { return index + 1 }
                at -= 1
            }
        }
        return nil
    }

    func fits(_ attribute: Int, _ measure: Measure) -> Bool {
        let word = self.vocabulary.attributes[attribute]
        guard let unit = measure.unit else {
            return word.dimension == .count || word.dimension == .cpu || word.dimension == .percent && word.attribute == "threshold" && measure.low <= 100
                || word.dimension == .decibel || word.dimension == .power
                || word.dimension == .currency || word.dimension == .percent && ["availability", "reliability"].contains(word.attribute) && measure.low <= 100
        }
        if unit.dimension == word.dimension { return true }
        if unit.dimension == .percent { return word.percent != nil }
        if unit.dimension == .frequency { return word.hertz != nil }
        if unit.dimension == .density { return word.attribute == "maxUsers" || word.attribute == "deviceDensity" }
        return false
    }
}
