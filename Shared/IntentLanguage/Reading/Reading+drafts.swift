import IntentModel

extension Reading {
    /// Turns each clause into expectations, or into more about the expectations before it.
    mutating func readExpectations() {
        self.setLabelsAside()
        self.setSignatureAside()
        let identifiers = self.readIdentifiers()
        self.readNames()
        self.readPlaces()
        self.setInstantsAside()
        self.places.sort { $0.at < $1.at }
        self.readClauses()
        for index in self.clauses.indices {
            let asked = self.questions.count, counted = self.quantities.count
            self.readQuantities(self.clauses[index])
            let quantities = Array(self.quantities[counted...])
            let range = self.clauses[index].first..<self.clauses[index].end
            self.draft(index, Array(self.within(identifiers, \.at, range)), quantities, asked)
        }
        self.rejectNegatedOnly()
        self.readCautions()
    }

    mutating func draft(_ index: Int, _ identifiers: [IdentifierFinding], _ quantities: [Quantity], _ firstQuestion: Int) {
        var clause = self.clauses[index]
        var mentions = self.mentions(clause)
        self.attachNames(clause, &mentions)
        for mention in mentions {
            for at in mention.at..<max(mention.at, min(mention.end, self.lexemes.count)) { self.lexemes[at].isSpoken = true }
        }
        let previous = self.membersOfLastClause()
        var objects = mentions.filter { $0.role == .object }
        if let denied = mentions.first(where: { mention in
            mention.isNegated && mention.type != nil && objects.contains { $0.type == mention.type && $0.name == mention.name }
        }) {
            self.ask(clause, "object.type", "The text both asks for \(denied.name ?? denied.type ?? "it") and excludes it. What is meant?", [])
        }
        for mention in mentions where mention.isNegated {
            if let name = mention.name { self.excluded.append((index, mention.type, name)) }
        }
        defer { self.nameQuestions(firstQuestion) }
        // "… but leave the SMF at 3 replicas"
        if self.classes.contains(.sparing), let sparing = (clause.body..<max(clause.body, clause.end)).first(where: { self.spares($0, clause) }),
            quantities.contains(where: { $0.at > sparing && $0.target.value.boolean == nil })
        {
            self.ask(clause, "confirm", "'\(self.text(sparing..<clause.end))' was not understood. Should it be done without that?", ["yes", "no"])
        }

        // "The AMF must never have more than 8 replicas": a bound, and nothing that is not to be done.
        // … and so is "must never drop below 2".
        if !quantities.isEmpty, quantities.allSatisfy(\.isTurned),
            clause.verb == nil || clause.negated && clause.passive && (clause.verb?.action == .change || clause.verb?.action == .scale)
        {
            clause.negated = false
            clause.verb = nil
            // What the bound is of stands within the reach of the negation.
            if objects.isEmpty {
                for index in mentions.indices where mentions[index].role == .aside && !mentions[index].isPronoun && mentions[index].type != nil {
                    (mentions[index].isNegated, mentions[index].role) = (false, .object)
                }
                objects = mentions.filter { $0.role == .object }
            }
        }
        if clause.negated {
            // "deploy a UPF and do not enable autoscaling"
            if let action = clause.verb?.action, [.enable, .configure, .add, .set, .include, .autoscale].contains(action), let last = previous.last,
                self.expectations[last].verb == .deploy, objects.allSatisfy({ $0.isPronoun || $0.isWeak }),
                !quantities.isEmpty, quantities.allSatisfy({ $0.target.value.boolean != nil })
            {
                for member in previous {
                    for var quantity in quantities {
                        quantity.target.value = .boolean(false)
                        self.add(quantity, to: member, clause)
                    }
                }
                return
            }
            self.notes.append("'\(self.text(clause.first..<clause.end))' says what not to do.")
            if self.expectations.isEmpty { self.spared = objects.filter { !$0.isPronoun && !$0.isGeneric } }
            // "… Don't."
            if clause.end == clause.first + 1, !previous.isEmpty {
                self.ask(clause, "confirm", "'\(self.text(clause.first..<clause.end))' takes something back. Should it be done?", ["yes", "no"])
            }
            // "deploy the AMF and do not deploy the AMF"
            if let action = clause.verb?.action, quantities.isEmpty,
                mentions.contains(where: { mention in
                    previous.contains {
                        let known = self.expectations[$0]
                        return known.action == action && known.mention.type != nil && known.mention.type == mention.type && known.mention.name == mention.name
                    }
                })
            {
                self.ask(clause, "verb", "The text both asks for it and excludes it: '\(self.text(clause.first..<clause.end))'. What should be done?", [])
            }
            // "deploy an AMF but do not start it", "… and do not scale it below 3 replicas"
            if let last = previous.last, self.expectations[last].verb != .report, !mentions.isEmpty,
                mentions.allSatisfy({ $0.isPronoun || !quantities.isEmpty && $0.isSame(as: self.expectations[last].mention) })
            {
                self.questions.append(
                    Clarification(
                        expectation: "e\(last + 1)", field: "confirm",
                        question: "'\(self.text(clause.first..<clause.end))' cannot be followed. Should the rest be done all the same?",
                        options: ["yes", "no"]))
            }
            if self.clauses.count == 1 { self.negatedOnly = true }
            return
        }
        guard var action = clause.verb?.action else {
            // No verb: more about what was said before, or not understood.
            if self.isLoneFeature(clause, index) {
                self.ask(
                    clause, "confirm", "'\(self.text(clause.first..<clause.end))' cannot be done here. Should the rest be done all the same?", ["yes", "no"])
            } else if self.givesReason(clause, index, mentions) {
                let known = mentions.filter { !$0.isPronoun && !$0.isGeneric && $0.type != nil }
                if known.count == 1 { self.spared = known }
                self.notes.append("'\(self.text(clause.first..<clause.end))' asks for nothing.")
            } else if !self.expectations.isEmpty {
                self.elaborate(clause, index, mentions, quantities, identifiers, previous)
            } else if self.asksForMore(clause, objects, quantities), !self.has(clause.first, .wish) {
                clause.deedAt = (clause.first..<clause.end).first { self.has($0, .increment) }
                self.append(objects, clause, index, .scale, .add, quantities, mentions, identifiers)
            } else if self.isDestination(clause, objects, quantities) {
                clause.deedAt = quantities.first.map { $0.target.condition == .equals ? $0.at - 1 : $0.at }
                self.append(objects, clause, index, .scale, .scale, quantities, mentions, identifiers)
            } else if self.has(clause.first, .wish) || (clause.first..<clause.end).contains(where: { self.isDemand($0) })
                || !quantities.isEmpty && quantities.allSatisfy(\.isTurned) && self.has(clause.first, .negation), let first = objects.first,
                !first.isPronoun
            {
                let scales = !quantities.isEmpty && quantities.allSatisfy { ["replicas", "cpu", "memory", "storage"].contains($0.target.attribute) }
                clause.deedAt = (clause.first..<clause.end).first { self.has($0, [.wish, .negation]) || self.isDemand($0) }
                let isNew = first.isIndefinite && !quantities.contains { $0.target.condition == .increaseBy }
                self.append(
                    objects, clause, index, isNew ? .deploy : scales ? .scale : .configure,
                    isNew ? .deploy : scales || quantities.isEmpty == false ? .set : .vague, quantities, mentions, identifiers)
            } else if let first = objects.first, !first.isPronoun, !quantities.isEmpty, !clause.isQuestion,
                quantities.allSatisfy({ Self.isObjective($0.target.attribute) }),
                (clause.first..<clause.end).contains(where: { self.meaning($0)?.comparator != nil && ["must", "should", "shall"].contains(self.word($0)) })
            {
                // "UPF latency must not exceed 10 ms"
                clause.deedAt = (clause.first..<clause.end).first { self.isDemand($0) || self.meaning($0)?.comparator != nil }
                self.append(objects, clause, index, .optimize, .ensure, quantities, mentions, identifiers)
            } else if !objects.filter({ !$0.isPronoun }).isEmpty || !quantities.isEmpty {
                self.append(objects.filter { !$0.isPronoun }, clause, index, .configure, .vague, quantities, mentions, identifiers)
                if self.expectations.isEmpty { self.verbless = true }
            }
            return
        }
        // "When the load drops, remove …": what must hold first.
        if action == .report, let verbAt = clause.verbAt, self.has(verbAt, .condition), !self.isAsked(clause), index + 1 < self.clauses.count,
            !self.clauses[index + 1].opensSentence, self.clauses[index + 1].verb != nil
        {
            return
        }
        // "… but keep the SMF": nothing is asked of it.
        if let verbAt = clause.verbAt, ["keep", "keeping", "leave", "leaving"].contains(self.word(verbAt)), quantities.isEmpty, !self.expectations.isEmpty,
            !clause.opensSentence
        {
            self.notes.append("'\(self.text(clause.first..<clause.end))' asks for no change.")
            return
        }
        // "get me 3 more UPF replicas", "bring the AMF down to 2"
        if action == .report, !clause.isQuestion, quantities.contains(where: { $0.target.attribute == "replicas" && $0.target.condition == .increaseBy }) {
            action = .add
        }
        // "get the AMF to 6 replicas"
        if action == .report, !clause.isQuestion, clause.verbAt.map({ self.word($0) }) == "get", !quantities.isEmpty,
            quantities.allSatisfy({ $0.target.attribute == "replicas" && self.word($0.at - 1) == "to" })
        {
            action = .scale
        }
        // "give me 6 AMF replicas": new ones, or so many?
        if action == .report, !clause.isQuestion, let verbAt = clause.verbAt, ["give", "get"].contains(self.word(verbAt)),
            quantities.contains(where: { $0.target.attribute == "replicas" && $0.target.condition == .equals })
        {
            action = .vague
        }
        // "enable autoscaling for the AMF and disable it for the SMF"
        if action == .enable || action == .disable, objects.contains(where: \.isPronoun),
            self.switchedAgain(action, mentions, quantities, previous) == nil,
            let other = mentions.first(where: { mention in
                !mention.isPronoun && mention.kind == .networkFunction && mention.type != nil
                    && !previous.contains { self.expectations[$0].mention.isSame(as: mention) }
            })
        {
            self.ask(
                clause, "targets",
                "'\(self.text(clause.first..<clause.end))' does not say what. What should be changed on \(other.name ?? other.type ?? "it")?", [])
        }
        if action == .stop, quantities.contains(where: { $0.target.attribute == "replicas" && $0.target.condition == .equals }) { action = .scale }
        if clause.isQuestion, action != .report, clause.verb?.form == .base, self.has(clause.first, .question) { action = .report }
        // "deploy and configure X", "create and delete X": the verb's object comes with the next verb.
        if objects.isEmpty, quantities.isEmpty, index + 1 < self.clauses.count, !self.clauses[index + 1].opensSentence, self.clauses[index + 1].verb != nil,
            clause.end - clause.body <= 0,
            action != .report
        {
            self.sharedActions.append((action, clause.verb, clause.deedAt ?? clause.verbAt))
            return
        }
        if !self.sharedActions.isEmpty {
            let shared = self.sharedActions
            self.sharedActions = []
            for (other, verb, at) in shared {
                if let conflict = self.conflict(other, verb, action, clause.verb) {
                    let label = objects.first.map { $0.name ?? $0.type ?? "it" } ?? "it"
                    self.ask(
                        clause, "verb", "'\(conflict.0)' and '\(conflict.1)' contradict each other. Which of them should happen to \(label)?",
                        [conflict.0, conflict.1])
                }
                // The first verb says what is done, the second how ("deploy and configure").
                if [.deploy, .make, .remove, .migrate].contains(other) || action == .report || action == .monitor { (action, clause.deedAt) = (other, at) }
            }
        }
        self.askForTransfer(clause, mentions, quantities)
        if let again = self.switchedAgain(action, mentions, quantities, previous) {
            let known = self.expectations.count
            self.append(again.objects, clause, index, .configure, action, again.quantities, again.objects, identifiers)
            self.inheritPlaces(from: known, nil)
            return
        }
        let statement = self.takeStatement(previous, action, objects)
        if statement == nil, self.elaborates(action, objects, quantities, previous, clause) {
            self.elaborate(clause, index, mentions, quantities, identifiers, previous)
            return
        }
        // Pronouns stand for the objects before.
        if objects.contains(where: \.isPronoun), objects.allSatisfy({ $0.isPronoun || $0.isWeak }) {
            var antecedents = statement.map { [$0.mention] } ?? self.antecedents(previous)
            // "Don't delete the UPF, just restart it."
            if antecedents.isEmpty, self.expectations.isEmpty { antecedents = self.spared }
            objects = antecedents.map {
                var copy = $0; copy.group = 0; copy.at = mentions.first { $0.isPronoun }?.at ?? clause.body
                copy.role = .object
                copy.isRecalled = true
                return copy
            }
            // "deploy an AMF and an SMF and scale it"
            if antecedents.count > 1, let pronoun = mentions.first(where: \.isPronoun), self.word(pronoun.at) == "it" {
                let names = antecedents.map { $0.name ?? $0.type ?? "it" }
                self.ask(clause, "object.type", "'it' may be any of \(names.joined(separator: ", ")). Which one is meant?", names)
            }
            mentions = mentions.filter { !$0.isPronoun } + objects
            if antecedents.isEmpty, quantities.isEmpty, action == .ensure || action == .vague { return }
        }
        objects.removeAll(where: \.isPronoun)
        // "The UPF is saturated, add two replicas."
        if objects.isEmpty, var mention = statement?.mention {
            (mention.at, mention.isRecalled, mention.group) = (clause.body, true, 0)
            objects = [mention]
        }
        let verb = self.verb(for: action, clause, objects, quantities)
        let known = self.expectations.count
        self.append(objects, clause, index, verb, action, quantities, mentions, identifiers)
        self.askForSeveralSwitches(clause, action, objects)
        self.inheritPlaces(from: known, statement)
    }

