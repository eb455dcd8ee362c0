import IntentModel

/// Recognises attempts to steer the interpreter and code or commands, before any meaning is read. Linear in the text.
struct Screening: Sendable {
    private struct Pattern: Sendable {
        /// One set of alternatives per word; an empty set is a gap of up to four words.
        var slots: [Set<String>]
        var reason: Refusal.Reason
    }

    private static let gap = 4
    private var words: Set<String> = []
    private var byFirstWord: [String: [Int]] = [:]
    private var patterns: [Pattern] = []
    private var texts: [[(bytes: [UInt8], reason: Refusal.Reason)]] = Array(repeating: [], count: 256)
    /// Whether any of them begins with a byte.
    private var begins = [Bool](repeating: false, count: 256)

    /// False when the pattern has no first word to look it up by.
    mutating func add(words: String, _ reason: Refusal.Reason) -> Bool {
        var slots: [Set<String>] = []
        for slot in words.split(separator: " ") {
            if slot != "*" { self.words.formUnion(slot.split(separator: "|").map { String($0) }) }
            slots.append(slot == "*" ? [] : Set(slot.split(separator: "|").map { String($0) }))
        }
        guard let first = slots.first, !first.isEmpty else { return false }
        for word in first { self.byFirstWord[word, default: []].append(self.patterns.count) }
        self.patterns.append(Pattern(slots: slots, reason: reason))
        return true
    }

    /// A word of some pattern.
    func knows(_ word: String) -> Bool { self.words.contains(word) }

    mutating func add(text: String, _ reason: Refusal.Reason) {
        let bytes = Array(text.utf8)
        guard let first = bytes.first else { return }
        self.texts[Int(first)].append((bytes, reason))
        self.begins[Int(first)] = true
    }

    /// The reason to refuse, and the words that gave it.
    func finding(folded: [UInt8], tokens: [Token]) -> (reason: Refusal.Reason, words: String)? {
        for index in folded.indices where self.begins[Int(folded[index])] {
            for candidate in self.texts[Int(folded[index])] where Self.occurs(candidate.bytes, in: folded, at: index) {
                return (candidate.reason, String(decoding: candidate.bytes, as: UTF8.self))
            }
        }
        let words = tokens.lazy.filter { $0.kind == .word || $0.kind == .number }.map(\.word)
        if let found = self.match(Array(words)) { return found }
        // Quoted text is a name; a sentence in quotes, or with its words joined by something else than spaces, is not.
        for token in tokens where token.kind == .quoted && token.word.contains(" ") || token.kind != .symbol && token.word.utf8.contains(UInt8(ascii: "_")) {
            let inner = token.word.split { !$0.isLetter && !$0.isNumber }.map { String($0) }
            if let found = self.match(inner) { return found }
        }
        if let plain = Self.withoutDigits(folded), let found = self.match(plain) { return found }
        if let joined = Self.spacedOut(tokens), let found = self.match(joined) { return found }
        return nil
    }

    /// What a digit or sign looks like; the letter itself; 0 for what separates words.
    private static let looks: [UInt8] = {
        var looks = [UInt8](repeating: 0, count: 256)
        for letter in UInt8(ascii: "a")...UInt8(ascii: "z") { looks[Int(letter)] = letter }
        for (sign, letter) in zip("01!34@5$7".utf8, "oiieaasst".utf8) { looks[Int(sign)] = letter }
        return looks
    }()

    /// "1gn0re": the words with digits and signs read as the letters they look like; nil when no word has one inside.
    private static func withoutDigits(_ folded: [UInt8]) -> [String]? {
        guard self.hasMixedWord(folded) else { return nil }
        var words: [String] = []
        var word: [UInt8] = []
        for byte in folded + [0] {
            let plain = self.looks[Int(byte)]
            if plain != 0 {
                word.append(plain)
            } else if !word.isEmpty {
                words.append(String(decoding: word, as: UTF8.self))
                word.removeAll(keepingCapacity: true)
            }
        }
        return words
    }

    /// A word of four letters or more has a letter behind a digit or sign. Most texts have none, and nothing else is made of them.
    private static func hasMixedWord(_ folded: [UInt8]) -> Bool {
        var length = 0
        var sawDigit = false, mixes = false
        for byte in folded {
            let plain = self.looks[Int(byte)]
            guard plain != 0 else {
                if length >= 4, mixes { return true }
                length = 0
                sawDigit = false
                mixes = false
                continue
            }
            length += 1
            if byte == plain { mixes = mixes || sawDigit } else { sawDigit = true }
        }
        return length >= 4 && mixes
    }

    private static func occurs(_ needle: [UInt8], in bytes: [UInt8], at index: Int) -> Bool {
        guard index + needle.count <= bytes.count else { return false }
        for offset in needle.indices where bytes[index + offset] != needle[offset] { return false }
        return true
    }

    func match(_ words: [String]) -> (reason: Refusal.Reason, words: String)? {
        for index in words.indices {
            for candidate in self.byFirstWord[words[index]] ?? [] {
                if let end = self.end(of: self.patterns[candidate].slots, words, index) {
                    return (self.patterns[candidate].reason, words[index..<end].joined(separator: " "))
                }
            }
        }
        return nil
    }

    private func end(of slots: [Set<String>], _ words: [String], _ begin: Int, from first: Int = 0) -> Int? {
        var at = begin
        for slot in first..<slots.count {
            if slots[slot].isEmpty {
                for skipped in 0...Self.gap where at + skipped <= words.count {
                    if let end = self.end(of: slots, words, at + skipped, from: slot + 1) { return end }
                }
                return nil
            }
            guard at < words.count, slots[slot].contains(words[at]) else { return nil }
            at += 1
        }
        return at
    }

    /// "d r o p  t a b l e": words of single letters put together in every reading of the first few letters.
    private static func spacedOut(_ tokens: [Token]) -> [String]? {
        var run = ""
        var rest: [String] = []
        var longest = 0
        for token in tokens where token.kind == .word || token.kind == .number {
            if token.word.utf8.count == 1 {
                run += token.word
                longest = max(longest, run.utf8.count)
            } else {
                if run.utf8.count >= 4 { rest.append(run) }
                run = ""
                rest.append(token.word)
            }
        }
        if run.utf8.count >= 4 { rest.append(run) }
        return longest >= 4 ? rest : nil
    }
}
