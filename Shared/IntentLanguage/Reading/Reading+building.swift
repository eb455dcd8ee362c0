import IntentModel

extension Reading {

    mutating func attachNames(_ clause: Clause, _ mentions: inout [Mention]) {
        var named: Set<Int> = []
        for index in self.within(self.names, \.at, clause.first..<clause.end).indices where !self.names[index].taken {
            let at = self.names[index].at
            let before = mentions.indices.last { mentions[$0].role == .object && mentions[$0].at < at && !mentions[$0].isPronoun }
            let after = mentions.indices.first { mentions[$0].role == .object && !mentions[$0].isPronoun }
            if let owner = before ?? after, named.contains(owner) {
                guard self.names[index].name != mentions[owner].name, clause.verb?.action != .report else { continue }
                self.names[index].taken = true
                // "delete the firewalls named "a" and "b""
                if self.isConjunction(at - 1) || self.isComma(at - 1), let action = clause.verb?.action, ![.deploy, .make].contains(action) {
                    var other = mentions[owner]
                    (other.name, other.at, other.end, other.span) = (self.names[index].name, at, at + 1, self.names[index].span)
                    mentions.append(other)
                } else {
                    self.ask(clause, "object.name", "Several names are given, '\(self.names[index].name)' among them. Which one is meant?", [])
                }
                continue
            }
            if let owner = before ?? after, mentions[owner].name == nil || mentions[owner].isClass {
                named.insert(owner)
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
            let isOwnDeed = clause.verb.map { [.deploy, .remove, .restart, .migrate, .rollback, .scale].contains($0.action) && $0.form == .base } ?? false
            if mentions.allSatisfy({ $0.role != .object }), clause.verb != nil, self.expectations.isEmpty || clause.opensSentence || isOwnDeed,
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

    mutating func append(
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
                // "Wait for my go, then scale …"
                if action == .vague, self.expectations.isEmpty, clause.verbAt.map({ ["wait", "hold"].contains(self.word($0)) }) == true,
                    index + 1 < self.clauses.count
                {
                    let question = "'\(self.text(clause.first..<clause.end))' cannot be done here. Should the rest be done all the same?"
                    self.ask(clause, "confirm", question, ["yes", "no"])
                }
                if action == .vague, clause.verbAt != nil, let last = self.expectations.last, last.verb != .report {
                    let question = "'\(self.text(clause.first..<clause.end))' cannot be done here. Should the rest be done all the same?"
                    self.ask(clause, "confirm", question, ["yes", "no"])
                    self.firstOfLastClause = self.expectations.count - 1
                }
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
            var draft = Draft(verb: verb, action: action, mention: object, clause: index, deedAt: clause.deedAt ?? clause.verbAt)
            // The stretch of text that speaks of this group alone.
            let position = groups.firstIndex(of: object.group) ?? 0
            let members = objects.filter { $0.group == object.group }
            let begin = position == 0 ? clause.first : members.map(\.at).min() ?? clause.first
            let end = position + 1 < groups.count ? objects.filter { $0.group == groups[position + 1] }.map(\.at).min() ?? clause.end : clause.end
            self.readContext(clause, begin..<end, &draft.context, mentions)
            if let problem = Self.apply(identifiers.filter { $0.at >= begin && $0.at < end }, to: &draft.context) {
                self.askForSlice(problem, clause)
            }
            self.askForSeveral(identifiers.filter { $0.at >= begin && $0.at < end }, clause)
            self.askForCell(among: identifiers.filter { $0.identifier == .cell && $0.at >= begin && $0.at < end }.map(\.value), object, clause)
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

    mutating func askForSlice(_ problem: String, _ clause: Clause) {
        self.ask(clause, "context.slice", "'\(problem)' is no valid S-NSSAI part. Which slice is meant (SST 0…255, SD six hexadecimal digits)?", [])
    }

    /// "DNN internet and DNN ims": of each, an expectation has one.
    private mutating func askForSeveral(_ identifiers: [IdentifierFinding], _ clause: Clause) {
        for kind in [Identifier.dnn, .plmn, .tac] {
            let values = Set(identifiers.filter { $0.identifier == kind }.map(\.value)).sorted()
            guard values.count > 1 else { continue }
            self.ask(
                clause, "context.\(kind.rawValue)",
                "Several are named (\(values.prefix(8).joined(separator: ", "))), and one intent takes one. Which one first?",
                Array(values.prefix(8)))
        }
    }

    /// One expectation changes one cell; traffic goes between several.
    mutating func askForCell(among cells: [String], _ object: Mention, _ clause: Clause) {
        var distinct: [String] = []
        for cell in cells where !distinct.contains(cell) { distinct.append(cell) }
        guard distinct.count > 1 else { return }
        let isBetween =
            object.kind == .radioNetwork && ["TrafficSteering", "LoadBalancing", "Handover"].contains(object.type)
            || (clause.first..<clause.end).contains { self.word($0) == "traffic" }
        if isBetween { return }
        self.ask(
            clause, "context.cell", "The text names the cells \(distinct.prefix(8).joined(separator: ", ")), and one intent changes one. Which one first?",
            Array(distinct.prefix(8)))
    }

    /// The RAN object that parameters or a cell belong to when none is named.
    func impliedType(_ quantities: [Quantity], _ identifiers: [IdentifierFinding]) -> String? {
        for quantity in quantities {
            if let implied = self.vocabulary.attribute(quantity.target.attribute)?.implies { return implied }
        }
        return identifiers.contains { $0.identifier == .cell } ? "Cell" : nil
    }

    func speaksOfTheNetwork(_ clause: Clause) -> Bool {
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

    /// What the verb itself says of its objects.
    mutating func completeActions(_ members: [Int], _ clause: Clause, _ action: Action, _ quantities: [Quantity], _ mentions: [Mention]) {
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
            case .lock, .unlock:
                let draft = self.expectations[member]
                guard let state = action.administrativeState, draft.context.cell != nil || draft.mention.kind == .radioNetwork && draft.mention.type == "Cell"
                else { break }
                let target = Target(attribute: "administrativeState", value: .text(state), evidence: verbSpan.map { self.text($0) }, span: verbSpan)
                self.put(target, member, clause)
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
}
