import IntentModel

extension Reading {
    /// Turns each clause into expectations, or into more about the expectations before it.
    mutating func readExpectations() {
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

    // MARK: - One clause

    private mutating func draft(_ index: Int, _ identifiers: [IdentifierFinding], _ quantities: [Quantity], _ firstQuestion: Int) {
        let clause = self.clauses[index]
        var mentions = self.mentions(clause)
        self.attachNames(clause, &mentions)
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
            if self.clauses.count == 1 { self.negatedOnly = true }
            return
        }
        guard var action = clause.verb?.action else {
            // No verb: more about what was said before, or not understood.
            if !self.expectations.isEmpty {
                self.elaborate(clause, index, mentions, quantities, identifiers, previous)
            } else if self.has(clause.first, .wish) || (clause.first..<clause.end).contains(where: { self.has($0, .modal) }), let first = objects.first,
                !first.isPronoun
            {
                let scales = !quantities.isEmpty && quantities.allSatisfy { ["replicas", "cpu", "memory", "storage"].contains($0.target.attribute) }
                let isNew = first.isIndefinite && !quantities.contains { $0.target.condition == .increaseBy }
                self.append(
                    objects, clause, index, isNew ? .deploy : scales ? .scale : .configure,
                    isNew ? .deploy : scales || quantities.isEmpty == false ? .set : .vague, quantities, mentions, identifiers)
            } else if let first = objects.first, !first.isPronoun, !quantities.isEmpty, !clause.isQuestion,
                quantities.allSatisfy({ Self.canonicalQuality(of: $0.target.attribute) != nil }),
                (clause.first..<clause.end).contains(where: { self.meaning($0)?.comparator != nil && ["must", "should", "shall"].contains(self.word($0)) })
            {
                // "UPF latency must not exceed 10 ms"
                self.append(objects, clause, index, .optimize, .ensure, quantities, mentions, identifiers)
            } else if !objects.filter({ !$0.isPronoun }).isEmpty || !quantities.isEmpty {
                self.append(objects.filter { !$0.isPronoun }, clause, index, .configure, .vague, quantities, mentions, identifiers)
                if self.expectations.isEmpty { self.verbless = true }
            }
            return
        }
        // "… but keep the SMF": nothing is asked of it.
        if let verbAt = clause.verbAt, ["keep", "keeping", "leave", "leaving"].contains(self.word(verbAt)), quantities.isEmpty, !self.expectations.isEmpty,
            !clause.opensSentence
        {
            self.notes.append("'\(self.text(clause.first..<clause.end))' asks for no change.")
            return
        }
        if clause.isQuestion, action != .report, clause.verb?.form == .base, self.has(clause.first, .question) { action = .report }
        // "deploy and configure X", "create and delete X": the verb's object comes with the next verb.
        if objects.isEmpty, quantities.isEmpty, index + 1 < self.clauses.count, !self.clauses[index + 1].opensSentence, self.clauses[index + 1].verb != nil,
            clause.end - clause.body <= 0,
            action != .report
        {
            self.sharedActions.append((action, clause.verb))
            return
        }
        if !self.sharedActions.isEmpty {
            let shared = self.sharedActions
            self.sharedActions = []
            for (other, verb) in shared {
                if let conflict = self.conflict(other, verb, action, clause.verb) {
                    let label = objects.first.map { $0.name ?? $0.type ?? "it" } ?? "it"
                    self.ask(
                        clause, "verb", "'\(conflict.0)' and '\(conflict.1)' contradict each other. Which of them should happen to \(label)?",
                        [conflict.0, conflict.1])
                }
                // The first verb says what is done, the second how ("deploy and configure").
                if [.deploy, .make, .remove, .migrate].contains(other) { action = other } else if action == .report || action == .monitor { action = other }
            }
        }
        if self.elaborates(action, objects, quantities, previous, clause) {
            self.elaborate(clause, index, mentions, quantities, identifiers, previous)
            return
        }
        // Pronouns stand for the objects before.
        if objects.contains(where: \.isPronoun), objects.allSatisfy({ $0.isPronoun || $0.isWeak }) {
            let antecedents = self.antecedents(previous)
            objects = antecedents.map {
                var copy = $0; copy.group = 0; copy.at = mentions.first { $0.isPronoun }?.at ?? clause.body; copy.role = .object; return copy
            }
            mentions = mentions.filter { !$0.isPronoun } + objects
            if antecedents.isEmpty, quantities.isEmpty, action == .ensure || action == .vague { return }
        }
        objects.removeAll(where: \.isPronoun)
        let verb = self.verb(for: action, clause, objects, quantities)
        self.append(objects, clause, index, verb, action, quantities, mentions, identifiers)
    }

    /// The expectations of the clause that was read last.
    private func membersOfLastClause() -> [Int] {
        guard let last = self.expectations.last else { return [] }
        var first = self.expectations.count - 1
        while first > 0, self.expectations[first - 1].clause == last.clause { first -= 1 }
        return Array(first..<self.expectations.count)
    }

