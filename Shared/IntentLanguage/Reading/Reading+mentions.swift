import IntentModel

extension Reading {
    /// The objects spoken of in a clause, each with the part it plays.
    mutating func mentions(_ clause: Clause) -> [Mention] {
        var result: [Mention] = []
        var preposition: Preposition?
        var segmentHasMention = false
        var group = 0
        var brokeGroup = false
        var negatedUntil = -1
        let begin = clause.passive ? clause.first : clause.body
        var at = begin
        while at < clause.end {
            if at > negatedUntil, self.has(at, .negation) || self.spares(at, clause) { negatedUntil = self.reach(of: at, clause) }
            let lexeme = self.lexemes[at]
            if lexeme.used {
                // Something was said of the group before: the next object opens another.
                if !result.isEmpty { brokeGroup = true }
                at += 1
                continue
            }
            if clause.passive, at == clause.verbAt { at += 1; continue }
            let meaning = self.meaning(at)
            if let found = meaning?.preposition, lexeme.kind == .word, meaning?.object == nil {
                preposition = found
                segmentHasMention = false
                at += 1
                continue
            }
            if self.isConjunction(at) || self.isComma(at) || self.has(at, .sequence) {
                // Back to the list of objects after something said of the one before.
                let isPartOfSlice = preposition == .with && result.last { $0.role == .object }?.kind == .networkSlice
                if let current = preposition, !isPartOfSlice || self.beginsSlice(at + 1), ![.of, .between].contains(current),
                    result.contains(where: { $0.role == .object }),
                    let kind = self.startingObject(at + 1, clause), !segmentHasMention || result.last?.kind == .networkSlice && kind == .networkFunction,
                    !self.isQualifiedBySupport(at + 1, clause)
                {
                    preposition = result.last { $0.role == .object }?.preposition
                    brokeGroup = true
                } else if self.has(at, .sequence), self.word(at) != "but", let head = result.last(where: { $0.role == .object }),
                    self.startingObject(at + 1, clause) != nil
                {
                    // "…, then an SMF": after what was said of the one before, the next.
                    preposition = head.preposition
                    brokeGroup = true
                }
                at += 1
                continue
            }
            if var mention = self.mention(at, clause, preposition, result) {
                mention.isNegated = at <= negatedUntil
                mention.preposition = preposition
                if mention.isNegated { mention.role = .aside }
                if mention.role == .object {
                    if brokeGroup { group += 1 }
                    mention.group = group
                    brokeGroup = false
                }
                segmentHasMention = true
                result.append(mention)
                at = mention.end
                continue
            }
            if meaning?.feature != nil || meaning?.quality != nil, !result.isEmpty, preposition != nil { brokeGroup = true }
            at += 1
        }
        self.recogniseRepeats(&result, clause)
        return self.settled(result, clause)
    }

    /// "… and a URLLC slice": one of its own, and no part of the slice before.
    private func beginsSlice(_ index: Int) -> Bool {
        var at = index
        while self.isConjunction(at) { at += 1 }
        guard self.has(at, .indefinite), let object = self.meaning(at + 1)?.object else { return false }
        return self.vocabulary.objects[object].kind == .networkSlice && self.vocabulary.objects[object].type != nil
    }

    /// The kind of the object that begins here, if one does.
    private func startingObject(_ index: Int, _ clause: Clause) -> ObjectKind? {
        var at = index
        while at < clause.end,
            self.isConjunction(at) || self.isModifier(at) || self.lexemes[at].kind == .number || self.lexemes[at].used && self.lexemes[at].kind == .number
        { at += 1 }
        guard at < clause.end, !self.lexemes[at].used else { return nil }
        if let object = self.meaning(at)?.object {
            let kind = self.vocabulary.objects[object].kind
            return kind != .radioNetwork && kind != .policy ? kind : nil
        }
        return self.lexemes[at].kind == .chain && self.meaning(at + 1)?.preposition != nil ? .networkFunction : nil
    }

