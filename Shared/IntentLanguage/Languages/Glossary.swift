/// The words of another language and the phrases of the vocabulary that they stand for. A text is put into those phrases, each of
/// which keeps the place of the words it came from, and is then read by the same frames as an English one.
struct Glossary: Sendable {
    struct Entry: Sendable {
        /// Words of the vocabulary; none for a word without a meaning of its own ("個").
        var words: [String]
        var isVerb = false
        /// Second part of a separable verb ("skaliere … hoch"), looked for within the same sentence.
        var particle: [String] = []
    }

    /// BCP 47.
    let language: String
    /// The verb may stand at the end of its clause and is put in front.
    let movesVerbs: Bool
    private var edges: [UInt64: Int32] = [:]
    private var ids: [String: Int32] = [:]
    private var entriesOfNode: [[Entry]] = [[]]

    init(language: String, movesVerbs: Bool) {
        self.language = language
        self.movesVerbs = movesVerbs
    }

    /// `phrase` is cut as the tokenizer would cut it. False when it is there already with another meaning.
    mutating func add(_ phrase: [String], _ entry: Entry) -> Bool {
        var node: Int32 = 0
        for word in phrase {
            let id = self.ids[word] ?? Int32(self.ids.count)
            self.ids[word] = id
            let key = UInt64(node) << 32 | UInt64(id)
            if let next = self.edges[key] {
                node = next
            } else {
                node = Int32(self.entriesOfNode.count)
                self.edges[key] = node
                self.entriesOfNode.append([])
            }
        }
        if let known = self.entriesOfNode[Int(node)].first(where: { $0.particle == entry.particle }) { return known.words == entry.words }
        self.entriesOfNode[Int(node)].append(entry)
        // The longest separable form is tried first.
        self.entriesOfNode[Int(node)].sort { $0.particle.count > $1.particle.count }
        return true
    }

    /// Another way of writing a word. False when it is a word of its own, or the other is none.
    mutating func addVariant(_ variant: String, of word: String) -> Bool {
        guard let id = self.ids[word], self.ids[variant] == nil else { return false }
        self.ids[variant] = id
        return true
    }

    func knows(_ word: String) -> Bool { self.ids[word] != nil }

    /// The longest phrase that begins at `index`: its entry, the token after it, and where its particle stands.
    ///
    /// A phrase never begins or ends inside a hyphenated name; `opensCompound` says whether the word at an index can be the first part of
    /// a compound ("AMF-Instanzen").
    func longest(_ tokens: [Token], _ index: Int, opensCompound: (Int) -> Bool) -> (entry: Entry, end: Int, particle: Int?)? {
        if tokens[index].glued, index == 0 || !opensCompound(index - 1) { return nil }
        var node: Int32 = 0
        var at = index
        var best: (Entry, Int, Int?)?
        while at < tokens.count, tokens[at].kind == .word, let id = self.ids[tokens[at].word], let next = self.edges[UInt64(node) << 32 | UInt64(id)] {
            node = next
            at += 1
            if at < tokens.count, tokens[at].glued { continue }
            for entry in self.entriesOfNode[Int(node)] {
                if entry.particle.isEmpty {
                    best = (entry, at, nil)
                } else if let found = self.particle(entry.particle, tokens, at) {
                    best = (entry, at, found)
                } else {
                    continue
                }
                break
            }
        }
        return best
    }

    /// In English, what a particle may be besides ("auf" is "to" as well).
    private static let prepositions: Set<String> = ["to", "at", "from", "by", "a", "in", "on"]

    private func isPreposition(_ word: String) -> Bool {
        guard let id = self.ids[word], let node = self.edges[UInt64(id)] else { return false }
        return self.entriesOfNode[Int(node)].contains { $0.particle.isEmpty && $0.words.count == 1 && Self.prepositions.contains($0.words[0]) }
    }

    private func endsClause(_ tokens: [Token], _ index: Int) -> Bool {
        guard index < tokens.count, tokens[index].kind != .symbol else { return true }
        guard let id = self.ids[tokens[index].word], let node = self.edges[UInt64(id)] else { return false }
        return self.entriesOfNode[Int(node)].contains { ["and", "or", "then"].contains($0.words.first) }
    }

    /// Where the second part of a separable verb stands before the sentence ends. One that may be a preposition ends its clause: "setze die AMF auf 5" is
    /// no "aufsetzen".
    private func particle(_ words: [String], _ tokens: [Token], _ start: Int) -> Int? {
        let endsClause = words.count == 1 && self.isPreposition(words[0])
        var at = start
        while at < tokens.count, at - start < 40 {
            if tokens[at].kind == .symbol, [".", ";", "!", "?", "\n"].contains(tokens[at].word) { return nil }
            if at + words.count <= tokens.count, words.indices.allSatisfy({ tokens[at + $0].kind == .word && tokens[at + $0].word == words[$0] }),
                !endsClause || self.endsClause(tokens, at + words.count)
            {
                return at
            }
            at += 1
        }
        return nil
    }
}