    private func antecedents(_ previous: [Int]) -> [Mention] {
        guard let last = previous.last else { return [] }
        let clause = self.expectations[last].clause
        return previous.filter { self.expectations[$0].clause == clause }.map { self.expectations[$0].mention }
    }

    private mutating func nameQuestions(_ first: Int) {
        let id = "e\(max(1, self.firstOfLastClause + 1))"
        for index in first..<max(first, self.questions.count) where self.questions[index].expectation.isEmpty { self.questions[index].expectation = id }
    }

    private func conflict(_ a: Action, _ aVerb: VerbMeaning?, _ b: Action, _ bVerb: VerbMeaning?) -> (String, String)? {
        let pairs: [(Action, Action)] = [
            (.deploy, .remove), (.make, .remove), (.enable, .disable), (.deploy, .stop), (.remove, .scale), (.remove, .restart), (.stop, .restart),
        ]
        for (x, y) in pairs where (a == x && b == y) || (a == y && b == x) { return (a.rawValue, b.rawValue) }
        if a == b, a == .scale || a == .change, let first = aVerb?.direction, let second = bVerb?.direction, first != second {
            return ("scale up", "scale down")
        }
        return nil
    }

    // MARK: - Verbs

    private func verb(for action: Action, _ clause: Clause, _ objects: [Mention], _ quantities: [Quantity]) -> Verb {
        let scalable = ["replicas", "minReplicas", "maxReplicas", "cpu", "memory", "storage"]
        let numbers = quantities.filter { $0.target.value.boolean == nil }
        let scales =
            !numbers.isEmpty
            && numbers.allSatisfy {
                scalable.contains($0.target.attribute) || $0.target.attribute == "targetCPUUtilization" || $0.target.attribute == "profile"
            }
        let mentionsCapacity = (clause.body..<clause.end).contains { index in
            self.meaning(index)?.attribute.map { scalable.contains(self.vocabulary.attributes[$0].attribute) } ?? false
        }
        switch action {
        case .deploy:
            // "deploy two more SMF replicas"
            if quantities.contains(where: { $0.target.condition == .increaseBy && $0.target.attribute == "replicas" }) { return .scale }
            // "implement load balancing for …": behaviour is configured, not deployed.
            if let only = objects.first, objects.count == 1, only.kind == .radioNetwork, only.type != "Cell" { return .configure }
            // "set up monitoring for the AMF": the function is there already.
            if !objects.isEmpty, objects.allSatisfy({ $0.preposition == .for || $0.preposition == .on || $0.preposition == .to }),
                quantities.contains(where: { quantity in quantity.target.value.boolean != nil && objects.allSatisfy { quantity.at < $0.at } })
            {
                return .configure
            }
            return .deploy
        case .make:
            if let first = objects.first, first.isIndefinite || first.isClass && first.preposition == nil || quantities.contains(where: { $0.owner != nil }) {
                return .deploy
            }
            return scales ? .scale : objects.isEmpty ? .deploy : .configure
        case .scale
        where clause.verb?.direction == nil && !numbers.isEmpty && !mentionsCapacity
            && numbers.allSatisfy({ Self.canonicalQuality(of: $0.target.attribute) != nil }):
            // "keep the latency of the UPF under 10 ms"
            return .optimize
        case .scale, .autoscale, .multiply: return .scale
        case .change:
            if let verbAt = clause.verbAt, ["drop", "dropping", "dropped"].contains(self.word(verbAt)), numbers.isEmpty, !mentionsCapacity, !objects.isEmpty,
                !self.mentionsObjective(clause), objects.allSatisfy({ $0.name != nil })
            {
                return .remove
            }
            if scales || mentionsCapacity { return .scale }
            if numbers.isEmpty, objects.contains(where: { $0.kind == .networkFunction }), !self.mentionsObjective(clause) { return .scale }
            return .optimize
        case .add:
            if quantities.contains(where: { scalable.contains($0.target.attribute) }) { return .scale }
            return objects.contains { $0.kind == .networkFunction || $0.kind == .networkSlice || $0.kind == .application }
                && !objects.contains { $0.preposition == .to } ? .deploy : .configure
        case .remove:
            if quantities.contains(where: { $0.target.condition == .decreaseBy && scalable.contains($0.target.attribute) }) { return .scale }
            if objects.allSatisfy({ $0.preposition == .from }), quantities.contains(where: { $0.target.value.boolean != nil }), !objects.isEmpty {
                return .configure
            }
            return .remove
        case .set: return scales ? .scale : .configure
        case .configure:
            // "configure a firewall … and call it X": it is not there yet.
            if let first = objects.first, objects.count == 1, first.isIndefinite, first.isClass, first.name != nil { return .deploy }
            return .configure
        case .enable, .disable, .monitor, .schedule, .include, .name: return .configure
        case .ensure: return scales ? .scale : .optimize
        // "enhance the VNF to use 4 CPUs"
        case .optimize: return scales && numbers.allSatisfy { ["cpu", "memory", "storage"].contains($0.target.attribute) } ? .configure : .optimize
        case .lift: return .remove
        case .migrate: return .migrate
        case .restart: return .restart
        case .rollback: return .rollback
        case .report: return .report
        case .stop, .vague: return .configure
        }
    }