    /// The expectations of the clause that was read last.
    func membersOfLastClause() -> [Int] {
        guard let last = self.expectations.last else { return [] }
        var first = self.expectations.count - 1
        while first > 0, self.expectations[first - 1].clause == last.clause { first -= 1 }
        return Array(first..<self.expectations.count)
    }

    func antecedents(_ previous: [Int]) -> [Mention] {
        guard let last = previous.last else { return [] }
        let clause = self.expectations[last].clause
        return previous.filter { self.expectations[$0].clause == clause }.map { self.expectations[$0].mention }
    }

    mutating func nameQuestions(_ first: Int) {
        let id = "e\(max(1, self.firstOfLastClause + 1))"
        for index in first..<max(first, self.questions.count) where self.questions[index].expectation.isEmpty { self.questions[index].expectation = id }
    }

    func conflict(_ a: Action, _ aVerb: VerbMeaning?, _ b: Action, _ bVerb: VerbMeaning?) -> (String, String)? {
        let pairs: [(Action, Action)] = [
            (.deploy, .remove), (.make, .remove), (.enable, .disable), (.lock, .unlock), (.deploy, .stop), (.remove, .scale), (.remove, .restart),
            (.stop, .restart),
        ]
        for (x, y) in pairs where (a == x && b == y) || (a == y && b == x) { return (a.rawValue, b.rawValue) }
        if a == b, a == .scale || a == .change, let first = aVerb?.direction, let second = bVerb?.direction, first != second {
            return ("scale up", "scale down")
        }
        return nil
    }

