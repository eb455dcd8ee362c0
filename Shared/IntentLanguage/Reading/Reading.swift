import IntentModel

/// One text on its way from words to expectations. A value type that lives for one interpretation.
struct Reading {
    let vocabulary: Vocabulary
    let text: [UInt8]
    let tokens: [Token]
    var lexemes: [Lexeme] = []
    /// All classes of all words: what no word has is looked for nowhere.
    var classes: WordClass = []
    var clauses: [Clause] = []
    var names: [NameFinding] = []
    var places: [PlaceFinding] = []
    var quantities: [Quantity] = []
    var sayings: [Saying] = []
    var expectations: [Draft] = []
    var questions: [Clarification] = []
    var notes: [String] = []
    /// Autoscaling is said somewhere in the text.
    var expectsAutoscaling = false
    /// A lower and an upper bound of replicas were read.
    var hasMinimum = false
    var hasMaximum = false
    /// Verbs whose object comes with the next one ("deploy and configure X"), and where they are.
    var sharedActions: [(Action, VerbMeaning?, at: Int?)] = []
    /// Index of the first expectation of the clause read last.
    var firstOfLastClause = 0
    /// The text only says what not to do.
    var negatedOnly = false
    /// Objects were named, but nothing to do with them.
    var verbless = false
    /// A verb of ordinary language and nothing of this domain.
    var unspoken = false
    /// The verb alone shows that a network is meant.
    var told = false
    /// Something was written in letters that only look Latin.
    var disguised: String?
    /// Instances that a clause excludes by name.
    var excluded: [(clause: Int, type: String?, name: String)] = []
    /// What the clause before says not to do something to.
    var spared: [Mention] = []
    /// Places that are said to be something's.
    var possessed: [(at: Int, kind: PlaceKind)] = []
    /// Identifiers followed by what cannot be their value.
    var misfits: [(at: Int, end: Int)] = []
    /// Objects named a second time within their clause, and where they were named first.
    var repeats: [(at: Int, of: Int)] = []
    /// Places that more of their kind follow: "in cluster-a, cluster-b".
    var severalPlaces: [(at: Int, kind: PlaceKind)] = []
    let effort = Effort()

    init(vocabulary: Vocabulary, text: String, tokens: [Token]) {
        self.vocabulary = vocabulary
        self.text = Array(text.utf8)
        var tokens = tokens
        for index in tokens.indices {
            if tokens[index].kind == .quoted {
                guard Self.isFunction(tokens[index].word, vocabulary), index == 0 || !Self.isNamed(tokens[index - 1].word, vocabulary) else { continue }
                // the "AMF": no name of its own
                tokens[index].kind = .word
            }
            tokens[index].id = vocabulary.lexicon.id(of: tokens[index].word)
        }
        self.tokens = Self.withoutNumbering(Self.corrected(tokens, vocabulary), vocabulary)
    }

    private static func isFunction(_ word: String, _ vocabulary: Vocabulary) -> Bool {
        guard !word.contains(" "), let object = vocabulary.lexicon.meaning(of: word)?.object else { return false }
        return vocabulary.objects[object].kind == .networkFunction && vocabulary.objects[object].type != "Custom"
    }

    /// Before a name: "called", "VNF", "namespace".
    private static func isNamed(_ word: String, _ vocabulary: Vocabulary) -> Bool {
        guard let meaning = vocabulary.lexicon.meaning(of: word) else { return false }
        return meaning.has([.naming, .carrier, .generic]) || meaning.place != nil || meaning.object != nil || meaning.identifier != nil
    }

    /// One-letter mistakes in ordinary words are read as the word meant, never in names.
    private static func corrected(_ tokens: [Token], _ vocabulary: Vocabulary) -> [Token] {
        var tokens = tokens
        for index in tokens.indices {
            let token = tokens[index]
            guard token.id < 0, token.kind == .word, !token.glued, !token.capitalised || index == 0,
                index + 1 >= tokens.count || !tokens[index + 1].glued,
                token.word.utf8.allSatisfy({ $0 >= 0x61 && $0 <= 0x7a })
            else { continue }
            if index > 0 {
                let before = tokens[index - 1].word
                let meaning = vocabulary.lexicon.meaning(of: before)
                if meaning?.place != nil || meaning?.has([.naming, .carrier]) == true { continue }
            }
            if index + 1 < tokens.count, vocabulary.lexicon.meaning(of: tokens[index + 1].word)?.place != nil { continue }
            if let id = vocabulary.lexicon.correction(of: token.word) {
                tokens[index].id = id
                tokens[index].word = vocabulary.lexicon.spelling(of: id)
                tokens[index].corrected = true
            }
        }
        return tokens
    }

