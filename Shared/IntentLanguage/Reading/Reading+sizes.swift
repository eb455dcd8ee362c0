import IntentModel

/// Numbers whose meaning is in the way they are written.
extension Reading {
    /// "4c8g", "2C4G": processors and memory as clouds name their sizes.
    mutating func readSizes(_ clause: Clause) {
        for at in clause.body..<max(clause.body, clause.end) where !self.lexemes[at].used {
            guard let size = self.size(at) else { continue }
            let span = self.chunk(at).span
            for (attribute, value) in [("cpu", size.cores), ("memory", size.gigabytes * 1_024)] {
                self.quantities.append(
                    Quantity(
                        at: at, end: at + 2,
                        target: Target(
                            attribute: attribute, condition: .equals, value: .number(value), unit: IntentModel.Attribute.unit(of: attribute),
                            evidence: self.text(span), span: span)))
            }
            self.use(at..<(at + 2))
        }
    }

    /// A number with such a size's letters right behind it.
    func size(_ index: Int) -> (cores: Double, gigabytes: Double)? {
        guard self.kind(index) == .number, self.kind(index + 1) == .unknown, self.tokens[self.lexemes[index + 1].first].adjacent else { return nil }
        let letters = self.word(index + 1)
        guard letters.first == "c", letters.last == "g", let gigabytes = UInt16(letters.dropFirst().dropLast()), gigabytes > 0 else { return nil }
        return (self.lexemes[index].value, Double(gigabytes))
    }

    /// "scale the AMF by a factor of 2", "reduce the memory by a factor of 4".
    mutating func readFactor(_ start: Int, _ factor: Double, _ end: Int, _ clause: Clause) -> Bool {
        guard self.word(start - 1) == "of", self.word(start - 2) == "factor", self.word(start - 3) == "a", self.meaning(start - 4)?.preposition == .by,
            end == start + 1, factor > 0, let action = clause.verb?.action, [.scale, .change, .multiply].contains(action),
            let word = self.targetOfChange(clause, start)
        else { return false }
        let span = self.span((start - 4)..<end)
        let less = (clause.verb?.direction ?? self.particle(clause)) == .down
        self.quantities.append(
            Quantity(
                at: start - 4, end: end,
                target: Target(
                    attribute: word.attribute, condition: .multiplyBy, value: .number(less ? 1 / factor : factor),
                    unit: IntentModel.Attribute.unit(of: word.attribute), evidence: self.text(span), span: span)))
        self.use((start - 4)..<end)
        return true
    }

    /// A bare number right after the object it may be said of, at the end of what is said about it.
    func isNumberOfObject(_ start: Int) -> Bool {
        guard let object = self.meaning(start - 1)?.object, self.vocabulary.objects[object].kind == .networkFunction, self.kind(start - 1) == .word,
            !self.tokens[self.lexemes[start].first].glued
        else { return false }
        return true
    }
}
