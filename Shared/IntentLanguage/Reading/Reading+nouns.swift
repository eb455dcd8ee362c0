import IntentModel

/// What a number is a number of.
extension Reading {
    /// Over adjectives and functions to the noun behind the number, and a comparator behind that.
    mutating func lookAhead(_ figure: inout Figure, _ clause: Clause, _ taken: inout Set<Int>) {
        if self.isFollowed(figure.measure.end, clause) || figure.attribute == nil {
            // forwards over modifiers to the noun
            var ahead = figure.measure.end
            var steps = 0
            while ahead < clause.end, steps < 5 {
                // "three (3) replicas"
                if ahead == figure.measure.end, self.isSymbol(ahead, "("), self.kind(ahead + 1) == .number, self.isSymbol(ahead + 2, ")"),
                    self.lexemes[ahead + 1].value == self.lexemes[figure.start].value, self.isCountNoun(at: ahead + 3)
                {
                    self.lexemes[ahead + 1].used = true
                    ahead += 3
                    continue
                }
                if let meaning = self.meaning(ahead) {
                    if let found = meaning.attribute, self.fits(found, figure.measure), self.lexemes[ahead].kind == .word {
                        if figure.attribute == nil {
                            figure.attribute = found
                            taken.insert(ahead)
                            figure.end = ahead + 1
                        } else if figure.attribute == found {
                            figure.end = max(figure.end, ahead + 1)
                        }
                        break
                    }
                    if meaning.object != nil, figure.owner == nil, figure.measure.unit == nil, figure.measure.high == nil, figure.attribute == nil {
                        // "2 AMF", "3 UPF instances"
                        figure.owner = ahead
                        ahead += 1
                        steps += 1
                        continue
                    }
                    if meaning.has(.generic), figure.owner == nil, figure.measure.unit == nil, figure.attribute == nil, self.isNounPhraseEnd(ahead + 1, clause)
                    {
                        figure.owner = ahead; ahead += 1; steps += 1; continue
                    }
                    if self.isModifier(ahead) || meaning.quality != nil || self.word(ahead) == "of" && figure.measure.unit != nil || meaning.has(.carrier)
                        || meaning.environment != nil
                        || meaning.comparator == .atLeast && self.word(ahead) == "guaranteed" || meaning.technology != nil
                    {
                        if meaning.comparator != nil, figure.comparator == nil { figure.comparator = meaning.comparator }
                        ahead += 1
                        steps += 1
                        continue
                    }
                    if let found = meaning.comparator,
                        ["maximum", "minimum", "max", "min", "guaranteed"].contains(self.word(ahead)) || self.word(ahead) == "or", figure.comparator == nil
                    {
                        figure.comparator = found
                        figure.end = max(figure.end, ahead + 1)
                        ahead += 1
                        steps += 1
                        continue
                    }
                } else if figure.owner == nil, self.isNameLike(ahead), self.lexemes[ahead].kind == .chain || self.lexemes[ahead].kind == .unknown,
                    figure.measure.unit == nil,
                    self.meaning(ahead + 1)?.attribute != nil
                {
                    // "3 web-app replicas"
                    ahead += 1
                    steps += 1
                    continue
                } else if self.lexemes[ahead].kind == .compound {
                    ahead += 1
                    steps += 1
                    continue
                }
                break
            }
        }
        // A trailing comparator: "5 or more replicas", "10 replicas maximum".
        if figure.comparator == nil, let found = self.meaning(figure.end)?.comparator,
            ["or", "maximum", "max", "minimum", "min"].contains(self.word(figure.end)),
            self.kind(figure.end + 1) != .number
        {
            figure.comparator = found
            figure.end += 1
        }
    }

