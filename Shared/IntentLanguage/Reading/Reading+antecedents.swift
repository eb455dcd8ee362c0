import IntentModel

/// What was said of an object before holds for it when it is spoken of again.
extension Reading {
    /// "deploy an AMF in core5g and scale it to 3", "restart the AMF in lab-1. Then scale the AMF to 3": without a place of its own, the same object is
    /// where it was.
    mutating func inheritPlaces(from first: Int, _ statement: Draft?) {
        self.followThere(from: first)
        guard first > 0 || statement != nil else { return }
        self.inheritOpeningPlace(from: first)
        for member in first..<max(first, self.expectations.count) {
            let mention = self.expectations[member].mention
            guard mention.type != nil, mention.isRecalled || self.isDefinite(mention.at), self.expectations[member].verb != .migrate,
                !self.expectations[member].context.hasPlace,
                let before = statement.flatMap({ $0.mention.isSame(as: mention) ? $0 : nil })
                    ?? self.expectations[..<min(first, self.expectations.count)].last(where: { $0.mention.isSame(as: mention) })
            else { continue }
            self.expectations[member].context.mergePlace(before.context)
            if self.expectations[member].context.environment == nil { self.expectations[member].context.environment = before.context.environment }
        }
    }

    /// "In core5g, restart the AMF and scale the SMF to 3": a place before the first verb of a sentence is that of the whole sentence.
    private mutating func inheritOpeningPlace(from first: Int) {
        guard let new = self.expectations.last, first < self.expectations.count, !self.clauses[new.clause].opensSentence,
            let opening = self.clauses[..<new.clause].lastIndex(where: \.opensSentence), let verbAt = self.clauses[opening].verbAt,
            let place = self.within(self.places, \.at, self.clauses[opening].first..<verbAt).first,
            let known = self.expectations[..<first].first(where: { $0.clause >= opening }), place.at < known.mention.at
        else { return }
        for member in first..<self.expectations.count where !self.expectations[member].context.hasPlace && self.expectations[member].verb != .migrate {
            self.expectations[member].context.mergePlace(known.context)
        }
    }

    /// "The UPF is saturated. Add two replicas to it.": what a wish is explained with asks for nothing itself. It is taken from the expectations once a
    /// wish follows.
    mutating func takeStatement(_ previous: [Int], _ action: Action, _ objects: [Mention]) -> Draft? {
        guard previous.count == 1, let last = previous.last, last == self.expectations.count - 1, ![.report, .vague, .ensure, .name].contains(action)
        else { return nil }
        let draft = self.expectations[last]
        let clause = self.clauses[draft.clause]
        guard draft.action == .vague, clause.verb == nil, draft.targets.isEmpty || self.states(clause) || self.observes(clause, draft),
            !draft.mention.isGeneric,
            (clause.first..<clause.end).contains(where: { Self.copulas.contains(self.word($0)) }) || self.isTopic(clause, draft.mention, objects)
                || self.isComplaint(clause, objects),
            !(clause.first..<clause.end).contains(where: {
                self.meaning($0)?.verb?.form == .participle
                    || self.has($0, [.modal, .wish, .question, .doubt, .condition]) && !Self.copulas.contains(self.word($0))
            })
        else { return nil }
        self.notes.append("'\(self.text(clause.first..<clause.end))' asks for nothing.")
        return self.expectations.removeLast()
    }

    /// "The SMF hangs, restart it": said of it with words that nobody knows here, and then only a pronoun.
    private func isComplaint(_ clause: Clause, _ objects: [Mention]) -> Bool {
        !objects.isEmpty && objects.allSatisfy(\.isPronoun) && (clause.first..<clause.end).contains { self.kind($0) == .unknown }
            && (clause.first..<clause.end).allSatisfy { at in
                self.lexemes[at].used || self.kind(at) == .unknown || self.meaning(at)?.object != nil || self.has(at, [.definite, .filler, .carrier, .idle])
                    || self.word(at) == "not" || self.isComma(at)
            }
    }

