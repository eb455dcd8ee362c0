import IntentModel

extension Reading {
    /// Part of a name ("cat-service"), not a subject.
    func isNameContext(_ index: Int) -> Bool {
        if self.isOccasion(index) { return true }
        return self.lexemes[index].used || self.meaning(index - 1)?.place != nil || self.has(index - 1, [.naming, .carrier])
            || self.tokens[self.lexemes[index].first].glued || self.meaning(index)?.object != nil
    }

    /// "… because of the football match": only the occasion of something that is of this network.
    private func isOccasion(_ index: Int) -> Bool {
        var at = index - 1
        while at > 0, self.meaning(at)?.preposition == nil, self.meaning(at)?.verb == nil, index - at < 6 { at -= 1 }
        guard at > 0, let preposition = self.meaning(at)?.preposition, preposition == .reason || preposition == .for else { return false }
        let before = max(0, at - 40)..<at
        return before.contains { self.meaning($0)?.object != nil } && before.contains { self.has($0, .telling) || self.meaning($0)?.verb?.direction != nil }
    }

    /// Anything of this product's business is spoken of.
    var mentionsDomain: Bool {
        self.lexemes.indices.contains { index in
            if self.lexemes[index].kind == .chain { return self.fusedObject(self.original(index)) != nil }
            guard let meaning = self.meaning(index), self.lexemes[index].kind == .word else { return false }
            if meaning.object != nil || meaning.feature != nil || meaning.place != nil || meaning.identifier != nil || meaning.verb?.implies != nil {
                return true
            }
            if let attribute = meaning.attribute {
                return ![
                    "instance", "copy", "copies", "unit", "speed", "user", "users", "image", "period", "cost", "budget", "client", "customer", "machine",
                    "delay", "release", "session", "volume", "load",
                ].contains(self.word(index)) || self.vocabulary.attributes[attribute].dimension == .cpu
            }
            if meaning.has(.generic) {
                return ["network", "vnf", "cnf", "nf", "o", "ran", "e2", "a1", "5g", "virtual", "cloud", "workload", "virtualized", "core"].contains(
                    self.word(index))
            }
            return ["5g", "lte", "3gpp", "free5gc", "open5gs"].contains(self.word(index))
        }
    }

    func priority(_ requested: Priority?) -> Priority? {
        var highest: Priority?
        for index in self.lexemes.indices {
            if let priority = self.meaning(index)?.priority {
                if priority == .low, requested == nil { highest = highest ?? priority } else { highest = max(highest ?? .low, priority) }
            }
        }
        return highest
    }

