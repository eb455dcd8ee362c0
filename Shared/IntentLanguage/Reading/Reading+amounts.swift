import IntentModel

/// A number in the unit of its attribute, and which bound of it it is.
extension Reading {
    /// Turns to the attribute that the unit or the comparator means; returns where to go on when the number is no exact one.
    mutating func settleWord(_ figure: inout Figure, _ word: inout AttributeWord, _ clause: Clause) -> Int? {
        if self.isApproximate(word.attribute, figure.begin, figure.start, max(figure.end, figure.measure.end)), clause.verb?.action != .report {
            let known = word.attribute
            self.ask(
                clause, "targets.\(known)", "'\(self.text(figure.start..<figure.measure.end))' is said to be no exact number. What should \(known) be exactly?",
                [])
            self.use(figure.begin..<max(figure.end, figure.measure.end))
            return figure.measure.end
        }
        figure.by = figure.preposition == .by || self.meaning(figure.start - 2)?.preposition == .by && self.meaning(figure.start - 1)?.comparator != nil
        if figure.measure.unit?.dimension == .percent, !figure.by, let other = word.percent, let known = self.vocabulary.attribute(other) { word = known }
        if figure.measure.unit?.dimension == .frequency, let other = word.hertz, let known = self.vocabulary.attribute(other) { word = known }
        if word.attribute == "minReplicas", figure.comparator == .maximum, let other = self.vocabulary.attribute("maxReplicas") {
            word = other; figure.comparator = nil
        }
        if word.attribute == "maxReplicas", figure.comparator == .minimum, let other = self.vocabulary.attribute("minReplicas") {
            word = other; figure.comparator = nil
        }
        if word.attribute == "minReplicas" || word.attribute == "maxReplicas" { figure.comparator = nil }
        // "a rate limit of 100 Mbps", "UE 1234"
        if figure.comparator == nil, word.better == .atLeast, figure.isLimit || self.isRateLimit(figure.back) || self.isMaximumRate(figure.start, clause) {
            figure.comparator = .atMost
        }
        if self.isOneUser(word, figure.start) {
            self.ask(clause, "targets.maxUsers", "'\(self.text((figure.start - 1)..<figure.measure.end))' may be one of them. How many are meant?", [])
            self.use((figure.start - 1)..<figure.measure.end)
            return figure.measure.end
        }
        // storage is told in GiB, memory in MiB
        figure.low = figure.measure.low
        figure.high = figure.measure.high
        if word.attribute == "storage" { figure.low /= 1024; figure.high = figure.high.map { $0 / 1024 } }
        if word.dimension == .time, IntentModel.Attribute.unit(of: word.attribute) == "s" { figure.low /= 1000; figure.high = figure.high.map { $0 / 1000 } }
        return nil
    }

    /// A load that is only told of; returns where to go on.
    mutating func observe(_ figure: Figure, _ word: AttributeWord, _ clause: Clause) -> Int? {
        let action = clause.verb?.action
        // CPU loads that are only observed are no target.
        if word.attribute == "targetCPUUtilization" || word.attribute == "targetMemoryUtilization",
            !self.isUtilisationTarget(figure.start, clause, figure.begin)
        {
            // "with 50 % more memory"
            if figure.incremental != nil, let action, [.deploy, .make, .configure, .set, .scale].contains(action) {
                let words = self.text(figure.begin..<max(figure.end, figure.measure.end))
                self.ask(clause, "targets", "'\(words)' is a change of what is not known here. How much should it be?", [])
            }
            self.notes.append("'\(self.text(figure.begin..<max(figure.end, figure.measure.end)))' was read as an observation.")
            return figure.measure.end
        }
        // "due to 20 % more load"
        if word.attribute == "threshold", figure.incremental != nil {
            self.notes.append("'\(self.text(figure.begin..<max(figure.end, figure.measure.end)))' was read as an observation.")
            return figure.measure.end
        }
        return nil
    }

    /// At least, at most, or as much as it says.
    mutating func settleCondition(_ figure: inout Figure, _ word: AttributeWord, _ clause: Clause) {
        let action = clause.verb?.action
        // "when CPU exceeds 80 %" sets the threshold to 80 %.
        if word.attribute == "targetCPUUtilization" || word.attribute == "targetMemoryUtilization", figure.comparator == .greaterThan {
            figure.comparator = .equals
        }
        // "limit the AMF to 4 CPUs"
        if figure.comparator == nil, figure.high == nil, let verbAt = clause.verbAt, verbAt < figure.start,
            ["limit", "limited", "limiting", "cap", "capped", "restrict", "restricted"].contains(self.word(verbAt))
        {
            figure.comparator = .atMost
        }
        figure.condition = self.condition(figure.comparator, word.better)
        figure.value = TargetValue.number(figure.low)
        figure.minimum = figure.comparator == .minimum
        figure.maximum = figure.comparator == .maximum
        if let high = figure.high {
            figure.value = .range(figure.low, high)
            figure.condition = .between
        }
        if word.attribute == "replicas" {
            if figure.comparator == .atLeast { figure.minimum = true }
            if figure.comparator == .atMost { figure.maximum = true }
            // "scale up to 5": the words of a destination, not of a bound.
            if figure.comparator == .atMost, self.word(figure.begin) == "up" || self.word(figure.start - 1) == "up", action == .scale || action == .change,
                !self.expectsAutoscaling
            {
                figure.condition = .equals
                figure.maximum = false
            }
        }
    }

    func condition(_ comparator: Comparator?, _ better: Condition) -> Condition {
        switch comparator {
        case .atLeast, .minimum: .atLeast
        case .atMost, .maximum: .atMost
        case .lessThan: .lessThan
        case .greaterThan: .greaterThan
        case .equals: .equals
        case nil: better
        }
    }
}