    private func mentionsObjective(_ clause: Clause) -> Bool {
        (clause.body..<clause.end).contains { index in
            guard let meaning = self.meaning(index) else { return false }
            return meaning.attribute.map { Self.canonicalQuality(of: self.vocabulary.attributes[$0].attribute) != nil } ?? false || meaning.quality != nil
        }
    }

    // MARK: - Elaboration

    /// Whether a clause only says more about the expectations before it.
    private func elaborates(_ action: Action, _ objects: [Mention], _ quantities: [Quantity], _ previous: [Int], _ clause: Clause) -> Bool {
        guard let last = previous.last else { return false }
        let head = self.expectations[last]
        let real = objects.filter { !$0.isPronoun && !$0.isWeak }
        if action == .name { return true }
        if action == .include { return true }
        if head.verb == .report || action == .report { return false }
        switch action {
        case .ensure, .enable, .configure, .set, .optimize, .monitor, .autoscale, .change, .disable, .add, .scale:
            let onlyAccessory = real.allSatisfy { [.policy, .infrastructure, .radioNetwork, .networkSlice].contains($0.kind) }
            // "deploy an AMF and an SMF. Give the AMF 4 CPUs."
            if head.verb == .deploy, [.set, .configure, .enable, .disable, .ensure, .monitor].contains(action), self.repeats(real, previous) { return true }
            guard
                real.isEmpty
                    || onlyAccessory && head.mention.kind != .radioNetwork
                        && [.networkFunction, .coreNetwork, .networkSlice, .e2Node, .application].contains(head.mention.kind)
            else { return false }
            if head.verb == .remove || head.verb == .restart || head.verb == .rollback || head.verb == .migrate { return real.isEmpty && action == .ensure }
            // "… and scale it to 5" stays a wish of its own.
            if action == .scale || action == .change, objects.contains(where: \.isPronoun) { return false }
            if action == .scale || action == .change || action == .add, real.isEmpty { return head.verb == .deploy || !quantities.isEmpty }
            if action == .configure, !real.isEmpty, head.verb != .deploy { return false }
            return true
        case .deploy:
            // "set up monitoring", "establish test automation" within a deployment
            if head.verb == .deploy, real.isEmpty,
                !objects.contains(where: { $0.isWeak && !$0.isPronoun && $0.kind == .networkFunction })
                    || real.allSatisfy({ $0.kind == .infrastructure && $0.type == "Monitoring" })
            {
                return true
            }
            // "deploy … . I need AMF, SMF deployed …"
            if head.verb == .deploy, head.mention.kind == .coreNetwork || head.mention.isGeneric, clause.passive, !real.isEmpty { return true }
            return head.verb != .deploy && real.isEmpty && objects.isEmpty
        default: return false
        }
    }

    /// Adds what a clause says to the expectations of the clause before.
    private mutating func elaborate(
        _ clause: Clause, _ clauseIndex: Int, _ mentions: [Mention], _ quantities: [Quantity], _ identifiers: [IdentifierFinding], _ previous: [Int]
    ) {
        guard let last = previous.last else { return }
        let owner = self.expectations[last].clause
        var members = previous.filter { self.expectations[$0].clause == owner }
        let parts = mentions.filter {
            $0.role == .object && !$0.isPronoun && !$0.isGeneric && !$0.isWeak
                && ($0.kind == .networkFunction && !$0.isClass || $0.kind == .e2Node || $0.kind == .application)
        }
        let head = self.expectations[last]
        var context = Context()
        self.readContext(clause, clause.first..<clause.end, &context, mentions)
        if let problem = Self.apply(identifiers, to: &context) { self.askForSlice(problem, clause) }
        let classes = mentions.filter { $0.role == .object && $0.isClass }
        if !parts.isEmpty, head.verb == .deploy, members.count == 1, head.mention.kind == .coreNetwork || head.mention.isGeneric,
            clause.verb == nil || [.deploy, .include, .configure, .make].contains(clause.verb?.action)
        {
            // The listed parts take the place of the whole.
            self.expectations.remove(at: last)
            self.firstOfLastClause = self.expectations.count
            for part in parts {
                var draft = head
                draft.mention = part
                draft.mention.group = part.group
                self.expectations.append(draft)
            }
            members = Array((self.expectations.count - parts.count)..<self.expectations.count)
            self.distribute(quantities, clause, members, replacing: true)
        } else if !classes.isEmpty, members.count == 1, head.mention.isClass || head.mention.type == "Custom",
            let name = classes.first(where: { $0.name != nil })?.name, head.mention.name == nil || head.mention.isClass
        {
            self.expectations[last].mention.name = head.mention.name ?? name
            for quantity in quantities { self.add(quantity, to: last, clause) }
        } else if !parts.isEmpty, clause.verb?.action == .include,
            !members.contains(where: { member in parts.contains { $0.type == self.expectations[member].mention.type } })
        {
            for part in parts {
                var draft = head
                draft.mention = part
                draft.targets = []
                self.expectations.append(draft)
            }
            self.distribute(quantities, clause, Array((self.expectations.count - parts.count)..<self.expectations.count), replacing: false)
            return
        } else {
            // What names one of the objects belongs to it, all else to every one.
            let named = parts.compactMap { part in
                members.first { self.expectations[$0].mention.type == part.type && (part.name == nil || part.name == self.expectations[$0].mention.name) }
            }
            if !parts.isEmpty, !named.isEmpty {
                members = named
            } else if !parts.isEmpty, clause.verb == nil, !quantities.isEmpty {
                // "scale AMF to 3, then SMF to 5"
                self.append(parts, clause, clauseIndex, head.verb, head.action, quantities, mentions, identifiers)
                return
            } else if !parts.isEmpty, clause.verb == nil {
                self.ask(clause, "confirm", "'\(self.text(clause.first..<clause.end))' could not be read. Is the rest right without it?", ["yes", "no"])
                return
            }
            for member in members {
                for quantity in quantities where self.concerns(quantity, member, parts) { self.add(quantity, to: member, clause) }
                if let only = mentions.first(where: { $0.isPronoun || $0.role == .object }), let name = only.name,
                    self.expectations[member].mention.name == nil, members.count == 1
                {
                    self.expectations[member].mention.name = name
                }
            }
        }
        if clause.verb?.action == .autoscale { self.completeActions(members, clause, .autoscale, quantities, mentions) }
        for name in self.within(self.names, \.at, clause.first..<clause.end).indices where !self.names[name].taken && members.count == 1 {
            if self.expectations[members[0]].mention.name == nil || self.expectations[members[0]].mention.isClass {
                self.expectations[members[0]].mention.name = self.names[name].name
                self.names[name].taken = true
            }
        }
        for member in members { self.expectations[member].context.merge(context) }
    }

