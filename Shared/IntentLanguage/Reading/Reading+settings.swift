import IntentModel

/// What a workload can be given and an interpretation cannot say: ports, labels, addresses, timers. Left out of the reading, something else would
/// run than what was asked for.
extension Reading {
    /// One look at each word finds what any of these is about; most texts hold none of it.
    mutating func readUnsayable() {
        let hasEquals = self.text.contains(UInt8(ascii: "="))
        var hosts: [Int] = [], isSettled = false, isPlaced = false
        for at in self.lexemes.indices where !self.lexemes[at].used && self.lexemes[at].kind != .symbol {
            let meaning = self.lexemes[at].meaning > 0 ? self.vocabulary.lexicon.meanings[self.lexemes[at].meaning] : nil
            if !isSettled, meaning?.has(.setting) ?? (self.lexemes[at].kind == .unknown) || hasEquals, let said = self.setting(at) {
                isSettled = self.askForSetting(at, said)
            }
            if meaning?.has(.host) ?? self.isHostName(at) { hosts.append(at) }
            guard let meaning else { continue }
            if !isPlaced, let kind = meaning.place, meaning.object == nil { isPlaced = self.askForPlace(kind, at) }
        }
        self.readHosts(hosts)
        if self.text.contains(UInt8(ascii: "(")) { self.readParenthesised() }
    }

    private mutating func askForSetting(_ at: Int, _ said: Range<Int>) -> Bool {
        let near = self.expectations[self.expectation(near: at)]
        guard near.verb != .report, !(near.mention.at..<max(near.mention.at + 1, near.mention.end)).contains(at) else { return false }
        // "expose the NEF on port 443" asks for nothing else.
        if near.verb == .configure, near.targets.isEmpty {
            let id = "e\(self.expectation(near: at) + 1)"
            let question = "'\(self.text(said))' is nothing that can be set here. What else should be changed?"
            self.questions.append(Clarification(expectation: id, field: "targets", question: question))
        } else {
            self.confirm(at, "'\(self.text(said))' is nothing that can be set here. Should it be done without that?", unlessAsked: false)
        }
        return true
    }

    /// "scale AMF (core5g) to 5": a name or a place?
    private mutating func readParenthesised() {
        for at in self.lexemes.indices
        where self.isSymbol(at, "(") && self.isSymbol(at + 2, ")") && [.chain, .unknown].contains(self.kind(at + 1)) && self.meaning(at + 1) == nil {
            guard let object = self.meaning(at - 1)?.object, self.vocabulary.objects[object].kind == .networkFunction else { continue }
            let near = self.expectation(near: at)
            guard self.expectations[near].verb != .report else { continue }
            let question = "'\(self.original(at + 1))' may be a place or a name. Which is it?"
            return self.questions.append(Clarification(expectation: "e\(near + 1)", field: "context.namespace", question: question))
        }
    }

    /// "on a GPU node", "to node worker-3": where in a cluster something runs is not chosen here.
    private mutating func readHosts(_ hosts: [Int]) {
        for at in hosts where self.isSingleWord(at) || self.kind(at) == .chain {
            let near = self.expectations[self.expectation(near: at)]
            guard near.verb == .deploy || near.verb == .migrate || near.verb == .configure, near.mention.at != at else { continue }
            var before = at - 1
            while before >= 0, at - before < 4, self.meaning(before)?.preposition == nil, self.kind(before) != .symbol { before -= 1 }
            guard before > near.mention.at, let preposition = self.meaning(before)?.preposition, [.on, .to].contains(preposition) else { continue }
            return self.confirm(
                at, "'\(self.text(before..<(at + 1)))' cannot be chosen here. Should it be done on whichever node has room?", unlessAsked: false)
        }
    }

    /// "worker-3"
    func isHostName(_ index: Int) -> Bool {
        guard index >= 0, index < self.lexemes.count, self.lexemes[index].kind == .chain else { return false }
        let tokens = self.lexemes[index].first..<self.lexemes[index].end
        return self.vocabulary.lexicon.meaning(of: self.tokens[tokens.lowerBound].word)?.has(.host) == true
            && tokens.dropFirst().allSatisfy { self.tokens[$0].word.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 } }
    }

    /// The stretch that gives such a thing a value, where one begins.
    private func setting(_ at: Int) -> Range<Int>? {
        guard !self.lexemes[at].used else { return nil }
        if self.isAddress(at) { return at..<(at + 1) }
        if self.isAssigned(at) { return at..<min(at + 3, self.lexemes.count) }
        guard self.has(at, .setting) else { return nil }
        // "VLAN 200", "label tier=gold", "MTU of 9000"
        var value = at + 1
        while value < min(at + 4, self.lexemes.count),
            self.isSymbol(value, ":", "=") || self.isSingleWord(value) && ["of", "to", "is", "at", "=", "every"].contains(self.word(value))
        {
            value += 1
        }
        if value < self.lexemes.count, !self.lexemes[value].used, self.isValue(value, isLinked: value > at + 1 || !self.isSingleWord(at)) {
            return at..<(value + 1)
        }
        // "with node affinity"
        if self.has(at, .placement), !self.has(at - 1, .negation) { return at..<(at + 1) }
        // "30 second grace period", "8443 port"
        var before = at - 1
        if self.meaning(before)?.unit != nil, self.kind(before) == .word { before -= 1 }
        return self.kind(before) == .number && !self.lexemes[before].used ? before..<(at + 1) : nil
    }

    /// A bare word may as well go on with the noun ("port forwarding").
    private func isValue(_ index: Int, isLinked: Bool) -> Bool {
        switch self.kind(index) {
        case .number, .chain, .quoted: true
        case .unknown: isLinked || !self.word(index).utf8.allSatisfy { $0 >= 0x61 && $0 <= 0x7a } || self.word(index + 1) == "="
        default: false
        }
    }

    /// "tier=gold", written as one, of nothing that is known.
    private func isAssigned(_ at: Int) -> Bool {
        guard at + 2 < self.lexemes.count, self.word(at + 1) == "=", self.isSingleWord(at + 1), !self.lexemes[at + 2].used,
            [.unknown, .chain].contains(self.kind(at)) || self.has(at, [.setting, .filler, .opening]) && self.meaning(at)?.attribute == nil
                || self.meaning(at)?.place != nil,
            self.kind(at + 2) != .symbol
        else { return false }
        return self.span(at..<(at + 1)).end == self.span((at + 1)..<(at + 2)).start
    }

    /// Four numbers with points between them.
    func isAddress(_ at: Int) -> Bool {
        guard self.kind(at) != .word, self.word(at).utf8.first.map({ $0 >= 0x30 && $0 <= 0x39 }) == true else { return false }
        let parts = self.word(at).split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts.allSatisfy { !$0.isEmpty && $0.utf8.count <= 3 && $0.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 } }
    }
}
