import IntentModel

/// Places that are said and were not taken for one.
extension Reading {
    /// "not in core5g", "except in core5g", "every AMF except amf-2", "the UPF that is not named upf-1"
    mutating func readExcludedPlaces() {
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
    mutating func readUncountedPlaces() {
        for at in self.lexemes.indices where at > 0 && !self.lexemes[at].used && self.lexemes[at].kind == .word {
            guard let kind = self.meaning(at)?.place, self.meaning(at)?.object == nil, kind != .tenant else { continue }
            var before = at - 1
            while before > 0, self.has(before, .filler) || self.meaning(before)?.quality != nil { before -= 1 }
            guard self.has(before, [.totality, .distributive, .vagueCount]) || self.kind(before) == .number && self.lexemes[before].value != 1 else { continue }
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
    mutating func readLostPlaces() {
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
                let isTerm = preposition == .in && self.isTermBehindObject(at, meaning, near)
                guard [.in, .from].contains(preposition) || isPlain, self.isSingleWord(at), isName || isQuality || isPlain || isTerm,
                    at + 1 >= end || self.meaning(at + 1)?.preposition != nil || ["up", "down", "out"].contains(self.word(at + 1))
                        || (isPlain || isTerm)
                            && (self.kind(at + 1) == .symbol || self.isConjunction(at + 1) || self.has(at + 1, [.urgent, .opening, .sequence]))
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

    /// "deploy an NRF in slicing", "in qos", "in gb": a word of the vocabulary right behind the object.
    private func isTermBehindObject(_ at: Int, _ meaning: Meaning, _ near: Draft) -> Bool {
        guard at > 1, near.verb != .report, near.verb != .optimize, self.lexemes[at - 2].isSpoken, !Self.manners.contains(self.word(at)) else { return false }
        let isBehaviour = meaning.object.map { [.radioNetwork, .policy, .networkSlice].contains(self.vocabulary.objects[$0].kind) } ?? false
        return isBehaviour || meaning.namedFeature != nil || meaning.attribute != nil || meaning.unit != nil
            || meaning.has([.supportNoun, .generic]) && meaning.object == nil
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
        // "in the namespace of the SMF", "in a cluster with GPUs"
        if !self.lexemes[at].used, self.has(at - 1, [.definite, .indefinite]), Self.qualifying.contains(self.word(at + 1)) { return true }
        var index = at - 1
        while index >= 0, at - index < 4, !self.lexemes[index].used, self.kind(index) == .unknown || self.isCountOrUsers(index) { index -= 1 }
        return index < at - 1 && self.has(index, .definite)
    }

    func isCountOrUsers(_ index: Int) -> Bool {
        self.meaning(index)?.attribute.map { self.vocabulary.attributes[$0].attribute == "maxUsers" } ?? false || self.has(index, .decrement)
            || ["least", "most"].contains(self.word(index))
    }

    private static let qualifying: Set<String> = ["of", "with", "that", "which", "whose", "where"]

    static let ordinals: Set<String> = ["first", "second", "third", "last", "former", "latter"]
}
