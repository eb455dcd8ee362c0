import IntentModel

extension Reading {
    /// Decides between objects that cannot all be meant.
    func settled(_ mentions: [Mention], _ clause: Clause) -> [Mention] {
        var result = mentions.flatMap { self.applications($0, clause) }
        let objects = result.indices.filter { result[$0].role == .object }
        guard objects.count > 1 else { return result }
        let strong = objects.filter { !result[$0].isGeneric && !result[$0].isWeak && !result[$0].isPronoun }
        // A generic or weak noun steps back behind a real object.
        if !strong.isEmpty {
            for index in objects where result[index].isGeneric || result[index].isWeak {
                let isSliceOfType = result[index].kind == .networkSlice && result[index].isGeneric && !strong.contains { result[$0].kind == .networkSlice }
                if isSliceOfType, strong.allSatisfy({ result[$0].preposition == .with || result[$0].preposition == .for || result[$0].preposition == .using }) {
                    continue
                }
                if let name = result[index].name, result[index].kind != .networkFunction, result[strong[0]].name == nil,
                    result[strong[0]].kind == result[index].kind
                {
                    result[strong[0]].name = name
                }
                result[index].role = .aside
            }
        }
        // The whole gives way to its listed parts.
        let functions = strong.filter { result[$0].kind == .networkFunction }
        if !functions.isEmpty {
            for index in strong where result[index].kind == .coreNetwork {
                if functions.contains(where: { result[$0].preposition == .with || result[$0].preposition == .for || result[$0].at > result[index].at })
                    || clause.verb?.action == .deploy
                {
                    result[index].role = .aside
                }
            }
            // Behaviour said of a function is a feature or policy of that function.
            for index in strong where result[index].kind == .radioNetwork || result[index].kind == .policy && result[index].preposition != nil {
                if result[index].feature != nil || functions.contains(where: { $0 < index }) { result[index].role = .aside }
            }
            for index in strong where result[index].kind == .infrastructure && result[index].type == "Monitoring" && functions.contains(where: { $0 < index }) {
                result[index].role = .aside
            }
        }
        // "A1 policy for traffic steering": the behaviour is the policy's type.
        if strong.contains(where: { result[$0].kind == .radioNetwork }),
            let generic = objects.first(where: { result[$0].kind == .policy && result[$0].isGeneric })
        {
            result[generic].role = .aside
        }
        // The same object said twice is one.
        var seen: [Mention] = []
        for index in result.indices where result[index].role == .object {
            if seen.contains(where: {
                $0.kind == result[index].kind && $0.type == result[index].type && $0.name == result[index].name && $0.type != nil
                    && self.isSameClass($0, result[index])
            }),
                self.isRepeat(result[index], of: seen, clause)
            {
                result[index].role = .aside
                continue
            }
            seen.append(result[index])
        }
        return result
    }

    /// An IDS is no firewall.
    private func isSameClass(_ one: Mention, _ other: Mention) -> Bool {
        !one.isClass || self.vocabulary.singular(self.text(one.span)).lowercased() == self.vocabulary.singular(self.text(other.span)).lowercased()
    }

    private func isRepeat(_ mention: Mention, of seen: [Mention], _ clause: Clause) -> Bool {
        // "a UPF for … and a UPF for …" are two.
        if mention.isIndefinite, seen.allSatisfy({ $0.group < mention.group }), seen.last?.isIndefinite == true { return false }
        // "the AMF in core5g and the AMF in core6g"
        if let place = self.within(self.places, \.at, mention.end..<max(mention.end, min(mention.end + 3, clause.end))).first,
            let other = self.within(self.places, \.at, clause.first..<max(clause.first, mention.at)).last, other.kind == place.kind, other.value != place.value
        {
            return false
        }
        // Two different groups with numbers of their own stay two, so that the contradiction shows.
        return !self.quantities.contains { $0.at > mention.at && $0.at < clause.end && $0.target.value.number != nil }
            || !self.quantities.contains { $0.at < mention.at && $0.at >= clause.first && $0.target.value.number != nil } || mention.kind != .networkFunction
    }
}
