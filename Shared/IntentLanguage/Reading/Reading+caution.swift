import IntentModel

/// Words that change what is asked in ways an interpretation cannot say: conditions, alternatives, doubts, exceptions. Each becomes a
/// question, since leaving it out would act on something the operator did not say.
extension Reading {
    /// Of one kind, in one text: enough to ask about, and a bound on what a hostile text costs.
    static let mostCautions = 16

    mutating func readCautions() {
        guard self.expectations.contains(where: { $0.verb != .report }) else { return }
        self.readMisfits()
        self.readConditions()
        self.readConditionalSequences()
        self.readAlternatives()
        self.readTakenBack()
        self.readExcludedPlaces()
        self.readUncountedPlaces()
        for (at, kind) in self.possessed.prefix(1) {
            let question = "'\(self.text((at - 1)..<(at + 1)))' is not looked up. Which \(kind.rawValue) is meant?"
            self.questions.append(
                Clarification(expectation: "e\(self.expectation(near: at) + 1)", field: "context.\(kind.rawValue)", question: question, options: []))
        }
        for (at, kind) in self.severalPlaces.prefix(Self.mostCautions) {
            self.questions.append(
                Clarification(
                    expectation: "e\(self.expectation(near: at) + 1)", field: "context.\(kind.rawValue)",
                    question: "Several \(kind.rawValue)s are named, and one intent acts in one. Which one is meant here?", options: []))
        }
        self.readLostPlaces()
        self.readLeftPlaces()
        self.readProvisos()
        self.readRelatives()
        self.readUnsayable()
        self.readVagueness()
        self.readProducts()
        self.readOrder()
    }

    /// Words of another language that nothing was made of: what they change is not known.
    mutating func readUnread() {
        for at in self.lexemes.indices where [.unknown, .compound].contains(self.lexemes[at].kind) && !self.lexemes[at].used {
            let span = self.span(at..<(at + 1))
            if self.expectations.contains(where: {
                $0.mention.span.start <= span.start && span.end <= $0.mention.span.end || $0.context.use?.contains(self.text(span)) == true
            }) {
                continue
            }
            self.questions.append(
                Clarification(
                    expectation: "e\(self.expectation(near: at) + 1)", field: "confirm",
                    question: "'\(self.text(span))' was not understood. Is the reading right all the same?", options: ["yes", "no"]))
            return
        }
    }

    /// Some word of the text is of one of the classes.
    func speaks(_ classes: WordClass) -> Bool { !self.classes.isDisjoint(with: classes) }

    /// Clauses are in the order of the text.
    func clause(at index: Int) -> Int? {
        var low = 0, high = self.clauses.count
        while low < high {
            let middle = (low + high) / 2
            if self.clauses[middle].end <= index { low = middle + 1 } else { high = middle }
        }
        return low < self.clauses.count && self.clauses[low].first <= index ? low : nil
    }

    func expectation(near index: Int) -> Int {
        guard let clause = self.clause(at: index) else { return max(0, self.expectations.count - 1) }
        var low = 0, high = self.expectations.count
        while low < high {
            let middle = (low + high) / 2
            if self.expectations[middle].clause < clause { low = middle + 1 } else { high = middle }
        }
        return min(low, max(0, self.expectations.count - 1))
    }

    mutating func confirm(_ index: Int, _ question: String, unlessAsked: Bool = false) {
        let id = "e\(self.expectation(near: index) + 1)"
        if unlessAsked, self.questions.contains(where: { $0.expectation == id && $0.field.hasPrefix("targets") }) { return }
        self.questions.append(
            Clarification(expectation: "e\(self.expectation(near: index) + 1)", field: "confirm", question: question, options: ["yes", "no"]))
    }

    /// Index after determiners and adjectives.
    func head(_ index: Int) -> Int {
        var at = index
        while at < self.lexemes.count,
            self.has(at, [.definite, .indefinite, .totality, .filler]) || self.meaning(at)?.quality != nil && self.meaning(at)?.object == nil
        {
            at += 1
        }
        return at
    }

