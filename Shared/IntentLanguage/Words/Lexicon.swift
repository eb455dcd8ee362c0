/// Phrases as a trie over word ids, with one meaning per phrase.
struct Lexicon: Sendable {
    private(set) var wordIDs: [String: Int32] = [:]
    private var edges: [UInt64: Int32] = [:]
    private var meaningOfNode: [Int32] = [-1]
    /// Index 0 means nothing.
    private(set) var meanings: [Meaning] = [Meaning()]
    private(set) var digitWords: Set<String> = []
    /// Words with one letter left out, for finding one-letter mistakes: deletion → words.
    private var deletions: [String: [Int32]] = [:]
    private var correctable: Set<Int32> = []

    /// Spelling by id.
    private var words: [String] = []
    private var ordinary: Set<String> = []

    static let shortestCorrectable = 5

    /// Never to be taken for a misspelling.
    mutating func protect(_ word: String) { self.ordinary.insert(word) }

    /// Adds to what a phrase may mean. Words are separated by spaces; a hyphen or slash counts as a separator.
    mutating func add(_ phrase: String, correctable: Bool = false, _ change: (inout Meaning) -> Void) {
        var node: Int32 = 0
        for word in Self.words(phrase) {
            let id = self.id(word)
            if correctable, word.utf8.count >= Self.shortestCorrectable { self.correctable.insert(id) }
            let key = UInt64(node) << 32 | UInt64(id)
            if let next = self.edges[key] {
                node = next
            } else {
                let next = Int32(self.meaningOfNode.count)
                self.meaningOfNode.append(-1)
                self.edges[key] = next
                node = next
            }
        }
        if self.meaningOfNode[Int(node)] < 0 {
            self.meaningOfNode[Int(node)] = Int32(self.meanings.count)
            self.meanings.append(Meaning())
        }
        change(&self.meanings[Int(self.meaningOfNode[Int(node)])])
    }

    /// To be called once after the last `add`.
    mutating func finish() {
        for (word, id) in self.wordIDs where self.correctable.contains(id) {
            for deletion in Self.deletions(of: word) { self.deletions[deletion, default: []].append(id) }
            self.deletions[word, default: []].append(id)
        }
    }

    private mutating func id(_ word: String) -> Int32 {
        if let id = self.wordIDs[word] { return id }
        let id = Int32(self.wordIDs.count)
        self.wordIDs[word] = id
        self.words.append(word)
        if let first = word.utf8.first, first >= 0x30, first <= 0x39 { self.digitWords.insert(word) }
        return id
    }

    /// The words of a phrase as the tokenizer would cut them.
    static func words(_ phrase: String) -> [String] {
        var words: [String] = []
        var current = ""
        for character in phrase.unicodeScalars {
            switch character {
            case " ", "-":
                if !current.isEmpty { words.append(current) }
                current = ""
            case "/":
                if !current.isEmpty { words.append(current) }
                words.append("/")
                current = ""
            default: current.unicodeScalars.append(character)
            }
        }
        if !current.isEmpty { words.append(current) }
        return words
    }

    /// The longest phrase that begins at `index`: its meaning and the token after it.
    @inline(__always)
    func longest(_ tokens: [Token], _ index: Int, accept: (Int) -> Bool) -> (meaning: Int, end: Int)? {
        var node: Int32 = 0
        var at = index
        var best: (Int, Int)?
        while at < tokens.count, tokens[at].id >= 0, tokens[at].kind != .quoted, let next = self.edges[UInt64(node) << 32 | UInt64(tokens[at].id)] {
            node = next
            at += 1
            let meaning = self.meaningOfNode[Int(node)]
            if meaning >= 0, accept(at) { best = (Int(meaning), at) }
        }
        return best
    }

    /// The meaning of a whole phrase given as text.
    func meaning(of phrase: String) -> Meaning? {
        var node: Int32 = 0
        for word in Self.words(phrase) {
            guard let id = self.wordIDs[word], let next = self.edges[UInt64(node) << 32 | UInt64(id)] else { return nil }
            node = next
        }
        let index = self.meaningOfNode[Int(node)]
        return index >= 0 ? self.meanings[Int(index)] : nil
    }

    func spelling(of id: Int32) -> String { self.words[Int(id)] }

    func id(of word: String) -> Int32 { self.wordIDs[word] ?? -1 }

    /// The one word that differs from `word` by a letter left out, added, changed or two swapped; nil when none or several with
    /// different meanings do. Words of five letters only have letters swapped, and the first letter is never a changed one.
    func correction(of word: String) -> Int32? {
        guard word.utf8.count >= Self.shortestCorrectable, word.utf8.count <= 24, !self.ordinary.contains(word) else { return nil }
        let typed = Array(word.utf8)
        var found: [Int32] = []
        func consider(_ ids: [Int32]?) {
            for id in ids ?? [] where !found.contains(id) && Self.isSlip(typed, Array(self.words[Int(id)].utf8)) { found.append(id) }
        }
        consider(self.deletions[word])
        for deletion in Self.deletions(of: word) { consider(self.deletions[deletion]) }
        guard let first = found.first else { return nil }
        if found.count == 1 { return first }
        // "relicas" is "replicas" rather than "replica": the same letters at the end.
        let alike = found.filter { self.words[Int($0)].utf8.last == typed.last }
        return alike.count == 1 ? alike[0] : nil
    }

    /// Exactly one letter left out, added or changed, or two neighbours swapped.
    private static func isSlip(_ typed: [UInt8], _ meant: [UInt8]) -> Bool {
        if typed.count == meant.count {
            let differing = typed.indices.filter { typed[$0] != meant[$0] }
            if differing.count == 2, differing[1] == differing[0] + 1 {
                return typed[differing[0]] == meant[differing[1]] && typed[differing[1]] == meant[differing[0]]
            }
            return differing.count == 1 && differing[0] > 0 && meant.count > Self.shortestCorrectable
        }
        let (short, long) = typed.count < meant.count ? (typed, meant) : (meant, typed)
        guard long.count == short.count + 1, meant.count > Self.shortestCorrectable else { return false }
        var at = 0
        while at < short.count, short[at] == long[at] { at += 1 }
        return short[at...].elementsEqual(long[(at + 1)...])
    }

    private static func deletions(of word: String) -> [String] {
        let bytes = Array(word.utf8)
        var result: [String] = []
        result.reserveCapacity(bytes.count)
        for index in 0..<bytes.count where bytes[index] < 0x80 {
            var shorter = bytes
            shorter.remove(at: index)
            result.append(String(decoding: shorter, as: UTF8.self))
        }
        return result
    }
}
