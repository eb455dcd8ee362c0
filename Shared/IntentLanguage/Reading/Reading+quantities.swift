import IntentModel

extension Reading {
    /// Reads every number of a clause with its unit, its attribute and its comparator.
    mutating func readQuantities(_ clause: Clause) {
        self.readRespective(clause)
        self.readSizes(clause)
        var at = clause.first
        var taken: Set<Int> = []
        while at < clause.end {
            guard self.lexemes[at].kind == .number, !self.lexemes[at].used else { at += 1; continue }
            at = self.readQuantity(at, clause, &taken)
        }
        self.readSingulars(clause)
        self.readSwitches(clause)
        self.readTexts(clause)
    }

    /// "add a replica", "remove another instance": one, in words that are no number.
    mutating func readSingulars(_ clause: Clause) {
        guard let action = clause.verb?.action, [.add, .remove].contains(action) || action == .change && clause.verb?.direction != nil,
            let at = (clause.body..<clause.end).first(where: { self.isCountNoun(at: $0) }), self.word(at).last != "s", !self.lexemes[at].used, at > clause.body
        else { return }
        var before = at - 1
        while before > clause.body, self.has(before, [.increment, .filler]) || self.meaning(before)?.object != nil { before -= 1 }
        guard self.has(before, .indefinite) || self.has(before, .increment), before <= clause.body + 1 else { return }
        let span = self.span(before..<(at + 1))
        let isLess = action == .remove || clause.verb?.direction == .down
        self.quantities.append(
            Quantity(
                at: before, end: at + 1,
                target: Target(
                    attribute: "replicas", condition: isLess ? .decreaseBy : .increaseBy, value: .number(1), unit: IntentModel.Attribute.unit(of: "replicas"),
                    evidence: self.text(span), span: span)))
    }

    func isCountNoun(at index: Int) -> Bool {
        guard let attribute = self.meaning(index)?.attribute, self.lexemes[index].kind == .word else { return false }
        return self.vocabulary.attributes[attribute].attribute == "replicas"
    }

    mutating func readQuantity(_ start: Int, _ clause: Clause, _ taken: inout Set<Int>) -> Int {
        var figure = Figure(start, self.measure(start))
        if let next = self.readRange(&figure, clause) { return next }
        if let next = self.setAside(figure, clause) { return next }
        self.lookBack(&figure, clause, &taken)
        self.lookAhead(&figure, clause, &taken)
        if let next = self.settleAttribute(&figure, clause) { return next }
        guard let attribute = figure.attribute else {
            self.unexplained(start, figure.measure, clause, figure.preposition)
            return figure.measure.end
        }
        var word = self.vocabulary.attributes[attribute]
        if word.attribute != "replicas" { figure.owner = nil }
        if let next = self.settleWord(&figure, &word, clause) { return next }
        if let next = self.observe(figure, word, clause) { return next }
        self.settleCondition(&figure, word, clause)
        if let next = self.settleChange(&figure, &word, clause) { return next }
        if let next = self.refuseChange(&figure, word, clause) { return next }
        return self.conclude(figure, word, clause)
    }

    private mutating func conclude(_ figure: Figure, _ word: AttributeWord, _ clause: Clause) -> Int {
        let range = min(figure.begin, figure.start)..<max(figure.spanEnd, figure.measure.end)
        let span = self.span(range)
        let target = Target(
            attribute: word.attribute, condition: figure.condition, value: figure.value, unit: IntentModel.Attribute.unit(of: word.attribute),
            evidence: self.text(span),
            span: span)
        if figure.comparator != nil, !figure.isTurned, self.mayBeDenied(figure.begin, clause) {
            self.ask(clause, "confirm", "'\(self.text(range))' may be what is not to be. Is it what is wanted?", ["yes", "no"])
        }
        var quantity = Quantity(at: figure.begin, end: range.upperBound, target: target, owner: figure.owner)
        quantity.isTurned = figure.isTurned
        quantity.minimum = figure.minimum
        quantity.maximum = figure.maximum
        quantity.named = figure.named
        self.quantities.append(quantity)
        if word.attribute == "replicas" {
            self.hasMinimum = self.hasMinimum || figure.minimum
            self.hasMaximum = self.hasMaximum || figure.maximum
        }
        for index in figure.begin..<max(figure.end, figure.measure.end) where index != figure.owner && !(figure.isTurned && self.meaning(index)?.object != nil)
        {
            self.lexemes[index].used = true
        }
        return max(figure.measure.end, figure.start + 1)
    }

    static func plain(_ value: Double) -> String { TargetValue.number(value).description }

    /// The expectation's id is filled in once the clause has one.
    mutating func ask(_ clause: Clause, _ field: String, _ question: String, _ options: [String]) {
        self.questions.append(Clarification(expectation: "", field: field, question: question, options: options))
    }
}