    /// "SD zzzzzz", "an eMBB slice with SST 2"
    private mutating func readMisfits() {
        if let misfit = self.misfits.first {
            let id = "e\(self.expectation(near: misfit.at) + 1)"
            let field =
                self.meaning(misfit.at)?.identifier == .plmn ? "context.plmn" : self.meaning(misfit.at)?.identifier == .tac ? "context.tac" : "context.slice"
            let question = "'\(self.text(misfit.at..<misfit.end))' cannot be its value. What is meant?"
            self.questions.append(Clarification(expectation: id, field: field, question: question))
        }
        for (index, draft) in self.expectations.enumerated() where draft.verb == .deploy && draft.mention.kind == .networkSlice {
            guard let said = draft.context.slice?.sst, let sst = draft.mention.sst, sst != said else { continue }
            let question = "A slice of type \(draft.label) has SST \(sst), and the text says \(said). Which one is meant?"
            self.questions.append(
                Clarification(expectation: "e\(index + 1)", field: "context.slice", question: question, options: [String(sst), String(said)]))
            return
        }
    }

    // MARK: - Alternatives

    /// What kind of thing begins at a lexeme, as far as alternatives are concerned.
    private enum Thing { case object, number, place, verb, environment }

    private func thing(_ index: Int) -> Thing? {
        var at = self.head(index)
        // "or in core6g"
        while let preposition = self.meaning(at)?.preposition, [.in, .on, .at, .to, .for].contains(preposition), !self.lexemes[at].used {
            at = self.head(at + 1)
        }
        guard at < self.lexemes.count else { return nil }
        if self.lexemes[at].kind == .number { return .number }
        if self.lexemes[at].used, !self.within(self.places, \.at, max(0, at - 3)..<(at + 1)).isEmpty { return .place }
        if self.lexemes[at].kind == .chain || self.lexemes[at].kind == .unknown && self.word(at).utf8.contains(where: { $0 >= 0x30 && $0 <= 0x39 }) {
            return .object
        }
        guard let meaning = self.meaning(at) else { return nil }
        if let object = meaning.object, ![.radioNetwork, .policy].contains(self.vocabulary.objects[object].kind), meaning.feature == nil { return .object }
        if meaning.environment != nil { return .environment }
        if let verb = meaning.verb, verb.form == .base, meaning.object == nil, verb.action != .report, meaning.quality == nil, meaning.attribute == nil {
            return .verb
        }
        return nil
    }

    private mutating func readAlternatives() {
        guard self.speaks(.conjunction) else { return }
        var asked = 0
        for at in self.lexemes.indices where asked < Self.mostCautions && self.lexemes[at].kind == .word && self.isSingleWord(at) {
            let word = self.word(at)
            if word == "either" {
                self.confirm(at, "'\(self.text(at..<min(at + 6, self.lexemes.count)))' leaves a choice. Is the reading above the one that is meant?")
                continue
            }
            // "turn it on and off"
            if ["on", "off"].contains(self.word(at - 1)), ["on", "off"].contains(self.word(at + 1)), self.word(at - 1) != self.word(at + 1),
                self.isConjunction(at)
            {
                self.confirm(at, "'\(self.text((at - 1)..<(at + 2)))' contradicts itself. Is the reading above the one that is meant?")
                return
            }
            if word == "and" || word == "or", at + 1 == self.lexemes.count, at > 0 {
                self.confirm(at, "The text ends after '\(word)'. Is the reading above all that is meant?")
                return
            }
            // "an AMF or, failing that, an SMF"
            if word == "or", self.isSymbol(at + 1, ","), at > 0 {
                self.confirm(at, "'\(self.original(at))' leaves a choice. Is the reading above the one that is meant?")
                return
            }
            // "2.1 or newer"
            if word == "or", ["newer", "later", "older", "earlier", "not"].contains(self.word(at + 1)) {
                self.confirm(at, "'\(self.text(max(0, at - 1)..<(at + 2)))' leaves a choice. Is the reading above the one that is meant?")
                return
            }
            guard word == "or", self.meaning(at)?.comparator == nil, at > 0, let following = self.thing(at + 1) else { continue }
            asked += 1
            if self.isDenied(at) { continue }
            switch following {
            case .number where self.kind(at - 1) == .number || self.lexemes[at - 1].used: break
            case .number: continue
            case .object, .place, .verb: break
            case .environment where self.meaning(at - 1)?.environment != nil: break
            case .environment: continue
            }
            self.confirm(
                at, "'\(self.text(max(0, at - 2)..<min(at + 4, self.lexemes.count)))' leaves a choice. Is the reading above the one that is meant?",
                unlessAsked: true)
        }
    }