    /// "the AMF needs 3 replicas, the SMF 2": a quantity said after one of several parts is of that part.
    private func concerns(_ quantity: Quantity, _ member: Int, _ parts: [Mention]) -> Bool {
        guard parts.count > 1, let said = parts.last(where: { $0.at < quantity.at }) ?? parts.first else { return true }
        let mention = self.expectations[member].mention
        if said.type == mention.type, said.name == nil || said.name == mention.name { return true }
        // "AMF and SMF: 3 replicas": the parts of one list share what follows.
        return parts.contains { $0.group == said.group && $0.type == mention.type && ($0.name == nil || $0.name == mention.name) }
    }

    /// The objects are those of the deployment just spoken of.
    private func repeats(_ objects: [Mention], _ previous: [Int]) -> Bool {
        !objects.isEmpty
            && objects.allSatisfy { object in
                !object.isIndefinite
                    && previous.contains {
                        self.expectations[$0].mention.type == object.type && (object.name == nil || object.name == self.expectations[$0].mention.name)
                    }
            }
    }

    // MARK: - Building

    private mutating func attachNames(_ clause: Clause, _ mentions: inout [Mention]) {
        for index in self.within(self.names, \.at, clause.first..<clause.end).indices where !self.names[index].taken {
            let at = self.names[index].at
            let before = mentions.indices.last { mentions[$0].role == .object && mentions[$0].at < at && !mentions[$0].isPronoun }
            let after = mentions.indices.first { mentions[$0].role == .object && !mentions[$0].isPronoun }
            if let owner = before ?? after, mentions[owner].name == nil || mentions[owner].isClass {
                mentions[owner].name = self.names[index].name
                if mentions[owner].isGeneric, mentions[owner].type == nil, mentions[owner].kind == .networkFunction {
                    mentions[owner].type = "Custom"
                    mentions[owner].isGeneric = false
                    mentions[owner].isWeak = false
                } else if mentions[owner].isGeneric, mentions[owner].kind == .networkSlice, clause.verb?.action != .deploy {
                    mentions[owner].type = "Custom"
                    mentions[owner].isGeneric = false
                }
                self.names[index].taken = true
                continue
            }
            if mentions.allSatisfy({ $0.role != .object }), clause.verb != nil, self.expectations.isEmpty || clause.opensSentence,
                self.kind(at) == .quoted || self.names[index].explicit
            {
                // deploy "edge-fw"
                var mention = Mention(
                    at: at, end: at + 1, kind: .networkFunction, type: "Custom", name: self.names[index].name, role: .object, span: self.names[index].span)
                if let fused = self.fusedObject(self.names[index].name) {
                    mention.kind = self.vocabulary.objects[fused].kind; mention.type = self.vocabulary.objects[fused].type
                }
                mentions.append(mention)
                self.names[index].taken = true
            }
        }
        // "add a VNF named X to the network": the other noun only says where.
        if mentions.contains(where: { $0.role == .object && $0.name != nil }) {
            for index in mentions.indices
            where mentions[index].role == .object && mentions[index].isGeneric && mentions[index].name == nil && mentions[index].preposition != nil {
                mentions[index].role = .aside
            }
        }
    }