    /// Questions that need the text: contradictions, words for numbers, and verbs that may mean several things.
    func questions(about draft: Draft, _ expectation: Expectation) -> [Clarification] {
        var questions: [Clarification] = []
        func ask(_ field: String, _ question: String, _ options: [String] = []) {
            questions.append(Clarification(expectation: expectation.id, field: field, question: question, options: options))
        }
        let clause = self.clauses[draft.clause]
        let label = draft.label
        switch draft.action {
        case .stop: ask("verb", "Should \(label) be scaled to zero, or removed?", ["scale", "remove"])
        case .vague where clause.verb == nil: ask("verb", "What should be done with \(label)?", ["deploy", "scale", "configure", "remove", "report"])
        case .vague:
            ask("verb", "'\(self.text(clause.first..<clause.body))' does not say what to do with \(label). What should be done?", Verb.allCases.map(\.rawValue))
        case .lock, .unlock:
            // Cells are locked; what it would be for anything else is not said.
            if expectation.target("administrativeState") == nil {
                ask("verb", "A cell can be locked and unlocked. What should be done with \(label)?", ["scale", "configure", "remove", "report"])
            }
        case .schedule: ask("context.window", "When exactly should it happen, and what should be changed?", [])
        default: break
        }
        // "scale app to abc"
        if draft.verb == .scale, expectation.target("replicas") == nil {
            for index in clause.body..<clause.end
            where self.meaning(index)?.preposition == .to && self.isNameLike(index + 1) && draft.mention.at != index + 1
                && !expectation.targets.contains(where: { $0.value.number != nil })
            {
                ask("targets.replicas", "'\(self.original(index + 1))' is no number. How many replicas should \(label) have?")
            }
        }
        // "scale AMF to 3 and 5"
        if draft.verb == .scale || draft.verb == .deploy {
            for index in clause.body..<clause.end where self.lexemes[index].kind == .number && !self.lexemes[index].used {
                // "3,5", "2 times 3"
                if expectation.target("replicas") != nil, self.tokens[self.lexemes[index].first].kind == .number, self.isBesideNumber(index, clause) {
                    ask("targets.replicas", "The text gives several numbers ('\(self.original(index))' among them). How many replicas should \(label) have?")
                    continue
                }
                if self.isConjunction(index - 1) || self.word(index - 1) == "or", self.kind(index - 2) == .number || self.lexemes[max(0, index - 2)].used,
                    expectation.target("replicas") != nil
                {
                    ask("targets.replicas", "The text gives several numbers ('\(self.original(index))' among them). How many replicas should \(label) have?")
                }
            }
        }
        // Several unknown words where a name should be.
        if expectation.object.type == nil, expectation.object.name == nil, draft.verb != .report, draft.mention.kind == .networkFunction, clause.verb != nil {
            let words = (clause.body..<clause.end).filter { self.isNameLike($0) }
            if words.count > 1, draft.verb != .deploy {
                questions.append(
                    Clarification(
                        expectation: expectation.id, field: "object.name", question: "Which instance is meant? Its name could not be told from the text.",
                        options: []))
            }
        }
        // A preposition with nothing after it.
        if clause.end > clause.body, self.meaning(clause.end - 1)?.preposition == .with,
            ["with", "including", "having", "featuring"].contains(self.word(clause.end - 1)), !self.lexemes[clause.end - 1].used
        {
            ask("targets", "The text ends after '\(self.original(clause.end - 1))'. With what?")
        }
        // "from 2 to"
        if clause.end == self.lexemes.count, clause.end > clause.body, ["to", "from", "by", "between"].contains(self.word(clause.end - 1)),
            self.isSingleWord(clause.end - 1), !self.lexemes[clause.end - 1].used, draft.verb != .report
        {
            ask("confirm", "The text ends after '\(self.original(clause.end - 1))'. Is the reading above all that is meant?", ["yes", "no"])
        }
        // "Deploy AMF with SMF": both, or AMF connected to SMF?
        if draft.verb == .deploy, draft.mention.kind == .networkFunction, let depends = expectation.context.depends {
            for index in clause.body..<clause.end where self.meaning(index)?.preposition == .with && !self.lexemes[index].used {
                let next = index + 1
                if let object = self.meaning(next)?.object, self.vocabulary.objects[object].kind == .networkFunction,
                    let type = self.vocabulary.objects[object].type, depends.contains(type), !self.has(next + 1, .dependsNoun),
                    !self.isPart(object, of: draft.mention),
                    !self.hasDependsNoun(after: next, clause)
                {
                    ask("context.depends", "Should \(depends.joined(separator: ", ")) be deployed as well, or only be connected to?", ["deploy", "connect"])
                }
            }
        }
        // "cancel the deployment of the AMF": stop it, or take the AMF away?
        if draft.verb == .remove, let verbAt = clause.verbAt, ["cancel", "abort", "cancelling", "canceling"].contains(self.word(verbAt)) {
            var noun = clause.body
            while noun < clause.end, self.has(noun, [.definite, .filler]) { noun += 1 }
            if self.meaning(noun)?.actionNoun != nil || self.word(noun) == "deployment" || self.word(noun) == "scaling" {
                ask("verb", "Should \(label) be removed, or only what is going on with it be stopped?", ["remove", "none"])
            }
        }
        // "restart the busiest UPF", "reset the password of the AMF": the words before it decide which one, or what of it.
        if [.remove, .restart, .rollback, .migrate].contains(draft.verb), !draft.mention.isPronoun, clause.verbAt != nil {
            let begin = clause.passive ? clause.first : clause.body
            for index in begin..<max(begin, min(draft.mention.at, clause.end)) where !self.lexemes[index].used {
                if self.kind(index) == .unknown {
                    ask("object.name", "'\(self.original(index))' is not known. Which instance is meant?")
                    break
                }
                let picks = self.has(index, .selecting) || self.has(index, .describing) && !self.has(index - 1, .definite)
                if draft.mention.name == nil, picks, draft.verb != .rollback {
                    ask("object.name", "Nothing here tells which ones are '\(self.original(index))'. Which instances are meant?")
                    break
                }
            }
            // "remove the limit of the AMF", "erase the disk of the UDR", "clean up the AMF logs": a part, not the whole.
            if draft.verb == .remove || draft.verb == .restart, !clause.passive, let part = self.part(of: draft.mention, clause) {
                ask("object.name", "Is all of \(label) meant, or only its \(self.original(part))? Say what exactly should be done.", [])
            }
        }
        // "block traffic from the UDM to the SMF": only who connects things is done when both are named.
        if draft.verb == .configure, draft.action == .configure, expectation.targets.isEmpty, expectation.context.depends != nil, let verbAt = clause.verbAt,
            ["block", "deny", "allow", "restrict", "isolate", "protect", "throttle", "cap", "limit", "route", "shift"].contains(self.word(verbAt))
        {
            ask("targets", "What should be changed on \(label)?")
        }
        // "roll the AMF back by two versions", "to yesterday", "from backup": further than to the revision before this one.
        if draft.verb == .rollback, expectation.target("version") == nil {
            let said = max(clause.body, draft.mention.end)..<max(clause.body, draft.mention.end, clause.end)
            let isFurther = said.contains { index in
                guard !self.lexemes[index].used else { return false }
                if self.lexemes[index].kind == .number { return true }
                guard let preposition = self.meaning(index - 1)?.preposition, index > said.lowerBound, [.to, .from, .by].contains(preposition) else {
                    return false
                }
                return preposition == .from || self.kind(index) == .unknown || self.has(index, .relativeTime)
            }
            if isFurther { ask("targets.version", "'\(self.text(said))' is no revision. Which revision should \(label) go back to?") }
        }
        // "create 3 slices", "connect 5 gNBs": how many of them, and no replicas.
        if let replicas = expectation.target("replicas")?.value.number, replicas > 1 {
            if draft.mention.kind == .networkSlice, self.original(draft.mention.at).lowercased().hasSuffix("slices") {
                ask("object.name", "Several slices are asked for, and one intent is about one. What is its name?")
            }
            if let verbAt = clause.verbAt, draft.verb == .configure, Self.linking.contains(self.word(verbAt)) {
                ask("confirm", "Should \(label) have \(Self.plain(replicas)) replicas?", ["yes", "no"])
            }
        }
        // "purge the data of the UDR"; what was said of it may stand in a later clause than the verb.
        let end = draft.mention.end
        let part = end..<max(end, min(end + 3, clause.end))
        if draft.verb == .configure || draft.verb == .scale, draft.mention.type == "Custom", self.kind(draft.mention.at) == .unknown,
            let preposition = self.meaning(end)?.preposition, [.of, .in, .on, .for].contains(preposition),
            part.contains(where: { self.meaning($0)?.object != nil && preposition == .of || self.meaning($0)?.identifier == .cell })
        {
            ask("object.name", "'\(self.original(draft.mention.at))' is nothing that can be set. What should be changed, and on what?")
        }
        // "move two replicas of the UPF": a function moves as a whole.
        if draft.verb == .migrate, let some = expectation.target("replicas")?.span, some.start < draft.mention.span.start {
            ask("targets.replicas", "A function moves as a whole. Should all of \(label) move, or how many replicas should it have in which place?")
        }
        if draft.verb == .remove || draft.verb == .restart, draft.mention.type == "Custom",
            draft.mention.name == nil || self.kind(draft.mention.at) == .unknown, self.meaning(end)?.preposition == .of,
            part.contains(where: { self.meaning($0)?.object != nil })
        {
            ask("object.name", "'\(self.text(draft.mention.at..<part.upperBound))' is only a part. Which instance is meant?")
        }
        // "remove AMF replicas": some, or the whole?
        if draft.verb == .remove, expectation.target("replicas") == nil, !(clause.body..<clause.end).contains(where: { self.has($0, .totality) }),
            (clause.body..<clause.end).contains(where: { index in
                self.word(index).hasSuffix("s") && self.meaning(index)?.attribute.map { self.vocabulary.attributes[$0].attribute } == "replicas"
            })
        {
            ask("targets.replicas", "How many replicas of \(label) should be removed?", [])
        }
        // 「刪除所有的東西」: a word of a script without spaces names no workload.
        if draft.mention.type == "Custom", self.kind(draft.mention.at) == .unknown, draft.verb != .report,
            (expectation.object.name ?? "").utf8.contains(where: { $0 >= 0xe3 && $0 <= 0xe9 })
        {
            ask("object.name", "'\(self.original(draft.mention.at))' is not known. Which instance is meant?")
        }
        // "deploy AMF with replicas"
        if draft.verb == .deploy, !expectation.targets.contains(where: { Self.counted.contains($0.attribute) }),
            (max(clause.body, draft.mention.end)..<max(clause.body, draft.mention.end, min(clause.end, draft.mention.end + 8))).contains(where: {
                self.isCountNoun(at: $0) && self.word($0).hasSuffix("s") && self.meaning($0 - 1)?.preposition == .with && !self.lexemes[$0].used
            })
        {
            ask("targets.replicas", "How many replicas should \(label) have?")
        }
        if [.remove, .restart, .migrate].contains(draft.verb), draft.mention.name == nil, let words = self.selection(draft.mention, clause, expectation) {
            ask("object.name", "Nothing here tells which ones are meant by '\(words)'. Which instances are they?")
        }
        // "Lösche den AMF, der 3 Instanzen hat": behind what is removed, an amount that it does not change says which one.
        if draft.verb == .remove || draft.verb == .restart,
            let amount = expectation.targets.first(where: { ["replicas", "cpu", "memory"].contains($0.attribute) && $0.condition != .decreaseBy }),
            let at = amount.span, at.start > draft.mention.span.end
        {
            ask("object.name", "Nothing here tells which one has '\(amount.evidence ?? "")'. Which instance is meant?")
        }
        // "remove the second replica of the AMF"
        if draft.verb == .remove || draft.verb == .restart, expectation.target("replicas") == nil,
            (max(clause.body, draft.mention.at - 6)..<max(clause.body, min(clause.end, draft.mention.end + 4))).contains(where: {
                self.isCountNoun(at: $0) && Self.isOrdinal(self.word($0 - 1))
            })
        {
            ask("targets.replicas", "Replicas have no order here. How many replicas should \(label) have?", [])
        }
        // "scale the second AMF to 5"
        if draft.verb != .deploy, draft.verb != .report, draft.mention.name == nil, Self.isOrdinal(self.word(draft.mention.at - 1)),
            self.has(draft.mention.at - 2, .definite)
        {
            ask("object.name", "Nothing here has an order. Which instance is '\(self.text((draft.mention.at - 1)..<draft.mention.end))'?")
        }
        // "deploy the AMF stopped"
        if draft.verb == .deploy, draft.mention.end < clause.end, let verb = self.meaning(draft.mention.end)?.verb, verb.form == .participle,
            [.stop, .disable, .lock, .remove].contains(verb.action)
        {
            ask(
                "confirm", "'\(self.original(draft.mention.end))' is no state that something is deployed in. Should it be deployed all the same?",
                ["yes", "no"])
        }
        // "deploy the latest AMF": which one that is, is not known here.
        if draft.verb == .deploy, expectation.target("version") == nil, draft.mention.kind == .networkFunction,
            (max(clause.body, draft.mention.at - 4)..<max(clause.body, draft.mention.at)).contains(where: {
                ["latest", "newest", "oldest"].contains(self.word($0))
                    || ["old", "older", "previous", "earlier"].contains(self.word($0))
                        && self.meaning(draft.mention.end)?.attribute.map { self.vocabulary.attributes[$0].attribute } == "version"
            })
        {
            ask("targets.version", "Which version of \(label) is meant?")
        }
        // "deploy an AMF called": nothing follows.
        if clause.end > clause.body, self.has(clause.end - 1, .naming), !self.lexemes[clause.end - 1].used, draft.verb != .report {
            ask("object.name", "The text ends after '\(self.original(clause.end - 1))'. What is its name?")
        }
        // "restart the SMF with debug logging", "restart the SMF replica 2"
        if draft.verb == .restart {
            let said = max(clause.body, draft.mention.end)..<max(clause.body, draft.mention.end, clause.end)
            if let at = said.first(where: { self.meaning($0)?.namedFeature != nil && self.meaning($0 - 1)?.object == nil && !self.lexemes[$0].used }),
                said.contains(where: { $0 < at && self.meaning($0)?.preposition == .with })
            {
                ask("confirm", "A restart changes no settings: should \(label) be restarted without '\(self.original(at))'?", ["yes", "no"])
            }
            if expectation.target("replicas") != nil {
                ask("targets.replicas", "Replicas have no order here. Should all of \(label) be restarted?")
            }
        }
        // "undo the scaling of the AMF": no revision of it.
        if draft.verb == .rollback,
            (clause.body..<max(clause.body, min(draft.mention.at, clause.end))).contains(where: { index in
                self.meaning(index)?.actionNoun.map { [.scale, .restart, .remove, .migrate].contains($0) } ?? false
            })
        {
            ask("verb", "Should \(label) go back to an earlier revision, or is something else to be undone?", ["rollback", "scale"])
        }
        // "remove the DNN ims from the SMF", "remove slice 1-000001 from the AMF": not the function.
        if draft.verb == .remove, let preposition = draft.mention.preposition, [.from, .of, .on].contains(preposition),
            (max(clause.body, draft.mention.at - 8)..<max(clause.body, draft.mention.at)).contains(where: { index in
                self.meaning(index)?.identifier != nil
                    || self.meaning(index)?.object.map { self.vocabulary.objects[$0].kind == .networkSlice } ?? false
            })
        {
            ask("object.name", "Is all of \(label) meant, or only '\(self.text(clause.body..<draft.mention.at))'? Say what exactly should be done.")
        }
        questions += self.misgivings(about: draft, expectation, clause)
        if let words = self.deniesRedundancy(draft, clause) {
            ask("targets.highAvailability", "High availability takes several replicas, and '\(words)' denies them. Which of the two is meant?")
        }
        if let version = expectation.target("version"), draft.verb == .deploy || draft.verb == .configure, self.isStandard(version) {
            ask("targets.version", "'\(version.evidence ?? "")' may be a release of the standard. Which version should \(label) have?")
        }
        // "deploy amf x3"
        if let name = expectation.object.name, name.utf8.count <= 4, name.lowercased().first == "x", name.utf8.count > 1,
            name.dropFirst().allSatisfy(\.isNumber)
        {
            ask("targets.replicas", "'\(name)' may say how many. How many replicas should \(expectation.object.type ?? name) have?", [])
        }
        // An acronym nobody knows may be a slip for one that everybody does.
        if draft.mention.type == "Custom", draft.mention.name != nil, self.isAcronym(draft.mention.at) {
            ask("object.type", "'\(self.original(draft.mention.at))' is no function that is known. Which one is meant?", ["AMF", "SMF", "UPF", "NRF"])
        }
        if [.remove, .restart, .rollback, .migrate, .scale].contains(draft.verb), draft.mention.type == "Custom", self.kind(draft.mention.at) == .unknown,
            self.has(draft.mention.at - 1, .definite), !self.original(draft.mention.at).utf8.contains(where: { $0 >= 0x30 && $0 <= 0x39 })
        {
            ask("object.name", "'\(self.original(draft.mention.at))' is not known as a function. Which instance is meant?")
        }
        if draft.verb == .remove || draft.verb == .restart, clause.body < clause.end,
            draft.mention.isGeneric || draft.mention.type == "Custom" && draft.mention.at == clause.body + 1 && self.endsWithOf(clause.body)
        {
            if self.has(clause.body, .totality) {
                ask("object.name", "'\(self.text(clause.body..<clause.end))' is too wide to act on. Which instances are meant?")
            }
        }
        return questions
    }

