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
    private mutating func readSingulars(_ clause: Clause) {
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

    private func isCountNoun(at index: Int) -> Bool {
        guard let attribute = self.meaning(index)?.attribute, self.lexemes[index].kind == .word else { return false }
        return self.vocabulary.attributes[attribute].attribute == "replicas"
    }

    struct Measure {
        var low: Double
        var high: Double?
        var unit: UnitMeaning?
        /// Lexeme after number and unit.
        var end: Int
    }

    /// A number with its unit: "10gbps", "2 cores", "500m", "70%".
    func measure(_ at: Int) -> Measure {
        var measure = Measure(low: self.lexemes[at].value, end: at + 1)
        // "4G RAM", read as one word
        if self.tokens[self.lexemes[at].first].kind == .word, self.word(at).utf8.last == UInt8(ascii: "g"), Double(self.word(at).dropLast()) != nil {
            measure.unit = UnitMeaning(dimension: .bytes, factor: 1024)
            return measure
        }
        let next = at + 1
        guard next < self.lexemes.count else { return measure }
        let token = self.tokens[self.lexemes[next].first]
        if token.adjacent, token.kind == .word, !token.glued, let suffix = self.vocabulary.suffixes[token.word] {
            if let dimension = suffix.dimension, dimension != .cpu || !self.isCounted(next + 1) {
                measure.unit = UnitMeaning(dimension: dimension, factor: suffix.factor)
            } else if let multiply = suffix.multiply {
                measure.low *= multiply
            }
            measure.end = next + 1
            return measure
        }
        if let unit = self.meaning(next)?.unit, self.lexemes[next].kind == .word {
            measure.unit = unit
            measure.end = next + 1
        }
        return measure
    }

    /// Whether a counted noun follows ("5m users").
    private func isCounted(_ index: Int) -> Bool {
        var at = index
        while self.isModifier(at) { at += 1 }
        guard let attribute = self.meaning(at)?.attribute else { return false }
        return self.vocabulary.attributes[attribute].dimension == .count
    }

    private mutating func readQuantity(_ start: Int, _ clause: Clause, _ taken: inout Set<Int>) -> Int {
        var measure = self.measure(start)
        var begin = start
        if self.isGrouped(start) {
            let words = self.text(start..<(start + 2))
            self.ask(clause, "targets.replicas", "'\(words)' may be one number or two. Which number is meant?", [])
            self.use(start..<(start + 2))
            return start + 2
        }
        // Ranges: "2-10", "2 to 10", "between 2 and 10", "from 2 to 10".
        if let high = self.rangeEnd(measure.end, clause) {
            let upper = self.measure(high)
            // "of gNB 4 to 3 dB": no range, and which number is whose is not said.
            if self.word(measure.end) == "to", upper.low < measure.low, measure.unit == nil || upper.unit == nil, clause.verb?.action == .set,
                self.meaning(start - 1)?.object != nil
            {
                self.ask(clause, "targets", "'\(self.text((start - 1)..<upper.end))' may be read in two ways. Which value is meant?", [])
                self.use(start..<upper.end)
                return upper.end
            }
            if measure.unit == nil || upper.unit == nil || measure.unit?.dimension == upper.unit?.dimension {
                measure.high = upper.low * (upper.unit?.factor ?? measure.unit?.factor ?? 1)
                if measure.unit == nil, let unit = upper.unit { measure.low *= unit.factor } else if let unit = measure.unit { measure.low *= unit.factor }
                measure.unit =
                    upper.unit.map { UnitMeaning(dimension: $0.dimension, factor: 1) } ?? measure.unit.map { UnitMeaning(dimension: $0.dimension, factor: 1) }
                measure.end = upper.end
            }
        } else if let unit = measure.unit {
            measure.low *= unit.factor
        }
        if measure.end < self.lexemes.count, self.lexemes[measure.end].kind == .unknown, !self.lexemes[measure.end].used,
            self.tokens[self.lexemes[measure.end].first].adjacent
        {
            // "10x", "3rd", "1_000"
            let words = self.text(start..<(measure.end + 1))
            self.notes.append("'\(words)' is no number of anything.")
            if self.word(measure.end) == "x" { self.ask(clause, "targets.replicas", "'\(words)' may say how many. How many replicas are meant?", []) }
            self.lexemes[measure.end].used = true
            return measure.end + 1
        }
        if self.readFactor(start, measure.low, measure.end, clause) { return measure.end }
        let preposition = self.meaning(start - 1)?.preposition
        // 1. What is it a number of?
        var attribute: Int?
        var evidenceEnd = measure.end
        var owner: Int?
        var incremental: Bool? = self.has(measure.end, .increment) ? true : self.has(measure.end, .decrement) && measure.unit == nil ? false : nil
        var comparator: Comparator?
        // backwards over comparators and copulas
        var back = start - 1
        while back >= clause.first {
            if let found = self.meaning(back)?.comparator {
                // "up to" belongs to the number, "under" too; "min = 2" is a minimum.
                if comparator == nil || comparator == .equals && self.kind(back + 1) != .number { comparator = found }
                if comparator == .equals, found != .equals { comparator = found }
                begin = back
                back -= 1
            } else if self.isSymbol(back, ":", "=") || self.word(back) == "="
                || self.isSingle(back) && ["to", "of", "at", "is", "be", "by", "from", "between", "and", "set", "target", "a"].contains(self.word(back))
                    && !(self.word(back) == "and" && !self.isBetween(back, clause))
            {
                back -= 1
            } else if self.has(back, .increment) {
                incremental = true
                begin = back
                back -= 1
            } else if self.meaning(back)?.place != nil
                || self.has(back, .filler)
                    && ["level", "count", "size", "limit", "target", "set", "requirement", "number", "size", "value"].contains(self.word(back))
            {
                back -= 1
            } else {
                break
            }
            if start - back > 6 { break }
        }
        // "does not exceed", "no more than": a denied comparison is the opposite one.
        if let said = comparator, self.has(back, .negation), self.meaning(back + 1)?.comparator == said {
            comparator =
                switch said {
                case .atLeast: .lessThan
                case .atMost: .greaterThan
                case .lessThan: .atLeast
                case .greaterThan: .atMost
                case .equals, .minimum, .maximum: said
                }
            begin = back
            back -= 1
        }
        if back >= clause.first, !taken.contains(back), let known = self.meaning(back)?.attribute, self.fits(known, measure), !self.lexemes[back].used,
            back >= clause.body || clause.verbAt == nil || clause.passive || back != clause.verbAt
        {
            // A comparator before the attribute: "minimum latency 5 ms", "max replicas: 10".
            attribute = known
            taken.insert(back)
            begin = min(begin, back)
            if comparator == nil, let found = self.meaning(back - 1)?.comparator { comparator = found; begin = back - 1 }
        }
        if self.isFollowed(measure.end, clause) || attribute == nil {
            // forwards over modifiers to the noun
            var ahead = measure.end
            var steps = 0
            while ahead < clause.end, steps < 5 {
                if let meaning = self.meaning(ahead) {
                    if let found = meaning.attribute, self.fits(found, measure), self.lexemes[ahead].kind == .word {
                        if attribute == nil {
                            attribute = found
                            taken.insert(ahead)
                            evidenceEnd = ahead + 1
                        } else if attribute == found {
                            evidenceEnd = max(evidenceEnd, ahead + 1)
                        }
                        break
                    }
                    if meaning.object != nil, owner == nil, measure.unit == nil, measure.high == nil, attribute == nil {
                        // "2 AMF", "3 UPF instances"
                        owner = ahead
                        ahead += 1
                        steps += 1
                        continue
                    }
                    if meaning.has(.generic), owner == nil, measure.unit == nil, attribute == nil, self.isNounPhraseEnd(ahead + 1, clause) {
                        owner = ahead; ahead += 1; steps += 1; continue
                    }
                    if self.isModifier(ahead) || meaning.quality != nil || self.word(ahead) == "of" && measure.unit != nil || meaning.has(.carrier)
                        || meaning.environment != nil
                        || meaning.comparator == .atLeast && self.word(ahead) == "guaranteed" || meaning.technology != nil
                    {
                        if meaning.comparator != nil, comparator == nil { comparator = meaning.comparator }
                        ahead += 1
                        steps += 1
                        continue
                    }
                    if let found = meaning.comparator,
                        ["maximum", "minimum", "max", "min", "guaranteed"].contains(self.word(ahead)) || self.word(ahead) == "or", comparator == nil
                    {
                        comparator = found
                        evidenceEnd = max(evidenceEnd, ahead + 1)
                        ahead += 1
                        steps += 1
                        continue
                    }
                } else if owner == nil, self.isNameLike(ahead), self.lexemes[ahead].kind == .chain || self.lexemes[ahead].kind == .unknown, measure.unit == nil,
                    self.meaning(ahead + 1)?.attribute != nil
                {
                    // "3 web-app replicas"
                    ahead += 1
                    steps += 1
                    continue
                } else if self.lexemes[ahead].kind == .compound {
                    ahead += 1
                    steps += 1
                    continue
                }
                break
            }
        }
        // A trailing comparator: "5 or more replicas", "10 replicas maximum".
        if comparator == nil, let found = self.meaning(evidenceEnd)?.comparator, ["or", "maximum", "max", "minimum", "min"].contains(self.word(evidenceEnd)),
            self.kind(evidenceEnd + 1) != .number
        {
            comparator = found
            evidenceEnd += 1
        }
        let action = clause.verb?.action
        var named = true
        if attribute == nil {
            attribute = self.inferredAttribute(measure, start, preposition, comparator, clause, owner, back)
            named = false
        }
        let spanEnd = max(evidenceEnd, owner.map { attribute != nil && self.isCountAttribute(attribute) ? min($0 + 1, clause.end) : 0 } ?? 0)
        if self.isPace(evidenceEnd) || self.word(start) == "single" && attribute.map({ self.vocabulary.attributes[$0].attribute }) == "replicas" {
            attribute = nil
        }
        if let known = attribute, measure.unit?.dimension == .time, ["latency", "jitter"].contains(self.vocabulary.attributes[known].attribute),
            measure.low >= 10000
        {
            attribute = nil
        }
        if attribute != nil,
            self.isFraction(start, measure.end)
                || measure.unit == nil && measure.high == nil && self.kind(measure.end) == .number && evidenceEnd == measure.end
                    && !self.lexemes[measure.end].used
        {
            self.ask(clause, "targets.replicas", "'\(self.text(start..<min(measure.end + 2, self.lexemes.count)))' is no number. Which number is meant?", [])
            return measure.end + (self.kind(measure.end) == .number ? 1 : 2)
        }
        guard let index = attribute else {
            self.unexplained(start, measure, clause, preposition)
            return measure.end
        }
        if self.vocabulary.attributes[index].attribute != "replicas" { owner = nil }
        var word = self.vocabulary.attributes[index]
        let by = preposition == .by || self.meaning(start - 2)?.preposition == .by && self.meaning(start - 1)?.comparator != nil
        if measure.unit?.dimension == .percent, !by, let other = word.percent, let known = self.vocabulary.attribute(other) { word = known }
        if measure.unit?.dimension == .frequency, let other = word.hertz, let known = self.vocabulary.attribute(other) { word = known }
        if word.attribute == "minReplicas", comparator == .maximum, let other = self.vocabulary.attribute("maxReplicas") { word = other; comparator = nil }
        if word.attribute == "maxReplicas", comparator == .minimum, let other = self.vocabulary.attribute("minReplicas") { word = other; comparator = nil }
        if word.attribute == "minReplicas" || word.attribute == "maxReplicas" { comparator = nil }
        // storage is told in GiB, memory in MiB
        var low = measure.low
        var high = measure.high
        if word.attribute == "storage" { low /= 1024; high = high.map { $0 / 1024 } }
        if word.dimension == .time, IntentModel.Attribute.unit(of: word.attribute) == "s" { low /= 1000; high = high.map { $0 / 1000 } }
        // CPU loads that are only observed are no target.
        if word.attribute == "targetCPUUtilization" || word.attribute == "targetMemoryUtilization", !self.isUtilisationTarget(start, clause, begin) {
            self.notes.append("'\(self.text(begin..<max(evidenceEnd, measure.end)))' was read as an observation.")
            return measure.end
        }
        // "when CPU exceeds 80 %" sets the threshold to 80 %.
        if word.attribute == "targetCPUUtilization" || word.attribute == "targetMemoryUtilization", comparator == .greaterThan { comparator = .equals }
        // "limit the AMF to 4 CPUs"
        if comparator == nil, high == nil, let verbAt = clause.verbAt, verbAt < start,
            ["limit", "limited", "limiting", "cap", "capped", "restrict", "restricted"].contains(self.word(verbAt))
        {
            comparator = .atMost
        }
        var condition = self.condition(comparator, word.better)
        var value = TargetValue.number(low)
        var minimum = comparator == .minimum, maximum = comparator == .maximum
        if let high {
            value = .range(low, high)
            condition = .between
        }
        if word.attribute == "replicas" {
            if comparator == .atLeast { minimum = true }
            if comparator == .atMost { maximum = true }
            // "scale up to 5": the words of a destination, not of a bound.
            if comparator == .atMost, self.word(begin) == "up", action == .scale || action == .change, !self.expectsAutoscaling {
                condition = .equals
                maximum = false
            }
        }
        let scalable = ["replicas", "cpu", "memory", "storage", "maxUsers", "throughput", "bandwidth", "threshold"].contains(word.attribute)
        if scalable, high == nil {
            let direction = clause.verb?.direction ?? self.particle(clause)
            if measure.unit?.dimension == .percent, by {
                // "by 50%"
                guard let known = self.targetOfChange(clause, start) ?? self.vocabulary.attribute("replicas"), let direction else {
                    self.ask(clause, "targets.replicas", "Should it go up or down by \(Self.plain(low)) %? Give the number wanted.", [])
                    return measure.end
                }
                word = known
                condition = .multiplyBy
                value = .number(direction == .up ? 1 + low / 100 : 1 - low / 100)
            } else if by, action == .scale || action == .change || action == .autoscale {
                if let direction {
                    condition = direction == .up ? .increaseBy : .decreaseBy
                } else {
                    self.ask(clause, "targets.\(word.attribute)", "Should \(word.attribute) go up or down by \(Self.plain(low))?", ["up", "down"])
                    return measure.end
                }
            } else if action == .scale, let verbAt = clause.verbAt, ["take", "taking", "taken"].contains(self.word(verbAt)),
                (start..<clause.end).contains(where: { self.word($0) == "away" })
            {
                condition = .decreaseBy
            } else if action == .add, word.attribute == "maxUsers", clause.verbAt.map({ start == $0 + 1 }) == true {
                // "add 500 users", where "add support for 500 users" says how many there are to be.
                condition = .increaseBy
            } else if action == .add || incremental == true, word.attribute != "maxUsers" {
                condition = .increaseBy
            } else if incremental == false, action == .scale || action == .change {
                condition = .decreaseBy
            } else if action == .remove, word.attribute == "replicas" || word.attribute == "cpu" || word.attribute == "memory",
                clause.verbAt.map({ start > $0 && start - $0 <= 3 }) == true
            {
                condition = .decreaseBy
            } else if action == .change, preposition != .to, named || owner != nil, comparator == nil, let direction, preposition == nil,
                clause.verbAt.map({ start == $0 + 1 }) == true
            {
                // "increase 2 replicas"
                condition = direction == .up ? .increaseBy : .decreaseBy
            }
        }
        // "increase the replicas from 3": to what?
        if preposition == .from, high == nil, scalable, action == .scale || action == .change || action == .set {
            self.ask(clause, "targets.\(word.attribute)", "'from \(Self.plain(low))' says what it is. What should \(word.attribute) be?", [])
            self.use(begin..<max(evidenceEnd, measure.end))
            return measure.end
        }
        // From a current number to a wanted one: "from 3 to 5 replicas" of something that does not scale by itself.
        if case .range(_, let to) = value, preposition == .from, word.attribute != "replicas" || !self.expectsAutoscaling,
            let action, [.scale, .change, .set, .configure, .optimize, .multiply].contains(action)
        {
            value = .number(to)
            condition = word.better
        }
        let range = min(begin, start)..<max(spanEnd, measure.end)
        let span = self.span(range)
        let target = Target(
            attribute: word.attribute, condition: condition, value: value, unit: IntentModel.Attribute.unit(of: word.attribute), evidence: self.text(span),
            span: span)
        var quantity = Quantity(at: begin, end: range.upperBound, target: target, owner: owner)
        quantity.minimum = minimum
        quantity.maximum = maximum
        quantity.named = named
        self.quantities.append(quantity)
        if word.attribute == "replicas" {
            self.hasMinimum = self.hasMinimum || minimum
            self.hasMaximum = self.hasMaximum || maximum
        }
        for index in begin..<max(evidenceEnd, measure.end) where index != owner { self.lexemes[index].used = true }
        return max(measure.end, start + 1)
    }

    /// "1 000": groups of three digits with a space.
    private func isGrouped(_ start: Int) -> Bool {
        guard self.kind(start + 1) == .number, self.lexemes[start].meaning == 0, self.lexemes[start + 1].meaning == 0, !self.lexemes[start + 1].used else {
            return false
        }
        let one = self.tokens[self.lexemes[start].end - 1], two = self.tokens[self.lexemes[start + 1].first]
        return !two.glued && two.start == one.end + 1 && two.word.utf8.count == 3 && one.word.utf8.count <= 3
    }

    /// "2/3"
    private func isFraction(_ start: Int, _ end: Int) -> Bool {
        guard self.isSymbol(end, "/"), self.kind(end + 1) == .number else { return false }
        return self.span(start..<end).end + 1 == self.span((end + 1)..<(end + 2)).start
    }

    static func plain(_ value: Double) -> String { TargetValue.number(value).description }

    private func isNounPhraseEnd(_ index: Int, _ clause: Clause) -> Bool {
        index >= clause.end || self.lexemes[index].kind == .symbol || self.meaning(index)?.preposition != nil || self.meaning(index)?.attribute != nil
            || self.isConjunction(index)
            || self.has(index, [.generic, .carrier, .naming])
    }

    /// "one replica at a time"
    private func isPace(_ index: Int) -> Bool { self.word(index) == "at" && self.word(index + 1) == "a" && self.word(index + 2) == "time" }

    private func isSingle(_ index: Int) -> Bool { self.lexemes[index].end == self.lexemes[index].first + 1 }

    /// "minimum 2 and maximum 10 replicas": the noun comes after a later number of the same list.
    private func nounOfList(_ index: Int, _ clause: Clause) -> Int? {
        var at = index
        while at < clause.end, at < index + 4, self.isConjunction(at) || self.isComma(at) || self.meaning(at)?.comparator != nil || self.isSymbol(at, ":") {
            at += 1
        }
        guard at < clause.end, at > index, self.lexemes[at].kind == .number else { return nil }
        let measure = self.measure(at)
        guard measure.unit == nil, let attribute = self.meaning(measure.end)?.attribute, self.isCountAttribute(attribute) else { return nil }
        return attribute
    }

    private func isCountAttribute(_ index: Int?) -> Bool {
        guard let index else { return false }
        return self.vocabulary.attributes[index].dimension == .count
    }

    /// Whether the noun of a number comes right after it.
    private func isFollowed(_ index: Int, _ clause: Clause) -> Bool { index < clause.end && self.meaning(index)?.attribute != nil }

    private func isBetween(_ and: Int, _ clause: Clause) -> Bool {
        and >= 2 && self.meaning(and - 2)?.preposition == .between
    }

    /// The second number of a range that continues at `index`.
    private func rangeEnd(_ index: Int, _ clause: Clause) -> Int? {
        guard index + 1 < clause.end else { return nil }
        let start = index - 1
        let second = self.lexemes[index]
        if second.kind == .number, self.tokens[second.first].glued { return index }
        guard self.lexemes[index + 1].kind == .number else { return nil }
        if self.word(index) == "up", self.meaning(index)?.comparator == .atMost, self.meaning(start - 1)?.preposition == .from { return index + 1 }
        if self.isSymbol(index, "-") || self.word(index) == "to" {
            // "scale AMF 3 to 5" is a change; "replicas 2 to 10" a range: both have two ends.
            return index + 1
        }
        if self.isConjunction(index), self.word(index) == "and" {
            var at = start
            while at >= clause.first, start - at < 3 {
                if self.meaning(at)?.preposition == .between { return index + 1 }
                at -= 1
            }
        }
        return nil
    }

    func fits(_ attribute: Int, _ measure: Measure) -> Bool {
        let word = self.vocabulary.attributes[attribute]
        guard let unit = measure.unit else {
            return word.dimension == .count || word.dimension == .cpu || word.dimension == .percent && word.attribute == "threshold" && measure.low <= 100
                || word.dimension == .decibel || word.dimension == .power
                || word.dimension == .currency || word.dimension == .percent && ["availability", "reliability"].contains(word.attribute) && measure.low <= 100
        }
        if unit.dimension == word.dimension { return true }
        if unit.dimension == .percent { return word.percent != nil }
        if unit.dimension == .frequency { return word.hertz != nil }
        if unit.dimension == .density { return word.attribute == "maxUsers" || word.attribute == "deviceDensity" }
        return false
    }

    private func condition(_ comparator: Comparator?, _ better: Condition) -> Condition {
        switch comparator {
        case .atLeast, .minimum: .atLeast
        case .atMost, .maximum: .atMost
        case .lessThan: .lessThan
        case .greaterThan: .greaterThan
        case .equals: .equals
        case nil: better
        }
    }

    /// The attribute a number means when none is said next to it.
    private func inferredAttribute(
        _ measure: Measure, _ start: Int, _ preposition: Preposition?, _ comparator: Comparator?, _ clause: Clause, _ owner: Int?, _ back: Int
    ) -> Int? {
        let index = self.vocabulary.attributeIndex
        if let unit = measure.unit {
            // What a changing verb is about comes first: "increase the storage of X to 100 GB".
            if let action = clause.verb?.action, [.scale, .change, .set, .configure, .add, .multiply].contains(action),
                preposition == .to || preposition == .by || preposition == .from,
                let changed = self.changedAttribute(clause, before: start, fitting: measure)
            {
                return changed
            }
            if unit.dimension == .percent, preposition == .by, clause.verb?.action == .change || clause.verb?.action == .scale {
                return self.changedAttribute(clause, before: start) ?? index["replicas"]
            }
            switch unit.dimension {
            case .cpu: return index["cpu"]
            case .bytes: return self.near(start, measure.end, clause, ["storage", "memory"]) ?? index["memory"]
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
                    ["availability", "reliability", "packetLoss", "targetCPUUtilization", "targetMemoryUtilization", "cpu", "memory", "threshold"])
            case .frequency: return index["channelBandwidth"]
            case .decibel: return self.near(start, measure.end, clause, ["handoverThreshold"])
            case .power: return index["txPower"]
            case .density: return index["deviceDensity"]
            case .currency: return index["cost"]
            case .count, .text: return nil
            }
        }
        if owner != nil, clause.verb?.action != .report { return index["replicas"] }
        if comparator != nil, let noun = self.nounOfList(measure.end, clause) { return noun }
        if comparator == .minimum || comparator == .maximum || measure.high != nil && preposition == .between, self.expectsAutoscaling {
            return index["replicas"]
        }
        let next = measure.end
        let endsHere =
            next >= clause.end || self.meaning(next)?.preposition != nil || self.isConjunction(next) || self.isComma(next)
            || self.has(
                next, [.distributive, .totality, .sequence, .urgent, .opening, .increment, .negation, .correction, .condition, .relativeTime, .recurrence])
            || self.meaning(next)?.priority != nil
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
            // The first word of the clause says what changes: "increase CPU of AMF to 4".
            if let changed = self.changedAttribute(clause, before: start), endsHere { return changed }
            if endsHere,
                preposition == .to || preposition == .by || preposition == .at || comparator != nil || self.isNameLike(start - 1)
                    || self.meaning(start - 1)?.object != nil
                    || self.isConjunction(start - 1) || self.has(start - 1, .carrier) || preposition == .from || preposition == .between
                    || self.has(start - 1, .plainName) || self.meaning(start - 1)?.attribute != nil
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

    /// "the AMF needs 3 replicas, the SMF 2": a bare number right after another object repeats what was counted before.
    private func repeatedAttribute(_ start: Int, _ clause: Clause) -> Int? {
        guard let last = self.quantities.last, last.at >= clause.first, last.named || last.target.attribute == "replicas", last.target.value.number != nil
        else { return nil }
        var before = start - 1
        while before > clause.first, self.meaning(before)?.preposition == .to || self.has(before, .modal) { before -= 1 }
        guard before > last.at, self.meaning(before)?.object != nil || self.kind(before) == .chain else { return nil }
        guard let index = self.vocabulary.attributeIndex[last.target.attribute], self.vocabulary.attributes[index].dimension == .count else { return nil }
        return index
    }

    /// The attribute a changing verb is about: the first one said after it.
    private func changedAttribute(_ clause: Clause, before: Int) -> Int? {
        guard clause.body <= before else { return nil }
        for index in clause.body..<before {
            if self.lexemes[index].kind == .word, let attribute = self.meaning(index)?.attribute {
                let word = self.vocabulary.attributes[attribute]
                return word.dimension == .count || word.dimension == .cpu ? attribute : nil
            }
        }
        return nil
    }

    private func changedAttribute(_ clause: Clause, before: Int, fitting measure: Measure) -> Int? {
        guard clause.body <= before else { return nil }
        for index in (clause.body..<before).reversed() where self.lexemes[index].kind == .word {
            if let attribute = self.meaning(index)?.attribute { return self.fits(attribute, measure) ? attribute : nil }
        }
        return nil
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
    private func near(_ start: Int, _ end: Int, _ clause: Clause, _ names: [String]) -> Int? {
        for distance in 0..<6 {
            for index in [end + distance, start - 1 - distance] where index >= clause.first && index < clause.end {
                if let attribute = self.meaning(index)?.attribute, names.contains(self.vocabulary.attributes[attribute].attribute) { return attribute }
            }
        }
        return nil
    }

    private func isUtilisationTarget(_ start: Int, _ clause: Clause, _ begin: Int) -> Bool {
        if self.isSymbol(begin - 1, "—") || self.isSymbol(begin - 2, "—") { return false }
        return self.expectsAutoscaling
            || (max(clause.first, start - 5)..<min(clause.end, start + 5)).contains { index in
                ["target", "threshold", "utilization", "utilisation", "when", "exceeds", "at"].contains(self.word(index))
            }
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

    /// A number that means something, but what? Only those with a unit that could be acted on are asked about.
    private mutating func unexplained(_ start: Int, _ measure: Measure, _ clause: Clause, _ preposition: Preposition?) {
        let words = self.text(start..<measure.end)
        if measure.unit?.dimension == .percent,
            self.meaning(measure.end)?.object != nil || (0..<4).contains(where: { self.word(measure.end + $0) == "traffic" })
        {
            self.ask(clause, "targets.threshold", "What should '\(words)' apply to?", [])
        } else if measure.unit == nil, self.isNumberOfObject(start), clause.verb?.action != .report {
            // "deploy AMF 2.0", "deploy AMF 3": a version, a number of instances, or part of a name.
            self.ask(clause, "targets", "'\(self.text((start - 1)..<measure.end))' does not say what \(words) is. What is it, a version or how many?", [])
        } else {
            self.notes.append("'\(words)' was not needed for the reading.")
        }
    }

    // MARK: - Switches and texts

    /// Features said without a number: on, or off when negated or disabled.
    private mutating func readSwitches(_ clause: Clause) {
        var negatedUntil = -1
        for at in clause.first..<clause.end {
            if at > negatedUntil, self.has(at, .negation), at >= clause.body {
                // A negation reaches to the end of its list.
                negatedUntil = self.reach(of: at, clause)
            }
            guard !self.lexemes[at].used, self.lexemes[at].kind == .word, let meaning = self.meaning(at), let feature = meaning.feature else { continue }
            if at == clause.verbAt, meaning.verb?.action != .autoscale { continue }
            var isOff = at <= negatedUntil || clause.verb?.action == .disable || clause.verb?.action == .remove || clause.verb?.action == .stop
            if self.meaning(at + 1)?.verb?.action == .disable || self.meaning(at - 1)?.verb.map({ $0.action == .disable && $0.form == .participle }) == true
                || ["is", "are", "be", "being", "set", "to", "="].contains(self.word(at + 1))
                    && (self.meaning(at + 2)?.verb?.action == .disable || ["off", "false", "disabled"].contains(self.word(at + 2)))
            {
                isOff = true
            }
            if self.word(at + 1) == "disabled" || self.word(at - 1) == "disabled" || self.word(at + 1) == "off" { isOff = true }
            let span = self.span(at..<(at + 1))
            self.quantities.append(
                Quantity(
                    at: at, end: at + 1,
                    target: Target(
                        attribute: feature, value: .boolean(!isOff), evidence: self.text(span), span: span)))
        }
    }

    func reach(of negation: Int, _ clause: Clause) -> Int {
        var at = negation + 1
        // "not using autoscaling", "not with autoscaling"
        if let preposition = self.meaning(at)?.preposition, preposition == .using || preposition == .with { at += 1 }
        while at < clause.end {
            if let preposition = self.meaning(at)?.preposition, preposition != .of { break }
            if self.isSymbol(at, ",") && self.meaning(at + 1)?.preposition != nil { break }
            if self.isConjunction(at), self.meaning(at + 1)?.preposition != nil || self.word(at) == "but" { break }
            at += 1
        }
        return at - 1
    }

    /// Versions, images, bands and algorithms.
    private mutating func readTexts(_ clause: Clause) {
        // "upgrade the AMF to 2.1"
        if let verbAt = clause.verbAt, ["upgrade", "update", "patch", "upgrading", "updating", "upgraded", "updated"].contains(self.word(verbAt)) {
            for at in clause.body..<clause.end
            where self.lexemes[at].kind == .number && !self.lexemes[at].used && self.meaning(at - 1)?.preposition == .to && self.isSingle(at - 1) {
                if at + 1 >= clause.end || self.meaning(at + 1)?.unit == nil && self.meaning(at + 1)?.attribute == nil {
                    self.text("version", at..<(at + 1), value: self.original(at))
                }
            }
        }
        for at in clause.first..<clause.end where !self.lexemes[at].used {
            if let index = self.meaning(at)?.attribute, self.lexemes[at].kind == .word {
                let word = self.vocabulary.attributes[index]
                guard word.dimension == .text else { continue }
                var next = at + 1
                while next < clause.end, self.isSymbol(next, ":", "=") || ["to", "is", "of", "="].contains(self.word(next)) { next += 1 }
                if word.attribute == "image", next < clause.end, !self.lexemes[next].used, self.kind(next) != .symbol, self.meaning(next)?.preposition == nil,
                    !self.has(next, [.definite, .indefinite]), !["of", "for"].contains(self.word(at + 1))
                {
                    // registry/name:tag, up to the next space
                    var last = next
                    while last + 1 < clause.end, self.tokens[self.lexemes[last + 1].first].start == self.tokens[self.lexemes[last].end - 1].end { last += 1 }
                    let span = self.span(next..<(last + 1))
                    self.text(word.attribute, at..<(last + 1), value: self.text(span))
                    continue
                }
                // "the frequency band of odu-1 to n78"
                if ["of", "for", "on", "in"].contains(self.word(at + 1)) || self.has(at + 1, .definite),
                    let to = (at + 1..<max(at + 1, min(clause.end, at + 12))).first(where: {
                        ["to", "as", "=", "be"].contains(self.word($0)) && !self.lexemes[$0].used
                    })
                {
                    next = to + 1
                    while next < clause.end, self.isSymbol(next, ":", "=") || ["to", "is", "of", "=", "be"].contains(self.word(next)) { next += 1 }
                    guard next < clause.end, !self.lexemes[next].used, self.kind(next) != .symbol else { continue }
                    var last = next
                    while word.attribute == "image", last + 1 < clause.end,
                        self.tokens[self.lexemes[last + 1].first].start == self.tokens[self.lexemes[last].end - 1].end
                    { last += 1 }
                    let value = last > next ? self.text(next..<(last + 1)) : self.chunk(next).text
                    self.text(word.attribute, next..<(last + 1), value: value)
                    self.lexemes[at].used = true
                    continue
                }
                if self.has(next, [.definite, .indefinite]) { continue }
                guard next < clause.end, !self.lexemes[next].used, [.unknown, .chain, .number, .quoted].contains(self.lexemes[next].kind) else {
                    // "standard profile"
                    if word.attribute == "profile", at > clause.first, self.kind(at - 1) == .word || self.kind(at - 1) == .chain,
                        self.meaning(at - 1)?.preposition == nil, self.meaning(at - 1)?.has([.definite, .indefinite]) != true
                    {
                        self.text(word.attribute, (at - 1)..<(at + 1), value: self.text((at - 1)..<at))
                    }
                    continue
                }
                if self.word(at - 1) == "from", self.hasSecondVersion(after: next, clause) { self.use(at..<(next + 1)); continue }
                self.text(word.attribute, at..<(next + 1), value: self.chunk(next).text)
            } else if self.lexemes[at].kind == .unknown || self.lexemes[at].kind == .chain {
                // "v2.5.0", "2.5.0" where an update is spoken of
                let token = self.tokens[self.lexemes[at].first]
                let digits = token.word.utf8.first.map { $0 >= 0x30 && $0 <= 0x39 } ?? false
                let versioned = token.word.utf8.first == UInt8(ascii: "v") && token.word.utf8.dropFirst().first.map { $0 >= 0x30 && $0 <= 0x39 } ?? false
                if self.word(at - 1) == "from", self.hasSecondVersion(after: at, clause) { self.use(at..<(at + 1)); continue }
                if versioned || digits && token.word.contains("."), !token.glued, token.word.utf8.filter({ $0 == UInt8(ascii: ".") }).count < 3 {
                    self.text("version", at..<(at + 1), value: self.chunk(at).text)
                }
            }
        }
    }

    /// "from 1.2 to 1.3": only the second is wanted.
    private func hasSecondVersion(after index: Int, _ clause: Clause) -> Bool {
        (index + 1..<max(index + 1, min(clause.end, index + 4))).contains { self.word($0) == "to" }
    }

    private mutating func text(_ attribute: String, _ range: Range<Int>, value: String) {
        let span = self.span(range)
        self.quantities.append(
            Quantity(
                at: range.lowerBound, end: range.upperBound,
                target: Target(
                    attribute: attribute, value: .text(value), evidence: self.text(span), span: span)))
        self.use(range)
    }

    /// The expectation's id is filled in once the clause has one.
    mutating func ask(_ clause: Clause, _ field: String, _ question: String, _ options: [String]) {
        self.questions.append(Clarification(expectation: "", field: field, question: question, options: options))
    }
}
