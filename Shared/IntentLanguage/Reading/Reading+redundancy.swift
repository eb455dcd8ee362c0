import IntentModel

extension Reading {
    /// High availability takes several replicas: "highly available with a single replica", "… without adding replicas". Looked for around the object.
    func deniesRedundancy(_ draft: Draft, _ clause: Clause) -> String? {
        guard draft.target("highAvailability")?.value.boolean == true else { return nil }
        if let replicas = draft.target("replicas"), replicas.condition == .equals, replicas.value.number == 1 { return replicas.evidence }
        var end = draft.mention.end
        while end < min(clause.end, draft.mention.end + 24), self.meaning(end)?.object.map({ self.vocabulary.objects[$0].kind != .networkFunction }) ?? true {
            end += 1
        }
        for at in max(clause.first, draft.mention.at - 16)..<max(clause.first, draft.mention.at - 16, end) {
            if self.word(at) == "single" || self.word(at) == "one", self.isCountNoun(at: at + 1) { return self.text(at..<(at + 2)) }
            guard self.has(at, .negation) else { continue }
            var noun = at + 1
            while noun < min(end, at + 4), !self.isCountNoun(at: noun), self.has(noun, [.increment, .filler]) || self.meaning(noun)?.verb != nil { noun += 1 }
            if noun < end, self.isCountNoun(at: noun) { return self.text(at..<(noun + 1)) }
        }
        return nil
    }
}