    /// "all of"
    private func endsWithOf(_ index: Int) -> Bool { self.lexemes.indices.contains(index) && self.tokens[self.lexemes[index].end - 1].word == "of" }

    private static let counted: Set<String> = ["replicas", "minReplicas", "maxReplicas", "autoscaling", "highAvailability"]
    private static let relatives: Set<String> = ["that", "which", "whose", "who", "older", "newer", "having"]

    /// "the AMF that is not used", "AMFs older than 3 days", "UPFs with more than 80 % CPU", "one of the AMFs": which of them, told by what nothing here
    /// knows.
    private func selection(_ mention: Mention, _ clause: Clause, _ expectation: Expectation) -> String? {
        let end = min(mention.end, clause.end)
        if self.word(mention.at - 2) == "of" || self.word(mention.at - 1) == "of", !mention.isPronoun {
            let first = self.word(mention.at - 2) == "of" ? mention.at - 3 : mention.at - 2
            if first >= clause.body, self.kind(first) == .number || Self.portions.contains(self.word(first)) { return self.text(first..<end) }
        }
        guard end < clause.end, !self.lexemes[end].used else { return nil }
        if Self.relatives.contains(self.word(end)) { return self.text(mention.at..<clause.end) }
        guard self.meaning(end)?.preposition == .with, mention.kind == .networkFunction, expectation.verb != .migrate else { return nil }
        let isMeasured = (end + 1..<clause.end).contains { index in
            self.meaning(index)?.attribute != nil || self.meaning(index)?.comparator != nil || self.kind(index) == .number
        }
        return isMeasured ? self.text(mention.at..<clause.end) : nil
    }

