import IntentModel

/// Changes of what there is: "by 2", "two more", "by 50 %".
extension Reading {
    private static let scalable: Set<String> = ["replicas", "cpu", "memory", "storage", "maxUsers", "throughput", "bandwidth", "threshold", "txPower"]

    /// Whether the number says how much more or less there is to be; returns where to go on once that was asked about.
    mutating func settleChange(_ figure: inout Figure, _ word: inout AttributeWord, _ clause: Clause) -> Int? {
        guard Self.scalable.contains(word.attribute), figure.high == nil else { return nil }
        let action = clause.verb?.action
        let direction = self.particle(before: figure.start, clause) ?? clause.verb?.direction ?? self.particle(clause)
        if figure.measure.unit?.dimension == .percent, figure.by {
            if let other = self.otherChange(clause, before: figure.start) {
                let words = self.text(other..<figure.measure.end)
                self.ask(clause, "targets", "'\(words)' is no size that can be set. What should be changed instead, and to what?", [])
                return figure.measure.end
            }
            // "by 50%"
            let said = figure.named && ["cpu", "memory", "storage"].contains(word.attribute) ? word : self.targetOfChange(clause, figure.start)
            guard let known = said ?? self.vocabulary.attribute("replicas"), let direction else {
                self.ask(clause, "targets.replicas", "Should it go up or down by \(Self.plain(figure.low)) %? Give the number wanted.", [])
                return figure.measure.end
            }
            word = known
            figure.condition = .multiplyBy
            figure.value = .number(direction == .up ? 1 + figure.low / 100 : 1 - figure.low / 100)
        } else if figure.by, action == .scale || action == .change || action == .autoscale {
            if let direction {
                figure.condition = direction == .up ? .increaseBy : .decreaseBy
            } else {
                self.ask(clause, "targets.\(word.attribute)", "Should \(word.attribute) go up or down by \(Self.plain(figure.low))?", ["up", "down"])
                return figure.measure.end
            }
        } else if action == .scale, let verbAt = clause.verbAt, ["take", "taking", "taken"].contains(self.word(verbAt)),
            (figure.start..<clause.end).contains(where: { ["away", "off", "from"].contains(self.word($0)) }), figure.preposition != .to
        {
            figure.condition = .decreaseBy
        } else if action == .add, word.attribute == "maxUsers", clause.verbAt.map({ figure.start == $0 + 1 }) == true {
            // "add 500 users", where "add support for 500 users" says how many there are to be.
            figure.condition = .increaseBy
        } else if action == .add || figure.incremental == true, word.attribute != "maxUsers" {
            figure.condition = .increaseBy
        } else if action == .change, figure.preposition == nil, figure.comparator == nil, let direction, let verbAt = clause.verbAt, self.isIdeographic(verbAt)
        {
            // 「將 UPF 的副本減少 2 個」: without 「到」 a number is what it changes by.
            figure.condition = direction == .up ? .increaseBy : .decreaseBy
        } else if figure.incremental == false, action == .scale || action == .change || figure.measure.unit != nil {
            figure.condition = .decreaseBy
        } else if action == .remove, word.attribute == "replicas" || word.attribute == "cpu" || word.attribute == "memory",
            clause.verbAt.map({ figure.start > $0 && figure.start - $0 <= 3 }) == true
        {
            figure.condition = .decreaseBy
        } else if action == .change, figure.preposition != .to, figure.named || figure.owner != nil, figure.comparator == nil, let direction,
            figure.preposition == nil,
            clause.verbAt.map({ figure.start == $0 + 1 }) == true
        {
            // "increase 2 replicas"
            figure.condition = direction == .up ? .increaseBy : .decreaseBy
        }
        return nil
    }

    /// Changes from or to what nothing here knows; returns where to go on.
    mutating func refuseChange(_ figure: inout Figure, _ word: AttributeWord, _ clause: Clause) -> Int? {
        let action = clause.verb?.action
        // "reduce the latency by 3 ms": from what it is, which nothing here knows.
        if figure.by, !Self.scalable.contains(word.attribute), figure.high == nil, figure.measure.unit?.dimension != .decibel,
            action == .change || action == .optimize || action == .scale
        {
            self.ask(
                clause, "targets.\(word.attribute)", "'by \(self.text(figure.start..<figure.measure.end))' is a change. What should \(word.attribute) be?", [])
            self.use(figure.begin..<max(figure.end, figure.measure.end))
            return figure.measure.end
        }
        // "to 5, up from 3"
        if figure.preposition == .from, self.word(figure.start - 1) == "from", figure.high == nil, Self.scalable.contains(word.attribute),
            let said = self.quantities.last, said.at >= clause.first,
            said.target.attribute == word.attribute
        {
            self.notes.append("'\(self.text(figure.begin..<max(figure.end, figure.measure.end)))' was read as an observation.")
            self.use(figure.begin..<max(figure.end, figure.measure.end))
            return figure.measure.end
        }
        // "increase the replicas from 3": to what?
        if figure.preposition == .from, figure.high == nil, Self.scalable.contains(word.attribute),
            action == .scale || action == .change || action == .set || action == .autoscale
        {
            self.ask(clause, "targets.\(word.attribute)", "'from \(Self.plain(figure.low))' says what it is. What should \(word.attribute) be?", [])
            self.use(figure.begin..<max(figure.end, figure.measure.end))
            return figure.measure.end
        }
        // From a current number to a wanted one: "from 3 to 5 replicas" of something that does not scale by itself.
        if case .range(_, let to) = figure.value, figure.preposition == .from, word.attribute != "replicas" || !self.expectsAutoscaling,
            let action, [.scale, .change, .set, .configure, .optimize, .multiply].contains(action)
        {
            if let from = figure.measure.high.map({ _ in figure.measure.low }), clause.verb?.direction.map({ $0 == .up ? to < from : to > from }) ?? false {
                self.ask(
                    clause, "targets.\(word.attribute)",
                    "'\(self.text(figure.start..<figure.measure.end))' goes the other way. What should \(word.attribute) be?", [])
                self.use(figure.begin..<max(figure.end, figure.measure.end))
                return figure.measure.end
            }
            figure.value = .number(to)
            figure.condition = word.better
        }
        if figure.measure.unit?.dimension == .decibel, word.dimension == .power, figure.condition != .increaseBy, figure.condition != .decreaseBy {
            self.ask(clause, "targets.\(word.attribute)", "\(Self.plain(figure.low)) dB is a change of a power, and no power. What should it be, in dBm?", [])
            return figure.measure.end
        }
        return nil
    }

    /// Written in a script without spaces.
    func isIdeographic(_ index: Int) -> Bool {
        let token = self.tokens[self.lexemes[index].first]
        return token.isTranslated && token.start < self.text.count && (0xe3...0xe9).contains(self.text[token.start])
    }

    /// "2 fewer", "1 GB less memory"; "5 ms less latency" is none of these.
    func mayBeLess(_ measure: Measure) -> Bool { measure.unit.map { [.cpu, .bytes].contains($0.dimension) } ?? true }
}