    private mutating func append(
        _ objects: [Mention], _ clause: Clause, _ index: Int, _ verb: Verb, _ action: Action, _ quantities: [Quantity], _ mentions: [Mention],
        _ identifiers: [IdentifierFinding]
    ) {
        self.firstOfLastClause = self.expectations.count
        var objects = objects
        if objects.isEmpty {
            // A bare verb with something to do still becomes a question about its object.
            var mention = Mention(
                at: clause.body, end: clause.body, kind: .networkFunction, role: .object, isGeneric: true, isWeak: true,
                span: self.span(clause.first..<clause.end))
            if action == .report, quantities.isEmpty, !self.speaksOfTheNetwork(clause) { return }
            if mentions.isEmpty, quantities.isEmpty, !self.speaksOfTheNetwork(clause),
                [
                    .deploy, .make, .report, .vague, .ensure, .include, .name, .optimize, .set, .add, .stop, .monitor, .schedule, .change, .remove, .configure,
                    .enable, .disable, .migrate,
                ].contains(action)
            {
                if let verbAt = clause.verbAt, self.has(verbAt, .telling) || (clause.body..<clause.end).contains(where: { self.has($0, .pronoun) }) {
                    self.told = true
                }
                self.unspoken = true
                if action == .vague || action == .ensure || action == .include || action == .name || self.expectations.count > 0 { return }
            }
            if let implied = clause.verb?.implies, let known = self.vocabulary.objects.first(where: { $0.type == implied && $0.kind == .radioNetwork }) {
                mention.kind = known.kind
                mention.type = known.type
                mention.isGeneric = false
            } else if action != .report, mentions.isEmpty, let implied = self.impliedType(quantities, identifiers) {
                mention.kind = .radioNetwork
                mention.type = implied
                mention.isGeneric = false
            } else if let slice = mentions.first(where: { $0.role == .slice }) {
                mention = slice; mention.role = .object
            } else if let aside = mentions.first(where: {
                $0.role == .aside && !$0.isGeneric && !$0.isNegated && ($0.kind == .radioNetwork || $0.kind == .policy)
            }) {
                mention = aside; mention.role = .object
            }
            objects = [mention]
        }
        let first = self.expectations.count
        var groupEnds: [Int: Int] = [:]
        for object in objects { groupEnds[object.group] = max(groupEnds[object.group] ?? 0, object.end) }
        let groups = groupEnds.keys.sorted()
        for object in objects {
            var draft = Draft(verb: verb, action: action, mention: object, clause: index)
            // The stretch of text that speaks of this group alone.
            let position = groups.firstIndex(of: object.group) ?? 0
            let members = objects.filter { $0.group == object.group }
            let begin = position == 0 ? clause.first : members.map(\.at).min() ?? clause.first
            let end = position + 1 < groups.count ? objects.filter { $0.group == groups[position + 1] }.map(\.at).min() ?? clause.end : clause.end
            self.readContext(clause, begin..<end, &draft.context, mentions)
            if let problem = Self.apply(identifiers.filter { $0.at >= begin && $0.at < end }, to: &draft.context) {
                self.askForSlice(problem, clause)
            }
            if let sst = object.sst, draft.context.slice == nil { draft.context.slice = SliceID(sst: sst) }
            if object.kind == .networkSlice, object.type == nil, let sst = draft.context.slice?.sst,
                let known = self.vocabulary.objects.first(where: { $0.sst == sst })
            {
                draft.mention.type = known.type
                draft.mention.isGeneric = false
            }
            if self.lexemes.indices.contains(object.at), self.lexemes[object.at].corrected { draft.confidence = 0.9 }
            if object.type == "Custom" { draft.confidence = min(draft.confidence, 0.9) }
            // What was guaranteed to a slice is its policies; the slice itself stays.
            if action == .lift, object.kind == .networkSlice { (draft.mention.kind, draft.mention.type) = (.policy, "Slicing") }
            self.expectations.append(draft)
        }
        let members = Array(first..<self.expectations.count)
        // A place said before the first object is everybody's.
        if groups.count > 1, let start = objects.map(\.at).min(), start > clause.first, start <= clause.end {
            var opening = Context()
            self.readContext(clause, clause.first..<start, &opening, [])
            for member in members { self.expectations[member].context.mergePlace(opening) }
        }
        // A place said once at the end is everybody's, unless each has its own.
        if groups.count > 1 {
            let final = self.expectations[members[members.count - 1]].context
            let others = members.filter { self.expectations[$0].mention.group != objects[objects.count - 1].group }
            if others.allSatisfy({ !self.expectations[$0].context.hasPlace }) {
                for member in others { self.expectations[member].context.mergePlace(final) }
            }
            let opening = self.expectations[members[0]].context
            if opening.environment != nil {
                for member in members where self.expectations[member].context.environment == nil {
                    self.expectations[member].context.environment = opening.environment
                }
            }
        }
        self.distribute(quantities, clause, members, replacing: false)
        self.completeActions(members, clause, action, quantities, mentions)
    }

    private mutating func askForSlice(_ problem: String, _ clause: Clause) {
        self.ask(clause, "context.slice", "'\(problem)' is no valid S-NSSAI part. Which slice is meant (SST 0…255, SD six hexadecimal digits)?", [])
    }