    private static let portions: Set<String> = ["half", "most", "part", "some", "many", "few", "several", "any", "third", "quarter"]

    private static func isOrdinal(_ word: String) -> Bool {
        ["first", "second", "third", "fourth", "last", "next"].contains(word)
    }

    private static let linking: Set<String> = ["connect", "attach", "integrate", "link", "join", "register"]

    /// Another number, one word away, was taken for a quantity.
    private func isBesideNumber(_ index: Int, _ clause: Clause) -> Bool {
        for other in [index - 2, index + 2] where other >= clause.body && other < clause.end {
            let between = (index + other) / 2
            guard self.lexemes[other].kind == .number, self.lexemes[other].used, !self.isConjunction(between) else { continue }
            if self.kind(between) == .unknown || self.isSymbol(between, ",", "*", "+", "x") { return true }
        }
        return false
    }

    /// Two to five capitals in a text that is not all capitals, and no word of the vocabulary.
    private func isAcronym(_ index: Int) -> Bool {
        guard self.kind(index) == .unknown else { return false }
        let word = Array(self.original(index).utf8)
        guard (2...5).contains(word.count), word.allSatisfy({ $0 >= 0x41 && $0 <= 0x5a }) else { return false }
        return self.text.contains { $0 >= 0x61 && $0 <= 0x7a }
    }

