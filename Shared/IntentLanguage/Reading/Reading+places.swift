import IntentModel

extension Reading {
    /// Finds namespaces, clusters, regions, sites, zones and tenants.
    mutating func readPlaces() {
        for at in self.lexemes.indices where !self.lexemes[at].used {
            if let kind = self.meaning(at)?.place {
                self.readPlace(kind, at)
            }
        }
        for at in self.lexemes.indices where !self.lexemes[at].used {
            if let preposition = self.meaning(at)?.preposition { self.readBarePlace(preposition, at) }
        }
    }

    private func governing(_ index: Int) -> (preposition: Preposition?, at: Int) {
        var at = index
        while at >= 0, index - at < 4 {
            if let preposition = self.meaning(at)?.preposition { return (preposition, at) }
            guard self.has(at, [.definite, .indefinite, .filler, .totality]) || self.meaning(at)?.quality != nil || self.meaning(at)?.environment != nil else {
                break
            }
            at -= 1
        }
        return (nil, at)
    }

    private mutating func append(_ kind: PlaceKind, _ range: Range<Int>, _ chunk: (text: String, span: Span), _ preposition: Preposition?) {
        var value = chunk.text
        if kind == .namespace { value = value.lowercased() }
        self.places.append(
            PlaceFinding(
                at: range.lowerBound, kind: kind, value: value, span: chunk.span, isOrigin: preposition == .from, isDestination: preposition == .to))
        self.use(range)
        self.readMorePlaces(kind, after: range.upperBound, from: range.lowerBound)
    }

    /// ", cluster-b and cluster-c", "namespace a and b": named like the place before them, or with nothing said of them, they are places and no
    /// objects.
    private mutating func readMorePlaces(_ kind: PlaceKind, after end: Int, from begin: Int) {
        var at = end
        while at < self.lexemes.count, self.isComma(at) || self.joinsPlaces(at) {
            var next = at + 1
            while self.isConjunction(next) || [.in, .on, .at].contains(self.meaning(next)?.preposition) { next += 1 }
            guard next < self.lexemes.count, !self.lexemes[next].used, self.isStrongName(next) || self.meaning(next)?.environment != nil,
                self.kind(next) != .quoted, self.fusedObject(self.chunk(next).text) == nil
            else { return }
            let name = self.chunk(next).text.lowercased()
            let isAlike = name.hasPrefix(kind.rawValue) || kind == .region && self.vocabulary.regionPrefixes.contains { name.hasPrefix($0) }
            let isSibling = self.isSibling(name, of: self.places.last?.value.lowercased() ?? "")
            let after = next + 1
            let standsAlone =
                after >= self.lexemes.count || self.kind(after) == .symbol || self.isConjunction(after) || self.meaning(after)?.preposition != nil
                || self.has(after, .distributive)
            // "in core5g and lab deploy the AMF"
            let isPlaceFirst =
                self.meaning(next)?.environment != nil && self.meaning(after)?.object != nil
                && !(max(0, begin - 6)..<begin).contains { self.meaning($0)?.object != nil }
            // "in core5g, core6g and core7g"
            let isListed = self.isComma(at) && self.isConjunction(next + 1) && self.isStrongName(next + 2)
            guard isAlike || isSibling && standsAlone || (standsAlone || isPlaceFirst) && self.joinsPlaces(at) || isListed else { return }
            if self.severalPlaces.last?.at != begin { self.severalPlaces.append((begin, kind)) }
            self.use(at..<(next + 1))
            at = next + 1
        }
    }

    /// "core-b" after "core-a"
    private func isSibling(_ name: String, of other: String) -> Bool {
        guard let mark = name.lastIndex(of: "-"), let otherMark = other.lastIndex(of: "-") else { return false }
        return name[..<mark] == other[..<otherMark]
    }

    private static let joiners: Set<String> = ["plus", "as well as", "along with", "together with", "alongside"]

    /// "core5g and lab", "core5g as well as lab", "core5g/lab"
    private func joinsPlaces(_ index: Int) -> Bool {
        guard index >= 0, index < self.lexemes.count else { return false }
        return self.isConjunction(index) || self.isSymbol(index, "/") || Self.joiners.contains(self.original(index).lowercased())
    }

