import IntentModel

/// Products, their makers and their versions: the catalogue decides what is installed, so another one that is asked for is asked back.
extension Reading {
    mutating func readProducts() {
        self.askForVendor()
        self.askForNames()
        for index in self.expectations.indices.prefix(Self.mostCautions)
        where self.expectations[index].verb == .deploy && self.expectations[index].mention.kind == .infrastructure {
            self.askForProduct(index, self.expectations[index])
        }
    }

    private static let making: Set<String> = ["made", "built", "provided", "supplied", "developed", "produced", "delivered"]

    /// "from Ericsson", "an Ericsson AMF", "from Open5GS version 2.7", "by Acme"
    private mutating func askForVendor() {
        let hasVendor = self.classes.contains(.vendor)
        for at in self.lexemes.indices {
            let kind = self.lexemes[at].kind
            guard kind == .unknown || kind == .chain || hasVendor && kind == .word, !self.lexemes[at].used else { continue }
            if self.isRelease(at), self.expectations[self.expectation(near: at)].verb == .deploy {
                return self.confirm(at, "A release of the standard cannot be chosen here ('\(self.chunk(at).text)'). Should it be done without that?")
            }
            let isVendor = self.has(at, .vendor)
            guard isVendor || self.kind(at) == .unknown else { continue }
            // Projects that functions are built from say little of themselves ("an Open5GS AMF").
            let isMade = ["from", "by"].contains(self.word(at - 1)) && self.isSingleWord(at - 1)
            guard isMade || isVendor && !self.has(at, .filler), self.meaning(at - 1)?.preposition != .for else { continue }
            // "requested by Alice"
            if !isVendor, at >= 2, self.meaning(at - 2)?.object == nil, !self.lexemes[at - 2].used, !Self.making.contains(self.word(at - 2)) { continue }
            let near = self.expectations[self.expectation(near: at)]
            guard near.verb == .deploy || near.verb == .configure && near.target("version") != nil,
                isVendor || near.verb == .deploy && self.tokens[self.lexemes[at].first].capitalised
            else { continue }
            return self.confirm(
                at, "Who made it cannot be chosen here ('\(self.original(at))'). Should the one of the catalogue be taken?", unlessAsked: false)
        }
    }

    /// "a Rel-16 AMF"
    private func isRelease(_ at: Int) -> Bool {
        guard self.kind(at) == .chain || self.kind(at) == .unknown, self.meaning(at + 1)?.object != nil,
            ["rel", "release", "r"].contains(where: { self.word(at).hasPrefix($0) })
        else { return false }
        return Int(self.chunk(at).text.drop { $0.isLetter || $0 == "-" || $0 == "." }).map { (8...25).contains($0) } ?? false
    }

    /// "three AMFs called a, b and c": a name for each, where an expectation has one.
    private mutating func askForNames() {
        guard self.classes.contains(.naming) else { return }
        var asked = 0
        for at in self.lexemes.indices where asked < Self.mostCautions && self.has(at, .naming) {
            var next = at + 2
            while self.isConjunction(next) || self.isComma(next) { next += 1 }
            guard next > at + 2, next < self.lexemes.count,
                [.chain, .quoted, .unknown].contains(self.kind(next)) || self.kind(next) == .word && self.word(next).utf8.count == 1
            else { continue }
            let near = self.expectation(near: at), draft = self.expectations[near]
            guard draft.verb == .deploy, draft.mention.name == nil || draft.target("replicas")?.value.number ?? 1 > 1 else { continue }
            asked += 1
            self.questions.append(
                Clarification(
                    expectation: "e\(near + 1)", field: "object.name",
                    question: "Several names are given, and one intent is about one. Which one is meant here?"))
        }
    }

    /// "a PostgreSQL database", where the catalogue's is another.
    private mutating func askForProduct(_ index: Int, _ draft: Draft) {
        guard let object = self.vocabulary.objects.first(where: { $0.kind == draft.mention.kind && $0.type == draft.mention.type }), !object.products.isEmpty,
            draft.mention.at < self.lexemes.count, draft.mention.at >= 0
        else { return }
        // "a database based on PostgreSQL", "a monitoring stack with Zabbix"
        let others = draft.context.depends?.filter { self.vocabulary.lexicon.meaning(of: $0.lowercased())?.technology != nil } ?? []
        if let other = others.first(where: { !object.products.contains($0.lowercased()) }) { return self.askForProduct(index, other, object) }
        let said = draft.mention.end + 1
        if let preposition = self.meaning(said - 1)?.preposition, [.with, .using].contains(preposition), self.kind(said) == .unknown,
            self.tokens[self.lexemes[said].first].capitalised
        {
            return self.askForProduct(index, self.original(said), object)
        }
        var first = draft.mention.at
        while first > 0, self.meaning(first - 1)?.technology != nil || self.kind(first - 1) == .number || self.kind(first - 1) == .unknown { first -= 1 }
        for at in first...draft.mention.at {
            if at < draft.mention.at, self.kind(at) == .unknown, self.tokens[self.lexemes[at].first].capitalised {
                return self.askForProduct(index, self.original(at), object)
            }
            for token in self.tokens[self.lexemes[at].first..<self.lexemes[at].end] {
                guard let technology = self.vocabulary.lexicon.meaning(of: token.word)?.technology, !object.products.contains(technology) else { continue }
                return self.askForProduct(index, self.text(Span(start: token.start, end: token.end)), object)
            }
        }
    }

    private mutating func askForProduct(_ index: Int, _ product: String, _ object: ObjectWord) {
        let question = "\(product) is not what is installed as \(object.type ?? "it"); \(object.products[0]) is. Should it be that?"
        self.questions.append(Clarification(expectation: "e\(index + 1)", field: "confirm", question: question, options: ["yes", "no"]))
    }

    /// "MySQL 8", "a Release 17 AMF": a version, unless something is counted by it.
    func isProductVersion(_ start: Int, _ measure: Measure) -> Bool {
        if let attribute = self.meaning(start - 1)?.attribute, self.vocabulary.attributes[attribute].attribute == "version", measure.unit == nil {
            var noun = measure.end
            while noun < measure.end + 3, self.isModifier(noun) { noun += 1 }
            if self.meaning(noun)?.object != nil { return true }
        }
        return self.meaning(start - 1)?.technology != nil && self.kind(start - 1) == .word && measure.unit == nil && !self.isCountNoun(at: measure.end)
            && self.kind(start) == .number && self.meaning(start)?.cardinal == nil
    }

    /// "Deploy Prometheus in mon": the product stands for what it is installed as.
    func productMention(_ at: Int, _ clause: Clause) -> Mention? {
        guard let technology = self.meaning(at)?.technology, self.meaning(at)?.object == nil, let action = clause.verb?.action,
            [.deploy, .remove, .restart, .scale].contains(action), self.isNounPhraseEnd(at + 1, clause),
            let object = self.vocabulary.objects.first(where: { $0.products.first == technology })
        else { return nil }
        return Mention(at: at, end: at + 1, kind: object.kind, type: object.type, role: .object, span: self.span(at..<(at + 1)))
    }

    /// "3GPP release 16", "a Release 17 AMF": what a function conforms to, and no version of it.
    func isStandard(_ version: Target) -> Bool {
        guard version.attribute == "version", let number = version.value.text.flatMap({ Int($0) }), (8...25).contains(number) else { return false }
        return version.evidence?.lowercased().hasPrefix("release") ?? false
    }
}
