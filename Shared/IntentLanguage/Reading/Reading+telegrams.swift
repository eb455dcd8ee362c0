import IntentModel

/// The style of tickets and chat: "AMF to 3, SMF to 5, please scale", "one more AMF replica please".
extension Reading {
    /// A verb that comes alone after what it is about belongs to it.
    mutating func joinTrailingVerbs() {
        guard self.clauses.count > 1 else { return }
        var index = self.clauses.count - 1
        while index > 0 {
            defer { index -= 1 }
            let clause = self.clauses[index], before = self.clauses[index - 1]
            guard let verb = clause.verb, verb.form == .base, verb.action == .scale || verb.action == .restart, !clause.negated, !clause.opensSentence,
                before.verb == nil, !before.negated,
                (clause.body..<clause.end).allSatisfy({ self.has($0, [.opening, .pronoun]) || self.isComma($0) }),
                self.isTelegram(before.first..<before.end)
            else { continue }
            self.clauses[index - 1].verb = verb
            self.clauses[index - 1].verbAt = clause.verbAt
            self.clauses[index - 1].passive = true
            self.clauses[index - 1].end = clause.end
            self.clauses[index - 1].isQuestion = clause.isQuestion
            self.clauses.remove(at: index)
        }
    }

    /// Nothing but objects, amounts, places and what joins them: no verb that would say something of them.
    func isTelegram(_ range: Range<Int>) -> Bool {
        var hasObject = false
        for at in range where !self.lexemes[at].used {
            switch self.lexemes[at].kind {
            case .number: continue
            case .symbol: if self.isComma(at) || self.isSymbol(at, ":", "=") { continue } else { return false }
            case .chain: if self.fusedObject(self.original(at)) != nil { hasObject = true } else { return false }
            case .unknown, .compound, .quoted: return false
            case .word:
                guard let meaning = self.meaning(at), meaning.verb == nil || meaning.preposition != nil || meaning.has(.opening) else { return false }
                if meaning.object != nil { hasObject = true; continue }
                let joins =
                    meaning.preposition.map { [.to, .with, .of, .for, .in].contains($0) } ?? false || meaning.attribute != nil || meaning.unit != nil
                    || meaning.has([.conjunction, .definite, .carrier, .opening, .increment, .distributive]) || meaning.comparator == .equals
                if !joins { return false }
            }
        }
        return hasObject
    }

    /// "AMF to 6 replicas please": where it is to go, and nothing else.
    func isDestination(_ clause: Clause, _ objects: [Mention], _ quantities: [Quantity]) -> Bool {
        !clause.isQuestion && !objects.isEmpty && objects.allSatisfy { !$0.isPronoun && !$0.isGeneric && $0.kind == .networkFunction }
            && !quantities.isEmpty
            && quantities.allSatisfy {
                $0.target.attribute == "replicas" && $0.named
                    && ($0.target.condition == .equals && $0.at > clause.first && self.word($0.at - 1) == "to" || self.isBound($0))
            } && self.isTelegram(clause.first..<clause.end)
    }

    /// "at most 4 SMF replicas"
    private func isBound(_ quantity: Quantity) -> Bool {
        quantity.target.value.number != nil && (quantity.target.condition == .atLeast || quantity.target.condition == .atMost)
    }

    /// "2 more UPF replicas": asked for by saying so.
    func asksForMore(_ clause: Clause, _ objects: [Mention], _ quantities: [Quantity]) -> Bool {
        objects.count == 1 && objects.allSatisfy { !$0.isPronoun && !$0.isGeneric } && !quantities.isEmpty
            && quantities.allSatisfy { $0.target.attribute == "replicas" && $0.target.condition == .increaseBy } && !clause.isQuestion
            && self.isTelegram(clause.first..<clause.end)
    }

    /// "SMF restart please", "AMF status": where the noun of an action is its verb as well, it ends the clause.
    func trailingAction(_ clause: Clause) -> (at: Int, action: Action)? {
        var last = clause.end - 1
        while last > clause.first, self.has(last, [.opening, .idle, .filler]) && self.meaning(last)?.actionNoun == nil { last -= 1 }
        let noun = self.word(last) == "status" ? Action.report : self.meaning(last)?.actionNoun
        guard last > clause.first, let action = noun, [.restart, .rollback, .report].contains(action), self.meaning(last)?.verb != nil,
            (clause.first..<last).allSatisfy({ self.lexemes[$0].used || self.meaning($0)?.object != nil || self.has($0, [.definite, .carrier, .opening]) }),
            (clause.first..<last).contains(where: { self.meaning($0)?.object != nil })
        else { return nil }
        return (last, action)
    }

    /// "Backup and delete …": a feature that was meant as a verb.
    func isLoneFeature(_ clause: Clause, _ index: Int) -> Bool {
        clause.end == clause.first + 1 && self.meaning(clause.first)?.namedFeature != nil && index + 1 < self.clauses.count
            && !self.clauses[index + 1].opensSentence && self.clauses[index + 1].verb != nil
    }

    private static let turns: Set<Action> = [.change, .multiply, .scale, .add]

    /// "Due to 5000 new subscribers, …", "Traffic grew by 30 %, so …": why something is wanted, without an object of its own, before the wish.
    func givesReason(_ clause: Clause, _ index: Int, _ mentions: [Mention]) -> Bool {
        guard index + 1 < self.clauses.count, !self.clauses[index + 1].opensSentence, self.clauses[index + 1].verb != nil,
            mentions.allSatisfy({ $0.role != .object || $0.isGeneric })
        else { return false }
        if self.meaning(clause.first)?.preposition == .reason, !self.has(clause.first, .condition) { return true }
        return (clause.first + 1..<max(clause.first + 1, clause.end)).contains { at in
            self.meaning(at)?.verb.map { $0.form == .participle && Self.turns.contains($0.action) } ?? false
        }
    }
}