    private mutating func readPlace(_ kind: PlaceKind, _ at: Int) {
        // namespace X, namespace: X, cluster=X
        var next = at + 1
        if self.isSymbol(next, ":") || self.word(next) == "=" || self.isSymbol(next, "=") { next += 1 }
        if self.has(next, .naming), next == at + 1 { return }
        let previousIsAdjective = self.isPlaceWord(at - 1, kind) && self.placeStart(at - 1) != nil
        if next < self.lexemes.count, !self.lexemes[next].used, self.isPlaceName(next, kind, after: true), !(previousIsAdjective && !self.isStrongName(next)) {
            let (preposition, begin) = self.governing(at - 1)
            // "AMF cluster east" is no place unless something says so.
            if kind != .cluster || preposition != nil || self.isStrongName(next) || next > at + 1 {
                var chunk = self.chunk(next)
                var last = next
                // "site A": a letter or number after the noun is the name; keep single tokens only.
                if self.lexemes[next].kind == .word, self.lexemes[next].end > self.lexemes[next].first + 1, !self.tokens[self.lexemes[next].first + 1].glued {
                    let token = self.tokens[self.lexemes[next].first]
                    chunk = (self.text(Span(start: token.start, end: token.end)), Span(start: token.start, end: token.end))
                }
                while last + 1 < self.lexemes.count, self.tokens[self.lexemes[last + 1].first].start < chunk.span.end { last += 1 }
                self.append(kind, max(0, preposition == nil ? at : begin)..<(last + 1), chunk, preposition)
                return
            }
        }
        if self.readSeveral(kind, at) { return }
        // in the X namespace, on the X cluster
        if let begin = self.placeStart(at - 1), self.isPlaceWord(at - 1, kind) {
            let (preposition, governor) = self.governing(begin - 1)
            guard preposition != nil || kind == .namespace || self.word(begin) == "primary" || self.word(begin) == "secondary" else { return }
            if let preposition, ![.in, .on, .at, .to, .from, .across, .of, .for, .with, .by].contains(preposition) { return }
            if preposition == .of && kind == .cluster { return }
            let chunk = self.chunk(at - 1)
            // "in the SMF's namespace"
            if self.meaning(at - 1)?.object != nil, chunk.span.end < self.text.count, [UInt8(ascii: "'"), 0xe2].contains(self.text[chunk.span.end]) {
                self.possessed.append((at, kind))
                return
            }
            self.append(kind, (preposition == nil ? begin : governor)..<(at + 1), chunk, preposition)
        }
    }

    /// "in the east and west clusters"
    private mutating func readSeveral(_ kind: PlaceKind, _ at: Int) -> Bool {
        guard self.original(at).lowercased().hasSuffix("s"), self.isPlaceWord(at - 1, kind) else { return false }
        var first = at - 1
        while self.joinsPlaces(first - 1) || self.isComma(first - 1), self.isPlaceWord(first - 2, kind) { first -= 2 }
        guard first < at - 1, self.governing(first - 1).preposition != nil else { return false }
        // Environments are asked about as such.
        if kind == .cluster, self.meaning(first)?.environment != nil, self.meaning(at - 1)?.environment != nil { return false }
        self.severalPlaces.append((first, kind))
        self.use(first..<(at + 1))
        return true
    }

    private func placeStart(_ index: Int) -> Int? { index >= 0 && !self.lexemes[index].used ? index : nil }

    private func isStrongName(_ index: Int) -> Bool {
        guard let kind = self.kind(index) else { return false }
        return kind == .chain || kind == .quoted || kind == .unknown
    }

    /// May stand before the noun of a place as its name ("core5g namespace", "edge cluster").
    private func isPlaceWord(_ index: Int, _ place: PlaceKind) -> Bool {
        guard index >= 0, index < self.lexemes.count, !self.lexemes[index].used, !self.has(index, .undefinedPlace) else { return false }
        switch self.lexemes[index].kind {
        case .chain, .quoted, .unknown: return true
        case .number, .symbol, .compound: return false
        case .word:
            guard let meaning = self.meaning(index) else { return false }
            if meaning.preposition != nil || meaning.comparator != nil
                || meaning.has([.conjunction, .definite, .indefinite, .totality, .distributive, .pronoun, .negation, .naming, .vaguePlace, .sequence])
            {
                return false
            }
            if place == .namespace { return meaning.verb?.form != .base || meaning.environment != nil || meaning.has(.plainName) }
            if meaning.environment != nil { return true }
            if [
                "edge", "core", "central", "primary", "secondary", "default", "regional", "remote", "east", "west", "north", "south", "backup", "main",
                "private", "public",
            ].contains(self.word(index)), self.lexemes[index].end == self.lexemes[index].first + 1 {
                return true
            }
            return false
        }
    }

