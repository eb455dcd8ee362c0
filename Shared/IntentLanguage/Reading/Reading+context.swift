import IntentModel

extension Reading {
    /// S-NSSAI, PLMN, TAC, DNN, cell, gNB and UE identifiers, with the lexeme they were said at.
    struct IdentifierFinding: Sendable {
        var at: Int
        var identifier: Identifier
        var value: String
    }

    mutating func readIdentifiers() -> [IdentifierFinding] {
        var result: [IdentifierFinding] = []
        // "cells 5 and 6"
        for at in self.lexemes.indices where self.word(at) == "cells" && self.kind(at + 1) == .number && self.furtherCell(at + 2) != nil {
            self.readCells(at + 1, of: at, &result)
        }
        for at in self.lexemes.indices where !self.lexemes[at].used && self.lexemes[at].kind == .word {
            if let object = self.meaning(at)?.object, self.vocabulary.objects[object].kind == .networkSlice, let id = self.sliceID(at + 1) {
                result.append(.init(at: at, identifier: .sst, value: id.sst))
                result.append(.init(at: at, identifier: .sd, value: id.sd))
                self.say("slice", id.sst, at..<id.end)
                self.use((at + 1)..<id.end)
                // "slices 1-000001 and 1-000002"
                var next = id.end
                while self.isConjunction(next) || self.isComma(next) { next += 1 }
                if next > id.end, let other = self.sliceID(next) {
                    self.misfits.append((at, other.end))
                    self.use(next..<other.end)
                }
                continue
            }
            guard let identifier = self.meaning(at)?.identifier else {
                if let number = self.sliceNumber(after: at) {
                    let sst = self.chunk(number).text
                    result.append(.init(at: at, identifier: .sst, value: sst))
                    self.say("slice", sst, at..<(number + 1))
                    self.use(number..<number + 1)
                }
                continue
            }
            var next = at + 1
            var isApart = false
            while self.isSymbol(next, ":", "=", "(") || ["=", "is", "of", "id", "value", "to"].contains(self.word(next)) { next += 1 }
            // "the DNN of the SMF to ims"
            if ["of", "for"].contains(self.word(at + 1)), let to = (at + 2..<min(self.lexemes.count, at + 8)).first(where: { self.word($0) == "to" }) {
                next = to + 1
                isApart = true
            }
            guard next < self.lexemes.count, !self.lexemes[next].used else { continue }
            let kind = self.lexemes[next].kind
            let isValue =
                kind == .number || kind == .chain || kind == .quoted
                || identifier == .dnn && kind == .word && self.meaning(next)?.preposition == nil && self.meaning(next)?.verb == nil
                    && self.meaning(next)?.has([.conjunction, .definite, .indefinite, .negation, .modal]) == false
                    && self.meaning(next)?.object.map { self.vocabulary.objects[$0].kind != .networkFunction } != false
                || kind == .unknown && (identifier == .dnn || self.word(next).utf8.contains { $0 >= 0x30 && $0 <= 0x39 })
            guard isValue else {
                if kind == .unknown, [.sst, .sd, .snssai, .plmn, .tac].contains(identifier), next > at + 1 || !self.isNameLike(next + 1) {
                    self.misfits.append((at, next + 1))
                }
                continue
            }
            // "cell 5" is an identifier, "5 cells" a number of them; "ue 3" hardly ever is one.
            if identifier == .cell, kind == .unknown, !self.word(next).utf8.contains(where: { $0 >= 0x30 && $0 <= 0x39 }) { continue }
            let chunk = self.chunk(next)
            var end = next + 1
            while end < self.lexemes.count, self.tokens[self.lexemes[end].first].start < chunk.span.end { end += 1 }
            var value = chunk.text
            if identifier == .snssai {
                // 1-010203
                let parts = value.split(separator: "-")
                if parts.count == 2 {
                    result.append(.init(at: at, identifier: .sst, value: String(parts[0])))
                    result.append(.init(at: at, identifier: .sd, value: String(parts[1])))
                    self.say("slice", String(parts[0]), (isApart ? next : at)..<end)
                    self.use((isApart ? next : at)..<end)
                    continue
                }
                result.append(.init(at: at, identifier: .sst, value: value))
                self.say("slice", value, (isApart ? next : at)..<end)
                self.use((isApart ? next : at)..<end)
                continue
            }
            if identifier == .plmn {
                // 310-410, 310410, 310/410, "310 410"
                let digits = value.filter { $0.isNumber }
                if digits.count == 3, end < self.lexemes.count, self.lexemes[end].kind == .number || self.isSymbol(end, "/") {
                    let second = self.isSymbol(end, "/") ? end + 1 : end
                    if second < self.lexemes.count, self.lexemes[second].kind == .number {
                        value = digits + "-" + self.chunk(second).text
                        end = second + 1
                    }
                } else if digits.count >= 5, digits.count <= 6, !value.contains("-") {
                    value = digits.prefix(3) + "-" + digits.dropFirst(3)
                }
            }
            if identifier == .plmn, !(5...6).contains(value.count { $0.isNumber }) {
                self.misfits.append((at, end))
                continue
            }
            result.append(.init(at: at, identifier: identifier, value: value))
            self.say(identifier == .sst ? "slice" : identifier.rawValue, value, (isApart ? next : at)..<end)
            self.use((isApart ? next : at)..<end)
            // "cell 5 and 6"
            if identifier == .cell, let number = self.furtherCell(end) { self.readCells(number, of: at, &result) }
        }
        return result
    }