    /// "UPF: scale to 6", "UPF\nScale the UPF to 6": named ahead, and nothing else.
    private func isTopic(_ clause: Clause, _ mention: Mention, _ objects: [Mention]) -> Bool {
        self.isSymbol(clause.end, ":", "\n", "-", ".") && self.isTelegram(clause.first..<clause.end)
            && objects.allSatisfy { $0.isPronoun || $0.isWeak || $0.isSame(as: mention) }
    }

    /// "AMF CPU is at 95 %"
    private func observes(_ clause: Clause, _ draft: Draft) -> Bool {
        (clause.first..<clause.end).contains { ["is", "are", "at"].contains(self.word($0)) }
            && draft.targets.allSatisfy { ["targetCPUUtilization", "targetMemoryUtilization", "threshold"].contains($0.attribute) }
    }

    private static let amounts: Set<String> = ["replicas", "cpu", "memory", "storage"]
    private static let copulas: Set<String> = ["is", "are", "isnt", "arent", "seems", "seem", "looks", "look", "keeps", "has", "have"]

    /// "the AMF has 3 replicas": how it is.
    private func states(_ clause: Clause) -> Bool {
        (clause.first..<clause.end).contains {
            ["has", "have"].contains(self.word($0)) && self.isSingleWord($0) && self.meaning($0 - 1)?.object != nil
                || ["currently", "presently", "already"].contains(self.word($0))
        }
    }

    /// "Take 2 replicas from the AMF and give them to the SMF": two changes at once, of which one would be lost.
    mutating func askForTransfer(_ clause: Clause, _ mentions: [Mention], _ quantities: [Quantity]) {
        func isFunction(_ mention: Mention, after preposition: Preposition) -> Bool {
            mention.preposition == preposition && mention.kind == .networkFunction && (mention.type != nil || mention.name != nil) && !mention.isNegated
        }
        guard let receiver = mentions.first(where: { isFunction($0, after: .to) }) else { return }
        let isMoved = mentions.contains { isFunction($0, after: .from) } && quantities.contains { Self.amounts.contains($0.target.attribute) }
        let isLost =
            receiver.role == .aside && mentions.contains(where: \.isPronoun)
            && !self.expectations.contains { $0.mention.type == receiver.type && $0.mention.name == receiver.name }
        guard isMoved || isLost else { return }
        self.ask(
            clause, "targets", "'\(self.text(clause.first..<clause.end))' takes from one and gives to another. How much should each of them have?", [])
    }

    /// The sentence of a clause ends with a question mark.
    func isAsked(_ clause: Clause) -> Bool {
        let end = (clause.end..<self.lexemes.count).first { self.isSymbol($0, ".", ";", "!", "?", "\n") }
        return end.map { self.isSymbol($0, "?") } ?? false
    }

    /// "the one in core-b", "a new one": another of what was spoken of last.
    func recalledByOne(_ at: Int, _ clause: Clause, _ before: [Mention]) -> Mention? {
        guard self.word(at) == "one", self.isSingleWord(at), self.has(at - 1, [.definite, .indefinite]) || self.word(at - 1) == "new" else { return nil }
        let next = at + 1
        let isNoun =
            next >= clause.end || self.lexemes[next].used || self.kind(next) == .symbol || self.isConjunction(next)
            || self.meaning(next)?.preposition != nil || self.has(next, [.sequence, .urgent, .naming])
        guard isNoun, var mention = before.last(where: { $0.role == .object && !$0.isPronoun }) ?? self.expectations.last?.mention,
            mention.kind == .networkFunction, mention.type != "Custom"
        else { return nil }
        mention.at = at
        mention.end = next
        mention.span = self.span((at - 1)..<next)
        mention.name = nil
        mention.isRecalled = false
        mention.isNegated = false
        mention.role = .object
        mention.isIndefinite = !self.has(at - 1, .definite)
        return mention
    }

    func isDefinite(_ at: Int) -> Bool {
        var index = at - 1
        while index >= 0, self.isModifier(index) {
            if self.has(index, .definite) { return true }
            index -= 1
        }
        return false
    }
}
