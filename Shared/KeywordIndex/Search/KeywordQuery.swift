/// What the index is asked: terms with weights, and which passages may be found.
package struct KeywordQuery: Sendable, Equatable {
    package struct Term: Sendable, Equatable {
        package var term: UInt64
        /// How often the word is asked for; less than 1 for one that means the same.
        package var weight: Float
        /// For people.
        package var word: String

        package init(term: UInt64, weight: Float = 1, word: String) {
            self.term = term & ~0xff
            self.weight = weight
            self.word = word
        }
    }

    /// Terms beyond these are dropped: the cost of a search is bounded.
    package static let maxTerms = 64

    package let terms: [Term]
    /// Attributes by ``TermHash/of(attribute:value:)``: of each group a passage must have one.
    package let filters: [[UInt64]]

    package init(terms: [Term], filters: [[UInt64]] = []) {
        self.terms = Array(terms.prefix(Self.maxTerms))
        self.filters = filters.map { $0.map { $0 & ~0xff } }
    }
}

/// A passage that was found.
package struct KeywordHit: Sendable, Equatable {
    package var number: Int64
    package var group: Int64
    /// BM25, larger than 0.
    package var score: Float
}
