import Foundation
import IntentModel
import Yams

extension Vocabulary {
    static let files = ["verbs.yaml", "objects.yaml", "attributes.yaml", "units.yaml", "qualities.yaml", "places.yaml", "grammar.yaml", "screening.yaml"]

    static let languages = ["de", "es", "zh-Hant"]

    /// The vocabulary that comes with the service, and the operator's own words where `additions` names a directory.
    package static func shipped(additions: String? = nil) throws -> Vocabulary {
        try self.load(directory: Bundle.module.bundlePath + "/Vocabulary", additions: additions)
    }

    /// Reads and checks the vocabulary files of a directory, then the files of `additions`, in the order of their names. Throws a
    /// ``VocabularyError`` with file, line and reason.
    package static func load(directory: String, additions: String? = nil) throws -> Vocabulary {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        func read(_ name: String, _ directory: String, _ schema: String? = nil) throws -> VocabularyFile {
            let file = try VocabularyFile(directory: directory, name: name, schema: schema)
            for byte in file.bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
            return file
        }
        var loader = VocabularyLoader()
        for name in self.files {
            let file = try read(name, directory)
            switch name {
            case "verbs.yaml": try loader.readVerbs(file)
            case "objects.yaml": try loader.readObjects(file)
            case "attributes.yaml": try loader.readAttributes(file)
            case "units.yaml": try loader.readUnits(file)
            case "qualities.yaml": try loader.readQualities(file)
            case "places.yaml": try loader.readPlaces(file)
            case "grammar.yaml": try loader.readGrammar(file)
            default: try loader.readScreening(file)
            }
        }
        let own = try additions.map { try self.additions(in: $0).map { try read($0.name, $0.directory, "additions") } } ?? []
        for file in own where try file.language() == "en" { try loader.readAdditions(file) }
        loader.lexicon.finish()
        let tokenizer = Tokenizer(digitWords: loader.lexicon.digitWords)
        var glossaries: [Glossary] = []
        for language in self.languages {
            let file = try read("languages/\(language).yaml", directory, "language")
            guard try file.language() == language else { throw file.fail(file.root, "language must be \(language)") }
            var glossary = Glossary(language: language, movesVerbs: try file.flag(file.root, "movesVerbs"))
            for part in [file] + (try own.filter { try $0.language() == language }) {
                try glossary.read(part, tokenizer) { loader.knows($0) }
            }
            try glossary.readVariants(file)
            glossaries.append(glossary)
        }
        for file in own where !(["en"] + self.languages).contains(try file.language()) {
            throw file.fail(file.root, "language must be one of \((["en"] + self.languages).joined(separator: ", "))")
        }
        let hex = String(hash, radix: 16)
        return Vocabulary(
            version: String(repeating: "0", count: 16 - hex.count) + hex, lexicon: loader.lexicon, objects: loader.objects, attributes: loader.attributes,
            attributeIndex: loader.attributeIndex, suffixes: loader.suffixes, regionPrefixes: loader.regionPrefixes,
            fused: loader.fused, screening: loader.screening, tokenizer: tokenizer, glossaries: glossaries)
    }

    /// The YAML files of the operator's directory.
    private static func additions(in directory: String) throws -> [(name: String, directory: String)] {
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: directory)
        } catch {
            throw VocabularyError(file: directory, line: nil, reason: "cannot be read: \(error.localizedDescription)")
        }
        return names.filter { $0.hasSuffix(".yaml") || $0.hasSuffix(".yml") }.sorted().map { ($0, directory) }
    }
}

/// Builds the tables of a ``Vocabulary`` file by file.
struct VocabularyLoader {
    var lexicon = Lexicon()
    var objects: [ObjectWord] = []
    var attributes: [AttributeWord] = []
    var attributeIndex: [String: Int] = [:]
    var suffixes: [String: Vocabulary.Suffix] = [:]
    var regionPrefixes: [String] = []
    var fused: [String: Int] = [:]
    var screening = Screening()