    /// The RAN object that parameters or a cell belong to when none is named.
    private func impliedType(_ quantities: [Quantity], _ identifiers: [IdentifierFinding]) -> String? {
        for quantity in quantities {
            if let implied = self.vocabulary.attribute(quantity.target.attribute)?.implies { return implied }
        }
        return identifiers.contains { $0.identifier == .cell } ? "Cell" : nil
    }

    private func speaksOfTheNetwork(_ clause: Clause) -> Bool {
        for index in clause.first..<clause.end {
            guard let meaning = self.meaning(index), index != clause.verbAt else { continue }
            if meaning.object != nil || meaning.has(.generic) || meaning.attribute != nil || meaning.feature != nil
                || meaning.quality != nil && meaning.quality != "edge" || meaning.place != nil
                || meaning.namedFeature != nil && self.lexemes[index].end > self.lexemes[index].first + 1
            {
                return true
            }
            if ["network", "5g", "ran", "o", "running", "intents", "deployed", "inventory"].contains(self.word(index)) { return true }
        }
        return !self.within(self.places, \.at, clause.first..<clause.end).isEmpty
    }

    /// Gives each quantity to the objects it was said of.
    private mutating func distribute(_ quantities: [Quantity], _ clause: Clause, _ members: [Int], replacing: Bool) {
        guard let firstMember = members.first else { return }
        let shared =
            (clause.first..<clause.end).contains { self.has($0, [.distributive]) }
            || (clause.first..<clause.end).contains { self.has($0, .totality) && $0 >= clause.body }
        let group = members.reduce(into: [Int: Int]()) { $0[$1] = self.expectations[$1].mention.group }
        for quantity in quantities {
            if let owner = quantity.owner, let member = members.first(where: { self.expectations[$0].mention.at == owner }) {
                self.add(quantity, to: member, clause)
                continue
            }
            if let owner = quantity.owner, self.meaning(owner)?.object != nil, members.count == 1, self.expectations[firstMember].mention.at < owner,
                self.expectations[firstMember].mention.kind != .radioNetwork,
                self.expectations[firstMember].context.depends?.isEmpty == false
            {
                self.notes.append(
                    "'\(self.text(quantity.target.span ?? Span(start: 0, end: 0)))' is said of something else than \(self.expectations[firstMember].label).")
                continue
            }
            let before = members.filter { self.expectations[$0].mention.at < quantity.at && self.expectations[$0].clause >= 0 }
            let isModifierOfNext =
                quantity.target.value.boolean != nil
                && members.contains {
                    self.expectations[$0].mention.at == quantity.end || self.expectations[$0].mention.at == quantity.end + 1 && self.isModifier(quantity.end)
                }
            var recipients: [Int]
            if isModifierOfNext, let next = members.first(where: { self.expectations[$0].mention.at >= quantity.end }) {
                // "high-availability AMF and SMF"
                recipients = members.filter { group[$0] == group[next] && $0 >= next }
                // "a highly available SMF and a UPF"
                if let other = recipients.first(where: {
                    $0 > next && self.has(self.expectations[$0].mention.at - 1, [.indefinite, .filler]) && self.expectations[$0].mention.isIndefinite
                }) {
                    recipients = recipients.filter { $0 < other }
                }
            } else if let only = self.addressee(quantity, members) {
                recipients = [only]
            } else if let last = before.last {
                recipients = members.filter { group[$0] == group[last] }
                if shared, !members.contains(where: { (group[$0] ?? 0) > (group[last] ?? 0) }) { recipients = members }
            } else {
                recipients = members
            }
            if recipients.isEmpty { recipients = [firstMember] }
            for member in recipients {
                if shared, self.expectations[member].targets.contains(where: { $0.attribute == quantity.target.attribute }), recipients.count == members.count,
                    members.count > 1
                {
                    continue
                }
                self.add(quantity, to: member, clause)
            }
        }
    }

    /// "with autoscaling for the SMF": the one of several that a feature is said to be for.
    private func addressee(_ quantity: Quantity, _ members: [Int]) -> Int? {
        guard members.count > 1, ["for", "on"].contains(self.word(quantity.end)) else { return nil }
        var at = quantity.end + 1
        while self.has(at, [.definite]) { at += 1 }
        guard let object = self.meaning(at)?.object else { return nil }
        let type = self.vocabulary.objects[object].type
        return members.first { self.expectations[$0].mention.type == type && type != nil && self.expectations[$0].mention.at < at }
    }

    private mutating func add(_ quantity: Quantity, to member: Int, _ clause: Clause) {
        var target = quantity.target
        let bounded = self.expectsAutoscaling || self.hasMinimum && self.hasMaximum
        if target.attribute == "replicas" {
            if case .range(let low, let high) = target.value {
                guard low <= high else {
                    self.ask(
                        clause, "targets.replicas",
                        "From \(Self.plain(low)) to \(Self.plain(high)) is no range. How many replicas at least, and how many at most?", [])
                    return
                }
                var upper = target
                target.attribute = "minReplicas"; target.value = .number(low); target.condition = .equals
                upper.attribute = "maxReplicas"; upper.value = .number(high); upper.condition = .equals
                self.put(upper, member, clause)
            } else if bounded, quantity.minimum || quantity.maximum {
                target.attribute = quantity.minimum ? "minReplicas" : "maxReplicas"
                target.condition = .equals
            }
        }
        self.put(target, member, clause)
    }

