import IntentModel

/// Numbers that stand beside another one: "1 000", "3 -> 5", "2 to 10".
extension Reading {
    /// Puts a number together with the unit and the second end that follow; returns where to go on when it is none.
    mutating func readRange(_ figure: inout Figure, _ clause: Clause) -> Int? {
        if self.isGrouped(figure.start) {
            let words = self.text(figure.start..<(figure.start + 2))
            self.ask(clause, "targets.replicas", "'\(words)' may be one number or two. Which number is meant?", [])
            self.use(figure.start..<(figure.start + 2))
            return figure.start + 2
        }
        // "3 -> 5": from one to the other, and no range.
        if self.isArrow(figure.measure.end), self.kind(figure.measure.end + 1) == .number {
            let last = figure.measure.end + 1
            if self.isArrow(last + 1) {
                self.ask(clause, "targets.replicas", "'\(self.text(figure.start..<(last + 1)))' goes on. How many replicas are meant in the end?", [])
            }
            self.use(figure.start..<figure.measure.end)
            return figure.measure.end
        }
        // Ranges: "2-10", "2 to 10", "between 2 and 10", "from 2 to 10".
        if let high = self.rangeEnd(figure.measure.end, clause) {
            let upper = self.measure(high)
            // "of gNB 4 to 3 dB": no range, and which number is whose is not said.
            if self.word(figure.measure.end) == "to", upper.low < figure.measure.low, figure.measure.unit == nil || upper.unit == nil,
                clause.verb?.action == .set,
                self.meaning(figure.start - 1)?.object != nil
            {
                self.ask(clause, "targets", "'\(self.text((figure.start - 1)..<upper.end))' may be read in two ways. Which value is meant?", [])
                self.use(figure.start..<upper.end)
                return upper.end
            }
            if figure.measure.unit == nil || upper.unit == nil || figure.measure.unit?.dimension == upper.unit?.dimension {
                figure.measure.high = upper.low * (upper.unit?.factor ?? figure.measure.unit?.factor ?? 1)
                if figure.measure.unit == nil, let unit = upper.unit {
                    figure.measure.low *= unit.factor
                } else if let unit = figure.measure.unit {
                    figure.measure.low *= unit.factor
                }
                figure.measure.unit =
                    upper.unit.map { UnitMeaning(dimension: $0.dimension, factor: 1) }
                    ?? figure.measure.unit.map { UnitMeaning(dimension: $0.dimension, factor: 1) }
                figure.measure.end = upper.end
            }
        } else if let unit = figure.measure.unit {
            figure.measure.low *= unit.factor
        }
        return nil
    }

    func isArrow(_ index: Int) -> Bool {
        guard self.word(index) == "to", self.isSingleWord(index) else { return false }
        return [UInt8(ascii: "-"), 0xe2].contains(self.text[self.tokens[self.lexemes[index].first].start])
    }
}