    static func plural(_ phrase: String) -> String? {
        guard let last = phrase.utf8.last, phrase.utf8.count > 1 else { return nil }
        if last == UInt8(ascii: "y"), !["a", "e", "i", "o", "u"].contains(where: { phrase.hasSuffix($0 + "y") }) { return phrase.dropLast() + "ies" }
        if last == UInt8(ascii: "s") || phrase.hasSuffix("ch") || phrase.hasSuffix("sh") || phrase.hasSuffix("x") { return phrase + "es" }
        return phrase + "s"
    }

    mutating func noun(_ phrase: String, correctable: Bool = true, _ change: (inout Meaning) -> Void) {
        self.lexicon.add(phrase, correctable: correctable, change)
        if let plural = Self.plural(phrase) { self.lexicon.add(plural, correctable: correctable, change) }
    }

    mutating func classes(_ phrases: [String], _ wordClass: WordClass) {
        for phrase in phrases { self.lexicon.add(phrase) { $0.classes.insert(wordClass) } }
    }

    /// "-s", "-ing", "-ed" of a regular English verb.
    static func inflections(_ verb: String) -> [(String, VerbForm)] {
        guard let last = verb.utf8.last else { return [] }
        let stem = last == UInt8(ascii: "e") ? String(verb.dropLast()) : verb
        let vowels = Set("aeiou".utf8)
        let bytes = Array(verb.utf8)
        let consonantY = last == UInt8(ascii: "y") && bytes.count > 1 && !vowels.contains(bytes[bytes.count - 2])
        var forms: [(String, VerbForm)] = [(stem + "ing", .gerund), (consonantY ? verb.dropLast() + "ied" : stem + "ed", .participle)]
        if ["s", "x", "z", "ch", "sh", "o"].contains(where: verb.hasSuffix) {
            forms.append((verb + "es", .third))
        } else {
            forms.append((consonantY ? verb.dropLast() + "ies" : verb + "s", .third))
        }
        // stop → stopping; a short last syllable doubles its consonant.
        if bytes.count >= 3, bytes.count <= 4, !vowels.contains(last), ![UInt8(ascii: "y"), UInt8(ascii: "w"), UInt8(ascii: "x")].contains(last),
            vowels.contains(bytes[bytes.count - 2]), !vowels.contains(bytes[bytes.count - 3])
        {
            let double = verb + String(decoding: [last], as: UTF8.self)
            forms.append((double + "ing", .gerund))
            forms.append((double + "ed", .participle))
        }
        return forms
    }

    mutating func addVerb(_ phrase: String, _ meaning: VerbMeaning) {
        self.lexicon.add(phrase, correctable: true) { if $0.verb == nil { $0.verb = meaning } }
        guard ![.report, .vague, .name].contains(meaning.action) || !phrase.contains(" ") else { return }
        let words = phrase.split(separator: " ", maxSplits: 1)
        guard let first = words.first else { return }
        for (form, kind) in Self.inflections(String(first)) {
            var inflected = meaning
            inflected.form = kind
            let whole = words.count > 1 ? form + " " + words[1] : form
            self.lexicon.add(whole) { if $0.verb == nil { $0.verb = inflected } }
        }
    }