    private func isPlaceName(_ index: Int, _ place: PlaceKind, after: Bool) -> Bool {
        switch self.lexemes[index].kind {
        case .chain, .quoted: return true
        case .unknown: return true
        case .number:
            return place != .namespace && self.lexemes[index].end == self.lexemes[index].first + 1 && self.meaning(index) == nil
                && (index + 1 >= self.lexemes.count || self.meaning(index + 1)?.unit == nil)
                || place == .namespace && self.meaning(index) != nil && self.meaning(index + 1)?.attribute == nil
                || place == .namespace && index + 1 < self.lexemes.count && self.tokens[self.lexemes[index + 1].first].adjacent
        case .compound: return place == .namespace
        case .symbol: return false
        case .word:
            guard let meaning = self.meaning(index) else { return false }
            if meaning.preposition != nil && self.word(index) != "off" || meaning.comparator != nil
                || meaning.has([.conjunction, .definite, .totality, .distributive, .pronoun, .negation, .naming, .sequence, .modal])
            {
                return false
            }
            if self.word(index) == "a",
                index + 1 >= self.lexemes.count || self.isConjunction(index + 1) || self.isComma(index + 1) || self.meaning(index + 1)?.preposition != nil
            {
                return true
            }
            if place == .namespace { return !meaning.has(.indefinite) || self.word(index) == "new" }
            if meaning.has(.describing) { return true }
            if place == .site || place == .region || place == .zone {
                return self.lexemes[index].end == self.lexemes[index].first + 1 && meaning.environment != nil && self.word(index) != "testing"
            }
            return false
        }
    }