    private static let parts: Set<String> = [
        "label", "labels", "limit", "limits", "configuration", "configurations", "config", "settings", "setting", "parameter", "parameters", "attribute",
        "attributes",
        "properties",
        "property", "resource", "resources", "profile", "backup", "traffic", "sessions", "connections", "subscription", "subscriptions", "interface",
        "interfaces",
        "registration", "cache", "policy", "policies", "level", "count", "size", "target", "requirement", "requirements",
    ]

    private func isPart(_ object: Int, of mention: Mention) -> Bool {
        guard let type = self.vocabulary.objects[object].type else { return false }
        return self.vocabulary.objects.contains { $0.kind == mention.kind && $0.type == mention.type && $0.contains.contains(type) }
    }

    /// A noun that makes of the object only what it is a part of: before it with "of", "from" or "on", or right after it.
    private func part(of mention: Mention, _ clause: Clause) -> Int? {
        func isPart(_ index: Int) -> Bool {
            guard index >= clause.body, index < clause.end, !self.lexemes[index].used else { return false }
            if self.kind(index) == .unknown { return !self.has(index - 1, .naming) && mention.name == nil }
            guard self.kind(index) == .word, let meaning = self.meaning(index) else { return false }
            if index == mention.end, self.isPossessive(mention), Self.belongings.contains(self.word(index)) { return true }
            if self.has(index, [.carrier, .generic]) && !Self.parts.contains(self.word(index)) { return false }
            // "the AMF autoscaler", "the namespace of the AMF"
            if meaning.feature != nil, meaning.object == nil, index == mention.end { return true }
            if meaning.place != nil, index < mention.at, mention.preposition == .of { return true }
            if let attribute = meaning.attribute { return self.vocabulary.attributes[attribute].attribute != "replicas" }
            return meaning.namedFeature != nil || Self.parts.contains(self.word(index))
        }
        if mention.preposition != nil, mention.at > clause.body {
            for index in clause.body..<min(mention.at, clause.end) where isPart(index) { return index }
        }
        if self.isPossessive(mention), Self.isOrdinal(self.word(mention.end)) { return mention.end + 1 < clause.end ? mention.end + 1 : nil }
        return isPart(mention.end) ? mention.end : nil
    }

    /// What is not the function itself: "the AMF's node".
    static let belongings: Set<String> = ["node", "host", "server", "machine", "container", "interface", "interfaces", "cluster", "namespace", "database"]

    /// "the AMF's"
    func isPossessive(_ mention: Mention) -> Bool {
        let end = mention.span.end
        guard end + 1 < self.text.count else { return false }
        return self.text[end] == UInt8(ascii: "'") && self.text[end + 1] == UInt8(ascii: "s") || self.text[end] == 0xe2 && self.text[end + 1] == 0x80
    }

    private func hasDependsNoun(after index: Int, _ clause: Clause) -> Bool {
        var at = index
        while at < clause.end, self.meaning(at)?.object != nil || self.isConjunction(at) || self.isComma(at) { at += 1 }
        return self.has(at, [.dependsNoun, .supportNoun])
    }
}
