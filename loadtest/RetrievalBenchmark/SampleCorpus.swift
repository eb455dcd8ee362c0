/// Passages as a technical text has them: word frequencies by Zipf's law, some words that belong together, about 90 words each.
struct SampleCorpus {
    private var state: UInt64
    private let cumulative: [Double]

    /// - Parameter words: different ones.
    init(words: Int = 120_000, seed: UInt64 = 2_463_534_242) {
        self.state = seed
        var sum = 0.0
        // Exponent 1, flattened at the top, as function words are many.
        self.cumulative = (1...words).map { rank in
            sum += 1 / (Double(rank) + 2.7)
            return sum
        }
    }

    private mutating func random() -> Double {
        self.state ^= self.state << 13
        self.state ^= self.state >> 7
        self.state ^= self.state << 17
        return Double(self.state >> 11) / Double(1 << 53)
    }

    private mutating func rank() -> Int {
        let wanted = self.random() * (self.cumulative.last ?? 1)
        var (low, high) = (0, self.cumulative.count - 1)
        while low < high {
            let middle = (low + high) / 2
            if self.cumulative[middle] < wanted { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Letters only, so that it is stemmed like a word; no two ranks share one.
    private static func word(_ rank: Int) -> String {
        let syllables = ["ba", "ke", "li", "mo", "nu", "pa", "re", "si", "to", "vu", "dar", "fen", "gol", "hin", "jun", "kra"]
        var (rest, word) = (rank, "")
        repeat {
            word += syllables[rest % 16]
            rest /= 16
        } while rest > 0
        return word + "x"
    }

    mutating func title() -> String { (0..<5).map { _ in Self.word(30 + self.rank()) }.joined(separator: " ") }

    mutating func text() -> String {
        let topic = (0..<6).map { _ in 50 + Int(self.random() * 20_000) }
        return (0..<(60 + Int(self.random() * 60))).map { place in
            place % 9 == 0 ? Self.word(topic[Int(self.random() * 6)]) : Self.word(self.rank())
        }.joined(separator: " ")
    }

    /// Three to eight words, the commonest seldom among them.
    mutating func query() -> String {
        (0..<(3 + Int(self.random() * 6))).map { _ in Self.word(10 + self.rank()) }.joined(separator: " ")
    }
}