    func isSingleWord(_ index: Int) -> Bool { self.lexemes[index].end == self.lexemes[index].first + 1 }

    /// Within the reach of a negation ("without a or b").
    private func isDenied(_ index: Int) -> Bool {
        guard let clause = self.clause(at: index).map({ self.clauses[$0] }) else { return false }
        for at in (clause.first..<index).reversed() where self.has(at, .negation) { return self.reach(of: at, clause) >= index }
        return false
    }

    // MARK: - Corrections and doubts

    /// Where the first clause of the sentence of a clause begins.
    private func openingOfSentence(_ clause: Clause) -> Int {
        guard !clause.opensSentence, let index = self.clause(at: clause.first) else { return clause.first }
        return self.clauses[..<index].last { $0.opensSentence }?.first ?? clause.first
    }

    private static let opinions: Set<String> = ["should", "shall", "must", "may", "do", "dont", "does", "is", "are", "would"]

    private mutating func readTakenBack() {
        // "scale AMF to 5?", "Can the AMF be scaled to 50?": nobody is asked to do it.
        for clause in self.clauses
        where self.isSymbol(clause.end, "?") && clause.verb != nil && clause.verb?.action != .report
            && !(self.openingOfSentence(clause)..<clause.end).contains(where: { self.has($0, [.opening, .wish]) })
        {
            self.confirm(clause.first, "'\(self.text(clause.first..<clause.end))' is a question. Should it be done?")
            return
        }
        // "Should we remove the AMF?" wants an opinion.
        for clause in self.clauses
        where self.isSymbol(clause.end, "?") && clause.opensSentence && !self.has(clause.first, .opening) && Self.opinions.contains(self.word(clause.first))
            && clause.verb?.action != .report
        {
            self.confirm(clause.first, "'\(self.text(clause.first..<clause.end))' is a question. Should it be done?")
            return
        }
        guard self.speaks([.correction, .doubt, .negation]) else { return }
        let first = self.lexemes.indices.first { self.meaning($0)?.verb != nil || self.meaning($0)?.object != nil || self.kind($0) == .chain } ?? 0
        for at in self.lexemes.indices where self.lexemes[at].kind == .word {
            // "to 3, no, 4"
            let isTakenBack =
                self.word(at) == "no" && self.isSingleWord(at) && self.kind(at - 1) == .symbol
                && (self.kind(at + 1) == .symbol || self.kind(at + 1) == .number)
            if self.has(at, .correction) || isTakenBack, at > first, at + 1 < self.lexemes.count || at > 0 {
                self.confirm(at, "'\(self.text(at..<(at + 1)))' takes something back. Is the reading above what is meant in the end?")
                return
            }
            if self.has(at, .doubt) {
                self.confirm(at, "'\(self.text(at..<(at + 1)))' leaves open whether it is wanted. Should it be done?")
                return
            }
        }
    }

    /// "with 2 and 3 replicas respectively", "the latter gets 4 CPUs": which is whose is told by an order that is not followed here.
    private mutating func readOrder() {
        // "scale AMF to 3, same for SMF"
        for at in self.lexemes.indices where self.lexemes[at].kind != .symbol {
            let last = self.lastWord(at)
            guard last == "likewise" || last == "ditto" || last == "same" && self.meaning(at + 1)?.preposition == .for else { continue }
            return self.confirm(at, "'\(self.original(at))' asks for the same of something else. Is the reading above all that is meant?")
        }
        guard self.expectations.count > 1 else { return }
        for at in self.lexemes.indices where self.lexemes[at].kind == .word {
            let last = self.lastWord(at)
            if self.isRespective(at) {
                return self.confirm(at, "'\(self.original(at))' says that each has its own. Is the reading above the one that is meant?")
            }
            guard Self.ordinals.contains(last), last == "former" || last == "latter" || self.has(at - 1, .definite) else { continue }
            // "the first release", "the second cluster": not one of what was said before.
            let next = at + 1
            let standsAlone =
                next >= self.lexemes.count || self.kind(next) == .symbol || self.kind(next) == .number || self.meaning(next)?.verb != nil
                || self.isConjunction(next) || self.has(next, .modal) || self.meaning(next)?.preposition != nil || self.word(next) == "one"
            if standsAlone {
                return self.confirm(at, "'\(self.original(at))' is one of several. Is the reading above the one that is meant?")
            }
        }
    }
}
