/// Splits a text into tokens with their UTF-8 offsets. Linear in the length of the text.
struct Tokenizer {
    /// Words that begin with a digit and are no quantity ("5g", "3gpp").
    let digitWords: Set<String>

    struct Result {
        var tokens: [Token] = []
        /// The whole text, folded, for the screening of signs and code.
        var folded: [UInt8] = []
        /// Invisible characters were dropped.
        var hidden = false
        /// Letters of the Han, kana or Hangul blocks.
        var eastAsian = 0
        var letters = 0
    }

    private struct Character {
        var scalar: UInt32
        var start: Int
        var end: Int
        var upper: Bool
        var lookalike: Bool
    }

    func tokens(of text: String) -> Result {
        var result = Result()
        var characters: [Character] = []
        characters.reserveCapacity(text.utf8.count)
        result.folded.reserveCapacity(text.utf8.count)
        var offset = 0
        for scalar in text.unicodeScalars {
            let width = UTF8.width(scalar)
            let folded = ScalarFolding.fold(scalar.value)
            if folded.scalar == 0 {
                result.hidden = true
            } else {
                characters.append(
                    Character(
                        scalar: folded.scalar, start: offset, end: offset + width,
                        upper: folded.scalar != scalar.value && scalar.value < 0x80, lookalike: folded.lookalike))
                if folded.scalar < 0x80 {
                    result.folded.append(UInt8(folded.scalar))
                    if folded.scalar >= 0x61 && folded.scalar <= 0x7a { result.letters += 1 }
                } else {
                    result.folded.append(0xff)
                    if folded.scalar > 0x250 && Unicode.Scalar(folded.scalar)?.properties.isAlphabetic == true {
                        result.letters += 1
                        if folded.scalar >= 0x2e80 && folded.scalar <= 0xffdc { result.eastAsian += 1 }
                    }
                }
            }
            offset += width
        }
        self.split(characters, into: &result)
        return result
    }

    private func isLetter(_ scalar: UInt32) -> Bool {
        if scalar < 0x80 { return scalar >= 0x61 && scalar <= 0x7a || scalar == 0x5f }
        return scalar >= 0xaa && !self.isIdeograph(scalar) && (Unicode.Scalar(scalar)?.properties.isAlphabetic ?? false)
    }

    /// Written without spaces: each character is a token of its own, and phrases are found by the longest match.
    private func isIdeograph(_ scalar: UInt32) -> Bool {
        scalar >= 0x3040 && scalar <= 0x30ff || scalar >= 0x3400 && scalar <= 0x9fff || scalar >= 0xf900 && scalar <= 0xfaff
            || scalar >= 0x20000 && scalar <= 0x3ffff
    }

    private func isDigit(_ scalar: UInt32) -> Bool { scalar >= 0x30 && scalar <= 0x39 }

    private func string(_ characters: [Character], _ range: Range<Int>) -> String {
        if range.allSatisfy({ characters[$0].scalar < 0x80 }) {
            return String(unsafeUninitializedCapacity: range.count) { bytes in
                var count = 0
                for index in range where characters[index].scalar != 0x27 {
                    bytes.initializeElement(at: count, to: UInt8(truncatingIfNeeded: characters[index].scalar))
                    count += 1
                }
                return count
            }
        }
        var scalars = String.UnicodeScalarView()
        for index in range where characters[index].scalar != 0x27 {
            if let scalar = Unicode.Scalar(characters[index].scalar) { scalars.append(scalar) }
        }
        return String(scalars)
    }