    /// Reads places, environment, qualities, use and the like in a stretch of a clause.
    mutating func readContext(_ clause: Clause, _ range: Range<Int>, _ context: inout Context, _ mentions: [Mention]) {
        let places = self.within(self.places, \.at, range)
        for place in places {
            // "del clúster norte al clúster sur"
            let isLeft = !place.isDestination && places.contains { $0.isDestination && $0.kind == place.kind && $0.at > place.at }
            if place.isOrigin || isLeft, clause.verb?.action == .migrate { context.from = place.value; continue }
            if let known = context.place(place.kind), known.lowercased() != place.value.lowercased(), clause.verb?.action != .report,
                !self.has(place.at - 1, .negation), !self.has(place.at - 2, .negation)
            {
                self.ask(
                    clause, "context.\(place.kind.rawValue)", "Both '\(known)' and '\(place.value)' are named. Where is it meant?", [known, place.value])
            }
            switch place.kind {
            case .namespace: context.namespace = context.namespace ?? place.value
            case .cluster: context.cluster = context.cluster ?? place.value
            case .region: context.region = context.region ?? place.value
            case .site: context.site = context.site ?? place.value
            case .zone: context.zone = context.zone ?? place.value
            case .tenant: context.tenant = context.tenant ?? place.value
            }
        }
        for index in range where self.lexemes[index].kind == .word {
            guard let meaning = self.meaning(index), index != clause.verbAt else { continue }
            if meaning.environment != nil, mentions.contains(where: { $0.name != nil && $0.at <= index && index < $0.end }) { continue }
            if let environment = meaning.environment, !self.lexemes[index].used || self.meaning(index + 1)?.place == .cluster, context.environment == nil {
                context.environment = environment
                self.say("environment", environment, index..<(index + 1))
            }
            if self.lexemes[index].used { continue }
            // "in staging and production"
            if let environment = meaning.environment, environment != context.environment, self.isConjunction(index - 1),
                self.meaning(index - 2)?.environment != nil,
                [.in, .on, .to, .across].contains(self.meaning(self.has(index - 3, .totality) ? index - 4 : index - 3)?.preposition),
                meaning.object == nil, self.meaning(index + 1)?.object == nil
            {
                self.ask(
                    clause, "context.environment", "Several environments are named, and one intent acts in one. Which one is meant here?",
                    [context.environment ?? "", environment].filter { !$0.isEmpty })
            }
            // "without SR-IOV", "disable hugepages"
            let isDenied = self.has(index - 1, .negation) || clause.verb?.action == .disable
            if let quality = meaning.quality, meaning.preposition == nil, !isDenied { self.addQuality(quality, to: &context, at: index) }
            if meaning.technology != nil, meaning.object == nil, !mentions.contains(where: { $0.at == index && $0.role == .object }) {
                self.addDependency(self.text(index..<(index + 1)), to: &context, at: index, self.span(index..<(index + 1)))
            }
            if meaning.has(.urgent), clause.verb?.action != .report {
                context.urgency = "immediate"
                self.say("urgency", "immediate", index..<(index + 1))
            }
            if meaning.has(.recurrence) {
                let recurrence = self.text(index..<(index + 1))
                context.window = TimeWindow(recurrence: recurrence)
                self.say("window", recurrence, index..<(index + 1))
            }
            if meaning.has(.vaguePlace) {
                self.ask(clause, "context.region", "'\(self.text(index..<(index + 1)))' names no place. Which regions, sites or clusters are meant?", [])
            }
            if meaning.has(.relativeTime), !self.isEnd(index) {
                self.ask(clause, "context.window", "When exactly does '\(self.text(index..<(index + 1)))' begin? Give a date and time.", [])
            }
            if meaning.has(.invalid), clause.verb?.action != .report {
                self.ask(clause, "context.slice", "'\(self.text(index..<min(index + 2, clause.end)))' cannot be acted on. What is meant?", [])
            }
            if let attribute = meaning.attribute, clause.verb?.action == .optimize || clause.verb?.action == .ensure || clause.verb?.action == .change,
                let quality = Self.canonicalQuality(of: self.vocabulary.attributes[attribute].attribute)
            {
                self.addQuality(quality, to: &context, at: index)
            }
        }
        for index in range where self.lexemes[index].kind == .compound {
            // "Redis-based"
            let token = self.tokens[self.lexemes[index].first]
            guard self.vocabulary.lexicon.meaning(of: token.word)?.technology != nil else { continue }
            let span = Span(start: token.start, end: token.end)
            self.addDependency(self.text(span), to: &context, at: index, span)
        }
        self.readWindow(range, &context)
        for mention in mentions where range.contains(mention.at) {
            switch mention.role {
            case .dependency:
                let name = mention.name ?? (mention.isClass ? nil : mention.type) ?? self.text(mention.span)
                self.addDependency(name, to: &context, at: mention.at, mention.span)
            case .slice:
                // Several slices are no one's own.
                let sorts = Set(mentions.filter { $0.role == .slice }.compactMap(\.sst))
                if sorts.count == 1, let sst = mention.sst, context.slice == nil {
                    context.slice = SliceID(sst: sst)
                    self.say("slice", String(sst), at: mention.at, mention.span)
                }
            default: break
            }
        }
        if let use = self.use(in: clause, mentions: mentions), range.contains(use.at), context.use == nil {
            let text = self.text(use.words)
            context.use = text
            self.say("use", text, use.words)
        }
    }

    mutating func rejectNegatedOnly() {
        if self.expectations.isEmpty, self.negatedOnly || self.clauses.contains(where: \.negated) {
            self.negatedOnly = true
        }
        // A verb left without an object ("create and delete").
        if !self.sharedActions.isEmpty { self.unspoken = self.expectations.isEmpty }
    }
}
