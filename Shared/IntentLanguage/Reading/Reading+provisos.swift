import IntentModel

/// Words that hold a change within bounds which nothing here keeps: until when, near what, like what else, what is to be spared. Like the other cautions
/// they become questions.
extension Reading {
    mutating func readProvisos() {
        self.readEnds()
        self.readOccasions()
        self.readDelays()
        self.readNearness()
        self.readLikeness()
        self.readSpared()
        self.readWithheld()
        self.readMeans()
    }

    /// Before a time that needs a calendar, they say how long something is to last …
    private static let lasting: Set<String> = ["until", "till", "through", "throughout"]
    /// … and these before a day; "during the maintenance window" says when.
    private static let spanning: Set<String> = ["for", "over", "during"]
    private static let days: Set<String> = ["weekend", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]

    /// "until Monday", "for the weekend": the end of what begins now.
    func isEnd(_ index: Int) -> Bool {
        guard self.has(index, .relativeTime), index > 0 else { return false }
        let before = self.has(index - 1, .definite) ? index - 2 : index - 1
        return Self.lasting.contains(self.word(before)) || Self.spanning.contains(self.word(before)) && Self.days.contains(self.word(index))
    }

    private mutating func readEnds() {
        let ends = self.speaks(.relativeTime) ? self.lexemes.indices.filter { self.isEnd($0) } : []
        for (index, draft) in self.expectations.enumerated().prefix(Self.mostCautions) where draft.verb != .report && draft.mention.kind != .policy {
            let window = draft.context.window
            // "until 2026-12-24" is the end of what is wanted; "between … and …" says when it may be done.
            let until = window?.start == nil ? window?.end.flatMap { end in self.sayings.first { $0.member == "window" && $0.value == end } } : nil
            let end = draft.target("duration")?.evidence ?? until.flatMap { ["until", "till"].contains(self.word($0.at - 1)) ? $0.value : nil }
            guard let end else { continue }
            self.questions.append(
                Clarification(
                    expectation: "e\(index + 1)", field: "confirm", question: "Nothing here undoes it after '\(end)'. Should it be done, and stay?",
                    options: ["yes", "no"]))
        }
        // "during the match": nothing here knows when that is.
        if let at = self.lexemes.indices.first(where: {
            self.meaning($0)?.preposition == .reason && self.word($0) == "during" && self.isSingleWord($0)
        }), self.has(at + 1, .definite),
            self.kind(self.head(at + 1)) == .unknown,
            [.scale, .deploy, .migrate, .remove].contains(self.expectations[self.expectation(near: at)].verb)
        {
            let words = self.text(at..<(self.head(at + 1) + 1))
            self.confirm(at, "'\(words)' needs dates and times to begin and end at. Should it be done now, without an end?")
        }
        for at in ends.prefix(Self.mostCautions) {
            let first = self.has(at - 1, .definite) ? at - 2 : at - 1
            self.confirm(
                at, "'\(self.text(first..<(at + 1)))' says how long, and needs a date and time to end at. Should it be done now, without an end?",
                unlessAsked: false)
        }
    }

    /// "near the stadium": no place that anything here knows. Where one is named as well, that is the place.
    private mutating func readNearness() {
        for at in self.lexemes.indices where self.speaks(.nearness) && self.has(at, .nearness) {
            let isTo = self.meaning(at + 1)?.preposition == .to
            guard isTo || self.word(at) != "close" else { continue }
            let next = self.head(isTo ? at + 2 : at + 1)
            guard next < self.lexemes.count, self.kind(next) != .symbol,
                self.meaning(next)?.object == nil || !["near", "close", "nearby"].contains(self.word(at)),
                self.meaning(next)?.quality == nil,
                !self.has(next - 1, .filler), self.meaning(next - 1)?.quality == nil
            else { continue }
            let near = self.expectation(near: at)
            guard self.expectations[near].verb != .report, !self.expectations[near].context.hasPlace else { continue }
            var end = next + 1
            while end < self.lexemes.count, [.unknown, .chain, .compound].contains(self.kind(end)) { end += 1 }
            self.questions.append(
                Clarification(
                    expectation: "e\(near + 1)", field: "context.cluster",
                    question: "'\(self.text(at..<end))' names no place. Which cluster is meant?", options: []))
            return
        }
    }

