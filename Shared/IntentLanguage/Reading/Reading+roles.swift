import IntentModel

/// What an object is to the deed: what it is done to, what that depends on, or a mere aside.
extension Reading {
    func role(of mention: Mention, _ at: Int, _ end: Int, _ clause: Clause, _ preposition: Preposition?, _ before: [Mention], _ hasObject: Bool)
        -> Mention.Role
    {
        let action = clause.verb?.action
        let isFunction = [.networkFunction, .coreNetwork, .application, .e2Node].contains(mention.kind)
        let isSupported = self.has(end, .supportNoun) || self.meaning(end)?.quality != nil && preposition == .with
        if self.has(end, .dependsNoun), mention.kind == .networkFunction { return preposition == nil && !hasObject ? .object : .dependency }
        // A slice or a policy that merely describes the noun after it: "eMBB AMF", "QoS xApp".
        if mention.kind != .networkFunction, let next = self.meaning(end)?.object, self.lexemes[end].kind == .word, !self.lexemes[end].used {
            let following = self.vocabulary.objects[next]
            if mention.kind == .networkSlice { return following.kind == .networkFunction ? .slice : mention.isGeneric ? .aside : .object }
            if mention.kind == .radioNetwork, following.kind == .policy || following.kind == .application {
                return following.kind == .application ? .aside : .object
            }
            if mention.kind == .coreNetwork, following.kind == .networkFunction { return .aside }
            if mention.kind == .networkFunction, following.kind == .networkFunction { return .object }
            if mention.kind == .infrastructure { return .aside }
        }
        // "NearRT-RIC xApp"
        if mention.type == "NearRT-RIC", let next = self.meaning(end)?.object, self.vocabulary.objects[next].kind == .application { return .aside }
        if mention.kind == .networkFunction, mention.type == "NearRT-RIC", ["application", "apps"].contains(self.word(end)) { return .aside }
        let samePart = before.last { $0.preposition == preposition }
        switch preposition {
        case nil:
            if mention.kind == .radioNetwork || mention.kind == .policy, before.contains(where: { $0.role == .object && $0.kind == .networkFunction }) {
                return .aside
            }
            return .object
        case .of:
            if mention.kind == .networkFunction, self.ownsAttribute(at) { return .object }
            if let head = before.last, head.role == .object, !head.isWeak, head.isGeneric == false { return mention.kind == .networkSlice ? .slice : .aside }
            return .object
        case .with:
            if isSupported, mention.kind != .networkSlice { return mention.kind == .networkFunction ? .aside : .aside }
            guard let head = before.first(where: { $0.role == .object }) else {
                return mention.kind == .networkSlice || mention.kind == .radioNetwork ? .aside : .object
            }
            if mention.kind == .radioNetwork || mention.kind == .policy || mention.kind == .infrastructure { return .aside }
            if mention.kind == .networkSlice { return mention.isGeneric ? .aside : .slice }
            if mention.kind == .application || mention.kind == .e2Node { return action == .deploy ? .object : .aside }
            if head.kind == .coreNetwork || head.isGeneric && head.kind == .networkFunction { return .object }
            if head.kind == .networkSlice { return mention.isClass || self.at(at - 1, isNumberOrDeterminer: true) ? .object : .dependency }
            if mention.kind == .networkFunction || mention.kind == .coreNetwork {
                let word = self.preposition(before: at, clause)
                if ["plus", "alongside", "along", "together", "as"].contains(word) { return .object }
                if action == .deploy, self.at(at - 1, isNumberOrDeterminer: true) || samePart != nil && samePart?.role == .object { return .object }
                return .dependency
            }
            return .aside
        case .linked:
            return isFunction ? .dependency : .aside
        case .for:
            if mention.kind == .networkSlice {
                if mention.isGeneric { return hasObject || before.contains { $0.isGeneric } ? .aside : .object }
                return before.contains { $0.role == .object && $0.kind == .networkSlice && $0.isGeneric }
                    ? .object : hasObject ? .slice : action == .deploy || action == .make || action == .configure ? .object : .slice
            }
            if let head = before.last(where: { $0.role == .object }), head.kind == .policy, head.isGeneric, mention.kind == .radioNetwork { return .object }
            if before.contains(where: { $0.role == .object && $0.kind == .application }) { return .aside }
            if isFunction, hasObject == false || before.allSatisfy({ $0.feature != nil || $0.role != .object || $0.isWeak }) {
                return isSupported && action == .deploy ? .aside : .object
            }
            if mention.kind == .radioNetwork, !hasObject, action == .optimize || action == .enable { return .object }
            if let last = samePart, last.role == .object, isFunction { return .object }
            return mention.kind == .networkFunction && action == .deploy ? .aside : .aside
        case .in, .on, .at, .to, .from, .across, .between:
            if mention.kind == .networkSlice, !mention.isGeneric { return hasObject ? .slice : .object }
            if mention.kind == .radioNetwork || mention.kind == .policy { return !hasObject && preposition == .in ? .object : .aside }
            if !isFunction { return hasObject ? .aside : .object }
            if let last = samePart, last.preposition == preposition { return last.role }
            if action == .deploy || action == .make, !before.isEmpty { return .dependency }
            if preposition == .to, action == .configure, hasObject { return .dependency }
            return hasObject
                && !before.contains(where: { $0.role == .object && ($0.kind == .policy || $0.feature != nil) && $0.isGeneric == false && $0.feature != nil })
                ? .aside : .object
        case .using, .by:
            return .aside
        case .reason:
            // "with focus on AMF"
            return .aside
        }
    }

    private func at(_ index: Int, isNumberOrDeterminer: Bool) -> Bool {
        index >= 0 && (self.lexemes[index].kind == .number || self.lexemes[index].used && self.lexemes[index].kind == .number)
    }

    private func preposition(before at: Int, _ clause: Clause) -> String {
        var index = at
        while index >= clause.first {
            if self.meaning(index)?.preposition != nil { return self.word(index) }
            index -= 1
        }
        return ""
    }
}
