import IntentModel

extension Reading {
    /// The attribute a number means when none is said next to it.
    func inferredAttribute(
        _ measure: Measure, _ start: Int, _ preposition: Preposition?, _ comparator: Comparator?, _ clause: Clause, _ owner: Int?, _ back: Int
    ) -> Int? {
        let index = self.vocabulary.attributeIndex
        if let unit = measure.unit {
            // What a changing verb is about comes first: "increase the storage of X to 100 GB".
            if let action = clause.verb?.action, [.scale, .change, .set, .configure, .add, .multiply].contains(action),
                let led = self.leading(start), led == .to || led == .by || led == .from,
                let changed = self.changedAttribute(clause, before: start, fitting: measure)
            {
                return changed
            }
            if unit.dimension == .percent, preposition == .by, clause.verb?.action == .change || clause.verb?.action == .scale {
                return self.changedAttribute(clause, before: start) ?? index["replicas"]
            }
            switch unit.dimension {
            case .cpu: return index["cpu"]
            case .bytes:
                // "hugepages of 1Gi"
                if preposition == .of, self.meaning(start - 2)?.quality != nil || self.kind(start - 2) == .unknown { return nil }
                return self.near(start, measure.end, clause, ["storage", "memory"]) ?? index["memory"]
            case .rate:
                return self.near(start, measure.end, clause, ["throughputDownlink", "throughputUplink", "bandwidth", "throughput"]) ?? index["throughput"]
            case .time:
                if unit.factor <= 1 { return self.near(start, measure.end, clause, ["latency", "jitter"]) ?? index["latency"] }
                if preposition == .for, self.lexemes[start + 1].first < self.tokens.count, !self.tokens[self.lexemes[start + 1].first].glued {
                    return index["duration"]
                }
                if comparator == .atMost || comparator == .lessThan, self.word(start - 1) == "within" { return index["deadline"] }
                return nil
            case .percent:
                return self.near(
                    start, measure.end, clause,
                    [
                        "availability", "reliability", "packetLoss", "stallRatio", "targetCPUUtilization", "targetMemoryUtilization", "cpu", "memory",
                        "threshold",
                    ])
            case .frequency: return index["channelBandwidth"]
            case .decibel:
                // A power changes by decibels.
                return self.near(start, measure.end, clause, ["handoverThreshold"]) ?? self.ofCell(clause, before: start, in: .power)
            case .power: return index["txPower"]
            case .density: return index["deviceDensity"]
            case .currency: return index["cost"]
            case .count, .text: return nil
            }
        }
        if owner != nil, clause.verb?.action != .report { return index["replicas"] }
        // "autoscale AMF 3-9"
        if measure.high != nil, clause.verb?.action == .autoscale, self.meaning(start - 1)?.object != nil { return index["replicas"] }
        if comparator != nil, let noun = self.nounOfList(measure.end, clause) { return noun }
        // "with 3 replicas, min 2 and max 4"
        if let comparator, [.minimum, .maximum, .atLeast, .atMost].contains(comparator), clause.verb?.action != .report, let last = self.quantities.last,
            last.at >= clause.first, last.target.attribute == "replicas"
        {
            return index["replicas"]
        }
        if comparator == .minimum || comparator == .maximum || measure.high != nil && preposition == .between, self.expectsAutoscaling {
            return index["replicas"]
        }
        let next = measure.end
        let endsHere =
            next >= clause.end || self.meaning(next)?.preposition != nil || self.isConjunction(next) || self.isComma(next)
            || self.has(
                next, [.distributive, .totality, .sequence, .urgent, .opening, .increment, .negation, .correction, .condition, .relativeTime, .recurrence])
            || self.meaning(next)?.priority != nil || ["total", "altogether", "overall"].contains(self.word(next)) && next + 1 >= clause.end
            || self.lexemes[next].used
            || self.isSymbol(next, ":")
        guard let action = clause.verb?.action else {
            guard endsHere else { return nil }
            // "the number of AMF replicas should be 5"
            if self.has(start - 1, .modal), let counted = self.changedAttribute(clause, before: start) { return counted }
            return self.repeatedAttribute(start, clause)
        }
        switch action {
        case .scale, .change, .autoscale:
            // "bump the UDM version to 2.2"
            if let first = (min(clause.body, start)..<start).lazy.compactMap({ self.meaning($0)?.attribute }).first,
                self.vocabulary.attributes[first].attribute == "version"
            {
                return nil
            }
            // The first word of the clause says what changes: "increase CPU of AMF to 4".
            if let changed = self.changedAttribute(clause, before: start), endsHere { return changed }
            if endsHere,
                preposition == .to || preposition == .by || preposition == .at || comparator != nil || self.isNameLike(start - 1)
                    || self.meaning(start - 1)?.object != nil
                    || self.isConjunction(start - 1) || self.has(start - 1, .carrier) || preposition == .from || preposition == .between
                    || self.has(start - 1, .plainName) || self.meaning(start - 1)?.attribute != nil
                    || self.isSymbol(start - 1, ":") && self.meaning(start - 2)?.object != nil
            {
                return index["replicas"]
            }
            return endsHere ? self.repeatedAttribute(start, clause) : nil
        case .set, .configure, .make:
            // "set AMF to 5": nothing stands between them that could be what is set.
            let object = start - 2
            if action == .set, endsHere, preposition == .to, measure.high == nil, object >= clause.body,
                let index = self.meaning(object)?.object, self.vocabulary.objects[index].kind == .networkFunction, self.vocabulary.objects[index].type != nil,
                (clause.body..<object).allSatisfy({ self.has($0, [.definite, .filler]) })
            {
                return self.vocabulary.attributeIndex["replicas"]
            }
            // "The AMF has 3 replicas. Make it 5."
            if action == .make, endsHere, self.has(start - 1, .pronoun), self.quantities.last?.target.attribute == "replicas" { return index["replicas"] }
            if let changed = self.changedAttribute(clause, before: start), endsHere, preposition == .to || preposition == .at || self.word(start - 1) == "=" {
                return changed
            }
        case .add, .remove:
            // "remove 2 from AMF"
            if endsHere, clause.verbAt.map({ start == $0 + 1 }) == true { return index["replicas"] }
        default: break
        }
        return endsHere ? self.repeatedAttribute(start, clause) : nil
    }

