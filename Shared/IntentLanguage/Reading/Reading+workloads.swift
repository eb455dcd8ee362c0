extension Reading {
    /// Verbs that are nouns or light verbs elsewhere: "run the UPF with 3 replicas", "place a UPF on edge-2", "switch the AMF to version 3". They ask for
    /// something only where what can be run follows, and then what is said of it.
    func workloadVerb(_ at: Int, _ end: Int) -> VerbMeaning? {
        guard let meaning = self.meaning(at), self.isSingleWord(at) else { return nil }
        if meaning.has(.running), self.isWorkload(at + 1, end) { return VerbMeaning(action: .make) }
        if meaning.has(.placing), self.isWorkload(at + 1, end) { return VerbMeaning(action: .deploy) }
        if self.word(at) == "switch", ["traffic", "users", "sessions", "subscribers", "over", "back"].contains(self.word(at + 1)) {
            return VerbMeaning(action: .vague)
        }
        if self.word(at) == "switch", self.isWorkload(at + 1, end),
            (at + 2..<max(at + 2, min(end, at + 12))).contains(where: { self.word($0) == "to" && self.isVersionLike($0 + 1) })
        {
            return VerbMeaning(action: .configure)
        }
        return nil
    }

    private func isVersionLike(_ index: Int) -> Bool {
        if let attribute = self.meaning(index)?.attribute { return ["version", "image"].contains(self.vocabulary.attributes[attribute].attribute) }
        let isNamed = self.has(index, [.definite, .indefinite]) && self.meaning(index + 1)?.attribute != nil
        return isNamed || self.word(index).utf8.contains { $0 >= 0x30 && $0 <= 0x39 } && self.meaning(index)?.object == nil
    }

    /// A function, with a preposition, a number or nothing after it.
    private func isWorkload(_ first: Int, _ end: Int) -> Bool {
        var at = first
        while at < end, self.isModifier(at) || self.kind(at) == .number { at += 1 }
        guard at < end, let object = self.meaning(at)?.object, self.lexemes[at].kind == .word,
            [.networkFunction, .coreNetwork, .application, .e2Node].contains(self.vocabulary.objects[object].kind)
        else {
            guard at < end, self.isNameLike(at), self.fusedObject(self.chunk(at).text) != nil else { return false }
            return self.endsNoun(at + 1, end)
        }
        at += 1
        while at < end, self.has(at, .carrier) || self.isNameLike(at) && self.kind(at) == .chain { at += 1 }
        return self.endsNoun(at, end)
    }

    private func endsNoun(_ at: Int, _ end: Int) -> Bool {
        at >= end || self.meaning(at)?.preposition != nil || self.kind(at) == .number || self.lexemes[at].used || self.isConjunction(at) || self.isComma(at)
            || self.meaning(at)?.comparator != nil
    }

    /// "move the AMF to version 3.1", "bring the AMF to release 4": what is changed is the version alone.
    func changesVersion(_ quantities: [Quantity]) -> Bool {
        !quantities.isEmpty
            && quantities.allSatisfy {
                ["version", "image"].contains($0.target.attribute) && ($0.target.evidence ?? "").utf8.contains { $0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7a }
            }
    }
}