    // MARK: - Looking at lexemes

    func meaning(_ index: Int) -> Meaning? {
        self.effort.looks &+= 1
        guard index >= 0, index < self.lexemes.count, self.lexemes[index].meaning > 0 else { return nil }
        return self.vocabulary.lexicon.meanings[self.lexemes[index].meaning]
    }

    func has(_ index: Int, _ wordClass: WordClass) -> Bool {
        self.effort.looks &+= 1
        guard index >= 0, index < self.lexemes.count, self.lexemes[index].meaning > 0 else { return false }
        return self.vocabulary.lexicon.meanings[self.lexemes[index].meaning].has(wordClass)
    }

    func kind(_ index: Int) -> Lexeme.Kind? { index >= 0 && index < self.lexemes.count ? self.lexemes[index].kind : nil }

    /// The sign that stands there; nil when it is none.
    private func symbol(_ index: Int) -> String? {
        self.effort.looks &+= 1
        guard index >= 0, index < self.lexemes.count, self.lexemes[index].kind == .symbol else { return nil }
        return self.tokens[self.lexemes[index].first].word
    }

    func isSymbol(_ index: Int, _ word: String) -> Bool { self.symbol(index) == word }

    func isSymbol(_ index: Int, _ words: String...) -> Bool { self.symbol(index).map { words.contains($0) } ?? false }

    func isComma(_ index: Int) -> Bool {
        guard let symbol = self.symbol(index) else { return false }
        return switch symbol {
        case ",", "—", "-", "(", ")", "/", "{", "}", "[", "]", "*", "+": true
        default: false
        }
    }

    func isConjunction(_ index: Int) -> Bool { self.has(index, .conjunction) }

    /// First word of a lexeme, folded.
    func word(_ index: Int) -> String {
        self.effort.looks &+= 1
        guard index >= 0, index < self.lexemes.count else { return "" }
        return self.tokens[self.lexemes[index].first].word
    }

    func span(_ range: Range<Int>) -> Span {
        guard let first = range.first, let last = range.last, range.upperBound <= self.lexemes.count else { return Span(start: 0, end: 0) }
        let one = self.tokens[self.lexemes[first].first], other = self.tokens[self.lexemes[last].end - 1]
        // Words of other languages may have changed places.
        return Span(start: min(one.start, other.start), end: max(one.end, other.end))
    }

    func text(_ span: Span) -> String { String(decoding: self.text[span.start..<span.end], as: UTF8.self) }

    func text(_ range: Range<Int>) -> String { self.text(self.span(range)) }

    /// A name as it was written, without quotes.
    func original(_ index: Int) -> String { self.text(index..<(index + 1)) }

    /// The hyphenated run of tokens around a lexeme, as it was written.
    func chunk(_ index: Int) -> (text: String, span: Span) {
        var first = self.lexemes[index].first
        var end = self.lexemes[index].end
        while first > 0, self.tokens[first].glued { first -= 1 }
        while end < self.tokens.count,
            self.tokens[end].glued || self.tokens[end].adjacent && self.tokens[end].kind == .word && self.tokens[end - 1].kind == .number
        { end += 1 }
        let span = Span(start: self.tokens[first].start, end: self.tokens[end - 1].end)
        return (self.text(span), span)
    }

    /// The members of a list ordered by position that lie in a stretch of lexemes.
    func within<Element>(_ list: [Element], _ at: KeyPath<Element, Int>, _ range: Range<Int>) -> ArraySlice<Element> {
        func first(from bound: Int) -> Int {
            var low = 0, high = list.count
            while low < high {
                let middle = (low + high) / 2
                if list[middle][keyPath: at] < bound { low = middle + 1 } else { high = middle }
            }
            return low
        }
        let start = first(from: range.lowerBound)
        return list[start..<max(start, first(from: range.upperBound))]
    }

    mutating func use(_ range: Range<Int>) {
        for index in range where index < self.lexemes.count { self.lexemes[index].used = true }
    }
}
