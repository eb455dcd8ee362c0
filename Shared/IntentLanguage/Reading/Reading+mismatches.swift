import IntentModel

/// Numbers that stand beside the wrong noun, or that say something else than how much there is to be.
extension Reading {
    private static let settling: Set<Action> = [.set, .change, .scale, .configure]

    /// "per 1000 users", "down by 3 to 5", "UPF 3 to 4 replicas": what cannot be followed, and the question about it.
    func isUnfollowable(_ start: Int, _ measure: Measure, _ clause: Clause) -> (field: String, question: String)? {
        guard let action = clause.verb?.action, action != .report else { return nil }
        let words = self.text(max(0, start - 1)..<measure.end)
        if self.word(start - 1) == "per", self.isSingleWord(start - 1) {
            return ("confirm", "'\(words)' cannot be followed. How many should there be altogether?")
        }
        guard measure.high != nil, action == .scale || action == .change, !self.expectsAutoscaling else { return nil }
        if self.word(start - 1) == "to", measure.end >= clause.end { return ("targets.replicas", "'\(words)' may be a range. How many replicas are wanted?") }
        if self.meaning(start - 1)?.preposition == .by { return ("targets.replicas", "'\(words)' is no one change. How many replicas are wanted?") }
        if self.meaning(start - 1)?.object != nil, self.isSingleWord(measure.end - 2), self.word(measure.end - 2) == "to" {
            return ("targets.replicas", "'\(words)' may be a change or bounds. How many replicas are wanted?")
        }
        return nil
    }

    /// "AMF is at 3 replicas and should be at 5"
    func isObserved(_ start: Int, _ clause: Clause) -> Bool {
        guard self.word(start - 1) == "at", ["is", "are"].contains(self.word(start - 2)), self.isSingleWord(start - 2) else { return false }
        return (start + 1..<max(start + 1, clause.end)).contains { self.has($0, .modal) }
    }

    /// "set the CPU to 2 GB": the noun that the figure was said to be of, and cannot be.
    func mismatch(_ measure: Measure, _ start: Int, _ back: Int, _ clause: Clause) -> Int? {
        guard let unit = measure.unit, ![.decibel, .power, .density].contains(unit.dimension), self.word(start - 1) == "to", self.isSingleWord(start - 1),
            let action = clause.verb?.action, Self.settling.contains(action), back >= clause.body
        else { return nil }
        var noun = back
        if self.meaning(back)?.object != nil {
            noun = back - 1
            while noun > clause.body, self.has(noun, .definite) { noun -= 1 }
            guard self.word(noun) == "of", self.isSingleWord(noun) else { return nil }
            noun -= 1
        }
        guard noun >= clause.body, !self.lexemes[noun].used, self.lexemes[noun].kind == .word, let attribute = self.meaning(noun)?.attribute,
            self.vocabulary.attributes[attribute].dimension != .text, !self.fits(attribute, measure)
        else { return nil }
        return attribute
    }

    /// "50 Mbps up"
    func directionOfRate(_ measure: Measure) -> Int? {
        guard measure.unit?.dimension == .rate, measure.end < self.lexemes.count, self.isSingleWord(measure.end), self.kind(measure.end) == .word else {
            return nil
        }
        return switch self.word(measure.end) {
        case "down": self.vocabulary.attributeIndex["throughputDownlink"]
        case "up": self.vocabulary.attributeIndex["throughputUplink"]
        default: nil
        }
    }

    /// "set max UEs of the slice to 10,000": said before the noun, a few words before the number.
    func boundOfNoun(_ attribute: Int?, _ clause: Clause, before start: Int) -> Comparator? {
        guard let attribute, let noun = (max(clause.body, start - 12)..<max(clause.body, start)).first(where: { self.meaning($0)?.attribute == attribute }),
            let bound = self.meaning(noun - 1)?.comparator
        else { return nil }
        return bound == .maximum || bound == .minimum ? bound : nil
    }

    /// "a rate limit of"
    func isRateLimit(_ index: Int) -> Bool {
        self.meaning(index)?.object.map { self.vocabulary.objects[$0].type == "RateLimit" } ?? false
    }

    /// "AMBR 100 Mbps": a maximum by its name.
    func isMaximumRate(_ start: Int, _ clause: Clause) -> Bool {
        (max(clause.first, start - 12)..<max(clause.first, start)).contains { index in
            self.meaning(index)?.attribute != nil
                && (["ambr", "mbr"].contains(self.lastWord(index)) || self.original(index).lowercased().hasSuffix("maximum bit rate"))
        }
    }

    private static let single: Set<String> = ["ue", "user", "subscriber", "device", "terminal", "vehicle", "customer", "session"]

    /// "UE 1234"
    func isOneUser(_ word: AttributeWord, _ start: Int) -> Bool {
        word.attribute == "maxUsers" && Self.single.contains(self.word(start - 1)) && self.isSingleWord(start - 1)
    }
}
