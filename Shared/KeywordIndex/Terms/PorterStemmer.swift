/// The stemmer of M. F. Porter, "An algorithm for suffix stripping", Program 14 (1980), in place over lower-case ASCII letters.
struct PorterStemmer {
    private let word: UnsafeMutablePointer<UInt8>
    /// Length of the word, and of the stem before the suffix that was looked for last.
    private var count: Int
    private var stem = 0

    /// The length that is left; words of one or two letters stay as they are.
    static func stem(_ word: UnsafeMutablePointer<UInt8>, count: Int) -> Int {
        guard count > 2 else { return count }
        var stemmer = PorterStemmer(word: word, count: count)
        stemmer.plurals()
        stemmer.pastAndProgressive()
        stemmer.finalY()
        stemmer.doubleSuffixes()
        stemmer.adjectives()
        stemmer.residues()
        stemmer.tidy()
        return stemmer.count
    }

    private init(word: UnsafeMutablePointer<UInt8>, count: Int) {
        self.word = word
        self.count = count
    }

    // MARK: Conditions

    private func isConsonant(_ index: Int) -> Bool {
        switch self.word[index] {
        case UInt8(ascii: "a"), UInt8(ascii: "e"), UInt8(ascii: "i"), UInt8(ascii: "o"), UInt8(ascii: "u"): false
        case UInt8(ascii: "y"): index == 0 ? true : !self.isConsonant(index - 1)
        default: true
        }
    }

    /// Porter's m: the number of vowel-consonant sequences in the stem.
    private var measure: Int {
        var measure = 0
        var wasVowel = false
        for index in 0..<self.stem {
            let isVowel = !self.isConsonant(index)
            if wasVowel, !isVowel { measure += 1 }
            wasVowel = isVowel
        }
        return measure
    }

    private var stemHasVowel: Bool { (0..<self.stem).contains { !self.isConsonant($0) } }

    private func endsDouble(_ count: Int) -> Bool {
        count >= 2 && self.word[count - 1] == self.word[count - 2] && self.isConsonant(count - 1)
    }

    /// Consonant, vowel, consonant, the last not w, x or y.
    private func endsCVC(_ count: Int) -> Bool {
        guard count >= 3, self.isConsonant(count - 1), !self.isConsonant(count - 2), self.isConsonant(count - 3) else { return false }
        let last = self.word[count - 1]
        return last != UInt8(ascii: "w") && last != UInt8(ascii: "x") && last != UInt8(ascii: "y")
    }

    private mutating func ends(_ suffix: StaticString) -> Bool {
        let length = suffix.utf8CodeUnitCount
        // Most words end otherwise: the last letter tells.
        guard length <= self.count, self.word[self.count - 1] == suffix.utf8Start[length - 1] else { return false }
        let start = self.count - length
        for index in 0..<length where self.word[start + index] != suffix.utf8Start[index] { return false }
        self.stem = start
        return true
    }

    private mutating func replace(with suffix: StaticString) {
        for index in 0..<suffix.utf8CodeUnitCount { self.word[self.stem + index] = suffix.utf8Start[index] }
        self.count = self.stem + suffix.utf8CodeUnitCount
    }

    // MARK: Steps

    /// Step 1a.
    private mutating func plurals() {
        guard self.word[self.count - 1] == UInt8(ascii: "s") else { return }
        if self.ends("sses") || self.ends("ies") {
            self.count -= 2
        } else if self.word[self.count - 2] != UInt8(ascii: "s") {
            self.count -= 1
        }
    }

    /// Step 1b.
    private mutating func pastAndProgressive() {
        if self.ends("eed") {
            if self.measure > 0 { self.count -= 1 }
        } else if (self.ends("ed") && self.stemHasVowel) || (self.ends("ing") && self.stemHasVowel) {
            self.count = self.stem
            if self.ends("at") || self.ends("bl") || self.ends("iz") {
                self.word[self.count] = UInt8(ascii: "e")
                self.count += 1
            } else if self.endsDouble(self.count) {
                let last = self.word[self.count - 1]
                if last != UInt8(ascii: "l"), last != UInt8(ascii: "s"), last != UInt8(ascii: "z") { self.count -= 1 }
            } else {
                self.stem = self.count
                if self.measure == 1, self.endsCVC(self.count) {
                    self.word[self.count] = UInt8(ascii: "e")
                    self.count += 1
                }
            }
        }
    }

    /// Step 1c.
    private mutating func finalY() {
        if self.ends("y"), self.stemHasVowel { self.word[self.count - 1] = UInt8(ascii: "i") }
    }

    private static let step2: [(StaticString, StaticString)] = [
        ("ational", "ate"), ("tional", "tion"), ("enci", "ence"), ("anci", "ance"), ("izer", "ize"), ("abli", "able"), ("alli", "al"), ("entli", "ent"),
        ("eli", "e"), ("ousli", "ous"), ("ization", "ize"), ("ation", "ate"), ("ator", "ate"), ("alism", "al"), ("iveness", "ive"), ("fulness", "ful"),
        ("ousness", "ous"), ("aliti", "al"), ("iviti", "ive"), ("biliti", "ble"),
    ]
    private static let step3: [(StaticString, StaticString)] = [
        ("icate", "ic"), ("ative", ""), ("alize", "al"), ("iciti", "ic"), ("ical", "ic"), ("ful", ""), ("ness", ""),
    ]
    private static let step4: [StaticString] = [
        "al", "ance", "ence", "er", "ic", "able", "ible", "ant", "ement", "ment", "ent", "ion", "ou", "ism", "ate", "iti", "ous", "ive", "ize",
    ]

    /// Step 2.
    private mutating func doubleSuffixes() {
        for (suffix, replacement) in Self.step2 where self.ends(suffix) {
            if self.measure > 0 { self.replace(with: replacement) }
            return
        }
    }

    /// Step 3.
    private mutating func adjectives() {
        for (suffix, replacement) in Self.step3 where self.ends(suffix) {
            if self.measure > 0 { self.replace(with: replacement) }
            return
        }
    }

    /// Step 4.
    private mutating func residues() {
        for suffix in Self.step4 where self.ends(suffix) {
            if suffix.utf8CodeUnitCount == 3, suffix.utf8Start[0] == UInt8(ascii: "i"), suffix.utf8Start[1] == UInt8(ascii: "o") {
                guard self.stem > 0, self.word[self.stem - 1] == UInt8(ascii: "s") || self.word[self.stem - 1] == UInt8(ascii: "t") else { return }
            }
            if self.measure > 1 { self.count = self.stem }
            return
        }
    }

    /// Step 5.
    private mutating func tidy() {
        if self.ends("e") {
            let measure = self.measure
            if measure > 1 || (measure == 1 && !self.endsCVC(self.stem)) { self.count -= 1 }
        }
        self.stem = self.count
        if self.count > 1, self.word[self.count - 1] == UInt8(ascii: "l"), self.endsDouble(self.count), self.measure > 1 { self.count -= 1 }
    }
}
