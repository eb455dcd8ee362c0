package import IntentModel

/// What a text says, word by word, whatever belongs together: the ground that another reader's claims must stand on. What this does not
/// hold was not said. Made with the vocabulary and the units of the embedded interpreter, so that both know the same words.
package struct TextGrounds: Sendable {
    /// A number as it was written, with its unit when it has one.
    private struct Amount: Sendable {
        var value: Double
        /// Nil: a bare number, of anything.
        var unit: UnitMeaning?
    }

    /// A word, folded, and what surrounds it.
    private struct Word: Sendable {
        var text: String
        /// The vocabulary knows it.
        var isKnown: Bool
        /// It may stand before a place: "in", "at", "to", "namespace".
        var leadsToPlace: Bool
    }

    private let words: [Word]
    private let amounts: [Amount]
    private let units: [UnitMeaning]
    private let verbs: Set<Verb>
    private let types: Set<String>
    private let features: Set<String>
    private let environments: Set<String>
    /// Administrative states that a verb alone says.
    private let states: Set<String>
    private let attributes: [String: AttributeWord]

    package init(_ text: String, vocabulary: Vocabulary) {
        let lexicon = vocabulary.lexicon
        let text = Quotation.unwrapped(text)
        var reading = Reading(vocabulary: vocabulary, text: text, tokens: vocabulary.tokenizer.tokens(of: text).tokens)
        reading.readLexemes()
        var amounts: [Amount] = []
        var units: [UnitMeaning] = []
        var verbs: Set<Verb> = []
        var types: Set<String> = []
        var features: Set<String> = []
        var environments: Set<String> = []
        var states: Set<String> = []
        func add(_ index: Int?) {
            guard let index else { return }
            let object = vocabulary.objects[index]
            if let type = object.type { types.insert(type.lowercased()) }
            if let feature = object.feature { features.insert(feature) }
        }
        // "Deploy Prometheus": by the name of what the catalogue installs.
        let said = Set(Self.split(text))
        for object in vocabulary.objects where !said.isDisjoint(with: object.products) { if let type = object.type { types.insert(type.lowercased()) } }
        for (index, lexeme) in reading.lexemes.enumerated() {
            let meaning = reading.meaning(index)
            if lexeme.kind == .number { amounts += Self.amounts(reading, index) }
            // "another replica", "by half": numbers that are said without one.
            if meaning?.has([.increment]) == true { amounts.append(Amount(value: 1)) }
            if reading.word(index) == "half" { amounts.append(Amount(value: 0.5)) }
            if reading.scalesItself(index) { features.insert("autoscaling") }
            if let unit = meaning?.unit { units.append(unit) }
            if let verb = meaning?.verb {
                verbs.formUnion(verb.action.verbs)
                if let factor = verb.factor { amounts.append(Amount(value: factor)) }
                if let type = verb.implies { types.insert(type.lowercased()) }
                if verb.action == .autoscale { features.insert("autoscaling") }
                if verb.action == .monitor { features.insert("monitoring") }
                if let state = verb.action.administrativeState { states.insert(state) }
                // What was guaranteed to a slice is its policy.
                if verb.action == .lift { types.insert("slicing") }
            }
            if let noun = meaning?.actionNoun { verbs.formUnion(noun.verbs) }
            add(meaning?.object)
            for feature in [meaning?.feature, meaning?.namedFeature] { if let feature { features.insert(feature) } }
            if let attribute = meaning?.attribute, let type = vocabulary.attributes[attribute].implies { types.insert(type.lowercased()) }
            if let environment = meaning?.environment { environments.insert(environment) }
            if lexeme.kind == .chain || lexeme.kind == .unknown || lexeme.kind == .quoted {
                // "amf-east", "upf2": a name that holds a function.
                for token in reading.tokens[lexeme.first..<lexeme.end] {
                    for part in token.word.split(whereSeparator: { !$0.isLetter }) {
                        add(lexicon.meaning(of: String(part))?.object)
                        add(vocabulary.fused[String(part)])
                    }
                }
            }
        }
        // An SST gives the type of its slice (3GPP TS 23.501 §5.15.2.2).
        let saysType = reading.lexemes.indices.contains { index in
            [.sst, .snssai].contains(reading.meaning(index)?.identifier) || reading.sliceID(index) != nil || reading.sliceNumber(after: index) != nil
        }
        if saysType {
            for amount in amounts where amount.unit == nil {
                for object in vocabulary.objects {
                    if let sst = object.sst, Double(sst) == amount.value, let type = object.type { types.insert(type.lowercased()) }
                }
            }
        }
        self.words = Self.split(text).map { word in
            let meaning = lexicon.meaning(of: word)
            let preposition = meaning?.preposition.map { [.in, .on, .at, .across, .to, .from, .for, .of].contains($0) } ?? false
            return Word(text: word, isKnown: lexicon.id(of: word) >= 0, leadsToPlace: preposition || meaning?.place != nil)
        }
        self.amounts = amounts
        self.units = units
        self.verbs = verbs
        self.types = types
        self.features = features
        self.environments = environments
        self.states = states
        self.attributes = Dictionary(vocabulary.attributes.map { ($0.attribute, $0) }) { first, _ in first }
    }

    // MARK: Words

    /// The words occur, in this order and whole. Case, punctuation and kinds of separators do not matter.
    package func hold(_ phrase: String?) -> Bool { phrase.map { !self.occurrences(of: $0).isEmpty } ?? false }

    /// As ``hold(_:)``, the plural for the singular included: "3 firewalls" are called firewall.
    package func hold(name: String) -> Bool { self.hold(name) || self.hold(name + "s") }

    /// As ``hold(_:)``; and ordinary words are a place only where the text speaks of one ("in core", "cluster edge").
    package func hold(place phrase: String) -> Bool {
        self.occurrences(of: phrase).contains { range in
            if self.words[range].contains(where: { !$0.isKnown }) { return true }
            return range.lowerBound > 0 && self.words[range.lowerBound - 1].leadsToPlace
                || range.upperBound < self.words.count && self.words[range.upperBound].leadsToPlace && self.words[range.upperBound].isKnown
        }
    }

    /// The words occur, and one at least is none of the vocabulary nor of `explained`: they say something that no reading accounts for.
    package func holdUnexplained(_ phrase: String, explained: [String]) -> Bool {
        let known = Set(explained.flatMap(Self.split))
        return self.occurrences(of: phrase).contains { self.words[$0].contains { !$0.isKnown && !known.contains($0.text) && Double($0.text) == nil } }
    }

    package func hold(_ verb: Verb) -> Bool { self.verbs.contains(verb) }

    /// A word for this type of object occurs, or its code does.
    package func hold(type: String) -> Bool { self.types.contains(type.lowercased()) || self.hold(type) }

    package func hold(environment: String) -> Bool { self.environments.contains(environment.lowercased()) || self.hold(environment) }

    // MARK: Values

    /// A value of an attribute, in the attribute's unit, is said in whatever unit.
    package func hold(_ value: TargetValue, of attribute: String, _ condition: Condition = .equals) -> Bool {
        switch value {
        case .number(let number): self.hold(number, of: attribute, condition)
        case .range(let low, let high): self.hold(low, of: attribute, .equals) && self.hold(high, of: attribute, .equals)
        // "packet capture=disabled" is said of packet capture by another word.
        case .text(let text) where attribute == "administrativeState" && self.states.contains(text.lowercased()): true
        case .text(let text): self.hold(text) || text.hasSuffix("=disabled") && self.hold(String(text.dropLast("=disabled".count)))
        case .boolean: self.features.contains(attribute)
        }
    }

    /// A number that stands for itself, such as an SST.
    package func hold(count: Double) -> Bool { self.amounts.contains { $0.unit == nil && Self.isSame($0.value, count) } }

    private func hold(_ number: Double, of attribute: String, _ condition: Condition) -> Bool {
        guard let word = self.attributes[attribute] else { return false }
        // Base units of the dimension in one unit of the attribute.
        let scale: Double =
            switch IntentModel.Attribute.unit(of: attribute) {
            case "s": 1_000
            case "GiB": 1_024
            default: 1
            }
        return self.amounts.contains { amount in
            if let unit = amount.unit {
                if condition == .multiplyBy, unit.dimension == .percent {
                    return [1 + amount.value / 100, 1 - amount.value / 100, amount.value / 100].contains { Self.isSame($0, number) }
                }
                let fits =
                    unit.dimension == word.dimension || unit.dimension == .density && attribute == "maxUsers"
                    || unit.dimension == .decibel && word.dimension == .power && condition.isRelative
                return fits && Self.isSame(amount.value * unit.factor / scale, number)
            }
            if Self.isSame(amount.value, number) || condition == .multiplyBy && Self.isSame(amount.value * number, 1) { return true }
            // "2 to 4 GiB": the unit stands once, for both.
            return self.units.contains { $0.dimension == word.dimension && Self.isSame(amount.value * $0.factor / scale, number) }
        }
    }

    private static func isSame(_ a: Double, _ b: Double) -> Bool { abs(a - b) <= 1e-9 * max(1, abs(b)) }

    /// The readings of a number: with its unit, or with the letter that is written next to it ("500m", "5k").
    private static func amounts(_ reading: Reading, _ index: Int) -> [Amount] {
        let value = reading.lexemes[index].value
        // "4G RAM", read as one word: as the reader takes it.
        if reading.tokens[reading.lexemes[index].first].kind == .word, reading.word(index).utf8.last == UInt8(ascii: "g") {
            return [Amount(value: value, unit: UnitMeaning(dimension: .bytes, factor: 1_024))]
        }
        if let size = reading.size(index) {
            return [Amount(value: size.cores), Amount(value: size.gigabytes, unit: UnitMeaning(dimension: .bytes, factor: 1_024))]
        }
        guard index + 1 < reading.lexemes.count else { return [Amount(value: value)] }
        let next = reading.lexemes[index + 1]
        let token = reading.tokens[next.first]
        if token.adjacent, token.kind == .word, !token.glued, let suffix = reading.vocabulary.suffixes[token.word] {
            let measured = suffix.dimension.map { Amount(value: value, unit: UnitMeaning(dimension: $0, factor: suffix.factor)) }
            return [measured, suffix.multiply.map { Amount(value: value * $0) }].compactMap { $0 }
        }
        guard next.kind == .word, let unit = reading.meaning(index + 1)?.unit else { return [Amount(value: value)] }
        // "replicas=3 cpu=2", "replicas 3 cpu 2": the unit may be the name of what comes next.
        let mayBeBare = reading.isSymbol(index + 2, "=", ":") || reading.word(index + 2) == "=" || reading.kind(index + 2) == .number
        return [Amount(value: value, unit: unit)] + (mayBeBare ? [Amount(value: value)] : [])
    }

    // MARK: Folding

    private func occurrences(of phrase: String) -> [Range<Int>] {
        let parts = Self.split(phrase)
        guard !parts.isEmpty, parts.count <= self.words.count else { return [] }
        return (0...(self.words.count - parts.count)).filter { start in
            parts.indices.allSatisfy { self.words[start + $0].text == parts[$0] }
        }.map { $0..<($0 + parts.count) }
    }

    /// Letters and digits in lower case, cut at everything else; scripts without spaces are cut at every sign.
    private static func split(_ text: String) -> [String] {
        var words: [String] = []
        var word = ""
        func close() {
            if !word.isEmpty { words.append(word) }
            word = ""
        }
        for character in text.lowercased() {
            let scalar = character.unicodeScalars.first?.value ?? 0
            if scalar >= 0x2e80, character.isLetter {
                close()
                words.append(String(character))
            } else if character.isLetter || character.isNumber {
                word.append(character)
            } else {
                close()
            }
        }
        close()
        return words
    }
}

extension Action {
    /// The verbs that a sentence with this action may come to. Wide on purpose: it says that a claim has a word to stand on, not that it is right.
    fileprivate var verbs: Set<Verb> {
        switch self {
        case .deploy: [.deploy]
        case .make: [.deploy, .scale, .configure]
        case .scale, .autoscale, .change, .multiply: [.scale, .configure, .optimize]
        case .add: [.scale, .deploy, .configure]
        case .configure, .disable, .lock, .unlock: [.configure]
        case .set: [.configure, .scale]
        case .enable: [.configure, .deploy]
        case .optimize: [.optimize, .configure]
        case .ensure: [.optimize, .configure]
        case .remove: [.remove, .scale]
        case .lift: [.remove]
        case .stop: [.remove, .scale, .configure]
        case .migrate: [.migrate]
        case .restart: [.restart]
        case .rollback: [.rollback]
        case .report: [.report]
        case .monitor: [.configure, .report]
        case .include, .name, .schedule, .vague: []
        }
    }
}