    /// "UPF integration", "xApp support": no object of its own.
    private func isQualifiedBySupport(_ index: Int, _ clause: Clause) -> Bool {
        var at = index
        while at < clause.end, self.meaning(at)?.object == nil { at += 1 }
        return self.has(at + 1, [.dependsNoun, .supportNoun])
    }

    private func mention(_ at: Int, _ clause: Clause, _ preposition: Preposition?, _ before: [Mention]) -> Mention? {
        let lexeme = self.lexemes[at]
        let meaning = self.meaning(at)
        let hasObject = before.contains { $0.role == .object && !$0.isGeneric && !$0.isWeak }
        var end = at + 1
        if lexeme.kind == .word, let index = meaning?.object {
            let object = self.vocabulary.objects[index]
            var named: String?
            // Apposition: "AMF network function", "UPF (User Plane Function)", "O-DU distributed unit".
            while end < clause.end {
                if self.meaning(end)?.object == index { end += 1; continue }
                // "xApp kpimon"
                if let next = self.meaning(end)?.object, !self.lexemes[end].used, self.vocabulary.objects[next].kind == object.kind, object.name == nil,
                    self.vocabulary.objects[next].name != nil
                {
                    named = self.vocabulary.objects[next].name
                    end += 1
                    continue
                }
                if self.isSymbol(end, "("), self.meaning(end + 1)?.object == index, self.isSymbol(end + 2, ")") { end += 3; continue }
                if self.has(end, [.carrier, .generic]), !self.lexemes[end].used, self.meaning(end)?.object == nil, !self.belongs(end, to: at),
                    // "an xApp platform" is none
                    object.kind != .application || !self.has(end, .supportNoun)
                {
                    end += 1
                    continue
                }
                break
            }
            var mention = Mention(
                at: at, end: end, kind: object.kind, type: object.type, name: object.name ?? named, sst: object.sst, feature: object.feature,
                role: .object, isGeneric: object.type == nil, isClass: object.isClass, isWeak: object.isWeak, span: self.span(at..<(at + 1)))
            // "the amf-east AMF"
            if at > clause.first, mention.name == nil, self.kind(at - 1) == .chain, !self.lexemes[at - 1].used,
                self.fusedObject(self.original(at - 1)) == index
            {
                mention.name = self.original(at - 1)
                mention.at = at - 1
                mention.span = self.span((at - 1)..<(at + 1))
            }
            mention.isIndefinite = self.isIndefinite(before: mention.at)
            mention.role = self.role(of: mention, at, end, clause, preposition, before, hasObject)
            // A hyphenated or numbered name right after the function: "AMF amf-east", "firewall fw1".
            if mention.role == .object, self.isNameLike(end),
                self.lexemes[end].kind == .chain || self.hasDigit(end) || mention.isClass && self.isBareName(end, clause), object.kind != .radioNetwork
            {
                mention.name = self.chunk(end).text
                if object.kind == .networkSlice, object.type == nil, let known = self.slice(named: self.chunk(end).text) {
                    mention.type = known.type
                    mention.sst = known.sst
                    mention.isGeneric = false
                }
                mention.span = self.span(at..<(end + 1))
                mention.end = end + 1
            } else if mention.kind == .application, mention.name == nil {
                let named = self.applicationName(at, end, clause, preposition)
                mention.name = named
            }
            return mention
        }
        if lexeme.kind == .word, meaning?.has(.pronoun) == true {
            guard preposition != .reason, preposition != .for || !hasObject else { return nil }
            // "this function", "these" …
            var mention = Mention(
                at: at, end: at + 1, kind: .networkFunction, role: hasObject ? .aside : .object, isPronoun: true, span: self.span(at..<(at + 1)))
            mention.isGeneric = false
            return mention
        }
        if !hasObject, preposition == nil, lexeme.kind == .word, let product = self.productMention(at, clause) { return product }
        if lexeme.kind == .number { return self.recalledByOne(at, clause, before) }
        // "the tilt of cell 7": a setting is no workload.
        if let meaning, meaning.isOpaque { return nil }
        if self.isNameLike(at) {
            return self.unknownMention(at, clause, preposition, hasObject, before)
        }
        if lexeme.kind == .word, let meaning, meaning.has([.generic, .carrier, .plainName]), meaning.unit == nil,
            meaning.attribute == nil || meaning.has(.generic)
        {
            // "deployment web", "service api-gateway", "app frontend"
            if meaning.has(.carrier), at + 1 < clause.end, !self.lexemes[at + 1].used, self.isBareName(at + 1, clause) || self.lexemes[at + 1].kind == .chain,
                !hasObject || preposition == nil
            {
                let chunk = self.chunk(at + 1)
                var mention = self.named(chunk.text, chunk.span, at, at + 2)
                mention.role = self.isObjectPart(preposition, clause, hasObject) ? .object : .aside
                return mention
            }
            if meaning.has(.plainName), self.isPlainName(at, clause), self.isObjectPart(preposition, clause, hasObject), !hasObject {
                let chunk = self.chunk(at)
                return self.named(chunk.text, chunk.span, at, at + 1)
            }
            guard meaning.has(.generic) || meaning.has(.carrier) else { return nil }
            var mention = Mention(at: at, end: at + 1, kind: .networkFunction, role: .object, isGeneric: true, isWeak: true, span: self.span(at..<(at + 1)))
            mention.isIndefinite = self.isIndefinite(before: at)
            if !self.isObjectPart(preposition, clause, hasObject) { mention.role = .aside }
            return mention
        }
        return nil
    }