    private mutating func put(_ target: Target, _ member: Int, _ clause: Clause) {
        if let known = self.expectations[member].targets.firstIndex(where: { $0.attribute == target.attribute }) {
            let other = self.expectations[member].targets[known]
            if other.value == target.value, other.condition == target.condition || target.value.boolean != nil { return }
            // A lower and an upper bound of the same thing go together.
            let lows: [Condition] = [.atLeast, .greaterThan], highs: [Condition] = [.atMost, .lessThan]
            if lows.contains(other.condition) && highs.contains(target.condition) || highs.contains(other.condition) && lows.contains(target.condition),
                let a = other.value.number, let b = target.value.number
            {
                let low = lows.contains(other.condition) ? a : b, high = lows.contains(other.condition) ? b : a
                if low <= high {
                    if target.attribute == "replicas" {
                        self.expectations[member].targets[known].attribute = "minReplicas"
                        self.expectations[member].targets[known].condition = .equals
                        self.expectations[member].targets[known].value = .number(low)
                        var upper = target
                        upper.attribute = "maxReplicas"; upper.condition = .equals; upper.value = .number(high)
                        self.expectations[member].targets.append(upper)
                        return
                    }
                    self.expectations[member].targets[known].condition = .between
                    self.expectations[member].targets[known].value = .range(low, high)
                    return
                }
            }
            if case .text = target.value, target.attribute == "feature" { self.expectations[member].targets.append(target); return }
            let label = self.expectations[member].label
            self.questions.append(
                Clarification(
                    expectation: "e\(member + 1)", field: "targets.\(target.attribute)",
                    question:
                        "The text says both '\(other.evidence ?? other.value.description)' and '\(target.evidence ?? target.value.description)'. Which \(target.attribute) should \(label) have?",
                    options: [other.value.description, target.value.description]))
            return
        }
        self.expectations[member].targets.append(target)
    }

    /// What the verb itself says of its objects.
    private mutating func completeActions(_ members: [Int], _ clause: Clause, _ action: Action, _ quantities: [Quantity], _ mentions: [Mention]) {
        let verbSpan = clause.verbAt.map { self.span($0..<($0 + 1)) }
        for member in members {
            switch action {
            case .multiply:
                let attribute =
                    (clause.body..<clause.end).compactMap { index in self.meaning(index)?.attribute.map { self.vocabulary.attributes[$0].attribute } }.first {
                        ["replicas", "cpu", "memory", "storage"].contains($0)
                    } ?? "replicas"
                if let factor = clause.verb?.factor, quantities.isEmpty {
                    self.expectations[member].targets.append(
                        Target(
                            attribute: attribute, condition: .multiplyBy, value: .number(factor), unit: Attribute.unit(of: attribute),
                            evidence: verbSpan.map { self.text($0) }, span: verbSpan))
                }
            case .change where clause.verb?.direction == .down && quantities.isEmpty:
                // "cut the replicas in half"
                guard let half = (clause.body..<clause.end).first(where: { self.word($0) == "half" && ["in", "by"].contains(self.word($0 - 1)) }) else { break }
                let attribute =
                    (clause.body..<clause.end).compactMap { index in self.meaning(index)?.attribute.map { self.vocabulary.attributes[$0].attribute } }.first {
                        ["replicas", "cpu", "memory", "storage"].contains($0)
                    } ?? "replicas"
                let span = self.span((half - 1)..<(half + 1))
                self.expectations[member].targets.append(
                    Target(
                        attribute: attribute, condition: .multiplyBy, value: .number(0.5), unit: Attribute.unit(of: attribute), evidence: self.text(span),
                        span: span))
            case .autoscale:
                if self.expectations[member].target("autoscaling") == nil {
                    self.expectations[member].targets.append(
                        Target(attribute: "autoscaling", value: .boolean(true), evidence: verbSpan.map { self.text($0) }, span: verbSpan))
                }
            case .enable, .disable:
                for index in clause.body..<clause.end where !self.lexemes[index].used {
                    guard let meaning = self.meaning(index), meaning.feature == nil,
                        let feature = meaning.namedFeature
                            ?? (meaning.object.flatMap { object in
                                mentions.contains { $0.at == index && $0.role == .aside }
                                    && [.radioNetwork, .policy].contains(self.vocabulary.objects[object].kind) ? self.text(index..<(index + 1)) : nil
                            })
                    else { continue }
                    let span = self.span(index..<(index + 1))
                    let value = action == .disable ? feature + "=disabled" : feature
                    self.put(Target(attribute: "feature", value: .text(value), evidence: self.text(span), span: span), member, clause)
                }
            case .monitor:
                if self.expectations[member].target("monitoring") == nil {
                    self.expectations[member].targets.append(
                        Target(attribute: "monitoring", value: .boolean(true), evidence: verbSpan.map { self.text($0) }, span: verbSpan))
                }
            default: break
            }
            if let feature = self.expectations[member].mention.feature, self.expectations[member].target(feature) == nil,
                [.radioNetwork, .infrastructure].contains(self.expectations[member].mention.kind), action != .remove, action != .report,
                self.expectations[member].mention.kind == .radioNetwork, action != .optimize
            {
                let span = self.expectations[member].mention.span
                self.expectations[member].targets.append(Target(attribute: feature, value: .boolean(action != .disable), evidence: self.text(span), span: span))
            }
        }
    }

