import IntentModel

extension Reading {

    /// Features said without a number: on, or off when negated or disabled.
    mutating func readSwitches(_ clause: Clause) {
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
            // "minus autoscaling"
            if self.has(at - 1, .negative) { isOff = true }
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
        if let preposition = self.meaning(at)?.preposition, preposition == .using || preposition == .with || self.startsExcluded(at) { at += 1 }
        while at < clause.end {
            if let preposition = self.meaning(at)?.preposition, preposition != .of { break }
            // "not the SMF but the AMF"
            if self.word(at) == "but", self.has(at, .sequence) { break }
            if self.isSymbol(at, ",") && self.meaning(at + 1)?.preposition != nil { break }
            if self.isConjunction(at), self.meaning(at + 1)?.preposition != nil || self.word(at) == "but" { break }
            at += 1
        }
        return at - 1
    }

    /// Versions, images, bands and algorithms.
    mutating func readTexts(_ clause: Clause) {
        // "upgrade the AMF to 2.1"
        if let verbAt = clause.verbAt,
            clause.verb?.action == .rollback
                || ["upgrade", "downgrade", "update", "patch", "upgrading", "updating", "upgraded", "updated"].contains(self.word(verbAt))
        {
            for at in clause.body..<clause.end
            where self.lexemes[at].kind == .number && !self.lexemes[at].used && self.meaning(at - 1)?.preposition == .to && self.isSingleWord(at - 1) {
                // "roll back to 3" may be any revision.
                if clause.verb?.action == .rollback, !self.original(at).contains(".") { continue }
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
                    // "standard resource profile"
                    let adjective = self.word(at - 1) == "resource" ? at - 2 : at - 1
                    if word.attribute == "profile", adjective >= clause.first, self.kind(adjective) == .word || self.kind(adjective) == .chain,
                        self.meaning(adjective)?.preposition == nil, self.meaning(adjective)?.has([.definite, .indefinite]) != true
                    {
                        self.text(word.attribute, adjective..<(at + 1), value: self.text(adjective..<(adjective + 1)))
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
                if digits, self.isDate(token.word) {
                    self.ask(clause, "context.window", "'\(self.original(at))' may be read in two ways. Give the date as 2026-12-24.", [])
                    self.use(at..<(at + 1))
                    continue
                }
                if versioned || digits && token.word.contains("."), !token.glued, token.word.utf8.filter({ $0 == UInt8(ascii: ".") }).count < 3 {
                    self.text("version", at..<(at + 1), value: self.chunk(at).text)
                }
            }
        }
    }

    /// "24.12.2026"
    private func isDate(_ word: String) -> Bool {
        let parts = word.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 3 && parts.allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 } } && parts[0].utf8.count <= 2
            && parts[1].utf8.count <= 2 && parts[2].utf8.count == 4 && (parts[2].hasPrefix("19") || parts[2].hasPrefix("20"))
    }

    /// "from 1.2 to 1.3": only the second is wanted.
    func hasSecondVersion(after index: Int, _ clause: Clause) -> Bool {
        (index + 1..<max(index + 1, min(clause.end, index + 4))).contains { self.word($0) == "to" }
    }

    mutating func text(_ attribute: String, _ range: Range<Int>, value: String) {
        let span = self.span(range)
        if !self.notes.isEmpty { self.notes.removeAll { $0.hasPrefix("'\(value)' was not needed") } }
        self.quantities.append(
            Quantity(
                at: range.lowerBound, end: range.upperBound,
                target: Target(
                    attribute: attribute, value: .text(value), evidence: self.text(span), span: span)))
        self.use(range)
    }
}