    mutating func readVerbs(_ file: VocabularyFile) throws {
        for item in try file.items("verbs") {
            let action = try file.choice(try file.text(item, "action") ?? "", item, Action.self)
            var meaning = VerbMeaning(action: action)
            if let direction = try file.text(item, "direction") {
                guard let value = Direction(rawValue: direction) else { throw file.fail(item, "direction must be up or down") }
                meaning.direction = value
            }
            meaning.factor = try file.number(item, "factor")
            meaning.implies = try file.text(item, "implies")
            for phrase in try file.phrases(file.member(item, "phrases")) {
                self.addVerb(phrase, meaning)
            }
            if let list = item.mapping?["participles"] {
                var inflected = meaning
                inflected.form = .participle
                for phrase in try file.phrases(list) { self.lexicon.add(phrase) { if $0.verb == nil { $0.verb = inflected } } }
            }
        }
        self.classes(try file.phrases("lightVerbs"), .lightVerb)
        for (key, at, phrases) in try file.groups(file.member("actionNouns")) {
            let action = try file.choice(key, at, Action.self)
            for phrase in phrases { self.lexicon.add(phrase) { $0.actionNoun = action } }
        }
        for phrase in try file.phrases("openings") {
            self.lexicon.add(phrase, correctable: phrase == "please" || phrase == "kindly") { $0.classes.insert(.opening) }
        }
        self.classes(try file.phrases("pleas"), .please)
        self.classes(try file.phrases("modals"), .modal)
        self.classes(try file.phrases("wishes"), .wish)
        self.classes(try file.phrases("telling"), .telling)
        self.classes(try file.phrases("separable"), .separable)
        self.classes(try file.phrases("placing"), .placing)
        self.classes(try file.phrases("running"), .running)
    }

    mutating func readObjects(_ file: VocabularyFile) throws {
        for item in try file.items("objects") {
            let kind = try file.choice(try file.text(item, "kind") ?? "", item, ObjectKind.self)
            let type = try file.text(item, "type")
            let isGeneric = try file.flag(item, "generic")
            guard isGeneric == (type == nil) else { throw file.fail(item, "an object has a type or is generic") }
            let aliases = try file.phrases(file.member(item, "aliases"))
            let index = self.objects.count
            self.objects.append(
                ObjectWord(
                    kind: kind, type: type, name: try file.text(item, "name"), sst: try file.number(item, "sst").flatMap { Int(exactly: $0) },
                    feature: try file.text(item, "feature"), isClass: try file.flag(item, "class"), isWeak: try file.flag(item, "weak"), aliases: aliases,
                    contains: try item.mapping?["contains"].map { try file.phrases($0) } ?? [],
                    products: try item.mapping?["products"].map { try file.phrases($0) } ?? []))
            for alias in aliases {
                if let known = self.lexicon.meaning(of: alias)?.object, known != index {
                    throw file.fail(item, "'\(alias)' is also an alias of \(self.objects[known].type ?? "another object")")
                }
                self.noun(alias, correctable: alias.contains(" ")) { if $0.object == nil { $0.object = index } }
            }
            if let list = item.mapping?["fused"] {
                for word in try file.phrases(list) { self.fused[word] = index }
            }
            for alias in aliases where !alias.contains(" ") && kind == .networkFunction && type != "Custom" { self.fused[alias] = index }
        }
        for phrase in try file.phrases("generics") { self.noun(phrase, correctable: phrase.contains(" ")) { $0.classes.insert(.generic) } }
        self.classes(try file.phrases("names"), .plainName)
        for phrase in try file.phrases("carriers") { self.noun(phrase, correctable: false) { $0.classes.insert(.carrier) } }
    }

