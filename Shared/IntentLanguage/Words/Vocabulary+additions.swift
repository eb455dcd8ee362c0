import IntentModel
import Yams

extension VocabularyFile {
    /// BCP 47 tag of the words in the file; English when it says none.
    func language() throws -> String { try self.text(self.root, "language") ?? "en" }
}

/// The operator's own words for what the vocabulary knows: `verbs` by action, `objects` by type, `attributes`, `features`, `qualities`,
/// `places`, `environments` by name, and `technologies`. A word that means something else already is refused, since the sentence of
/// yesterday must not mean something new today.
extension VocabularyLoader {
    private static let sections: Set<String> = [
        "schema", "language", "verbs", "objects", "attributes", "features", "qualities", "places", "environments", "technologies", "words", "drop",
    ]

    mutating func readAdditions(_ file: VocabularyFile) throws {
        for (key, _) in file.root.mapping ?? [:] where !Self.sections.contains(key.scalar?.string ?? "") {
            throw file.fail(key, "'\(key.scalar?.string ?? "")' is none of \(Self.sections.sorted().joined(separator: ", "))")
        }
        func section(_ name: String) throws -> [(key: String, at: Node, phrases: [String])] {
            file.root.mapping?[name] == nil ? [] : try file.groups(file.member(name))
        }
        for (key, at, phrases) in try section("verbs") {
            guard let action = Action(rawValue: key),
                [.deploy, .scale, .configure, .optimize, .remove, .migrate, .restart, .rollback, .report].contains(action)
            else {
                throw file.fail(at, "'\(key)' is none of \(Verb.allCases.map(\.rawValue).joined(separator: ", "))")
            }
            for phrase in phrases {
                try self.refuse(phrase, file, at) { $0.verb != nil && $0.verb?.action != action || $0.preposition != nil || $0.object != nil }
                self.addVerb(phrase, VerbMeaning(action: action))
            }
        }
        for (key, at, phrases) in try section("objects") {
            guard let index = self.objects.firstIndex(where: { $0.type == key }) else {
                throw file.fail(at, "'\(key)' is no type; known are \(self.objects.compactMap(\.type).joined(separator: ", "))")
            }
            for phrase in phrases {
                try self.refuse(phrase, file, at) { $0.object != nil && $0.object != index || $0.verb != nil || $0.preposition != nil }
                self.noun(phrase) { $0.object = index }
                self.objects[index].aliases.append(phrase)
            }
        }
        for (key, at, phrases) in try section("attributes") {
            guard let index = self.attributeIndex[key] else { throw file.fail(at, "'\(key)' is no attribute") }
            for phrase in phrases {
                try self.refuse(phrase, file, at) { $0.attribute != nil && $0.attribute != index || $0.verb != nil || $0.preposition != nil }
                self.noun(phrase) { $0.attribute = index }
            }
        }
        for (key, at, phrases) in try section("features") {
            guard Attribute.table[key]?.kind == .boolean else { throw file.fail(at, "'\(key)' is no boolean attribute") }
            for phrase in phrases {
                try self.refuse(phrase, file, at) { $0.feature != nil && $0.feature != key || $0.verb != nil || $0.preposition != nil }
                self.lexicon.add(phrase, correctable: true) { $0.feature = key }
            }
        }
        for (key, at, phrases) in try section("qualities") {
            for phrase in phrases {
                try self.refuse(phrase, file, at) { $0.quality != nil && $0.quality != key }
                self.lexicon.add(phrase) { $0.quality = key }
            }
        }
        for (key, at, phrases) in try section("places") {
            let kind = try file.choice(key, at, PlaceKind.self)
            for phrase in phrases {
                try self.refuse(phrase, file, at) { $0.place != nil && $0.place != kind || $0.verb != nil || $0.preposition != nil }
                self.noun(phrase) { $0.place = kind }
            }
        }
        for (key, at, phrases) in try section("environments") {
            guard ["production", "staging", "test", "dev"].contains(key) else { throw file.fail(at, "'\(key)' is no environment") }
            for phrase in phrases {
                try self.refuse(phrase, file, at) { $0.environment != nil && $0.environment != key }
                self.lexicon.add(phrase) { $0.environment = key }
            }
        }
        if file.root.mapping?["technologies"] != nil {
            for phrase in try file.phrases("technologies") { self.lexicon.add(phrase) { $0.technology = phrase } }
        }
    }

    private func refuse(_ phrase: String, _ file: VocabularyFile, _ at: Node, where means: (Meaning) -> Bool) throws {
        guard !Lexicon.words(phrase).isEmpty, phrase == phrase.lowercased() else { throw file.fail(at, "'\(phrase)' must be words in lower case") }
        if let known = self.lexicon.meaning(of: phrase), means(known) { throw file.fail(at, "'\(phrase)' means something else already") }
    }

    /// A phrase a language file may put its words for: one of the lexicon or of the screening, or made of such words.
    func knows(_ phrase: String) -> Bool {
        self.lexicon.meaning(of: phrase) != nil || Lexicon.words(phrase).allSatisfy { self.lexicon.id(of: $0) >= 0 || self.screening.knows($0) }
    }
}