    private func split(_ characters: [Character], into result: inout Result) {
        let count = characters.count
        result.tokens.reserveCapacity(count / 5 + 4)
        var at = 0
        /// No closing quote is looked for twice: once a kind of quote has no partner, it has none.
        var quotable = true
        var lastEnd = -1
        while at < count {
            let scalar = characters[at].scalar
            if scalar == 0x0a || scalar == 0x0d {
                result.tokens.append(Token(kind: .symbol, word: "\n", start: characters[at].start, end: characters[at].end))
                at += 1
            } else if scalar <= 0x20 || scalar == 0x7f || scalar >= 0x80 && scalar < 0xa0 {
                at += 1
            } else if self.isIdeograph(scalar) {
                var token = Token(kind: .word, word: self.string(characters, at..<(at + 1)), start: characters[at].start, end: characters[at].end)
                token.isIdeograph = true
                result.tokens.append(token)
                at += 1
            } else if self.isLetter(scalar) || self.isDigit(scalar) {
                at = self.chunk(characters, at, lastEnd == at && at > 0 && characters[at - 1].scalar == 0x2f, into: &result)
                lastEnd = at
            } else if (scalar == 0x22 || scalar == 0x27) && quotable {
                if let close = self.closing(characters, at) {
                    if close > at + 1 {
                        result.tokens.append(
                            Token(
                                kind: .quoted, word: self.string(characters, (at + 1)..<close),
                                start: characters[at + 1].start, end: characters[close - 1].end))
                    }
                    at = close + 1
                } else {
                    if scalar == 0x22 { quotable = false }
                    at += 1
                }
            } else if scalar == 0x2d, at + 1 < count, characters[at + 1].scalar == 0x3e {
                // "AMF -> 3"
                result.tokens.append(Token(kind: .word, word: "to", start: characters[at].start, end: characters[at + 1].end))
                at += 2
            } else if scalar == 0x2192 || scalar == 0x21d2 || scalar == 0x27a1 {
                result.tokens.append(Token(kind: .word, word: "to", start: characters[at].start, end: characters[at].end))
                at += 1
            } else if scalar == 0x2d, at + 1 < count, self.isDigit(characters[at + 1].scalar), self.opensNumber(characters, at) {
                at = self.number(characters, at, negative: true, into: &result)
                lastEnd = at
            } else if scalar == 0x3c || scalar == 0x3e || scalar == 0x3d {
                var end = at + 1
                while end < count, end < at + 3, [0x3c, 0x3e, 0x3d].contains(characters[end].scalar) { end += 1 }
                result.tokens.append(Token(kind: .symbol, word: self.string(characters, at..<end), start: characters[at].start, end: characters[end - 1].end))
                at = end
            } else {
                let word = Unicode.Scalar(scalar).map { String($0) } ?? "?"
                var token = Token(kind: .symbol, word: word, start: characters[at].start, end: characters[at].end)
                token.adjacent = at > 0 && characters[at - 1].end == characters[at].start && characters[at - 1].scalar > 0x20
                result.tokens.append(token)
                at += 1
                if scalar == 0x2f { lastEnd = at }
            }
        }
    }

    private func opensNumber(_ characters: [Character], _ at: Int) -> Bool {
        guard at > 0 else { return true }
        let before = characters[at - 1].scalar
        return before <= 0x20 || before == 0x3a || before == 0x3d || before == 0x28 || before == 0x5b
    }

    /// The quote that closes the one at `open`, within 80 characters; an apostrophe never opens.
    private func closing(_ characters: [Character], _ open: Int) -> Int? {
        let mark = characters[open].scalar
        if mark == 0x27, open > 0, self.isLetter(characters[open - 1].scalar) || self.isDigit(characters[open - 1].scalar) { return nil }
        var at = open + 1
        while at < characters.count, at - open <= 80 {
            if characters[at].scalar == mark {
                if mark == 0x22 { return at }
                let after = at + 1 < characters.count ? characters[at + 1].scalar : 0x20
                if !self.isLetter(after) && !self.isDigit(after) { return at }
            }
            at += 1
        }
        return nil
    }

    /// A run of letters, digits, dots, underscores and inner hyphens, split at the hyphens.
    private func chunk(_ characters: [Character], _ begin: Int, _ afterSlash: Bool, into result: inout Result) -> Int {
        var at = begin
        var glued = false
        let count = characters.count
        while at < count {
            let first = result.tokens.count
            if self.isDigit(characters[at].scalar) {
                at = self.digits(characters, at, into: &result)
            } else {
                at = self.word(characters, at, into: &result)
            }
            if first < result.tokens.count {
                result.tokens[first].glued = glued
                result.tokens[first].adjacent = glued
            }
            guard at + 1 < count, characters[at].scalar == 0x2d,
                self.isLetter(characters[at + 1].scalar) || self.isDigit(characters[at + 1].scalar)
            else { break }
            glued = true
            at += 1
        }
        return at
    }

