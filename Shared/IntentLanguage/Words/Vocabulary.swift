package import IntentModel

/// The words operators use and what they mean, read from data files. Immutable once loaded.
package final class Vocabulary: Sendable {
    /// Changes whenever a file does: FNV-1a over all files, in hex.
    package let version: String
    let lexicon: Lexicon
    let objects: [ObjectWord]
    let attributes: [AttributeWord]
    let attributeIndex: [String: Int]
    let suffixes: [String: Suffix]
    let regionPrefixes: [String]
    /// Spellings of functions recognised inside instance names.
    let fused: [String: Int]
    let screening: Screening
    let tokenizer: Tokenizer
    /// The other languages that are understood, by the words of this vocabulary.
    let glossaries: [Glossary]

    init(
        version: String, lexicon: Lexicon, objects: [ObjectWord], attributes: [AttributeWord], attributeIndex: [String: Int], suffixes: [String: Suffix],
        regionPrefixes: [String], fused: [String: Int], screening: Screening, tokenizer: Tokenizer, glossaries: [Glossary]
    ) {
        self.version = version
        self.lexicon = lexicon
        self.objects = objects
        self.attributes = attributes
        self.attributeIndex = attributeIndex
        self.suffixes = suffixes
        self.regionPrefixes = regionPrefixes
        self.fused = fused
        self.screening = screening
        self.tokenizer = tokenizer
        self.glossaries = glossaries
    }

    struct Suffix: Sendable {
        var dimension: Dimension?
        var factor: Double
        /// What a bare count is multiplied with; nil when it is no multiplier.
        var multiply: Double?
    }

    /// Everything the vocabulary knows by code, for `GET /v1/vocabulary`.
    package struct Summary: Codable, Sendable {
        package struct Object: Codable, Sendable {
            package var kind: ObjectKind
            package var type: String?
            package var aliases: [String]
        }
        package var version: String
        package var verbs: [String]
        package var objects: [Object]
        package var attributes: [String]
        /// BCP 47 tags of the languages understood.
        package var languages: [String]
    }

    package var summary: Summary {
        Summary(
            version: self.version, verbs: Verb.allCases.map(\.rawValue),
            objects: self.objects.map { .init(kind: $0.kind, type: $0.type, aliases: $0.aliases) },
            attributes: self.attributes.map(\.attribute), languages: ["en"] + self.glossaries.map(\.language))
    }

    /// "firewalls" → "firewall", when that is how an object is known.
    func singular(_ words: String) -> String {
        guard words.last == "s", let index = self.lexicon.meaning(of: words.lowercased())?.object,
            self.objects[index].aliases.contains(String(words.lowercased().dropLast()))
        else { return words }
        return String(words.dropLast())
    }

    func attribute(_ name: String) -> AttributeWord? { self.attributeIndex[name].map { self.attributes[$0] } }
}