    /// "the AMF's node" is no AMF.
    private func belongs(_ index: Int, to at: Int) -> Bool {
        guard Self.belongings.contains(self.word(index)) else { return false }
        let end = self.span(at..<(at + 1)).end
        return end < self.text.count && (self.text[end] == UInt8(ascii: "'") || self.text[end] == 0xe2)
    }

    private func isIndefinite(before at: Int) -> Bool {
        var index = at - 1
        while index >= 0, self.isModifier(index) || self.lexemes[index].kind == .number {
            if self.has(index, .indefinite) || self.word(index) == "new" || self.lexemes[index].kind == .number { return true }
            index -= 1
        }
        return false
    }

    private func hasDigit(_ index: Int) -> Bool {
        guard index < self.lexemes.count, self.lexemes[index].kind == .unknown else { return false }
        return self.word(index).utf8.contains { $0 >= 0x30 && $0 <= 0x39 }
    }

    /// A single unknown (or merely possible) word used as a name.
    private func isBareName(_ index: Int, _ clause: Clause) -> Bool {
        guard index < clause.end, !self.lexemes[index].used else { return false }
        if self.lexemes[index].kind == .chain { return true }
        if self.lexemes[index].kind == .unknown { return !self.isNameLike(index + 1) }
        return self.has(index, .plainName)
    }

    private func isPlainName(_ index: Int, _ clause: Clause) -> Bool {
        // Only where a name would stand alone: right after the verb and before a preposition, number or end.
        guard index == clause.body else { return false }
        let next = index + 1
        return next >= clause.end || self.meaning(next)?.preposition != nil || self.lexemes[next].kind == .number || self.lexemes[next].used
            || self.has(next, [.particleUp, .particleDown])
            || self.meaning(next)?.attribute != nil && self.lexemes[next].kind == .word
    }

    /// Whether words after this preposition can be what the verb acts on.
    private func isObjectPart(_ preposition: Preposition?, _ clause: Clause, _ hasObject: Bool) -> Bool {
        switch preposition {
        case nil, .of: true
        case .for, .on, .to, .from: !hasObject && clause.verb?.action != .deploy
        case .in: !hasObject && (clause.verb?.action == .report || clause.verb?.action == .enable || clause.verb?.action == .disable)
        default: false
        }
    }

