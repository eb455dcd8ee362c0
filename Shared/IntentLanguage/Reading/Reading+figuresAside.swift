import IntentModel

/// Numbers that are no amount, or none that can be followed.
extension Reading {
    /// Returns where to go on when the number is an hour, a version, an observation or the like.
    mutating func setAside(_ figure: Figure, _ clause: Clause) -> Int? {
        if figure.measure.end < self.lexemes.count, self.lexemes[figure.measure.end].kind == .unknown, !self.lexemes[figure.measure.end].used,
            self.tokens[self.lexemes[figure.measure.end].first].adjacent
        {
            // "10x", "3rd", "1_000"
            let words = self.text(figure.start..<(figure.measure.end + 1))
            self.notes.append("'\(words)' is no number of anything.")
            if self.isHour(figure.measure.end), clause.verb?.action != .report {
                self.ask(clause, "context.window", "When exactly does '\(words)' mean? Give a date and time.", [])
            }
            if self.word(figure.measure.end) == "x" || self.isCountNoun(at: figure.measure.end + 1), clause.verb?.action != .report {
                self.ask(clause, "targets.replicas", "'\(words)' may say how many. How many replicas are meant?", [])
            }
            self.lexemes[figure.measure.end].used = true
            return figure.measure.end + 1
        }
        if self.isProductVersion(figure.start, figure.measure), clause.verb?.action != .report {
            let words = self.text((figure.start - 1)..<figure.measure.end)
            self.ask(clause, "confirm", "Which version is installed cannot be chosen here ('\(words)'). Should it be that of the catalogue?", ["yes", "no"])
            self.use(figure.start..<figure.measure.end)
            return figure.measure.end
        }
        if self.isVersion(figure.start) { return figure.start + 1 }
        if let reason = self.isUnfollowable(figure.start, figure.measure, clause) {
            self.ask(clause, reason.field, reason.question, [])
            self.use(figure.start..<figure.measure.end)
            return figure.measure.end
        }
        // "3 instead of 5"
        if self.has(figure.start - 1, .negation), ["instead", "rather"].contains(self.word(figure.start - 1)) {
            self.notes.append("'\(self.text((figure.start - 1)..<figure.measure.end))' is what is not wanted.")
            self.use((figure.start - 1)..<(self.isCountNoun(at: figure.measure.end) ? figure.measure.end + 1 : figure.measure.end))
            return figure.measure.end
        }
        if self.isObserved(figure.start, clause) {
            self.notes.append("'\(self.text((figure.start - 1)..<figure.measure.end))' was read as an observation.")
            return figure.measure.end
        }
        // "(currently 3)": how it is.
        if ["currently", "presently"].contains(self.word(figure.start - 1)) {
            self.notes.append("'\(self.text((figure.start - 1)..<figure.measure.end))' was read as an observation.")
            return figure.measure.end
        }
        // "from 3 replicas to 5"
        if self.meaning(figure.start - 1)?.preposition == .from, figure.measure.unit == nil, self.isCountNoun(at: figure.measure.end),
            self.word(figure.measure.end + 1) == "to",
            self.kind(figure.measure.end + 2) == .number, !self.expectsAutoscaling, clause.verb?.action == .scale || clause.verb?.action == .change
        {
            self.use((figure.start - 1)..<(figure.measure.end + 1))
            return figure.measure.end + 1
        }
        if self.readFactor(figure.start, figure.measure.low, figure.measure.end, clause) { return figure.measure.end }
        return nil
    }

    /// "version 3.1" is no amount, whatever it is brought to.
    func isVersion(_ start: Int) -> Bool {
        let noun = self.word(start - 1) == "to" && self.isSingleWord(start - 1) ? start - 2 : start - 1
        guard self.kind(start) == .number, let attribute = self.meaning(noun)?.attribute else { return false }
        return self.vocabulary.attributes[attribute].attribute == "version"
            && ["version", "release", "software version"].contains(self.original(noun).lowercased())
    }
}
