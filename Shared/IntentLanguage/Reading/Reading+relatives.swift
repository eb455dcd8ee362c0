import IntentModel

/// What is said of an object with a verb of its own, or done in some other case, and is no part of an interpretation.
extension Reading {
    /// Verbs of relative clauses that only say what it is for or has.
    private static let describing: Set<Action> = [.ensure, .include, .report, .autoscale, .enable, .name, .deploy]
    private static let counted: Set<String> = ["second", "third", "other", "spare", "extra"]

    mutating func readRelatives() {
        self.readReplacements()
        self.readOtherCases()
        self.readSecondOnes()
        self.readUnnamed()
        self.readClocks()
    }

    /// "from 18:00 to 22:00": a time of a day that is not said.
    private mutating func readClocks() {
        guard self.text.contains(UInt8(ascii: ":")) else { return }
        for at in self.lexemes.indices.dropLast(2) where self.kind(at) == .number && self.isSymbol(at + 1, ":") && self.kind(at + 2) == .number {
            let clock = self.span(at..<(at + 3)), near = self.expectation(near: at)
            guard (4...5).contains(clock.end - clock.start), self.lexemes[at].value < 25, self.lexemes[at + 2].value < 60,
                self.span((at + 2)..<(at + 3)).end - self.span((at + 2)..<(at + 3)).start == 2, self.expectations[near].verb != .report,
                self.expectations[near].context.window == nil, !self.questions.contains(where: { $0.field == "context.window" })
            else { continue }
            let question = "When exactly does '\(self.text(clock))' mean? Give a date and time."
            return self.questions.append(Clarification(expectation: "e\(near + 1)", field: "context.window", question: question, options: []))
        }
    }

    /// "an AMF that replaces amf-1", "which takes over from the old one": what happens to the other is not said here.
    private mutating func readReplacements() {
        for at in self.lexemes.indices.dropLast() where at > 0 && self.isRelative(at) && (self.lexemes[at - 1].isSpoken || self.lexemes[at - 1].used) {
            let next = at + 1
            let isDeed =
                self.kind(next) == .unknown && self.word(next).utf8.last == UInt8(ascii: "s")
                || self.meaning(next)?.verb.map { $0.form == .third && !Self.describing.contains($0.action) } ?? false
            guard isDeed, self.expectations[self.expectation(near: at)].verb != .report, !self.has(next, .idle), !self.scalesItself(next + 1) else { continue }
            let end = self.clause(at: at).map { self.clauses[$0].end } ?? self.lexemes.count
            let namesAnother = (next + 1..<max(next + 1, end)).contains { self.lexemes[$0].isSpoken || self.kind($0) == .chain || self.word($0) == "one" }
            guard namesAnother else { continue }
            return self.confirm(at, "'\(self.text(at..<end))' cannot be followed. Should it be done without that?", unlessAsked: false)
        }
    }

    private func isRelative(_ index: Int) -> Bool {
        self.kind(index) == .word && ["that", "which"].contains(self.word(index)) && self.isSingleWord(index)
    }

    /// "…, else restart it"
    private mutating func readOtherCases() {
        for at in self.lexemes.indices.dropLast() where at > 0 && ["else", "otherwise"].contains(self.word(at)) && self.isSingleWord(at) {
            guard self.isComma(at - 1) || self.isConjunction(at - 1) || self.has(at - 1, .sequence), self.meaning(at + 1)?.verb?.form == .base else { continue }
            return self.confirm(at, "'\(self.original(at))' says what to do in another case. Should only what comes before it be done?")
        }
    }

    /// "and a second one as backup"
    private mutating func readSecondOnes() {
        for at in self.lexemes.indices where at > 1 && self.word(at) == "one" && Self.counted.contains(self.word(at - 1)) && self.has(at - 2, .indefinite) {
            guard self.expectations[self.expectation(near: at)].verb != .report else { continue }
            return self.confirm(at, "'\(self.text((at - 2)..<(at + 1)))' is another one. Should only what is named be done?")
        }
    }

    /// "called something like amf-old"
    private mutating func readUnnamed() {
        guard self.speaks(.naming) else { return }
        for at in self.lexemes.indices.dropLast() where self.has(at, .naming) && !self.lexemes[at].used && self.has(at + 1, .approximate) {
            return self.confirm(at, "'\(self.text(at..<(at + 2)))' is no name. Is the reading above the one that is meant?")
        }
    }
}
