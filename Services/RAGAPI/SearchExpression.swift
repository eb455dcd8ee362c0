/// Free text as a safe FTS5 expression: quoted terms joined by `OR`.
///
/// Only letters and digits survive, each term inside double quotes, so no operator, column filter or quote of the caller reaches
/// the parser (https://www.sqlite.org/fts5.html#full_text_query_syntax). Two texts with the same terms are the same search.
struct SearchExpression: Sendable, Equatable {
    /// Terms beyond these are dropped: the cost of a search is bounded.
    static let maxTerms = 32
    static let maxTermCharacters = 64

    /// Lower case, without repeats, sorted. A term with a blank is a phrase ("s nssai").
    let terms: [String]

    init(_ query: String, stopWords: Set<String> = []) {
        var found: [String] = []
        var seen: Set<String> = []
        var stopped: [String] = []
        func add(_ term: String) {
            guard found.count < Self.maxTerms, seen.insert(term).inserted else { return }
            if stopWords.contains(term) { stopped.append(term) } else { found.append(term) }
        }
        for word in query.lowercased().split(whereSeparator: { !($0.isLetter || $0.isNumber || Self.joins($0)) }) {
            let parts = word.split(whereSeparator: Self.joins).map { String($0.prefix(Self.maxTermCharacters)) }
            if parts.count > 1 { add(parts.prefix(4).joined(separator: " ")) }
            // A lone letter of a compound ("S" of S-NSSAI) says nothing; alone in the query it was meant.
            for part in parts where parts.count == 1 || part.count > 1 { add(part) }
            if found.count == Self.maxTerms { break }
        }
        // "What is it" is made of stop words only: better those than nothing.
        self.terms = (found.isEmpty ? Array(stopped.prefix(Self.maxTerms)) : found).sorted()
    }

    var isEmpty: Bool { self.terms.isEmpty }

    /// The right-hand side of `MATCH`; empty when there is no term.
    var fts5: String { self.terms.map { "\"\($0)\"" }.joined(separator: " OR ") }

    private static func joins(_ character: Character) -> Bool { character == "-" || character == "." || character == "_" }
}