    /// Reads places, environment, qualities, use and the like in a stretch of a clause.
    mutating func readContext(_ clause: Clause, _ range: Range<Int>, _ context: inout Context, _ mentions: [Mention]) {
        for place in self.within(self.places, \.at, range) {
            if place.isOrigin, clause.verb?.action == .migrate { context.from = place.value; continue }
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
            }
            if self.lexemes[index].used { continue }
            if let quality = meaning.quality, meaning.preposition == nil { context.addQuality(quality) }
            if meaning.technology != nil, meaning.object == nil { context.addDependency(self.text(index..<(index + 1))) }
            if meaning.has(.urgent) { context.urgency = "immediate" }
            if meaning.has(.recurrence) { context.window = TimeWindow(recurrence: self.text(index..<(index + 1))) }
            if meaning.has(.vaguePlace) {
                self.ask(clause, "context.region", "'\(self.text(index..<(index + 1)))' names no place. Which regions, sites or clusters are meant?", [])
            }
            if meaning.has(.relativeTime) {
                self.ask(clause, "context.window", "When exactly does '\(self.text(index..<(index + 1)))' begin? Give a date and time.", [])
            }
            if meaning.has(.invalid), clause.verb?.action != .report {
                self.ask(clause, "context.slice", "'\(self.text(index..<min(index + 2, clause.end)))' cannot be acted on. What is meant?", [])
            }
            if let attribute = meaning.attribute, clause.verb?.action == .optimize || clause.verb?.action == .ensure || clause.verb?.action == .change,
                let quality = Self.canonicalQuality(of: self.vocabulary.attributes[attribute].attribute)
            {
                context.addQuality(quality)
            }
        }
        for index in range where self.lexemes[index].kind == .compound {
            // "Redis-based"
            let token = self.tokens[self.lexemes[index].first]
            if self.vocabulary.lexicon.meaning(of: token.word)?.technology != nil { context.addDependency(self.text(Span(start: token.start, end: token.end))) }
        }
        self.readWindow(range, &context)
        for mention in mentions where range.contains(mention.at) {
            switch mention.role {
            case .dependency: context.addDependency(mention.name ?? (mention.isClass ? nil : mention.type) ?? self.text(mention.span))
            case .slice:
                // Several slices are no one's own.
                let sorts = Set(mentions.filter { $0.role == .slice }.compactMap(\.sst))
                if sorts.count == 1, let sst = mention.sst, context.slice == nil { context.slice = SliceID(sst: sst) }
            default: break
            }
        }
        if let use = self.use(in: clause, mentions: mentions), range.contains(use.at) { context.use = context.use ?? use.text }
    }

    private mutating func rejectNegatedOnly() {
        if self.expectations.isEmpty, self.negatedOnly || self.clauses.contains(where: \.negated) {
            self.negatedOnly = true
        }
        // A verb left without an object ("create and delete").
        if !self.sharedActions.isEmpty { self.unspoken = self.expectations.isEmpty }
    }
}

extension Context {
    mutating func addQuality(_ quality: String) {
        if self.qualities?.contains(quality) != true { self.qualities = (self.qualities ?? []) + [quality] }
    }

    mutating func addDependency(_ name: String) {
        if self.depends?.contains(name) != true { self.depends = (self.depends ?? []) + [name] }
    }

    func hasSamePlace(as other: Context) -> Bool {
        self.namespace == other.namespace && self.cluster == other.cluster && self.region == other.region && self.site == other.site && self.zone == other.zone
            && self.slice == other.slice && self.cell == other.cell
    }

    var hasPlace: Bool { self.namespace != nil || self.cluster != nil || self.region != nil || self.site != nil || self.zone != nil }

    mutating func mergePlace(_ other: Context) {
        self.namespace = self.namespace ?? other.namespace
        self.cluster = self.cluster ?? other.cluster
        self.region = self.region ?? other.region
        self.site = self.site ?? other.site
        self.zone = self.zone ?? other.zone
        self.tenant = self.tenant ?? other.tenant
        self.environment = self.environment ?? other.environment
    }

    mutating func merge(_ other: Context) {
        self.mergePlace(other)
        self.slice = self.slice ?? other.slice
        self.plmn = self.plmn ?? other.plmn
        self.dnn = self.dnn ?? other.dnn
        self.tac = self.tac ?? other.tac
        self.cell = self.cell ?? other.cell
        self.gnb = self.gnb ?? other.gnb
        self.ue = self.ue ?? other.ue
        self.use = self.use ?? other.use
        self.window = self.window ?? other.window
        self.urgency = self.urgency ?? other.urgency
        self.from = self.from ?? other.from
        for quality in other.qualities ?? [] { self.addQuality(quality) }
        for name in other.depends ?? [] { self.addDependency(name) }
    }
}