    /// The attribute where no noun says it, and none where what was said rules it out; returns where to go on once that was asked about.
    mutating func settleAttribute(_ figure: inout Figure, _ clause: Clause) -> Int? {
        let action = clause.verb?.action
        // "1.2 Gbps down"
        if figure.attribute == nil, let direction = self.directionOfRate(figure.measure) {
            figure.attribute = direction
            figure.end = figure.measure.end + 1
        }
        if figure.attribute == nil, let noun = self.mismatch(figure.measure, figure.start, figure.back, clause) {
            let known = self.vocabulary.attributes[noun].attribute
            self.ask(clause, "targets.\(known)", "'\(self.text(figure.start..<figure.measure.end))' is no \(known). What should it be?", [])
            self.use(figure.begin..<figure.measure.end)
            return figure.measure.end
        }
        if figure.attribute == nil {
            figure.attribute = self.inferredAttribute(figure.measure, figure.start, figure.preposition, figure.comparator, clause, figure.owner, figure.back)
            figure.named = false
            if figure.comparator == nil, let bound = self.boundOfNoun(figure.attribute, clause, before: figure.start) { figure.comparator = bound }
        }
        figure.spanEnd = max(
            figure.end, figure.owner.map { figure.attribute != nil && self.isCountAttribute(figure.attribute) ? min($0 + 1, clause.end) : 0 } ?? 0)
        if self.isPace(figure.end), let action, [.restart, .remove, .migrate].contains(action) {
            let words = self.text(figure.start..<(figure.end + 3))
            self.ask(clause, "confirm", "'\(words)' is nothing that is kept here. Should it be done at once?", ["yes", "no"])
        }
        if self.isPace(figure.end) || self.word(figure.start) == "single" && figure.attribute.map({ self.vocabulary.attributes[$0].attribute }) == "replicas" {
            figure.attribute = nil
        }
        if let known = figure.attribute, figure.measure.unit?.dimension == .time, ["latency", "jitter"].contains(self.vocabulary.attributes[known].attribute),
            figure.measure.low >= 10000
        {
            figure.attribute = nil
        }
        if figure.attribute != nil,
            self.isFraction(figure.start, figure.measure.end)
                || figure.measure.unit == nil && figure.measure.high == nil && self.kind(figure.measure.end) == .number && figure.end == figure.measure.end
                    && !self.lexemes[figure.measure.end].used
        {
            self.ask(
                clause, "targets.replicas",
                "'\(self.text(figure.start..<min(figure.measure.end + 2, self.lexemes.count)))' is no number. Which number is meant?", [])
            return figure.measure.end + (self.kind(figure.measure.end) == .number ? 1 : 2)
        }
        if let noun = self.misfit(figure.measure, clause), figure.attribute.map({ $0 != noun }) ?? true, clause.verb?.action != .report {
            let words = self.text(figure.start..<(figure.measure.end + 1)), known = self.vocabulary.attributes[noun].attribute
            self.ask(clause, "targets.\(known)", "'\(words)' is no \(known). What should it be?", [])
            self.use(figure.begin..<(figure.measure.end + 1))
            return figure.measure.end + 1
        }
        return nil
    }

    func isNounPhraseEnd(_ index: Int, _ clause: Clause) -> Bool {
        index >= clause.end || self.lexemes[index].kind == .symbol || self.meaning(index)?.preposition != nil || self.meaning(index)?.attribute != nil
            || self.isConjunction(index)
            || self.has(index, [.generic, .carrier, .naming])
    }

    /// "one replica at a time"
    func isPace(_ index: Int) -> Bool { self.word(index) == "at" && self.word(index + 1) == "a" && self.word(index + 2) == "time" }

    /// Whether the noun of a number comes right after it.
    func isFollowed(_ index: Int, _ clause: Clause) -> Bool { index < clause.end && self.meaning(index)?.attribute != nil }

    /// "4 GB CPU", "8 MHz of CPU": the noun of a size right after a number in a unit that is none of it.
    func misfit(_ measure: Measure, _ clause: Clause) -> Int? {
        guard let unit = measure.unit, [.bytes, .frequency, .cpu].contains(unit.dimension) else { return nil }
        let noun = self.word(measure.end) == "of" ? measure.end + 1 : measure.end
        guard noun < clause.end, let attribute = self.meaning(noun)?.attribute, !self.fits(attribute, measure), self.kind(noun + 1) != .number,
            ["cpu", "memory", "storage"].contains(self.vocabulary.attributes[attribute].attribute)
        else { return nil }
        return attribute
    }
}