    mutating func readAttributes(_ file: VocabularyFile) throws {
        for item in try file.items("attributes") {
            let name = try file.text(item, "attribute") ?? ""
            guard Attribute.table[name] != nil else { throw file.fail(item, "'\(name)' is no attribute of an interpretation") }
            let dimension = try file.choice(try file.text(item, "dimension") ?? "", item, Dimension.self)
            var range = (-Double.greatestFiniteMagnitude, Double.greatestFiniteMagnitude)
            if let list = item.mapping?["range"]?.sequence {
                let bounds = list.compactMap { $0.scalar.flatMap { Double($0.string) } }
                guard bounds.count == 2, bounds[0] <= bounds[1] else { throw file.fail(item, "range must be [low, high]") }
                range = (bounds[0], bounds[1])
            }
            let better = try file.text(item, "better").map { try file.choice($0, item, Condition.self) } ?? .equals
            let index = self.attributes.count
            self.attributes.append(
                AttributeWord(
                    attribute: name, dimension: dimension, better: better, whole: try file.flag(item, "whole"), low: range.0, high: range.1,
                    percent: try file.text(item, "percent"), hertz: try file.text(item, "hertz"), implies: try file.text(item, "implies")))
            guard self.attributeIndex.updateValue(index, forKey: name) == nil else { throw file.fail(item, "\(name) is listed twice") }
            self.noun(name.lowercased(), correctable: false) { if $0.attribute == nil { $0.attribute = index } }
            for noun in try file.phrases(file.member(item, "nouns")) { self.noun(noun) { if $0.attribute == nil { $0.attribute = index } } }
        }
        for (feature, at, phrases) in try file.groups(file.member("features")) {
            guard Attribute.table[feature]?.kind == .boolean else { throw file.fail(at, "\(feature) is no boolean attribute") }
            for phrase in phrases { self.lexicon.add(phrase, correctable: true) { $0.feature = feature } }
        }
        for phrase in try file.phrases("namedFeatures") { self.lexicon.add(phrase) { $0.namedFeature = phrase } }
    }

    mutating func readUnits(_ file: VocabularyFile) throws {
        let dimensions = try file.member("dimensions")
        for (key, value) in dimensions.mapping ?? [:] {
            let dimension = try file.choice(key.scalar?.string ?? "", key, Dimension.self)
            for (factor, at, phrases) in try file.groups(value) {
                guard let number = Double(factor), number > 0 else { throw file.fail(at, "a unit's factor must be a positive number") }
                for phrase in phrases { self.lexicon.add(phrase) { $0.unit = UnitMeaning(dimension: dimension, factor: number) } }
            }
        }
        let suffixes = try file.member("suffixes")
        for (key, value) in suffixes.mapping ?? [:] {
            guard let letters = key.scalar?.string else { continue }
            let dimension = try file.text(value, "dimension").map { try file.choice($0, value, Dimension.self) }
            self.suffixes[letters] = .init(dimension: dimension, factor: try file.number(value, "factor") ?? 1, multiply: try file.number(value, "multiply"))
        }
    }

    mutating func readQualities(_ file: VocabularyFile) throws {
        for (quality, _, phrases) in try file.groups(file.member("qualities")) {
            for phrase in phrases { self.lexicon.add(phrase) { $0.quality = quality } }
        }
    }

    mutating func readPlaces(_ file: VocabularyFile) throws {
        for (key, at, phrases) in try file.groups(file.member("nouns")) {
            let kind = try file.choice(key, at, PlaceKind.self)
            for phrase in phrases { self.noun(phrase) { $0.place = kind } }
        }
        for (environment, at, phrases) in try file.groups(file.member("environments")) {
            guard ["production", "staging", "test", "dev"].contains(environment) else { throw file.fail(at, "'\(environment)' is no environment") }
            for phrase in phrases { self.lexicon.add(phrase, correctable: true) { $0.environment = environment } }
        }
        self.regionPrefixes = try file.phrases("regionPrefixes")
        self.classes(try file.phrases("vague"), .vaguePlace)
        self.classes(try file.phrases("undefined"), .undefinedPlace)
        self.classes(try file.phrases("bareNamespaces"), .bareNamespace)
        self.classes(try file.phrases("shortEnvironments"), .shortEnvironment)
        for (key, at, phrases) in try file.groups(file.member("identifiers")) {
            let identifier = try file.choice(key, at, Identifier.self)
            for phrase in phrases { self.lexicon.add(phrase) { $0.identifier = identifier } }
        }
    }

