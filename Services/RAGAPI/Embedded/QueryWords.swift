import Crypto
import IntentLanguage
import KeywordIndex

/// What of a query's words is searched for: not the words that say nothing, but what means the same.
struct QueryWords: Sendable {
    /// Of a synonym, of a word of the query being 1.
    private static let abbreviationWeight: Float = 0.7
    private static let wordWeight: Float = 0.2
    /// A word that is said often in a query is meant more; no query gains by repeating one beyond this.
    private static let mostRepeats: Float = 8

    private let analyzer = TermAnalyzer()
    /// Names of the words that say nothing.
    private(set) var stopTerms: Set<UInt64> = []
    /// By the first term of a name: the rest of it, and what is added when a query has it.
    private var names: [UInt64: [Name]] = [:]

    /// Of all of it: equal queries give equal terms where it is equal.
    private(set) var identity = ""

    private struct Name: Sendable {
        var rest: [UInt64]
        var added: [KeywordQuery.Term]
    }

    init(stopWords: Set<String> = [], vocabulary: Vocabulary.Summary? = nil) {
        self.stopTerms = Set(stopWords.compactMap { self.analyzer.term(of: $0) })
        var parts = ["\(Self.abbreviationWeight)", "\(Self.wordWeight)", "\(Self.mostRepeats)"] + stopWords.sorted()
        for object in vocabulary?.objects ?? [] {
            guard let type = object.type, type.filter(\.isUppercase).count >= 2 else { continue }
            self.add(aliases: object.aliases, of: type.lowercased().filter { $0 != "-" })
            parts += ["", type] + object.aliases
        }
        var hash = SHA256()
        // No word has a line break.
        for part in parts { hash.update(data: Array((part + "\n").utf8)) }
        self.identity = hash.finalize().prefix(8).map { String(UInt16($0) + 256, radix: 16).dropFirst() }.joined()
    }

    /// An abbreviation and what it stands for find each other, when the vocabulary has both.
    private mutating func add(aliases: [String], of type: String) {
        guard aliases.contains(type), let abbreviation = self.analyzer.term(of: type) else { return }
        let phrases = aliases.map { self.sequence(of: $0).map(\.term) }.filter { $0.count > 1 }
        for phrase in phrases {
            guard let first = phrase.first else { continue }
            self.names[first, default: []].append(
                Name(rest: Array(phrase.dropFirst()), added: [KeywordQuery.Term(term: abbreviation, weight: Self.abbreviationWeight, word: type)]))
        }
        // The first phrase is the full name.
        guard let full = aliases.first(where: { $0.contains(" ") }) else { return }
        let words = self.sequence(of: full).filter { !self.stopTerms.contains($0.term) }
        self.names[abbreviation, default: []].append(
            Name(rest: [], added: words.map { KeywordQuery.Term(term: $0.term, weight: Self.wordWeight, word: $0.word) }))
    }

    func query(_ text: String, filters: [[UInt64]] = []) -> KeywordQuery {
        let sequence = self.sequence(of: text)
        var terms: [KeywordQuery.Term] = []
        var places: [UInt64: Int] = [:]
        func add(_ term: KeywordQuery.Term) {
            if let place = places[term.term] {
                terms[place].weight = max(terms[place].weight, term.weight)
            } else {
                places[term.term] = terms.count
                terms.append(term)
            }
        }
        var counts: [UInt64: Float] = [:]
        self.analyzer.forEachTerm(in: text) { counts[$0.term, default: 0] += 1 }
        let all = self.analyzer.terms(of: text)
        let telling = all.filter { !self.stopTerms.contains($0.term) }
        // "What is it" is made of words that say nothing: better those than none.
        for (term, word) in telling.isEmpty ? all : telling {
            add(KeywordQuery.Term(term: term, weight: min(counts[term] ?? 1, Self.mostRepeats), word: word))
        }
        for index in sequence.indices {
            for name in self.names[sequence[index].term] ?? [] where sequence[(index + 1)...].prefix(name.rest.count).map(\.term) == name.rest {
                for term in name.added { add(term) }
            }
        }
        return KeywordQuery(terms: terms, filters: filters)
    }

    /// Terms in their order, with repeats and without second names.
    private func sequence(of text: String) -> [(term: UInt64, word: String)] {
        var terms: [(UInt64, String)] = []
        let bytes = Array(text.utf8)
        bytes.withUnsafeBufferPointer { bytes in
            self.analyzer.forEachTerm(in: bytes) { occurrence in
                guard !occurrence.isCompound else { return }
                terms.append((occurrence.term, String(decoding: bytes[occurrence.range], as: UTF8.self).lowercased()))
            }
        }
        return terms
    }
}
