import IntentModel

/// What a change is for that begins and ends, and how it is to go about: "for the concert", "gradually", "for now". Nothing here undoes it, and nothing
/// spreads it over time.
extension Reading {
    mutating func readOccasions() {
        guard self.speaks([.occasion, .manner]) else { return }
        for at in self.lexemes.indices where self.has(at, .occasion) || self.has(at, .manner) {
            let near = self.expectation(near: at)
            let draft = self.expectations[near]
            guard draft.verb != .report, !self.isSaidOfObject(at, draft.mention) else { continue }
            if self.has(at, .manner) {
                // An update replaces one replica after another anyway.
                if draft.target("version") != nil || draft.target("image") != nil { continue }
                return self.confirm(at, "'\(self.text(at..<(at + 1)))' is nothing that is kept here. Should it be done at once, and stay?")
            }
            guard [.scale, .deploy, .migrate, .configure].contains(draft.verb), let first = self.governor(of: at),
                draft.context.window?.start == nil || draft.context.window?.end == nil
            else { continue }
            return self.confirm(
                at, "'\(self.text(first..<(at + 1)))' needs dates and times to begin and end at. Should it be done now, without an end?")
        }
    }

    /// "in an hour", "for a few minutes"
    mutating func readDelays() {
        for at in self.lexemes.indices where at > 1 && !self.lexemes[at].used {
            guard let unit = self.meaning(at)?.unit, unit.dimension == .time, unit.factor >= 60_000, self.kind(at) == .word else { continue }
            var before = at - 1
            while before > 0, self.has(before, [.indefinite, .vagueCount, .filler]) || self.word(before) == "half" { before -= 1 }
            guard before < at - 1, ["in", "after", "for", "within", "during"].contains(self.word(before)),
                self.expectations[self.expectation(near: at)].verb != .report
            else { continue }
            self.questions.append(
                Clarification(
                    expectation: "e\(self.expectation(near: at) + 1)", field: "context.window",
                    question: "When exactly does '\(self.text(before..<(at + 1)))' mean? Give a date and time.", options: []))
            return
        }
    }

    private func isSaidOfObject(_ index: Int, _ mention: Mention) -> Bool { mention.at <= index && index < mention.end }

    /// The "for" or "during" that an occasion follows, with at most four words between that describe it.
    private func governor(of index: Int) -> Int? {
        var at = index - 1
        while at >= 0, index - at <= 5, self.kind(at) != .symbol {
            if let preposition = self.meaning(at)?.preposition {
                guard preposition != .of else { at -= 1; continue }
                let isLasting = ["for", "during", "over", "throughout", "through", "until", "till"].contains(self.word(at)) && self.isSingleWord(at)
                return isLasting ? at : nil
            }
            if self.meaning(at)?.verb?.form == .base, self.meaning(at)?.preposition == nil { return nil }
            at -= 1
        }
        return nil
    }
}