    /// The preposition before a number and its comparators: "to at least 40 Mbps".
    private func leading(_ start: Int) -> Preposition? {
        var at = start - 1
        while self.meaning(at)?.comparator != nil { at -= 1 }
        return self.meaning(at)?.preposition
    }

    private static let gains: Set<String> = ["get", "gets", "has", "have", "having", "need", "needs", "receive", "receives", "take", "takes", "run", "runs"]

    /// "the AMF needs 3 replicas, the SMF 2": a bare number right after another object repeats what was counted before.
    func repeatedAttribute(_ start: Int, _ clause: Clause) -> Int? {
        guard let last = self.quantities.last, last.at >= clause.first, last.named || last.target.attribute == "replicas", last.target.value.number != nil
        else { return nil }
        var before = start - 1
        while before > clause.first,
            [.to, .with].contains(self.meaning(before)?.preposition) || self.has(before, .modal) || Self.gains.contains(self.word(before))
        { before -= 1 }
        // "2 replicas for the UPF and 3 for the SMF"
        let isForAnother =
            self.isConjunction(start - 1) && ["for", "on"].contains(self.word(start + 1)) && self.meaning(self.head(start + 2))?.object != nil
        guard before > last.at && (self.meaning(before)?.object != nil || self.kind(before) == .chain) || isForAnother else { return nil }
        guard let index = self.vocabulary.attributeIndex[last.target.attribute], self.vocabulary.attributes[index].dimension == .count else { return nil }
        return index
    }

    /// The attribute a changing verb is about: the first one said after it.
    func changedAttribute(_ clause: Clause, before: Int) -> Int? {
        guard clause.body <= before else { return nil }
        for index in clause.body..<before {
            if self.lexemes[index].kind == .word, let attribute = self.meaning(index)?.attribute {
                let word = self.vocabulary.attributes[attribute]
                return word.dimension == .count || word.dimension == .cpu ? attribute : nil
            }
        }
        return nil
    }

    func changedAttribute(_ clause: Clause, before: Int, fitting measure: Measure) -> Int? {
        guard clause.body <= before else { return nil }
        for index in (clause.body..<before).reversed() where self.lexemes[index].kind == .word {
            if let attribute = self.meaning(index)?.attribute { return self.fits(attribute, measure) ? attribute : nil }
        }
        return nil
    }

    /// The attribute of a cell that is said before a figure, of that dimension or of any; a long way before, it is about something else.
    func ofCell(_ clause: Clause, before: Int, in dimension: Dimension? = nil) -> Int? {
        (max(min(clause.body, before), before - 16)..<before).lazy.compactMap { self.meaning($0)?.attribute }.first { index in
            let word = self.vocabulary.attributes[index]
            return word.implies == "Cell" && (dimension == nil || word.dimension == dimension)
        }
    }