    private func named(_ name: String, _ span: Span, _ at: Int, _ end: Int) -> Mention {
        var mention = Mention(at: at, end: end, kind: .networkFunction, type: "Custom", name: name, role: .object, span: span)
        if let index = self.fusedObject(name) {
            let object = self.vocabulary.objects[index]
            mention.kind = object.kind
            mention.type = object.type
        }
        return mention
    }

    /// The function whose code is a part of a name: "oai-odu" is an O-DU, "smf-backup" an SMF.
    func fusedObject(_ name: String) -> Int? {
        var found: Int?
        for part in name.lowercased().split(whereSeparator: { $0 == "-" || $0 == "_" || $0 == "." }) {
            let bare = String(part.reversed().drop { $0.isNumber }.reversed())
            if let index = self.vocabulary.fused[bare] {
                if found != nil, found != index { return nil }
                found = index
            }
        }
        return found
    }

    /// "embb-slice-1" is an eMBB slice.
    private func slice(named name: String) -> ObjectWord? {
        let parts = name.lowercased().split { $0 == "-" || $0 == "_" || $0 == "." }
        return self.vocabulary.objects.first { object in object.sst != nil && parts.contains { $0 == (object.type ?? "").lowercased() } }
    }

    private func unknownMention(_ at: Int, _ clause: Clause, _ preposition: Preposition?, _ hasObject: Bool, _ before: [Mention]) -> Mention? {
        let continuesList = (self.isConjunction(at - 1) || self.isComma(at - 1)) && before.last?.role == .object && before.last?.preposition == preposition
        guard self.isObjectPart(preposition, clause, hasObject) || continuesList || preposition == .to && clause.verb?.action == .add else { return nil }
        let isChain = self.lexemes[at].kind == .chain || self.hasDigit(at)
        guard self.canFollowName(at + 1, clause) else { return nil }
        // In a later clause only what looks like a name is one.
        if !isChain, !continuesList, !self.expectations.isEmpty, preposition != nil && preposition != .of || self.isConjunction(at - 1) { return nil }
        if self.isConjunction(at - 1) || self.isComma(at - 1), before.last?.role != .object || before.last?.kind != .networkFunction, clause.body < at - 1 {
            return nil
        }
        // An adjective before a known object: "multi-vendor E2 nodes".
        var next = at + 1
        while next < clause.end,
            self.isModifier(next) || self.lexemes[next].kind == .unknown || self.lexemes[next].kind == .chain || self.lexemes[next].kind == .compound,
            !self.lexemes[next].used
        { next += 1 }
        if next < clause.end, !self.lexemes[next].used, let meaning = self.meaning(next), meaning.object != nil, meaning.preposition == nil, next - at <= 4 {
            return nil
        }
        if isChain {
            let chunk = self.chunk(at)
            var end = at + 1
            while end < clause.end, self.has(end, [.carrier]), self.meaning(end)?.object == nil, self.meaning(end)?.place == nil { end += 1 }
            return self.named(chunk.text, chunk.span, at, end)
        }
        guard !hasObject else { return nil }
        // One unknown word directly after the verb (or its article): "scale nginx to 4", not a description of several words.
        var start = at
        while start > clause.body, self.has(start - 1, [.definite, .totality, .filler]) { start -= 1 }
        let alone =
            at + 1 >= clause.end
            || !self.isNameLike(at + 1) && !self.has(at + 1, .generic) && self.meaning(at + 1)?.feature == nil
                && !(self.meaning(at + 1)?.attribute != nil && self.lexemes[at + 1].kind == .word && !self.isCountNoun(at + 1))
        let action = clause.verb?.action
        let isPlain =
            start == clause.body || preposition == .of || preposition == .for || preposition == .on || preposition == .to || preposition == .from
            || at > 0 && self.lexemes[at - 1].kind == .number || self.isConjunction(at - 1) || self.isComma(at - 1) || clause.passive && start == clause.first
        guard isPlain, alone, action != nil, action != .ensure, action != .vague, action != .report || preposition != nil || start == clause.body else {
            return nil
        }
        if action == .report, preposition != .of { return nil }
        if action == .optimize || action == .include || action == .schedule { return nil }
        if preposition == .for, self.quantities.last.map({ $0.at < clause.first }) ?? true { return nil }
        if action == .deploy || action == .make, self.has(at - 1, .indefinite) { return nil }
        let chunk = self.chunk(at)
        var end = at + 1
        while end < clause.end, self.has(end, [.carrier]), self.meaning(end)?.object == nil, self.meaning(end)?.place == nil,
            self.meaning(end)?.attribute == nil
        { end += 1 }
        return self.named(chunk.text, chunk.span, at, end)
    }