    private func word(_ characters: [Character], _ begin: Int, into result: inout Result) -> Int {
        var at = begin
        var lower = false, disguised = false, plain = false
        let count = characters.count
        while at < count {
            let scalar = characters[at].scalar
            if self.isLetter(scalar) || self.isDigit(scalar) {
                if characters[at].lookalike { disguised = true } else { plain = true }
                if !characters[at].upper && !self.isDigit(scalar) { lower = true }
                at += 1
            } else if scalar == 0x2e || scalar == 0x27, at + 1 < count,
                self.isLetter(characters[at + 1].scalar) || (scalar == 0x2e && self.isDigit(characters[at + 1].scalar))
            {
                // "don't", "AMF's", "web.example"
                if scalar == 0x27, characters[at + 1].scalar == 0x73, at + 2 >= count || !self.isLetter(characters[at + 2].scalar) {
                    break
                }
                at += 1
            } else {
                break
            }
        }
        var token = Token(kind: .word, word: self.string(characters, begin..<at), start: characters[begin].start, end: characters[at - 1].end)
        token.capitalised = characters[begin].upper && lower
        token.disguised = disguised && plain
        result.tokens.append(token)
        // A possessive "'s" says nothing more.
        if at + 1 < count, characters[at].scalar == 0x27, characters[at + 1].scalar == 0x73 { at += 2 }
        return at
    }

    /// A number with what is written directly after it, or a word that merely begins with a digit.
    private func digits(_ characters: [Character], _ begin: Int, into result: inout Result) -> Int {
        var end = begin
        let count = characters.count
        var dots = 0
        while end < count {
            let scalar = characters[end].scalar
            if self.isDigit(scalar) || self.isLetter(scalar) {
                end += 1
            } else if scalar == 0x2e, end + 1 < count, self.isDigit(characters[end + 1].scalar) || self.isLetter(characters[end + 1].scalar) && dots > 0 {
                dots += 1
                end += 1
            } else {
                break
            }
        }
        let whole = self.string(characters, begin..<end)
        if dots > 1 || self.digitWords.contains(whole) || whole.hasPrefix("0x") {
            var token = Token(kind: .word, word: whole, start: characters[begin].start, end: characters[end - 1].end)
            token.capitalised = false
            result.tokens.append(token)
            return end
        }
        return self.number(characters, begin, negative: false, into: &result)
    }

    private func number(_ characters: [Character], _ begin: Int, negative: Bool, into result: inout Result) -> Int {
        var at = negative ? begin + 1 : begin
        let count = characters.count
        var value = 0.0
        while at < count {
            if self.isDigit(characters[at].scalar) {
                value = value * 10 + Double(characters[at].scalar - 0x30)
                at += 1
            } else if characters[at].scalar == 0x2c, self.groups(characters, at) {
                at += 1
            } else {
                break
            }
        }
        if at + 1 < count, characters[at].scalar == 0x2e, self.isDigit(characters[at + 1].scalar) {
            at += 1
            var scale = 1.0
            var fraction = 0.0
            while at < count, self.isDigit(characters[at].scalar), scale < 1e15 {
                fraction = fraction * 10 + Double(characters[at].scalar - 0x30)
                scale *= 10
                at += 1
            }
            value += fraction / scale
        }
        var token = Token(
            kind: .number, word: self.string(characters, begin..<at), start: characters[begin].start, end: characters[at - 1].end)
        token.value = negative ? -value : value
        result.tokens.append(token)
        // "10gbps": the unit is a token of its own.
        let letters = at
        while at < count, self.isLetter(characters[at].scalar) || at > letters && self.isDigit(characters[at].scalar) { at += 1 }
        if at > letters {
            var unit = Token(kind: .word, word: self.string(characters, letters..<at), start: characters[letters].start, end: characters[at - 1].end)
            unit.adjacent = true
            result.tokens.append(unit)
        }
        return at
    }

    /// A comma between groups of three digits.
    private func groups(_ characters: [Character], _ comma: Int) -> Bool {
        guard comma + 3 < characters.count else { return false }
        for index in 1...3 where !self.isDigit(characters[comma + index].scalar) { return false }
        return comma + 4 >= characters.count || !self.isDigit(characters[comma + 4].scalar)
    }
}