    /// "with the same settings as the AMF", "like in core5g": what that would be is not looked up.
    private mutating func readLikeness() {
        for at in self.lexemes.indices where self.speaks(.likeness) && self.has(at, .likeness) {
            // "functions like AMF and SMF"
            if self.word(at) == "like", self.isSingleWord(at), self.meaning(at + 1)?.object != nil { continue }
            // "in half the memory", as other languages have it
            if self.word(at).hasPrefix("half"), self.word(at - 1) == "in" { continue }
            let end = self.clause(at: at).map { self.clauses[$0].end } ?? self.lexemes.count
            return self.confirm(
                at, "'\(self.text(at..<max(at + 1, end)))' is not looked up. Should it be done with what the text says besides that?", unlessAsked: false)
        }
    }

    /// "remove the UDM but keep its data": a removal spares nothing.
    private mutating func readSpared() {
        guard self.speaks([.sparing, .negation]), let removed = self.expectations.firstIndex(where: { $0.verb == .remove }) else { return }
        let clause = self.clauses[self.expectations[removed].clause]
        for at in clause.first..<self.lexemes.count {
            let isSpared = self.has(at, .sparing) && self.isOfIt(at + 1)
            // "but not its volumes"
            let isExcluded = self.has(at, .negation) && (self.spares(at + 1) || ["its", "their"].contains(self.word(at + 1)))
            guard isSpared || isExcluded else { continue }
            var end = at + 1
            while end < self.lexemes.count, self.kind(end) != .symbol { end += 1 }
            return self.confirm(
                at, "A removal takes everything of it: '\(self.text(at..<end))' cannot be promised. Should it be removed all the same?", unlessAsked: false)
        }
    }

    /// "by adding nodes", "on half of the replicas", "and its configuration": how, on how much of it, and what besides.
    private mutating func readMeans() {
        for at in self.lexemes.indices.dropLast() where self.lexemes[at].kind == .word && !self.lexemes[at].used {
            let draft = self.expectations[self.expectation(near: at)]
            guard draft.verb != .report else { continue }
            let isMeans = self.meaning(at)?.preposition == .by && self.meaning(at + 1)?.verb?.form == .gerund
            let isPart =
                self.word(at) == "half" && self.word(at + 1) == "of"
                || draft.verb == .remove && self.isConjunction(at) && ["its", "their"].contains(self.word(at + 1)) && self.meaning(at + 2)?.object == nil
            guard isMeans || isPart else { continue }
            let end = self.clause(at: at).map { self.clauses[$0].end } ?? self.lexemes.count
            return self.confirm(at, "'\(self.text(at..<max(at + 2, end)))' cannot be followed. Should it be done without that?")
        }
    }

    private static let deeds: Set<Action> = [.scale, .change, .add, .restart, .remove, .deploy, .stop, .migrate]

    /// "scale the AMF without restarting it": how it is done is not chosen here; "without restarting the SMF" is said of something else.
    private mutating func readWithheld() {
        for at in self.lexemes.indices where self.speaks(.negation) && self.word(at) == "without" && self.isSingleWord(at) {
            guard let verb = self.meaning(at + 1)?.verb, verb.form == .gerund, Self.deeds.contains(verb.action) else { continue }
            let draft = self.expectations[self.expectation(near: at)]
            guard draft.verb != .report, draft.verb != .remove else { continue }
            let next = self.head(at + 2)
            if let object = self.meaning(next)?.object, self.vocabulary.objects[object].type != draft.mention.type { continue }
            let end = self.clause(at: at).map { self.clauses[$0].end } ?? self.lexemes.count
            return self.confirm(at, "'\(self.text(at..<max(at + 2, end)))' cannot be promised. Should it be done all the same?")
        }
    }

    /// "but leave the SMF alone" is said of something else.
    private func isOfIt(_ index: Int) -> Bool {
        let spared = self.head(index)
        guard let object = self.meaning(spared)?.object else { return self.kind(spared) != .chain }
        // "but keep the database"
        return self.vocabulary.objects[object].kind == .infrastructure
    }

    /// "without deleting …", "without losing …"
    private func spares(_ index: Int) -> Bool {
        if let verb = self.meaning(index)?.verb { return verb.action == .remove && verb.form == .gerund }
        return self.word(index) == "losing" || self.word(index) == "loss"
    }
}
