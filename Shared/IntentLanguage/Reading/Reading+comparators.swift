import IntentModel

/// What stands before a number: comparators, copulas, and the noun of "replicas: 3".
extension Reading {
    mutating func lookBack(_ figure: inout Figure, _ clause: Clause, _ taken: inout Set<Int>) {
        figure.preposition = self.meaning(figure.start - 1)?.preposition
        figure.end = figure.measure.end
        figure.incremental =
            self.has(figure.measure.end, .increment) ? true : self.has(figure.measure.end, .decrement) && self.mayBeLess(figure.measure) ? false : nil
        // backwards over comparators and copulas
        figure.back = figure.start - 1
        while figure.back >= clause.first {
            if let found = self.meaning(figure.back)?.comparator {
                // "up to" belongs to the number, "under" too; "min = 2" is a minimum.
                if figure.comparator == nil || figure.comparator == .equals && self.kind(figure.back + 1) != .number { figure.comparator = found }
                if figure.comparator == .equals, found != .equals { figure.comparator = found }
                figure.begin = figure.back
                figure.back -= 1
            } else if self.isSymbol(figure.back, ":", "=") || self.word(figure.back) == "="
                || self.isSingleWord(figure.back)
                    && ["to", "of", "at", "is", "be", "by", "from", "between", "and", "set", "target", "a"].contains(self.word(figure.back))
                    && !(self.word(figure.back) == "and" && !self.isBetween(figure.back, clause))
            {
                figure.back -= 1
            } else if self.has(figure.back, .increment) {
                figure.incremental = true
                figure.begin = figure.back
                figure.back -= 1
            } else if self.meaning(figure.back)?.place != nil
                || self.has(figure.back, .filler)
                    && ["level", "count", "size", "limit", "target", "set", "requirement", "number", "size", "value"].contains(self.word(figure.back))
            {
                figure.isLimit = figure.isLimit || self.word(figure.back) == "limit"
                figure.back -= 1
            } else {
                break
            }
            if figure.start - figure.back > 6 { break }
        }
        // "does not exceed", "no more than": a denied comparison is the opposite one.
        // "never has fewer than 3", "must not fall below 3"
        if figure.comparator != nil, self.meaning(figure.back + 1)?.comparator == figure.comparator {
            figure.back = self.denial(before: figure.back, clause) ?? figure.back
        }
        figure.isTurned = false
        if let said = figure.comparator, self.has(figure.back, .negation), figure.back < figure.begin {
            figure.isTurned = true
            figure.comparator =
                switch said {
                case .atLeast: .lessThan
                case .atMost: .greaterThan
                case .lessThan: .atLeast
                case .greaterThan: .atMost
                case .equals, .minimum, .maximum: said
                }
            figure.begin = figure.back
            figure.back -= 1
        }
        if figure.back >= clause.first, !taken.contains(figure.back), let known = self.meaning(figure.back)?.attribute, self.fits(known, figure.measure),
            !self.lexemes[figure.back].used,
            figure.back >= clause.body || clause.verbAt == nil || clause.passive || figure.back != clause.verbAt
        {
            // A comparator before the attribute: "minimum latency 5 ms", "max replicas: 10".
            figure.attribute = known
            taken.insert(figure.back)
            figure.begin = min(figure.begin, figure.back)
            if figure.comparator == nil, let found = self.meaning(figure.back - 1)?.comparator { figure.comparator = found; figure.begin = figure.back - 1 }
        }
    }
}