    /// "in core5g", "at edge01", "on cluster-a", "to eu-west-1": a place whose kind is not said.
    private mutating func readBarePlace(_ preposition: Preposition, _ at: Int) {
        guard [.in, .on, .at, .to, .from, .across, .for, .of].contains(preposition) else { return }
        var next = at + 1
        let isDefinite = self.has(next, .definite)
        while self.has(next, .definite) || self.word(next) == "both" && self.isSingleWord(next)
            || self.meaning(next)?.environment == nil && self.has(next, .filler) && self.isNameLike(next + 1)
        { next += 1 }
        guard next < self.lexemes.count, !self.lexemes[next].used, !self.isAddress(next) else { return }
        // "in 5g-core": hyphenated words of the vocabulary are names after "in".
        let isGlued =
            self.lexemes[next].kind == .word && self.lexemes[next].end > self.lexemes[next].first + 1 && self.tokens[self.lexemes[next].first + 1].glued
        let chunk = self.chunk(next)
        let folded = chunk.text.lowercased()
        let isRegion =
            self.vocabulary.regionPrefixes.contains { folded.hasPrefix($0) } && self.isNameLike(next)
            && folded.utf8.contains { $0 >= 0x30 && $0 <= 0x39 || $0 == 0x2d }
        guard
            self.isNameLike(next) || preposition == .in && !isDefinite && self.has(next, .bareNamespace) && chunk.text == folded
                || isGlued && preposition == .in && self.meaning(next)?.object.map({ self.vocabulary.objects[$0].kind == .coreNetwork }) == true
        else { return }
        // "on worker-3" is a machine, which is not chosen here.
        if self.isHostName(next) { return }
        // "on smf-1" is an instance, not a place.
        if preposition != .in, !isRegion, self.fusedObject(chunk.text) != nil { return }
        let after = next + 1
        let isNumbered = self.lexemes[next].kind == .unknown && folded.utf8.contains { $0 >= 0x30 && $0 <= 0x39 }
        if self.isNameLike(after), !self.isConjunction(after), preposition != .in || !isNumbered { return }
        if isRegion, preposition != .of { return self.append(.region, at..<after, chunk, preposition) }
        let isChainOrNumbered = self.lexemes[next].kind == .chain || folded.utf8.contains { $0 >= 0x30 && $0 <= 0x39 }
        if isChainOrNumbered || preposition == .in || isGlued {
            // "de cluster-a a cluster-b"
            let preposition = preposition == .of ? .from : preposition
            if folded.contains("cluster") { return self.append(.cluster, at..<after, chunk, preposition) }
            if folded.hasPrefix("region") { return self.append(.region, at..<after, chunk, preposition) }
            if folded.hasPrefix("site") || folded.hasSuffix("-site") { return self.append(.site, at..<after, chunk, preposition) }
            if folded.hasPrefix("zone") { return self.append(.zone, at..<after, chunk, preposition) }
            if folded.hasPrefix("edge"), folded.utf8.last.map({ $0 >= 0x30 && $0 <= 0x39 }) == true {
                return self.append(.site, at..<after, chunk, preposition)
            }
        }
        switch preposition {
        case .in, .across:
            // A word that goes on is no place ("in standby …"); nor is a capitalised one a namespace.
            let token = self.tokens[self.lexemes[next].first]
            guard
                after >= self.lexemes.count || self.isSymbol(after, ".", ";", "!", "?", "\n", ":") || self.isComma(after) || self.isConjunction(after)
                    || self.meaning(after)?.preposition != nil || self.has(after, [.sequence, .urgent, .recurrence, .relativeTime, .distributive])
                    || self.meaning(after)?.priority != nil || self.meaning(after)?.verb != nil || ["up", "down", "out"].contains(self.word(after))
                    || self.has(after, [.totality, .opening, .condition, .modal, .negation, .indefinite, .definite])
                    || Self.auxiliaries.contains(self.word(after)) || Self.courses.contains(self.word(after))
                    || isChainOrNumbered && self.tokens[self.lexemes[at].first].isTranslated && self.meaning(after)?.attribute != nil
                    || isChainOrNumbered && self.lexemes[next].kind == .unknown && !self.isOfAnother(after)
            else { return }
            if isDefinite, !isChainOrNumbered { return }
            if self.lexemes[next].kind == .unknown, token.capitalised { return self.append(.region, at..<after, chunk, preposition) }
            self.append(.namespace, at..<after, chunk, preposition)
        case .on where self.lexemes[next].kind == .chain:
            self.append(.cluster, at..<after, chunk, preposition)
        case .at where isChainOrNumbered:
            self.append(.site, at..<after, chunk, preposition)
        case .to where isChainOrNumbered && self.followsObject(at, of: [.add, .deploy]) || isChainOrNumbered && self.isMoved(at) && !Self.isRevision(folded):
            self.append(.namespace, at..<after, chunk, preposition)
        // "el AMF de core5g"
        case .of where isChainOrNumbered && self.tokens[self.lexemes[at].first].isTranslated && self.isFunction(at - 1):
            self.append(.namespace, at..<after, chunk, preposition)
        case .from where self.followsObject(at, of: [.remove]) || self.isMoved(at):
            self.append(.namespace, at..<after, chunk, preposition)
        default: break
        }
    }

    /// A word that a name may stand before: "in core5g cluster", "on upf2 memory". Any other says nothing of the name.
    private func isOfAnother(_ index: Int) -> Bool {
        guard let meaning = self.meaning(index) else { return false }
        return meaning.object != nil || meaning.place != nil || meaning.attribute != nil || meaning.identifier != nil || meaning.unit != nil
            || meaning.feature != nil && self.word(index) != "highly" || meaning.quality != nil || meaning.technology != nil
    }

    /// "move the UDR from core5g to core6g"
    private func isMoved(_ index: Int) -> Bool { self.followsObject(index, of: [.migrate]) }

    /// "v2"
    private static func isRevision(_ word: String) -> Bool {
        word.first == "v" && word.dropFirst().first?.isNumber == true
    }

    private func isFunction(_ index: Int) -> Bool {
        self.meaning(index)?.object.map { self.vocabulary.objects[$0].kind == .networkFunction } ?? false
    }

    /// "delete AMF from core5g", "add an AMF to core5g": what it is done with was said before the place.
    private func followsObject(_ index: Int, of actions: Set<Action>) -> Bool {
        var at = index - 1
        while at >= 0, index - at <= 24, !self.isSymbol(at, ".", ";", "!", "?", "\n") {
            if let verb = self.meaning(at)?.verb, verb.form == .base {
                return actions.contains(verb.action)
                    && (at..<index).contains { self.meaning($0)?.object != nil || verb.action == .remove && self.kind($0) == .chain }
            }
            at -= 1
        }
        return false
    }
}
