extension Reading {
    private static let longestLabel = 6

    /// "Ticket INC-4711: …", "[CHG0012345] …": what heads a request is no part of it.
    mutating func setLabelsAside() {
        var at = 0
        // "@bot scale …"
        if self.isSymbol(0, "@"), self.kind(1) == .unknown || self.kind(1) == .chain || self.has(1, .opening) {
            self.use(0..<2)
            at = 2
        }
        while at < self.lexemes.count {
            if at == 0 || self.isSymbol(at - 1, "\n", ".", ";", "!"), let end = self.labelEnd(at) {
                self.use(at..<end)
                at = end
            } else {
                at += 1
            }
        }
    }

    private static let longestSignature = 3

    /// "… -- Ben", "… cc @anna": who wrote it, or who is to read it.
    mutating func setSignatureAside() {
        let count = self.lexemes.count
        for at in max(1, count - Self.longestSignature - 2)..<max(1, count) {
            let isMark = self.isSymbol(at, "-") && self.isSymbol(at + 1, "-") || self.word(at) == "cc"
            guard isMark, (at + 1..<count).allSatisfy({ self.kind($0) == .symbol || self.kind($0) == .unknown }) else { continue }
            return self.use(at..<count)
        }
    }

    /// Where the words of a label end, its colon or bracket included; nil when something else stands there as well.
    private func labelEnd(_ first: Int) -> Int? {
        let isBracketed = self.isSymbol(first, "[") || self.isSymbol(first, "(")
        var at = isBracketed ? first + 1 : first
        guard at < self.lexemes.count, self.has(at, .label) || isBracketed && self.isFigured(at) else { return nil }
        var sawLabel = false
        while at < min(self.lexemes.count, first + Self.longestLabel) {
            if self.isSymbol(at, isBracketed ? "]" : ":") || isBracketed && self.isSymbol(at, ")") { return sawLabel ? at + 1 : nil }
            guard self.has(at, .label) || self.isFigured(at) || self.isSymbol(at, "#", "-") else { return nil }
            sawLabel = sawLabel || self.has(at, .label) || self.isFigured(at)
            at += 1
        }
        return nil
    }

    /// Something with a figure in it that the vocabulary does not know.
    private func isFigured(_ index: Int) -> Bool {
        guard index < self.lexemes.count, self.meaning(index)?.object == nil else { return false }
        switch self.lexemes[index].kind {
        case .number: return true
        case .chain, .unknown: return self.fusedObject(self.original(index)) == nil && self.original(index).utf8.contains { $0 >= 0x30 && $0 <= 0x39 }
        default: return false
        }
    }
}
