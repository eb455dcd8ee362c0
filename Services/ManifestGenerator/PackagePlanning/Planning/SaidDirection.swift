import IntentModel

/// Which way the text says that a number goes: “scale up … to 1” of two replicas contradicts itself.
struct SaidDirection: Equatable {
    enum Way { case more, fewer }

    let way: Way
    /// As it stands in the text.
    let word: String

    /// From the deed to the figure. Nil where nothing or both is said, and of a figure that is not of the text.
    init?(_ expectation: Expectation, to target: Target, in text: String, _ words: SizingRules.Directions) {
        guard let deed = expectation.spans?["verb"], let figure = target.span else { return nil }
        let bytes = Array(text.utf8)
        let end = figure.start > deed.start ? max(figure.start, deed.end) : deed.end
        guard deed.start >= 0, deed.start < end, end <= bytes.count else { return nil }
        let said = String(decoding: bytes[deed.start..<end], as: UTF8.self)
        let more = Self.first(of: words.more, in: said), fewer = Self.first(of: words.fewer, in: said)
        switch (more, fewer) {
        case (let word?, nil): (self.way, self.word) = (.more, word)
        case (nil, let word?): (self.way, self.word) = (.fewer, word)
        default: return nil
        }
    }

    func contradicts(_ count: Int, from current: Int) -> Bool { self.way == .more ? count < current : count > current }

    private static func first(of words: Set<String>, in text: String) -> String? {
        // Chinese has no blanks between words.
        let apart = text.split { !$0.isLetter }.map(String.init)
        return apart.first { words.contains($0.lowercased()) }
            ?? words.filter { $0.unicodeScalars.allSatisfy { $0.value >= 0x2e80 } }.sorted().first { text.contains($0) }
    }
}