    /// "slice 1-000001": an S-NSSAI without the word for it. SST in decimal, SD in six hexadecimal digits (TS 23.003, 28.4.2).
    func sliceID(_ index: Int) -> (sst: String, sd: String, end: Int)? {
        guard index < self.lexemes.count, self.kind(index) != .word, !self.lexemes[index].used else { return nil }
        let chunk = self.chunk(index)
        let parts = chunk.text.split(separator: "-")
        guard parts.count == 2, (1...3).contains(parts[0].count), parts[0].allSatisfy(\.isNumber), parts[1].count == 6, parts[1].allSatisfy(\.isHexDigit)
        else { return nil }
        let end = (index..<self.lexemes.count).first { self.tokens[self.lexemes[$0].first].start >= chunk.span.end } ?? self.lexemes.count
        return (String(parts[0]), String(parts[1]), end)
    }

    /// Where the number of "slice 1" is, which says the slice's SST: one of the standard ones, and no figure that something else is counted or
    /// measured with ("a slice 5 Mbps wide").
    func sliceNumber(after at: Int) -> Int? {
        guard let object = self.meaning(at)?.object, self.vocabulary.objects[object].kind == .networkSlice, self.vocabulary.objects[object].type == nil else {
            return nil
        }
        let number = at + 1
        guard number < self.lexemes.count, self.lexemes[number].kind == .number, !self.lexemes[number].used, (1...5).contains(self.lexemes[number].value),
            self.chunk(number).text.utf8.count == 1
        else { return nil }
        guard number + 1 < self.lexemes.count else { return number }
        let next = self.meaning(number + 1)
        let isFree =
            self.lexemes[number + 1].kind == .number || self.isComma(number + 1) || next?.preposition != nil || next?.comparator != nil
            || next?.has([.conjunction, .indefinite]) == true
        return isFree && next?.unit == nil ? number : nil
    }

    private mutating func readCells(_ first: Int, of at: Int, _ result: inout [IdentifierFinding]) {
        var next: Int? = first
        while let number = next {
            let cell = self.chunk(number).text
            result.append(.init(at: at, identifier: .cell, value: cell))
            self.say(Identifier.cell.rawValue, cell, number..<(number + 1))
            self.use(number..<(number + 1))
            next = self.furtherCell(number + 1)
        }
    }

