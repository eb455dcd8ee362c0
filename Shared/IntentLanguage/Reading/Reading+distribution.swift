import IntentModel

extension Reading {
    /// Gives each quantity to the objects it was said of.
    mutating func distribute(_ quantities: [Quantity], _ clause: Clause, _ members: [Int], replacing: Bool) {
        guard let firstMember = members.first else { return }
        let shared =
            (clause.first..<clause.end).contains { self.has($0, [.distributive]) }
            || (clause.first..<clause.end).contains { self.has($0, .totality) && $0 >= clause.body && self.meaning($0 + 1)?.preposition != .in }
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
            } else if let only = self.repeated(before: quantity, members, after: before.last.map { self.expectations[$0].mention.at }) {
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
    func addressee(_ quantity: Quantity, _ members: [Int]) -> Int? {
        guard members.count > 1, ["for", "on"].contains(self.word(quantity.end)) else { return nil }
        var at = quantity.end + 1
        while self.has(at, [.definite]) { at += 1 }
        guard let object = self.meaning(at)?.object else { return nil }
        let type = self.vocabulary.objects[object].type
        return members.first { self.expectations[$0].mention.type == type && type != nil && self.expectations[$0].mention.at < at }
    }

    mutating func add(_ quantity: Quantity, to member: Int, _ clause: Clause) {
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

    mutating func put(_ target: Target, _ member: Int, _ clause: Clause) {
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
}
