/// Negations that stand elsewhere than before the verb.
extension Reading {
    /// Negations of a whole clause, unlike "without", which denies one thing.
    static let deniers: Set<String> = [
        "not", "no", "never", "nobody", "noone", "none", "cannot", "should", "must", "shouldnt", "dont", "do", "does", "doesnt", "will", "wont", "neither",
        "under", "isnt", "arent", "wasnt", "werent", "cant", "neednt", "mustnt", "hasnt", "havent", "didnt", "wouldnt", "couldnt", "may", "on", "by", "at",
        "in",
    ]

    func isDenier(_ index: Int) -> Bool { self.has(index, .negation) && Self.deniers.contains(self.word(index)) }

    /// "Restart the AMF not", "Skaliere den AMF nicht auf 3": behind its object, at the end or before what it leads to, a negation denies the deed.
    func isDeniedBehind(_ clause: Clause) -> Bool {
        guard self.classes.contains(.negation) else { return false }
        for at in clause.body..<max(clause.body, clause.end) where self.isDenier(at) {
            if at + 1 >= clause.end, self.meaning(at - 1)?.feature == nil, self.meaning(at - 1)?.comparator == nil { return true }
            // ", not to 4" only sets one thing against another.
            if self.kind(at - 1) == .symbol || self.isConjunction(at - 1) || self.has(at - 1, .sequence) || self.meaning(at - 1)?.feature != nil { continue }
            var next = at + 1
            while next < clause.end,
                self.isComma(next) || self.has(next, [.filler, .opening, .increment, .urgent]) && self.meaning(next)?.verb == nil
            { next += 1 }
            if next >= clause.end { return true }
            guard next == at + 1 || self.has(at + 1, .increment), let preposition = self.meaning(next)?.preposition, [.to, .by, .from].contains(preposition),
                self.isSingleWord(next), self.meaning(next + 1)?.comparator == nil, self.meaning(next + 1)?.verb == nil
            else { continue }
            return true
        }
        return false
    }

    /// "shouldn't", "must never": it says how something is to be.
    func isDemand(_ index: Int) -> Bool {
        self.has(index, .modal) || self.has(index, .negation) && ["should", "shouldnt", "must", "mustnt", "may", "cannot", "cant"].contains(self.word(index))
    }

    /// Verbs between a negation and the bound that it turns round.
    static let courses: Set<String> = [
        "has", "have", "having", "be", "is", "are", "drop", "drops", "dropping", "fall", "falls", "falling", "go", "goes", "going", "get", "gets", "run",
        "runs",
        "running", "sink", "sinks", "rise", "rises", "grow", "grows", "scale", "scales", "come", "comes", "use", "uses", "operate", "operates", "exist",
        "being", "been", "ever", "need", "needs", "using", "let",
    ]

    /// Where the negation stands that turns a bound round whose words begin after `back`: before the verb that leads to the bound, and what may stand
    /// beside it ("never runs with fewer than 3", "must not be scaled below 3").
    func denial(before back: Int, _ clause: Clause) -> Int? {
        guard self.classes.contains(.negation) else { return nil }
        var at = back
        while at >= clause.first, back - at < 6 {
            if self.has(at, .negation) { return at == back || self.isDenier(at) ? at : nil }
            // "don't let the AMF go below 2 replicas"
            if self.meaning(at)?.object != nil || self.has(at, .definite), self.word(at - 1) == "let" || self.word(at - 2) == "let" { at -= 1; continue }
            guard self.kind(at) == .word || self.kind(at) == .unknown, self.meaning(at)?.object == nil, self.meaning(at)?.attribute == nil else { return nil }
            let isLink = self.meaning(at)?.preposition.map { [.with, .at, .to, .on].contains($0) } ?? false
            guard
                Self.courses.contains(self.word(at)) || self.meaning(at)?.verb != nil || isLink || self.has(at, [.modal, .opening, .lightVerb])
                    || at == back && self.kind(at) == .unknown
            else { return nil }
            at -= 1
        }
        return nil
    }

    /// A negation of the clause before a bound which it may turn round, and is too far from it to tell.
    func mayBeDenied(_ begin: Int, _ clause: Clause) -> Bool {
        guard self.classes.contains(.negation), !clause.negated, begin > clause.first else { return false }
        for at in (clause.first..<begin).reversed() {
            if self.isDenier(at) { return true }
            if self.kind(at) == .number || self.isConjunction(at) || self.meaning(at)?.feature != nil || self.meaning(at)?.object != nil { return false }
            if self.isComma(at), !self.isDenier(at - 1) { return false }
        }
        return false
    }
}
