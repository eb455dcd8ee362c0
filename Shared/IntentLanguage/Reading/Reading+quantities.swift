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
        var measure = self.measure(start)
        var begin = start
        if self.isGrouped(start) {
            let words = self.text(start..<(start + 2))
            self.ask(clause, "targets.replicas", "'\(words)' may be one number or two. Which number is meant?", [])
            self.use(start..<(start + 2))
            return start + 2
        }
        // "3 -> 5": from one to the other, and no range.
        if self.isArrow(measure.end), self.kind(measure.end + 1) == .number {
            let last = measure.end + 1
            if self.isArrow(last + 1) {
                self.ask(clause, "targets.replicas", "'\(self.text(start..<(last + 1)))' goes on. How many replicas are meant in the end?", [])
            }
            self.use(start..<measure.end)
            return measure.end
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
            if self.isHour(measure.end), clause.verb?.action != .report {
                self.ask(clause, "context.window", "When exactly does '\(words)' mean? Give a date and time.", [])
            }
            if self.word(measure.end) == "x" || self.isCountNoun(at: measure.end + 1), clause.verb?.action != .report {
                self.ask(clause, "targets.replicas", "'\(words)' may say how many. How many replicas are meant?", [])
            }
            self.lexemes[measure.end].used = true
            return measure.end + 1
        }
        if self.isProductVersion(start, measure), clause.verb?.action != .report {
            let words = self.text((start - 1)..<measure.end)
            self.ask(clause, "confirm", "Which version is installed cannot be chosen here ('\(words)'). Should it be that of the catalogue?", ["yes", "no"])
            self.use(start..<measure.end)
            return measure.end
        }
        if self.isVersion(start) { return start + 1 }
        // "(currently 3)": how it is.
        if ["currently", "presently"].contains(self.word(start - 1)) {
            self.notes.append("'\(self.text((start - 1)..<measure.end))' was read as an observation.")
            return measure.end
        }
        // "from 3 replicas to 5"
        if self.meaning(start - 1)?.preposition == .from, measure.unit == nil, self.isCountNoun(at: measure.end), self.word(measure.end + 1) == "to",
            self.kind(measure.end + 2) == .number, !self.expectsAutoscaling, clause.verb?.action == .scale || clause.verb?.action == .change
        {
            self.use((start - 1)..<(measure.end + 1))
            return measure.end + 1
        }
        if self.readFactor(start, measure.low, measure.end, clause) { return measure.end }
        let preposition = self.meaning(start - 1)?.preposition
        // 1. What is it a number of?
        var attribute: Int?
        var evidenceEnd = measure.end
        var owner: Int?
        var incremental: Bool? = self.has(measure.end, .increment) ? true : self.has(measure.end, .decrement) && self.mayBeLess(measure) ? false : nil
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
                || self.isSingleWord(back) && ["to", "of", "at", "is", "be", "by", "from", "between", "and", "set", "target", "a"].contains(self.word(back))
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
        // "never has fewer than 3", "must not fall below 3"
        if comparator != nil, self.meaning(back + 1)?.comparator == comparator { back = self.denial(before: back, clause) ?? back }
        var isTurned = false
        if let said = comparator, self.has(back, .negation), back < begin {
            isTurned = true
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
                // "three (3) replicas"
                if ahead == measure.end, self.isSymbol(ahead, "("), self.kind(ahead + 1) == .number, self.isSymbol(ahead + 2, ")"),
                    self.lexemes[ahead + 1].value == self.lexemes[start].value, self.isCountNoun(at: ahead + 3)
                {
                    self.lexemes[ahead + 1].used = true
                    ahead += 3
                    continue
                }
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
        if self.isPace(evidenceEnd), let action, [.restart, .remove, .migrate].contains(action) {
            let words = self.text(start..<(evidenceEnd + 3))
            self.ask(clause, "confirm", "'\(words)' is nothing that is kept here. Should it be done at once?", ["yes", "no"])
        }
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
        if let noun = self.misfit(measure, clause), attribute.map({ $0 != noun }) ?? true, clause.verb?.action != .report {
            let words = self.text(start..<(measure.end + 1)), known = self.vocabulary.attributes[noun].attribute
            self.ask(clause, "targets.\(known)", "'\(words)' is no \(known). What should it be?", [])
            self.use(begin..<(measure.end + 1))
            return measure.end + 1
        }
        guard let index = attribute else {
            self.unexplained(start, measure, clause, preposition)
            return measure.end
        }
        if self.vocabulary.attributes[index].attribute != "replicas" { owner = nil }
        if self.isApproximate(self.vocabulary.attributes[index].attribute, begin, start, max(evidenceEnd, measure.end)), clause.verb?.action != .report {
            let attribute = self.vocabulary.attributes[index].attribute
            self.ask(
                clause, "targets.\(attribute)", "'\(self.text(start..<measure.end))' is said to be no exact number. What should \(attribute) be exactly?", [])
            self.use(begin..<max(evidenceEnd, measure.end))
            return measure.end
        }
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
            // "with 50 % more memory"
            if incremental != nil, let action, [.deploy, .make, .configure, .set, .scale].contains(action) {
                let words = self.text(begin..<max(evidenceEnd, measure.end))
                self.ask(clause, "targets", "'\(words)' is a change of what is not known here. How much should it be?", [])
            }
            self.notes.append("'\(self.text(begin..<max(evidenceEnd, measure.end)))' was read as an observation.")
            return measure.end
        }
        // "due to 20 % more load"
        if word.attribute == "threshold", incremental != nil {
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
            if comparator == .atMost, self.word(begin) == "up" || self.word(start - 1) == "up", action == .scale || action == .change, !self.expectsAutoscaling
            {
                condition = .equals
                maximum = false
            }
        }
        let scalable = ["replicas", "cpu", "memory", "storage", "maxUsers", "throughput", "bandwidth", "threshold", "txPower"].contains(word.attribute)
        if scalable, high == nil {
            let direction = self.particle(before: start, clause) ?? clause.verb?.direction ?? self.particle(clause)
            if measure.unit?.dimension == .percent, by {
                if let other = self.otherChange(clause, before: start) {
                    let words = self.text(other..<measure.end)
                    self.ask(clause, "targets", "'\(words)' is no size that can be set. What should be changed instead, and to what?", [])
                    return measure.end
                }
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
                (start..<clause.end).contains(where: { ["away", "off", "from"].contains(self.word($0)) }), preposition != .to
            {
                condition = .decreaseBy
            } else if action == .add, word.attribute == "maxUsers", clause.verbAt.map({ start == $0 + 1 }) == true {
                // "add 500 users", where "add support for 500 users" says how many there are to be.
                condition = .increaseBy
            } else if action == .add || incremental == true, word.attribute != "maxUsers" {
                condition = .increaseBy
            } else if action == .change, preposition == nil, comparator == nil, let direction, let verbAt = clause.verbAt, self.isIdeographic(verbAt) {
                // 「將 UPF 的副本減少 2 個」: without 「到」 a number is what it changes by.
                condition = direction == .up ? .increaseBy : .decreaseBy
            } else if incremental == false, action == .scale || action == .change || measure.unit != nil {
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
        // "reduce the latency by 3 ms": from what it is, which nothing here knows.
        if by, !scalable, high == nil, measure.unit?.dimension != .decibel, action == .change || action == .optimize || action == .scale {
            self.ask(clause, "targets.\(word.attribute)", "'by \(self.text(start..<measure.end))' is a change. What should \(word.attribute) be?", [])
            self.use(begin..<max(evidenceEnd, measure.end))
            return measure.end
        }
        // "to 5, up from 3"
        if preposition == .from, self.word(start - 1) == "from", high == nil, scalable, let said = self.quantities.last, said.at >= clause.first,
            said.target.attribute == word.attribute
        {
            self.notes.append("'\(self.text(begin..<max(evidenceEnd, measure.end)))' was read as an observation.")
            self.use(begin..<max(evidenceEnd, measure.end))
            return measure.end
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
        if measure.unit?.dimension == .decibel, word.dimension == .power, condition != .increaseBy, condition != .decreaseBy {
            self.ask(clause, "targets.\(word.attribute)", "\(Self.plain(low)) dB is a change of a power, and no power. What should it be, in dBm?", [])
            return measure.end
        }
        let range = min(begin, start)..<max(spanEnd, measure.end)
        let span = self.span(range)
        let target = Target(
            attribute: word.attribute, condition: condition, value: value, unit: IntentModel.Attribute.unit(of: word.attribute), evidence: self.text(span),
            span: span)
        if comparator != nil, !isTurned, self.mayBeDenied(begin, clause) {
            self.ask(clause, "confirm", "'\(self.text(range))' may be what is not to be. Is it what is wanted?", ["yes", "no"])
        }
        var quantity = Quantity(at: begin, end: range.upperBound, target: target, owner: owner)
        quantity.isTurned = isTurned
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

    /// Written in a script without spaces.
    private func isIdeographic(_ index: Int) -> Bool {
        let token = self.tokens[self.lexemes[index].first]
        return token.isTranslated && token.start < self.text.count && (0xe3...0xe9).contains(self.text[token.start])
    }

    /// "2 fewer", "1 GB less memory"; "5 ms less latency" is none of these.
    private func mayBeLess(_ measure: Measure) -> Bool { measure.unit.map { [.cpu, .bytes].contains($0.dimension) } ?? true }

    static func plain(_ value: Double) -> String { TargetValue.number(value).description }

    func isNounPhraseEnd(_ index: Int, _ clause: Clause) -> Bool {
        index >= clause.end || self.lexemes[index].kind == .symbol || self.meaning(index)?.preposition != nil || self.meaning(index)?.attribute != nil
            || self.isConjunction(index)
            || self.has(index, [.generic, .carrier, .naming])
    }

    /// "one replica at a time"
    func isPace(_ index: Int) -> Bool { self.word(index) == "at" && self.word(index + 1) == "a" && self.word(index + 2) == "time" }

    /// Whether the noun of a number comes right after it.
    func isFollowed(_ index: Int, _ clause: Clause) -> Bool { index < clause.end && self.meaning(index)?.attribute != nil }

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

    /// "4 GB CPU", "8 MHz of CPU": the noun of a size right after a number in a unit that is none of it.
    private func misfit(_ measure: Measure, _ clause: Clause) -> Int? {
        guard let unit = measure.unit, [.bytes, .frequency, .cpu].contains(unit.dimension) else { return nil }
        let noun = self.word(measure.end) == "of" ? measure.end + 1 : measure.end
        guard noun < clause.end, let attribute = self.meaning(noun)?.attribute, !self.fits(attribute, measure), self.kind(noun + 1) != .number,
            ["cpu", "memory", "storage"].contains(self.vocabulary.attributes[attribute].attribute)
        else { return nil }
        return attribute
    }

    private func isArrow(_ index: Int) -> Bool {
        guard self.word(index) == "to", self.isSingleWord(index) else { return false }
        return [UInt8(ascii: "-"), 0xe2].contains(self.text[self.tokens[self.lexemes[index].first].start])
    }

    /// "version 3.1" is no amount, whatever it is brought to.
    private func isVersion(_ start: Int) -> Bool {
        let noun = self.word(start - 1) == "to" && self.isSingleWord(start - 1) ? start - 2 : start - 1
        guard self.kind(start) == .number, let attribute = self.meaning(noun)?.attribute else { return false }
        return self.vocabulary.attributes[attribute].attribute == "version"
            && ["version", "release", "software version"].contains(self.original(noun).lowercased())
    }

    /// The expectation's id is filled in once the clause has one.
    mutating func ask(_ clause: Clause, _ field: String, _ question: String, _ options: [String]) {
        self.questions.append(Clarification(expectation: "", field: field, question: question, options: options))
    }
}
