import IntentModel

/// Objects that a clause names a second time to say more of them: "Deploy an SMF and a UPF, the UPF with 2 replicas".
extension Reading {
    /// Takes them from the objects, and keeps in mind which object each of them is.
    mutating func recogniseRepeats(_ mentions: inout [Mention], _ clause: Clause) {
        self.repeats = []
        // A longer list says no more of its members.
        guard (2...64).contains(mentions.count), let last = self.quantities.last, last.at > clause.first else { return }
        for index in mentions.indices.dropFirst() where mentions[index].type != nil && !mentions[index].isNegated && mentions[index].role != .slice {
            let mention = mentions[index]
            guard
                let first = mentions[..<index].first(where: {
                    $0.role == .object && !$0.isNegated && mention.isSame(as: $0) && (mention.name == nil || mention.name == $0.name)
                }), self.saysMore(mention, first, mentions[(index + 1)...].first { $0.role == .object }?.at ?? clause.end, clause)
            else { continue }
            mentions[index].role = .aside
            self.repeats.append((mention.at, first.at))
        }
    }

    private func saysMore(_ mention: Mention, _ first: Mention, _ end: Int, _ clause: Clause) -> Bool {
        guard mention.kind == .networkFunction, self.quantities.contains(where: { $0.at > mention.at && $0.at < clause.end && $0.owner != mention.at })
        else { return false }
        // A dependency on itself is none.
        if mention.role == .dependency { return true }
        guard mention.role == .object, !mention.isIndefinite else { return false }
        let isDefinite = self.isDefinite(mention.at)
        if isDefinite, first.isIndefinite { return true }
        // "the AMF in core5g … and the AMF in lab" are two.
        let isElsewhere = !self.within(self.places, \.at, mention.at..<max(mention.at, end)).isEmpty
        // "Scale AMF and SMF: AMF to 3, SMF to 5", where nothing was said of the AMF before.
        let isFirstSaid =
            !self.quantities.contains { $0.at >= clause.first && $0.at < first.at }
            && !self.quantities.contains { $0.at > first.at && $0.at < mention.at && self.isSaid($0, of: first) }
        return !isElsewhere && (isDefinite || clause.verb?.action == .deploy || isFirstSaid)
    }

    /// No other function stands between an object and what may be said of it.
    private func isSaid(_ quantity: Quantity, of first: Mention) -> Bool {
        !(first.end..<max(first.end, quantity.at)).contains { index in
            self.meaning(index)?.object.map { self.vocabulary.objects[$0].kind == .networkFunction } ?? false
        }
    }

    /// The object that a quantity is said of where its name is repeated before it.
    func repeated(before quantity: Quantity, _ members: [Int], after last: Int?) -> Int? {
        guard let said = self.repeats.last(where: { $0.at < quantity.at }), said.at > last ?? -1 else { return nil }
        return members.first { self.expectations[$0].mention.at == said.of }
    }

    /// "… and the memory of the NRF to 256Mi": another attribute, and of another function.
    func ownsAttribute(_ at: Int) -> Bool {
        var of = at - 1
        while self.has(of, [.definite, .filler]) { of -= 1 }
        guard self.meaning(of)?.preposition == .of, self.meaning(of - 1)?.attribute != nil else { return false }
        var before = of - 2
        while self.has(before, .definite) { before -= 1 }
        return self.isConjunction(before) || self.isComma(before) || self.has(before, .sequence)
    }

    /// "enable monitoring on the AMF and roaming on the SMF": several things switched, each in a place of its own.
    mutating func askForSeveralSwitches(_ clause: Clause, _ action: Action, _ objects: [Mention]) {
        guard action == .enable || action == .disable, objects.count > 1, objects.count < 64 else { return }
        func isFeature(_ index: Int) -> Bool { self.meaning(index).map { $0.feature != nil || $0.namedFeature != nil } ?? false }
        for (one, next) in zip(objects, objects.dropFirst()) where one.at < next.at {
            guard (clause.body..<max(clause.body, one.at)).contains(where: isFeature), (one.end..<max(one.end, next.at)).contains(where: isFeature) else {
                continue
            }
            let words = self.text(clause.first..<clause.end)
            return self.ask(clause, "confirm", "'\(words)' switches several things in several places. Should all of them be switched in all?", ["yes", "no"])
        }
    }

    /// "disable it on the AMF and enable it on the NRF": what was switched before, and where it is to be switched now.
    func switchedAgain(_ action: Action, _ mentions: [Mention], _ quantities: [Quantity], _ previous: [Int]) -> (objects: [Mention], quantities: [Quantity])? {
        guard action == .enable || action == .disable, quantities.isEmpty, let it = mentions.first(where: \.isPronoun), it.preposition == nil,
            let last = previous.last
        else { return nil }
        let objects = mentions.filter {
            !$0.isPronoun && !$0.isNegated && $0.type != nil && $0.at > it.at && $0.kind == .networkFunction
                && [.on, .for, .in, .at, .of].contains($0.preposition)
        }
        let switched = self.expectations[last].targets.filter { $0.value.boolean != nil }
        guard !objects.isEmpty, !switched.isEmpty else { return nil }
        let again = switched.map { target in
            var target = target
            target.value = .boolean(action == .enable)
            return Quantity(at: it.at, end: it.end, target: target)
        }
        return (
            objects.map {
                var object = $0
                object.role = .object
                return object
            }, again
        )
    }
}
