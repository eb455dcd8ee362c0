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
        self.readProvisos()
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

    // MARK: - Conditions

    private mutating func readConditions() {
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
    private mutating func readConditionalSequences() {
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
        guard self.speaks([.correction, .doubt, .negation]),
            let first = self.lexemes.indices.first(where: { self.meaning($0)?.verb != nil || self.meaning($0)?.object != nil })
        else { return }
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

    // MARK: - Places

    /// "not in core5g", "except in core5g", "every AMF except amf-2", "the UPF that is not named upf-1"
    private mutating func readExcludedPlaces() {
        for name in self.names where name.explicit && self.has(name.at - 1, .negation) {
            self.questions.append(
                Clarification(
                    expectation: "e\(self.expectation(near: name.at) + 1)", field: "object.name",
                    question: "The text excludes \(name.name). Which one is meant?", options: []))
        }
        for excluded in self.excluded {
            for (index, draft) in self.expectations.enumerated()
            where draft.clause == excluded.clause && draft.mention.type == excluded.type && draft.mention.name == nil {
                self.questions.append(
                    Clarification(
                        expectation: "e\(index + 1)", field: "object.name", question: "The text excludes \(excluded.name). Which ones are meant?", options: []))
                break
            }
        }
        for at in self.lexemes.indices where self.speaks(.negation) && self.has(at, .negation) && self.lexemes[at].kind == .word {
            var environment = at + 1
            while self.meaning(environment)?.preposition != nil || self.has(environment, .definite), environment < at + 3 { environment += 1 }
            if let name = self.meaning(environment)?.environment, self.expectations.contains(where: { $0.context.environment == name }) {
                self.questions.append(
                    Clarification(
                        expectation: "e\(self.expectation(near: at) + 1)", field: "context.environment",
                        question: "The text excludes \(name). Where is it meant?", options: []))
            }
            guard let place = self.within(self.places, \.at, (at + 1)..<(at + 3)).first(where: { $0.at == at + 1 || self.meaning(at + 1)?.preposition != nil })
            else { continue }
            let isExtra = self.places.contains { $0.kind == place.kind && $0.at < at }
            if isExtra { continue }
            self.questions.append(
                Clarification(
                    expectation: "e\(self.expectation(near: at) + 1)", field: "context.\(place.kind.rawValue)",
                    question: "The text excludes \(place.value). Where is it meant?", options: []))
        }
    }

    /// "in every region", "in both clusters", "across 3 sites": places that are counted and not named.
    private mutating func readUncountedPlaces() {
        for at in self.lexemes.indices where at > 0 && !self.lexemes[at].used && self.lexemes[at].kind == .word {
            guard let kind = self.meaning(at)?.place, self.meaning(at)?.object == nil, kind != .tenant else { continue }
            var before = at - 1
            while before > 0, self.has(before, .filler) || self.meaning(before)?.quality != nil { before -= 1 }
            guard self.has(before, [.totality, .distributive]) || self.kind(before) == .number && self.lexemes[before].value != 1 else { continue }
            guard before > 0, self.meaning(before - 1)?.preposition != nil || self.has(before, .distributive) else { continue }
            self.questions.append(
                Clarification(
                    expectation: "e\(self.expectation(near: at) + 1)", field: "context.\(kind.rawValue)",
                    question: "'\(self.text(before..<(at + 1)))' names no place. Which \(kind.rawValue)s are meant?", options: []))
        }
    }

    /// After "in" they say how, and no place.
    private static let manners: Set<String> = ["total", "full", "half", "here", "there", "particular", "general", "together", "now", "following"]

    /// "in namespace under", "remove the AMF from core", "scale the SMF in monitoring": a place that was said and not taken for one. Acting without it
    /// would act somewhere else.
    private mutating func readLostPlaces() {
        var asked = 0
        for at in self.lexemes.indices where at > 0 && asked < Self.mostCautions && self.lexemes[at].kind == .word {
            guard let preposition = self.meaning(at - 1)?.preposition, [.in, .on, .at, .to, .from, .across].contains(preposition),
                let meaning = self.meaning(at),
                self.within(self.places, \.at, (at - 1)..<(at + 2)).isEmpty
            else { continue }
            let near = self.expectations[self.expectation(near: at)]
            guard near.verb != .report, !(near.mention.at..<max(near.mention.at + 1, near.mention.end)).contains(at) else { continue }
            let end = self.clause(at: at).map { self.clauses[$0].end } ?? self.lexemes.count
            let kind: PlaceKind
            if let place = meaning.place, meaning.object == nil {
                guard !self.lexemes[at].used, at + 1 >= end || self.lexemes[at + 1].kind == .word else { continue }
                kind = place
            } else {
                // Words of the vocabulary that are names of namespaces as well; "core" is one of a processor.
                let isName =
                    meaning.object.map { [.coreNetwork, .infrastructure].contains(self.vocabulary.objects[$0].kind) } ?? false || meaning.feature != nil
                    || meaning.unit?.dimension == .cpu || self.word(at).utf8.contains { $0 >= 0x30 && $0 <= 0x39 }
                // "in edge", without an article, is no way to say how something should be.
                let isQuality = preposition == .in && meaning.quality != nil && meaning.object == nil
                // "in big", "in lab"; "to prod" is the environment.
                let isPlain =
                    meaning.object == nil
                    && (meaning.has(.shortEnvironment) && [.in, .from].contains(preposition)
                        || preposition == .in && meaning.has(.filler) && !Self.manners.contains(self.word(at)))
                guard [.in, .from].contains(preposition) || isPlain, self.isSingleWord(at), isName || isQuality || isPlain,
                    at + 1 >= end || self.meaning(at + 1)?.preposition != nil || ["up", "down", "out"].contains(self.word(at + 1))
                        || isPlain && (self.kind(at + 1) == .symbol || self.isConjunction(at + 1) || self.has(at + 1, [.urgent, .opening, .sequence]))
                else {
                    continue
                }
                kind = .namespace
                // Taken for a place, it is no feature.
                let span = self.span(at..<(at + 1))
                for index in self.expectations.indices { self.expectations[index].targets.removeAll { $0.attribute == meaning.feature && $0.span == span } }
            }
            asked += 1
            let last = meaning.place != nil && meaning.object == nil ? min(at + 2, self.lexemes.count) : at + 1
            self.questions.append(
                Clarification(
                    expectation: "e\(self.expectation(near: at) + 1)", field: "context.\(kind.rawValue)",
                    question: "'\(self.text((at - 1)..<last))' may name a place. Which \(kind.rawValue) is meant?", options: []))
        }
    }

    /// "in another cluster", "in its own namespace", "in the same namespace as the SMF": somewhere else than where it would be done without them.
    mutating func askForPlace(_ kind: PlaceKind, _ at: Int) -> Bool {
        guard at > 0, self.has(at - 1, .undefinedPlace) || self.isDescribed(at) else { return false }
        let near = self.expectation(near: at)
        let isGoverned = (max(0, at - 4)..<at).contains { index in
            self.meaning(index)?.preposition.map { [.in, .on, .at, .to, .from, .across, .for].contains($0) } ?? false
        }
        guard self.expectations[near].verb != .report, isGoverned else { return false }
        self.questions.append(
            Clarification(
                expectation: "e\(near + 1)", field: "context.\(kind.rawValue)",
                question: "'\(self.text((at - 1)..<(at + 1)))' names no place. Which \(kind.rawValue) is meant?", options: []))
        return true
    }

    /// "on the least loaded cluster", "at the customer's site"
    private func isDescribed(_ at: Int) -> Bool {
        guard at + 1 >= self.lexemes.count || !self.lexemes[at + 1].used else { return false }
        var index = at - 1
        while index >= 0, at - index < 4, !self.lexemes[index].used, self.kind(index) == .unknown || self.isCountOrUsers(index) { index -= 1 }
        return index < at - 1 && self.has(index, .definite)
    }

    func isCountOrUsers(_ index: Int) -> Bool {
        self.meaning(index)?.attribute.map { self.vocabulary.attributes[$0].attribute == "maxUsers" } ?? false || self.has(index, .decrement)
            || ["least", "most"].contains(self.word(index))
    }

    private static let ordinals: Set<String> = ["first", "second", "third", "last", "former", "latter"]

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