    /// "reduce the cost of the AMF by 20%", "increase its performance by 20%": no replicas, whatever they would do to it.
    /// Where that is said: up to twelve words before the number.
    func otherChange(_ clause: Clause, before start: Int) -> Int? {
        let said = max(clause.body, start - 12)..<max(clause.body, start)
        let hasObject = said.contains { self.meaning($0)?.object != nil }
        return said.first { index in
            guard let meaning = self.meaning(index), !meaning.isOpaque else { return hasObject && self.kind(index) == .unknown && !self.lexemes[index].used }
            if let attribute = meaning.attribute {
                return !["replicas", "minReplicas", "maxReplicas", "cpu", "memory", "storage"].contains(self.vocabulary.attributes[attribute].attribute)
            }
            if let object = meaning.object { return self.vocabulary.objects[object].kind == .radioNetwork }
            return meaning.quality != nil || meaning.feature != nil
        }
    }

    func targetOfChange(_ clause: Clause, _ start: Int) -> AttributeWord? {
        for index in clause.body..<max(clause.body, start) {
            if let attribute = self.meaning(index)?.attribute {
                let word = self.vocabulary.attributes[attribute]
                return ["replicas", "cpu", "memory", "storage"].contains(word.attribute) ? word : nil
            }
        }
        return clause.verb?.action == .scale ? self.vocabulary.attribute("replicas") : nil
    }

    /// The nearest noun of one of these attributes, up to six words on either side within the clause.
    func near(_ start: Int, _ end: Int, _ clause: Clause, _ names: [String]) -> Int? {
        // Behind another number a noun is said of that one.
        let limit = (end..<max(end, min(end + 6, clause.end))).first { self.kind($0) == .number } ?? clause.end
        for distance in 0..<6 {
            for index in [end + distance, start - 1 - distance] where index >= clause.first && index < clause.end && index < limit {
                if let attribute = self.meaning(index)?.attribute, names.contains(self.vocabulary.attributes[attribute].attribute) { return attribute }
            }
        }
        return nil
    }

    func isUtilisationTarget(_ start: Int, _ clause: Clause, _ begin: Int) -> Bool {
        if self.isSymbol(begin - 1, "—") || self.isSymbol(begin - 2, "—") { return false }
        return self.expectsAutoscaling
            || (max(clause.first, start - 5)..<min(clause.end, start + 5)).contains { index in
                ["target", "threshold", "utilization", "utilisation", "when", "exceeds", "at"].contains(self.word(index))
            }
    }

    /// "the SMF down by 2": right before a number the particle is of that number, whatever the verb says of others.
    func particle(before start: Int, _ clause: Clause) -> Direction? {
        var at = start - 1
        while at >= clause.body, self.meaning(at)?.preposition == .by || self.meaning(at)?.comparator != nil { at -= 1 }
        guard at >= clause.body, self.isSingleWord(at) else { return nil }
        return self.has(at, .particleUp) ? .up : self.has(at, .particleDown) ? .down : nil
    }

    /// "scale AMF up by 2"
    func particle(_ clause: Clause) -> Direction? {
        for index in clause.first..<clause.end {
            if self.has(index, .particleUp), self.meaning(index)?.comparator == nil { return .up }
            if self.has(index, .particleDown) { return .down }
            if self.word(index) == "in", self.word(index + 1) == "by" { return .down }
            if self.word(index) == "up", self.lexemes[index].end > self.lexemes[index].first + 1 { continue }
        }
        return nil
    }

    /// "minimum 2 and maximum 10 replicas": the noun comes after a later number of the same list.
    func nounOfList(_ index: Int, _ clause: Clause) -> Int? {
        var at = index
        while at < clause.end, at < index + 4, self.isConjunction(at) || self.isComma(at) || self.meaning(at)?.comparator != nil || self.isSymbol(at, ":") {
            at += 1
        }
        guard at < clause.end, at > index, self.lexemes[at].kind == .number else { return nil }
        let measure = self.measure(at)
        guard measure.unit == nil, let attribute = self.meaning(measure.end)?.attribute, self.isCountAttribute(attribute) else { return nil }
        return attribute
    }

    func isCountAttribute(_ index: Int?) -> Bool {
        guard let index else { return false }
        return self.vocabulary.attributes[index].dimension == .count
    }
}