    /// After a name comes no noun that it would only describe ("active-active setup").
    private func canFollowName(_ index: Int, _ clause: Clause) -> Bool {
        guard index < clause.end else { return true }
        // "a p99 latency of 10 ms"
        if self.lexemes[index].used { return self.meaning(index)?.attribute.map { !Self.isObjective(self.vocabulary.attributes[$0].attribute) } ?? true }
        switch self.lexemes[index].kind {
        case .number, .symbol: return true
        case .unknown, .chain, .compound, .quoted: return false
        case .word:
            guard let meaning = self.meaning(index) else { return true }
            if meaning.has(.supportNoun), !meaning.has(.carrier) { return false }
            if let attribute = meaning.attribute { return ["replicas", "cpu", "memory", "storage"].contains(self.vocabulary.attributes[attribute].attribute) }
            return meaning.object == nil && meaning.quality == nil && meaning.feature == nil || meaning.preposition != nil
        }
    }

    private func isCountNoun(_ index: Int) -> Bool {
        guard let attribute = self.meaning(index)?.attribute else { return false }
        return self.vocabulary.attributes[attribute].attribute == "replicas"
    }

    /// "traffic steering xApp", "xApps for traffic steering": what an application is called when it has no other name.
    private func applicationName(_ at: Int, _ end: Int, _ clause: Clause, _ preposition: Preposition?) -> String? {
        var first = at
        while first - 1 >= clause.body, !self.lexemes[first - 1].used {
            let meaning = self.meaning(first - 1)
            if let meaning,
                meaning.preposition != nil || meaning.has([.conjunction, .indefinite, .definite, .totality, .filler])
                    || meaning.verb?.form == .base && first - 1 == clause.verbAt || meaning.feature != nil && meaning.object == nil
            {
                break
            }
            if self.kind(first - 1) == .symbol || self.kind(first - 1) == .number { break }
            if let object = meaning?.object, self.vocabulary.objects[object].kind != .radioNetwork && self.vocabulary.objects[object].kind != .policy { break }
            first -= 1
        }
        return first < at ? self.text(first..<at) : nil
    }

    /// "xApps for traffic steering and QoS optimization": one application for each thing they are for.
    func applications(_ mention: Mention, _ clause: Clause) -> [Mention] {
        guard mention.kind == .application, mention.role == .object, mention.name == nil, self.meaning(mention.end)?.preposition == .for,
            self.word(mention.end) == "for"
        else { return [mention] }
        var result: [Mention] = []
        var first = mention.end + 1
        var at = first
        while at <= clause.end {
            let ends =
                at == clause.end || self.meaning(at)?.preposition.map { $0 != .of } ?? false || self.lexemes[at].used || self.lexemes[at].kind == .number
                || self.kind(at) == .symbol && !self.isSymbol(at, ",")
            if ends || self.isConjunction(at) || self.isComma(at) {
                if first < at {
                    var copy = mention
                    copy.name = self.text(first..<at)
                    copy.span = self.span(first..<at)
                    result.append(copy)
                }
                first = at + 1
                if ends { break }
            }
            at += 1
        }
        return result.isEmpty ? [mention] : result
    }
}
