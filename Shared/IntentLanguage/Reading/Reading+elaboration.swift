import IntentModel

extension Reading {

    /// Whether a clause only says more about the expectations before it.
    func elaborates(_ action: Action, _ objects: [Mention], _ quantities: [Quantity], _ previous: [Int], _ clause: Clause) -> Bool {
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
        // "Deploy an AMF. Make it 3 replicas."
        case .make: return head.verb == .deploy && !quantities.isEmpty && !objects.isEmpty && objects.allSatisfy(\.isPronoun)
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
            return ![.deploy, .remove, .restart, .rollback, .migrate].contains(head.verb) && real.isEmpty && objects.isEmpty
        default: return false
        }
    }

    /// Adds what a clause says to the expectations of the clause before.
    mutating func elaborate(
        _ clause: Clause, _ clauseIndex: Int, _ mentions: [Mention], _ quantities: [Quantity], _ identifiers: [IdentifierFinding], _ previous: [Int]
    ) {
        guard let last = previous.last else { return }
        // "deploy an AMF and configure it"
        if clause.verb?.action == .configure, quantities.isEmpty, identifiers.isEmpty, clause.end == clause.body + 1, mentions.allSatisfy(\.isPronoun) {
            self.ask(clause, "targets", "'\(self.text(clause.first..<clause.end))' does not say what to change. What should be set?", [])
        }
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
        self.askForCell(among: [head.context.cell].compactMap(\.self) + identifiers.filter { $0.identifier == .cell }.map(\.value), head.mention, clause)
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
                var clause = clause
                clause.deedAt = head.deedAt
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
    func concerns(_ quantity: Quantity, _ member: Int, _ parts: [Mention]) -> Bool {
        guard parts.count > 1, let said = parts.last(where: { $0.at < quantity.at }) ?? parts.first else { return true }
        let mention = self.expectations[member].mention
        if said.type == mention.type, said.name == nil || said.name == mention.name { return true }
        // "AMF and SMF: 3 replicas": the parts of one list share what follows.
        return parts.contains { $0.group == said.group && $0.type == mention.type && ($0.name == nil || $0.name == mention.name) }
    }

    /// The objects are those of the deployment just spoken of.
    func repeats(_ objects: [Mention], _ previous: [Int]) -> Bool {
        !objects.isEmpty
            && objects.allSatisfy { object in
                !object.isIndefinite
                    && previous.contains {
                        self.expectations[$0].mention.type == object.type && (object.name == nil || object.name == self.expectations[$0].mention.name)
                    }
            }
    }
}
