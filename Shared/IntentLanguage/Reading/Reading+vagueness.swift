import IntentModel

/// Amounts that are no numbers, and "each" of what nobody lists here: without them a default would stand where the text said something.
extension Reading {
    mutating func readVagueness() {
        self.readVagueCounts()
        self.readVagueSizes()
        self.readTotals()
        self.readEach()
        self.readEverythingElse()
    }

    private static let counts = ["replicas", "minReplicas", "maxReplicas", "maxUsers", "autoscaling", "highAvailability"]

    /// "with several replicas", "lots of AMFs"
    private mutating func readVagueCounts() {
        for at in self.lexemes.indices where self.speaks(.vagueCount) && self.has(at, .vagueCount) && self.kind(at - 1) != .number {
            let next = self.head(self.meaning(at + 1)?.preposition == .of ? at + 2 : at + 1)
            let near = self.expectation(near: at)
            let draft = self.expectations[near]
            // "some AMF" is one.
            let isPlural = self.original(next).hasSuffix("s") || self.isCountNoun(at: draft.mention.end) || !["some", "more", "enough"].contains(self.word(at))
            let isOfObject = next == draft.mention.at && draft.mention.kind == .networkFunction && isPlural
            guard self.isCountNoun(at: next) || isOfObject, draft.verb == .deploy || draft.verb == .scale,
                !draft.targets.contains(where: { Self.counts.contains($0.attribute) }),
                draft.context.qualities?.contains("high-availability") != true
            else { continue }
            self.questions.append(
                Clarification(
                    expectation: "e\(near + 1)", field: "targets.replicas",
                    question: "'\(self.text(at..<(next + 1)))' is no number. How many replicas should \(draft.label) have?", options: []))
            return
        }
    }

    /// "a lot of memory", "unlimited CPU"
    private mutating func readVagueSizes() {
        guard self.speaks(.vagueCount) else { return }
        for at in self.lexemes.indices where self.has(at, .vagueCount) && self.kind(at - 1) != .number {
            guard let attribute = self.meaning(at + 1)?.attribute, self.kind(at + 2) != .number else { continue }
            let word = self.vocabulary.attributes[attribute].attribute, near = self.expectation(near: at)
            guard Self.sizes.contains(word) || word == "replicas" && self.word(at) != "some", [.deploy, .scale].contains(self.expectations[near].verb),
                self.expectations[near].target(word) == nil, !self.expectations[near].targets.contains(where: { Self.counts.contains($0.attribute) })
            else { continue }
            self.questions.append(
                Clarification(
                    expectation: "e\(near + 1)", field: "targets.\(word)", question: "'\(self.text(at..<(at + 2)))' is no number. How much is meant?",
                    options: []))
            return
        }
    }

    private static let others: Set<String> = ["one", "other", "others"]
    private static let sizes = ["cpu", "memory", "storage"]

    /// "4 replicas with 8 GB in total": sizes are those of one replica here.
    private mutating func readTotals() {
        guard let at = self.lexemes.indices.first(where: { self.kind($0) == .word && ["total", "altogether", "overall"].contains(self.lastWord($0)) }) else {
            return
        }
        let near = self.expectation(near: at), draft = self.expectations[near]
        // "give the AMF and SMF 8 CPUs in total"
        if self.word(at - 1) == "in" || self.word(at) == "in", near + 1 < self.expectations.count, self.expectations[near + 1].clause == draft.clause,
            let shared = draft.targets.first(where: { Self.sizes.contains($0.attribute) || $0.attribute == "replicas" }),
            self.expectations[near + 1].target(shared.attribute)?.value == shared.value
        {
            return self.confirm(at, "How much each of them gets is not said. Should each have \(shared.attribute) \(shared.value)?", unlessAsked: false)
        }
        guard let replicas = draft.target("replicas")?.value.number, replicas > 1, let size = draft.targets.first(where: { Self.sizes.contains($0.attribute) })
        else { return }
        self.confirm(at, "Sizes are those of one replica. Should each of them have \(size.attribute) \(size.value)?")
    }

    /// Folded.
    func lastWord(_ index: Int) -> String { self.tokens[self.lexemes[index].end - 1].word }

    private static let hosts: Set<String> = ["node", "host", "server", "machine", "worker"]

    /// "on every node", "per region", "for each tenant"
    private mutating func readEach() {
        for at in self.lexemes.indices where at > 0 && !self.lexemes[at].used {
            let kind = self.meaning(at)?.object == nil ? self.meaning(at)?.place : nil
            let isHost = Self.hosts.contains(self.word(at)) && self.isSingleWord(at)
            // "50 Mbps per user" is a rate.
            let isUser = self.isCountOrUsers(at) && self.word(at - 1) == "per" && self.meaning(at - 2)?.unit?.dimension != .rate
            guard kind != nil || isHost || isUser else { continue }
            let isPer = self.word(at - 1) == "per" && self.isSingleWord(at - 1)
            let isEach = self.has(at - 1, [.totality, .distributive]) && (isHost || kind == .tenant)
            let verb = self.expectations[self.expectation(near: at)].verb
            guard isPer || isEach, verb == .deploy || verb == .scale else { continue }
            return self.confirm(at, "One intent acts once: '\(self.text((at - 1)..<(at + 1)))' cannot be followed. Should it be done once?")
        }
    }

    /// "delete the AMF and everything else"
    private mutating func readEverythingElse() {
        guard self.speaks([.generic, .totality]) else { return }
        for at in self.lexemes.indices where self.isConjunction(at - 1) && self.has(at, .generic) && Self.others.contains(self.lastWord(at)) {
            return self.confirm(at, "'\(self.original(at))' is named nowhere. Should only what is named be done?")
        }
        // "all SMFs but one"
        if self.speaks(.totality),
            let at = self.lexemes.indices.first(where: { ["but", "except"].contains(self.word($0)) && self.kind($0 + 1) == .number && self.isSingleWord($0) })
        {
            return self.confirm(at, "'\(self.text(at..<(at + 2)))' leaves out some, and which is not said. Should it be done to all?")
        }
        for at in self.lexemes.indices
        where ["everything", "anything", "all"].contains(self.word(at)) && self.word(at + 1) == "else" && !self.has(at - 1, .sparing) {
            let near = self.expectations[self.expectation(near: at)]
            guard near.verb == .remove || near.verb == .restart || near.verb == .scale else { continue }
            return self.confirm(at, "'\(self.text(at..<(at + 2)))' is too wide to act on. Should only what is named be done?")
        }
    }
}