    mutating func readGrammar(_ file: VocabularyFile) throws {
        func values(_ key: String) throws -> [(String, Double)] {
            let node = try file.member(key)
            return try (node.mapping ?? [:]).map { word, value in
                guard let text = word.scalar?.string, let number = value.scalar.flatMap({ Double($0.string) }) else {
                    throw file.fail(value, "a number was expected")
                }
                return (text, number)
            }
        }
        for (word, value) in try values("numbers") { self.lexicon.add(word) { $0.cardinal = value } }
        for (word, value) in try values("multipliers") { self.lexicon.add(word) { $0.multiplier = value } }
        for (key, at, phrases) in try file.groups(file.member("comparators")) {
            let comparator = try file.choice(key, at, Comparator.self)
            for phrase in phrases { self.lexicon.add(phrase) { $0.comparator = comparator } }
        }
        for (key, at, phrases) in try file.groups(file.member("prepositions")) {
            let preposition = try file.choice(key, at, Preposition.self)
            for phrase in phrases { self.lexicon.add(phrase) { if $0.preposition == nil { $0.preposition = preposition } } }
        }
        for (key, at, phrases) in try file.groups(file.member("priorities")) {
            let priority = try file.choice(key, at, Priority.self)
            for phrase in phrases { self.lexicon.add(phrase) { $0.priority = priority } }
        }
        for (key, at, phrases) in try file.groups(file.member("particles")) {
            guard let direction = Direction(rawValue: key) else { throw file.fail(at, "a particle goes up or down") }
            self.classes(phrases, direction == .up ? .particleUp : .particleDown)
        }
        let classes: [(String, WordClass)] = [
            ("conjunctions", .conjunction), ("sequences", .sequence), ("indefinite", .indefinite), ("definite", .definite),
            ("distributive", .distributive), ("totality", .totality), ("pronouns", .pronoun), ("negations", .negation), ("naming", .naming),
            ("questions", .question), ("dependsNouns", .dependsNoun), ("supportNouns", .supportNoun), ("invalid", .invalid), ("fillers", .filler),
            ("increments", .increment), ("decrements", .decrement), ("urgent", .urgent), ("relativeTimes", .relativeTime),
            ("recurrences", .recurrence), ("negatives", .negative), ("compoundSuffixes", .compoundSuffix), ("corrections", .correction),
            ("conditions", .condition), ("doubts", .doubt), ("existence", .existence), ("selecting", .selecting), ("describing", .describing),
            ("nearness", .nearness), ("likenesses", .likeness), ("sparing", .sparing), ("vagueCounts", .vagueCount),
            ("manners", .manner), ("approximates", .approximate), ("approximatesAfter", .approximateAfter), ("labels", .label), ("idle", .idle),
        ]
        for (key, wordClass) in classes { self.classes(try file.phrases(key), wordClass) }
        for phrase in try file.phrases("occasions") { self.noun(phrase, correctable: false) { $0.classes.insert(.occasion) } }
        for phrase in try file.phrases("settings") { self.noun(phrase, correctable: false) { $0.classes.insert(.setting) } }
        for phrase in try file.phrases("placements") { self.noun(phrase, correctable: false) { $0.classes.formUnion([.setting, .placement]) } }
        for phrase in try file.phrases("hosts") { self.noun(phrase, correctable: false) { $0.classes.insert(.host) } }
        self.classes(try file.phrases("vendors"), .vendor)
        for word in try file.phrases("ordinary") { self.lexicon.protect(word) }
        for phrase in try file.phrases("technologies") { self.lexicon.add(phrase) { $0.technology = phrase } }
    }

    mutating func readScreening(_ file: VocabularyFile) throws {
        for phrase in try file.phrases("outOfScope") {
            self.lexicon.add(phrase) { $0.classes.insert(.outOfScope) }
        }
        for (key, reason) in [("injection", Refusal.Reason.promptInjection), ("unsafe", .unsafe)] {
            let node = try file.member(key)
            for item in try file.phrases(file.member(node, "words")) {
                guard self.screening.add(words: item, reason) else { throw file.fail(node, "'\(item)' begins with a gap or is empty") }
            }
            for item in try file.phrases(file.member(node, "text")) { self.screening.add(text: item, reason) }
        }
    }
}