    /// Where the number of another cell is, after "and" or a comma: one that nothing is counted or measured with.
    private func furtherCell(_ at: Int) -> Int? {
        var number = at
        while number < min(self.lexemes.count, at + 2), self.isConjunction(number) || self.isComma(number) { number += 1 }
        guard number > at, number < self.lexemes.count, self.kind(number) == .number, !self.lexemes[number].used else { return nil }
        let next = number + 1
        let isFree = next >= self.lexemes.count || self.isConjunction(next) || self.isComma(next) || self.meaning(next)?.preposition != nil
        return isFree ? number : nil
    }

    static func apply(_ findings: [IdentifierFinding], to context: inout Context) -> String? {
        var problem: String?
        for finding in findings {
            switch finding.identifier {
            case .plmn: context.plmn = finding.value
            case .tac: context.tac = finding.value
            case .dnn: context.dnn = finding.value
            case .cell: context.cell = finding.value
            case .gnb: context.gnb = finding.value
            case .ue: context.ue = finding.value
            case .sst:
                if let sst = Int(finding.value), (0...255).contains(sst) {
                    context.slice = SliceID(sst: sst, sd: context.slice?.sd)
                } else {
                    problem = finding.value
                }
            case .sd:
                var digits = finding.value.lowercased()
                if digits.hasPrefix("0x") { digits = String(digits.dropFirst(2)) }
                guard digits.count <= 6, !digits.isEmpty, digits.allSatisfy(\.isHexDigit) else { problem = finding.value; continue }
                digits = String(repeating: "0", count: 6 - digits.count) + digits
                context.slice = SliceID(sst: context.slice?.sst ?? 1, sd: digits)
            case .snssai: break
            }
        }
        return problem
    }

    /// What the thing is for: the words after "for", up to the next preposition.
    func use(in clause: Clause, mentions: [Mention]) -> (words: Range<Int>, at: Int)? {
        var at = clause.body
        while at < clause.end {
            if self.meaning(at)?.preposition == .for, !self.lexemes[at].used, at + 1 < clause.end, !self.has(at - 1, .negation) {
                var end = at + 1
                while end < clause.end {
                    if let preposition = self.meaning(end)?.preposition, preposition != .of, preposition != .for { break }
                    if self.lexemes[end].used || self.lexemes[end].kind == .number || self.isComma(end) { break }
                    if self.isConjunction(end), mentions.contains(where: { $0.at == end + 1 && $0.role == .object }) { break }
                    end += 1
                }
                var first = at + 1
                while first < end, self.has(first, [.definite, .indefinite]) { first += 1 }
                let isObject = mentions.contains { mention in
                    mention.at >= at && mention.at < end
                        && (mention.role == .object || mention.role == .slice
                            || mention.kind == .networkFunction && mention.type != nil
                                && mentions.contains { $0.role == .object && $0.isSame(as: mention) && mention.name == $0.name })
                }
                let isApplication = mentions.contains { $0.kind == .application && $0.role == .object && $0.end == at && $0.name != nil }
                let isEnvironment = isApplication || first + 1 == end && self.meaning(first)?.environment != nil
                while end > first, self.kind(end - 1) == .symbol { end -= 1 }
                let isSaid = (first..<end).allSatisfy {
                    self.meaning($0)?.feature != nil || self.meaning($0)?.quality != nil || self.has($0, [.filler, .totality, .pronoun])
                }
                if first < end, !isObject, !isEnvironment, !isSaid { return (first..<end, at) }
                at = max(end, at + 1)
                continue
            }
            at += 1
        }
        return nil
    }

    static func canonicalQuality(of attribute: String) -> String? {
        switch attribute {
        case "latency", "jitter": "low-latency"
        case "throughput", "throughputDownlink", "throughputUplink", "bandwidth": "high-throughput"
        case "availability": "high-availability"
        case "reliability", "packetLoss": "high-reliability"
        case "cost": "cost-efficient"
        default: nil
        }
    }
}
