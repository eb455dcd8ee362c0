import IntentModel

/// Words that are no part of the reading. What they would change is not known, so a change to what is there is not made without asking.
extension Reading {
    /// How far from a word what explains it is looked for; further away it explains something else.
    private static let reach = 48

    private static let changing: Set<Verb> = [.scale, .remove, .restart, .migrate, .rollback, .configure, .deploy]

    /// The question about the first of them.
    var leftover: Clarification? {
        for (index, draft) in self.expectations.enumerated().prefix(Self.mostCautions) {
            if index > 0, self.expectations[index - 1].clause == draft.clause { continue }
            guard Self.changing.contains(draft.verb), self.clauses.indices.contains(draft.clause) else { continue }
            let clause = self.clauses[draft.clause], isRadio = draft.mention.kind == .radioNetwork
            guard
                let at = (clause.first..<clause.end).first(where: {
                    self.isLeftover($0, clause, draft.verb) && (!isRadio || self.qualifiesAttribute($0))
                })
            else { continue }
            return Clarification(
                expectation: "e\(index + 1)", field: "confirm", question: "'\(self.original(at))' was not understood. Should it be done without that?",
                options: ["yes", "no"])
        }
        return self.leftoverBeside
    }

    /// "Dry run: scale …", "…, blue-green": words around the wish, in its sentence.
    private var leftoverBeside: Clarification? {
        for (index, clause) in self.clauses.enumerated() where clause.verb == nil {
            let leads = self.isSymbol(clause.end, ":") && index + 1 < self.clauses.count && self.clauses[index + 1].verb != nil
            guard leads || !clause.opensSentence else { continue }
            let near = self.expectation(near: leads ? clause.end + 1 : max(0, clause.first - 1))
            guard self.expectations.indices.contains(near), Self.changing.contains(self.expectations[near].verb),
                self.expectations[near].mention.kind != .radioNetwork,
                let at = (clause.first..<clause.end).first(where: { self.isLeftover($0, clause, self.expectations[near].verb) })
            else { continue }
            return Clarification(
                expectation: "e\(near + 1)", field: "confirm", question: "'\(self.original(at))' was not understood. Should it be done without that?",
                options: ["yes", "no"])
        }
        return nil
    }

    private func isLeftover(_ index: Int, _ clause: Clause, _ verb: Verb) -> Bool {
        guard !self.lexemes[index].used, !self.lexemes[index].isSpoken, index != clause.verbAt, !self.has(index, .idle) else { return false }
        switch self.lexemes[index].kind {
        case .unknown, .chain, .compound: break
        case .symbol: return self.isTellingPicture(index)
        case .word, .number, .quoted: return false
        }
        let span = self.span(index..<(index + 1))
        return !self.sayings.contains { $0.span.start <= span.start && span.end <= $0.span.end } && !self.isElaboration(index, clause, verb)
            && !self.isRemark(index, clause)
    }

    /// "the SSB period": of what is set, not just any.
    private func qualifiesAttribute(_ index: Int) -> Bool {
        self.kind(index) == .unknown && self.meaning(index + 1)?.attribute != nil
    }

    private func isTellingPicture(_ index: Int) -> Bool {
        let word = self.tokens[self.lexemes[index].first].word
        return word.unicodeScalars.first.map { Pictograph.isTelling($0.value) } ?? false
    }

    /// Why something is done changes nothing of it; nor do words that describe what is deployed or a feature that is set.
    private func isElaboration(_ index: Int, _ clause: Clause, _ verb: Verb) -> Bool {
        if verb == .deploy || verb == .configure, self.isNumbered(index, verb) || self.beginsDeed(index) { return false }
        if verb == .deploy, !self.endsDeployment(index, clause), !self.isOrigin(index, clause) { return true }
        var at = index - 1
        while at >= max(clause.first, index - Self.reach) {
            if let preposition = self.meaning(at)?.preposition {
                switch verb {
                case .deploy: return !self.leadsToOrigin(at)
                case .configure where [.with, .using, .reason, .for].contains(preposition): return true
                case _ where preposition == .to && self.meaning(at + 1)?.verb?.form == .base: return true
                case .configure: break
                default: return preposition == .reason && Self.reasons.contains(self.original(at).lowercased())
                }
            }
            at -= 1
        }
        return false
    }

    /// "c-12", "AES-128": one of its kind, and no description.
    private func isNumbered(_ index: Int, _ verb: Verb) -> Bool {
        // "encryption with NEA2"
        if verb == .configure, self.kind(index) == .unknown, self.word(index - 1) == "with", self.word(index).utf8.contains(where: { $0 >= 0x30 && $0 <= 0x39 })
        {
            return index + 1 >= self.lexemes.count || self.kind(index + 1) == .symbol || self.isConjunction(index + 1)
                || self.meaning(index + 1)?.preposition != nil
        }
        guard self.kind(index) == .chain, self.fusedObject(self.original(index)) == nil else { return false }
        let last = self.tokens[self.lexemes[index].end - 1].word
        return !last.isEmpty && last.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 }
    }

    /// "… and upload the config", "and swap it": a verb that nobody knows here.
    private func beginsDeed(_ index: Int) -> Bool {
        guard self.kind(index) == .unknown, index > 0, self.isConjunction(index - 1), self.word(index).utf8.allSatisfy({ $0 >= 0x61 && $0 <= 0x7a }),
            !self.tokens[self.lexemes[index].first].capitalised
        else { return false }
        return self.has(index + 1, [.pronoun, .definite]) || self.kind(index + 1) == .number
    }

    /// "from backup", "by copying amf-1": after these, how it comes to be.
    private func isOrigin(_ index: Int, _ clause: Clause) -> Bool {
        var at = index - 1
        while at >= max(clause.body, index - 4) {
            if self.meaning(at)?.preposition != nil { return self.leadsToOrigin(at) }
            at -= 1
        }
        return false
    }

    /// "from …", "by copying …", and not "requested by Alice"
    private func leadsToOrigin(_ index: Int) -> Bool {
        guard self.isSingleWord(index) else { return false }
        return self.meaning(index)?.preposition == .from || self.word(index) == "by" && self.word(index + 1).hasSuffix("ing")
    }

    private static let copulas: Set<String> = ["is", "are", "was", "were", "has", "have", "keeps", "keep"]

    /// "…, it hangs", "… - customers are complaining", "… so it picks up the new certificates": how it is, or will be, and nothing to be done.
    private func isRemark(_ index: Int, _ clause: Clause) -> Bool {
        var first = index
        while first > max(clause.body, index - Self.reach), !self.isComma(first), self.word(first) != "so" { first -= 1 }
        guard first > clause.body, index > first + 1 else { return false }
        let stretch = (first + 1)..<min(clause.end, first + Self.reach)
        if stretch.contains(where: { self.has($0, [.modal, .negation, .condition, .manner]) || self.kind($0) == .number && !self.lexemes[$0].used }) {
            return false
        }
        return ["it", "they", "we"].contains(self.word(first + 1)) || stretch.contains { Self.copulas.contains(self.word($0)) }
    }

    /// "deploy the AMF quietly": the last word of its clause, after the object, where no noun goes on with it.
    private func endsDeployment(_ index: Int, _ clause: Clause) -> Bool {
        (index + 1 >= clause.end || self.isComma(index + 1))
            && (max(clause.body, index - Self.reach)..<index).contains { self.lexemes[$0].isSpoken }
    }

    private static let reasons: Set<String> = [
        "due to", "because of", "because", "since", "given", "as", "in response to", "according to", "in accordance with",
    ]
}
