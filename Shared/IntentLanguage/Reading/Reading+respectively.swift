import IntentModel

extension Reading {
    /// "scale AMF and SMF to 3 and 5 replicas respectively": the first number is of the first object, and so on. Where objects and numbers are
    /// not as many, nothing is read and the word is asked about.
    mutating func readRespective(_ clause: Clause) {
        let reach = min(clause.end + 2, self.lexemes.count)
        guard let word = (clause.first..<max(clause.first, reach)).first(where: { self.isRespective($0) }) else { return }
        let objects = self.list(from: clause.body, to: clause.end) { self.meaning($0)?.object != nil || self.kind($0) == .chain }
        guard let last = objects.last, objects.count > 1 else { return }
        let numbers = self.list(from: last + 1, to: clause.end) { self.kind($0) == .number && !self.lexemes[$0].used }
        guard numbers.count == objects.count, let first = numbers.first, let final = numbers.last, self.isPlain(before: first, after: last) else { return }
        let measures = numbers.map { self.measure($0) }
        guard let end = measures.last?.end else { return }
        let unit = measures.last?.unit
        let attribute: Int
        if let said = self.meaning(end)?.attribute {
            attribute = said
        } else if let said = (clause.body..<first).first(where: { self.meaning($0)?.attribute != nil }).flatMap({ self.meaning($0)?.attribute }) {
            attribute = said
        } else if clause.verb?.action == .scale, unit == nil, let replicas = self.vocabulary.attributeIndex["replicas"] {
            attribute = replicas
        } else {
            return
        }
        let known = self.vocabulary.attributes[attribute]
        guard known.attribute != "storage", measures.allSatisfy({ $0.unit == nil || $0.unit?.dimension == unit?.dimension }),
            self.fits(attribute, Measure(low: measures[0].low, unit: unit, end: end))
        else { return }
        for (index, number) in numbers.enumerated() {
            let span = self.span(number..<(number == final && self.meaning(end)?.attribute != nil ? end + 1 : measures[index].end))
            let factor = (measures[index].unit ?? unit)?.factor ?? 1
            self.quantities.append(
                Quantity(
                    at: number, end: measures[index].end,
                    target: Target(
                        attribute: known.attribute, condition: known.better, value: .number(measures[index].low * factor),
                        unit: IntentModel.Attribute.unit(of: known.attribute), evidence: self.text(span), span: span),
                    owner: objects[index]))
        }
        self.use(first..<end)
        self.use(word..<(word + 1))
    }

    func isRespective(_ index: Int) -> Bool {
        guard self.kind(index) != .symbol, index < self.lexemes.count, !self.lexemes[index].used else { return false }
        // Both end in "y", and hardly another word does.
        guard let end = self.text[..<self.span(index..<(index + 1)).end].last, end | 0x20 == UInt8(ascii: "y") else { return false }
        let last = self.original(index).lowercased().split(separator: " ").last
        return last == "respectively" || last == "correspondingly"
    }

    /// The first run of such lexemes with only commas, "and" and articles between them (and, after numbers, their units).
    private func list(from start: Int, to end: Int, _ isMember: (Int) -> Bool) -> [Int] {
        var found: [Int] = []
        var at = start
        while at < end {
            if isMember(at) {
                found.append(at)
                at = self.kind(at) == .number ? max(at + 1, self.measure(at).end) : at + 1
            } else if found.isEmpty || self.isConjunction(at) || self.isComma(at) || self.has(at, .definite) {
                at += 1
            } else {
                break
            }
        }
        return found
    }

    /// Nothing between objects and numbers but what leads to a value: no "by", no bound.
    private func isPlain(before first: Int, after last: Int) -> Bool {
        (last + 1..<first).allSatisfy { index in
            if let preposition = self.meaning(index)?.preposition { return [.to, .with, .at].contains(preposition) }
            return self.meaning(index)?.comparator == nil && self.meaning(index)?.verb == nil
        }
    }
}
