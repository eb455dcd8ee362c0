import IntentModel

/// What makes an expectation doubtful that reads well: which one, how much of it and what besides is said by words that it does not hold.
extension Reading {
    func misgivings(about draft: Draft, _ expectation: Expectation, _ clause: Clause) -> [Clarification] {
        guard draft.verb != .report else { return [] }
        let found: [(field: String, question: String)?] = [
            self.patternOfNames(draft), self.anyOfAClass(draft), self.departure(draft, clause), self.unsaidOfScaling(draft, expectation, clause),
            self.unsaidSwitch(draft, expectation), self.unsaidObjective(draft, expectation), self.everyCell(draft, clause), self.putToRest(draft, clause),
        ]
        return found.compactMap(\.self).map { Clarification(expectation: expectation.id, field: $0.field, question: $0.question) }
    }

    /// "amf-[1-3]", "amf-*", "amf-1/2": several names in one.
    private func patternOfNames(_ draft: Draft) -> (field: String, question: String)? {
        let end = draft.mention.span.end
        guard draft.mention.kind == .networkFunction, end + 1 < self.text.count, !draft.mention.isPronoun, end > draft.mention.span.start else { return nil }
        let isDigit = (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self.text[end + 1])
        let goesOn =
            switch self.text[end] {
            case UInt8(ascii: "*"), UInt8(ascii: "["): true
            case UInt8(ascii: "-"): "*[{".utf8.contains(self.text[end + 1])
            case UInt8(ascii: "/"): draft.mention.name != nil && isDigit
            default: false
            }
        return goesOn ? ("object.name", "'\(draft.label)' is said to go on. Which instance is meant?") : nil
    }

    /// "delete a firewall": which?
    private func anyOfAClass(_ draft: Draft) -> (field: String, question: String)? {
        guard [.remove, .restart, .migrate].contains(draft.verb), draft.mention.isClass, draft.mention.isIndefinite,
            draft.mention.name == self.vocabulary.singular(self.text(draft.mention.span))
        else { return nil }
        return ("object.name", "'\(self.text(draft.mention.span))' may be any of them. Which instance is meant?")
    }

    /// "remove the SMF from the slice": it stays, and is no longer a part of something.
    private func departure(_ draft: Draft, _ clause: Clause) -> (field: String, question: String)? {
        let from = draft.mention.end
        guard draft.verb == .remove, draft.mention.kind == .networkFunction, from < clause.end, self.word(from) == "from", self.isSingleWord(from),
            let index = self.meaning(self.head(from + 1))?.object, !self.lexemes[self.head(from + 1)].used
        else { return nil }
        let object = self.vocabulary.objects[index]
        guard object.isClass || [.networkSlice, .infrastructure, .policy, .radioNetwork].contains(object.kind) else { return nil }
        let whole = self.text(from..<(self.head(from + 1) + 1))
        return ("verb", "Should \(draft.label) be removed altogether, or only '\(whole)'?")
    }

    /// "scale the UPF with image v2 to 3", "scale the AMF to 3 with debug logging": which one, or what else?
    private func unsaidOfScaling(_ draft: Draft, _ expectation: Expectation, _ clause: Clause) -> (field: String, question: String)? {
        guard draft.verb == .scale else { return nil }
        if let text = expectation.target("version") ?? expectation.target("image") {
            return ("confirm", "Scaling changes no \(text.attribute). Is '\(text.evidence ?? text.value.description)' to be set as well?")
        }
        let said = max(clause.body, draft.mention.end)..<max(clause.body, draft.mention.end, clause.end)
        guard
            let at = said.first(where: { index in
                guard !self.lexemes[index].used, self.kind(index) == .word, let meaning = self.meaning(index), meaning.object == nil else { return false }
                let isText = meaning.attribute.map { self.vocabulary.attributes[$0].dimension == .text } ?? false
                return meaning.namedFeature != nil || isText
            }), (max(said.lowerBound, at - 3)..<at).contains(where: { self.meaning($0)?.preposition == .with })
        else { return nil }
        return ("confirm", "Scaling changes nothing else: should it be done without '\(self.original(at))'?")
    }

    /// "deactivate cell 33 on du-9": of what is switched, only where is said.
    private func unsaidSwitch(_ draft: Draft, _ expectation: Expectation) -> (field: String, question: String)? {
        guard draft.action == .enable || draft.action == .disable, expectation.targets.isEmpty, draft.mention.kind == .networkFunction else { return nil }
        return ("targets", "What should be \(draft.action == .enable ? "enabled" : "disabled") on \(draft.label)?")
    }

    /// "extend the eMBB slice to Hamburg": a change to nothing that is an objective.
    private func unsaidObjective(_ draft: Draft, _ expectation: Expectation) -> (field: String, question: String)? {
        guard draft.verb == .optimize, draft.action == .change, expectation.targets.isEmpty, expectation.context.qualities == nil,
            draft.mention.kind == .networkSlice
        else { return nil }
        return ("targets", "What of \(draft.label) should change, and to what?")
    }

    /// "increase the power of all cells"
    private func everyCell(_ draft: Draft, _ clause: Clause) -> (field: String, question: String)? {
        guard draft.mention.kind == .radioNetwork, draft.mention.type == "Cell", draft.context.cell == nil else { return nil }
        let names = (clause.first..<max(clause.first, clause.end)).contains { self.has($0, .totality) && ["cells", "cell"].contains(self.word($0 + 1)) }
        return names ? ("context.cell", "One intent changes one cell. Which one first?") : nil
    }

    /// "put cell 12 to sleep"
    private func putToRest(_ draft: Draft, _ clause: Clause) -> (field: String, question: String)? {
        guard draft.action == .deploy, draft.mention.kind == .radioNetwork, let verbAt = clause.verbAt, self.word(verbAt) == "put" else { return nil }
        return ("verb", "'\(self.text(clause.first..<clause.end))' does not say what to set. What should be changed?")
    }
}
