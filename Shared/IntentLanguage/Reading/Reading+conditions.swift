import IntentModel

/// What a wish is said to depend on.
extension Reading {
    mutating func readConditions() {
        guard self.speaks(.condition) else { return }
        var asked = 0
        for at in self.lexemes.indices where asked < Self.mostCautions && self.has(at, .condition) && self.lexemes[at].kind == .word {
            let next = self.head(at + 1)
            // "before 2026-12-24" is a window.
            if next >= self.lexemes.count, !self.isSingleWord(at) || at + 1 < next && ["if", "unless"].contains(self.word(at)) {
                // "where possible"
                self.confirm(at, "It is said to depend on '\(self.original(at))', which is not known here. Should it be done now all the same?")
                continue
            }
            if next >= self.lexemes.count || self.lexemes[next].used && self.lexemes[next].kind != .word { continue }
            let near = self.expectations[self.expectation(near: at)]
            if near.verb == .report { continue }
            let word = self.word(at)
            let isPolicy = [.radioNetwork, .policy].contains(near.mention.kind) || near.verb == .optimize || near.verb == .configure
            switch word {
            case "after", "before", "until", "once":
                guard
                    self.meaning(next)?.verb.map({ $0.form == .gerund || $0.form == .base || $0.form == .participle && word == "once" }) == true
                        || self.meaning(next)?.actionNoun != nil
                        || self.meaning(next)?.object != nil || self.isNameLike(next) || self.has(next, [.pronoun, .outOfScope])
                else { continue }
                // "before proceeding" goes without saying.
                if word == "before", self.kind(next) == .unknown, self.word(next).hasSuffix("ing") { continue }
            case "when", "whenever", "if", "unless":
                let isMeasured = (at + 1..<min(self.lexemes.count, at + 8)).contains {
                    self.meaning($0)?.attribute != nil || self.kind($0) == .number || self.meaning($0)?.quality != nil
                        || ["load", "demand", "traffic"].contains(self.word($0))
                }
                if self.expectsAutoscaling && isMeasured || isPolicy && word == "when" { continue }
            default: break
            }
            asked += 1
            let end = self.clause(at: at).map { self.clauses[$0].end } ?? self.lexemes.count
            self.confirm(
                at, "It is said to depend on '\(self.text(at..<max(at + 1, end)))', which cannot be waited for. Should it be done now all the same?")
        }
    }

    /// "after that works, …", "when done and healthy": more than an order.
    mutating func readConditionalSequences() {
        guard self.speaks(.sequence) else { return }
        for at in self.lexemes.indices where self.has(at, .sequence) && ["after", "once", "when"].contains(self.word(at)) && !self.isSingleWord(at) {
            var next = at + 1
            let isJoined = self.isConjunction(next)
            if isJoined { next += 1 }
            guard next < self.lexemes.count, self.kind(next) != .symbol, self.kind(next) == .unknown || Self.states.contains(self.word(next)),
                !isJoined || self.meaning(next)?.verb?.form != .base
            else { continue }
            let end = (next..<self.lexemes.count).first { self.kind($0) == .symbol } ?? self.lexemes.count
            return self.confirm(
                at, "It is said to depend on '\(self.text(at..<end))', which cannot be waited for. Should it be done now all the same?")
        }
    }

    private static let states: Set<String> = ["is", "are", "was", "has", "have", "healthy", "ready", "up", "running", "succeeds", "works", "worked"]
}
