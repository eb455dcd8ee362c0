import Foundation

/// Reads a text word by word. A word is a run of letters and digits with single joiners between them.
struct WordReading {
    private let text: UnsafeBufferPointer<UInt8>
    private let scratch: UnsafeMutablePointer<UInt8>
    private let filter: TermFilter?
    private let cache: TermCache?
    private var position = 0
    private var word = 0..<0
    private var isWide = false

    /// `scratch` has room for four terms.
    init(text: UnsafeBufferPointer<UInt8>, scratch: UnsafeMutablePointer<UInt8>, filter: TermFilter? = nil, cache: TermCache? = nil) {
        self.filter = filter
        self.cache = cache
        self.text = text
        self.scratch = scratch
    }

    /// Moves to the next word; false at the end.
    mutating func next() -> Bool {
        let (text, count) = (self.text, self.text.count)
        var index = self.position
        while index < count, !Self.isWordByte(text[index]) { index += 1 }
        guard index < count else { return false }
        let start = index
        var isWide = false
        while index < count {
            let kind = ByteClass.of(text[index])
            if kind == ByteClass.joiner {
                guard index + 1 < count, Self.isWordByte(text[index + 1]) else { break }
            } else if kind == ByteClass.other {
                break
            } else if kind == ByteClass.wide {
                isWide = true
            }
            index += 1
        }
        (self.word, self.isWide, self.position) = (start..<index, isWide, index)
        return true
    }

    @inline(__always)
    private static func isWordByte(_ byte: UInt8) -> Bool {
        let kind = ByteClass.of(byte)
        return kind != ByteClass.other && kind != ByteClass.joiner
    }

    func emit(_ body: (TermOccurrence) -> Void) {
        if self.isWide { return self.emitWide(body) }
        // Most words have one part.
        var start = self.word.lowerBound
        var index = start
        var parts = 0
        var isCompound = false
        var lettersBefore = 0
        while true {
            let atEnd = index == self.word.upperBound
            if !atEnd, ByteClass.of(self.text[index]) != ByteClass.joiner {
                index += 1
                continue
            }
            // A point between digits belongs to the number: releases, specifications, decimals.
            if !atEnd, self.text[index] == UInt8(ascii: "."), ByteClass.of(self.text[index - 1]) == ByteClass.digit,
                ByteClass.of(self.text[index + 1]) == ByteClass.digit
            {
                index += 1
                continue
            }
            let part = start..<index
            let isLast = atEnd && parts == 0
            if !isLast, part.count <= 2 || Self.isName(self.text, part) { isCompound = true }
            // A lone letter of a compound ("S" of S-NSSAI) says nothing by itself.
            if isLast || part.count > 1 || ByteClass.of(self.text[start]) == ByteClass.digit { self.emit(part: part, body) }
            parts += 1
            lettersBefore += part.count
            guard !atEnd else { break }
            index += 1
            start = index
        }
        guard parts > 1, isCompound, lettersBefore <= 24, !self.joinsSentences else { return }
        self.emit(joined: self.word, body)
    }

    /// A part with a digit, or an upper-case letter that is not its first.
    private static func isName(_ text: UnsafeBufferPointer<UInt8>, _ part: Range<Int>) -> Bool {
        for index in part {
            let kind = ByteClass.of(text[index])
            if kind == ByteClass.digit || (kind == ByteClass.upper && index > part.lowerBound) { return true }
        }
        return false
    }

    /// "end.Start" is two words that lost their blank; "e.g" is one.
    private var joinsSentences: Bool {
        for index in self.word where self.text[index] == UInt8(ascii: ".") {
            let isNumber = ByteClass.of(self.text[index - 1]) == ByteClass.digit && ByteClass.of(self.text[index + 1]) == ByteClass.digit
            if !isNumber { return self.word.count > 5 }
        }
        return false
    }

    private func emit(part: Range<Int>, _ body: (TermOccurrence) -> Void) {
        // Inner words: "NearRT" is Near and RT, "AmfSetId" is Amf, Set and Id; "gNB" is one.
        var start = part.lowerBound
        var inner = 0
        var firstDigit = -1
        var hasPoint = false
        for index in part {
            let kind = ByteClass.of(self.text[index])
            if kind == ByteClass.digit, firstDigit < 0 { firstDigit = index }
            if kind == ByteClass.joiner { hasPoint = true }
            guard kind == ByteClass.upper, index - start >= 2, ByteClass.of(self.text[index - 1]) == ByteClass.lower,
                ByteClass.of(self.text[index - 2]) == ByteClass.lower || (index - start == 2 && ByteClass.of(self.text[index - 2]) == ByteClass.upper)
            else { continue }
            self.emit(word: start..<index, isCompound: false, body)
            inner += 1
            start = index
        }
        if inner > 0 {
            if part.upperBound - start > 1 { self.emit(word: start..<part.upperBound, isCompound: false, body) }
            self.emit(word: part, isCompound: true, body)
        } else if hasPoint, firstDigit > part.lowerBound, firstDigit - part.lowerBound <= 4 {
            // "TS23.501" is what others write as "TS 23.501"; "v3.4.5" as "3.4.5".
            if firstDigit - part.lowerBound > 1 { self.emit(word: part.lowerBound..<firstDigit, isCompound: false, body) }
            self.emit(word: firstDigit..<part.upperBound, isCompound: false, body)
        } else {
            self.emit(word: part, isCompound: false, body)
        }
    }

    /// Lower case, stemmed if it is made of letters.
    private func emit(word range: Range<Int>, isCompound: Bool, _ body: (TermOccurrence) -> Void) {
        var length = 0
        var isLetters = true
        var uppers = 0
        if let filter, !self.passes(filter, range) { return }
        for index in range.prefix(TermAnalyzer.maxBytes) {
            var byte = self.text[index]
            if byte &- 0x41 < 26 {
                byte |= 0x20
                uppers += 1
            } else if byte &- 0x61 >= 26 {
                isLetters = false
            }
            self.scratch[length] = byte
            length += 1
        }
        if isLetters {
            if uppers == length - 1, length > 2, self.text[range.upperBound - 1] == UInt8(ascii: "s") {
                // The plural of an abbreviation: "UEs", "gNBs" end like words, "DNS" does not.
                length -= 1
            } else if length > 3 {
                let term = self.stemmed(length)
                return body(TermOccurrence(term: term, range: range, isCompound: isCompound))
            }
        }
        body(TermOccurrence(term: TermHash.of(UnsafeBufferPointer(start: self.scratch, count: length)), range: range, isCompound: isCompound))
    }

    /// The name of the stem of the word in the scratch.
    private func stemmed(_ length: Int) -> UInt64 {
        guard let cache = self.cache else {
            return TermHash.of(UnsafeBufferPointer(start: self.scratch, count: PorterStemmer.stem(self.scratch, count: length)))
        }
        let spelling = TermHash.of(UnsafeBufferPointer(start: self.scratch, count: length))
        if let term = cache.term(of: spelling) { return term }
        let term = TermHash.of(UnsafeBufferPointer(start: self.scratch, count: PorterStemmer.stem(self.scratch, count: length)))
        cache.keep(term, of: spelling)
        return term
    }

    private func passes(_ filter: TermFilter, _ range: Range<Int>) -> Bool {
        let first = TermFilter.lower(self.text[range.lowerBound])
        let second = range.count > 1 ? TermFilter.lower(self.text[range.lowerBound + 1]) : 0
        return filter.mayHold(first, second)
    }

    /// All parts as one word.
    private func emit(joined range: Range<Int>, _ body: (TermOccurrence) -> Void) {
        var length = 0
        for index in range where length < TermAnalyzer.maxBytes {
            let byte = self.text[index]
            let kind = ByteClass.of(byte)
            guard kind != ByteClass.joiner else { continue }
            self.scratch[length] = kind == ByteClass.upper ? byte | 0x20 : byte
            length += 1
        }
        body(TermOccurrence(term: TermHash.of(UnsafeBufferPointer(start: self.scratch, count: length)), range: range, isCompound: true))
    }

    // MARK: Beyond ASCII

    /// Rare enough to be read character by character.
    private func emitWide(_ body: (TermOccurrence) -> Void) {
        var run: [(scalar: Unicode.Scalar, range: Range<Int>)] = []
        func close() {
            defer { run.removeAll(keepingCapacity: true) }
            guard let first = run.first, let last = run.last else { return }
            if Self.hasNoSpaces(first.scalar) {
                // Scripts without spaces: overlapping pairs.
                if run.count == 1 { self.emit(text: String(first.scalar), range: first.range, body) }
                for (one, two) in zip(run, run.dropFirst()) {
                    self.emit(text: String(one.scalar) + String(two.scalar), range: one.range.lowerBound..<two.range.upperBound, body)
                }
            } else {
                var text = ""
                for (scalar, _) in run { text.unicodeScalars.append(scalar) }
                let folded = text.folding(options: [.caseInsensitive, .diacriticInsensitive, .widthInsensitive], locale: nil)
                self.emit(text: folded, range: first.range.lowerBound..<last.range.upperBound, body)
            }
        }
        var index = self.word.lowerBound
        while index < self.word.upperBound {
            let (scalar, length) = self.scalar(at: index)
            let range = index..<min(index + length, self.word.upperBound)
            index += length
            guard let scalar, scalar.properties.isAlphabetic || scalar.properties.numericType != nil || scalar.properties.generalCategory == .nonspacingMark
            else {
                close()
                continue
            }
            if let last = run.last, Self.hasNoSpaces(last.scalar) != Self.hasNoSpaces(scalar) { close() }
            run.append((scalar, range))
        }
        close()
    }

    private func emit(text: String, range: Range<Int>, _ body: (TermOccurrence) -> Void) {
        var length = 0
        var isLetters = true
        for byte in text.utf8.prefix(TermAnalyzer.maxBytes) {
            self.scratch[length] = byte
            if byte &- 0x61 >= 26 { isLetters = false }
            length += 1
        }
        if isLetters, length > 3 { length = PorterStemmer.stem(self.scratch, count: length) }
        body(TermOccurrence(term: TermHash.of(UnsafeBufferPointer(start: self.scratch, count: length)), range: range, isCompound: false))
    }

    /// Nil for bytes that are no character.
    private func scalar(at index: Int) -> (Unicode.Scalar?, Int) {
        let first = self.text[index]
        if first < 0x80 { return (Unicode.Scalar(first), 1) }
        let length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc2 ? 2 : 1
        guard length > 1, index + length <= self.text.count else { return (nil, 1) }
        var value = UInt32(first) & (0xff >> UInt32(length + 1))
        for offset in 1..<length {
            let byte = self.text[index + offset]
            guard byte & 0xc0 == 0x80 else { return (nil, 1) }
            value = value << 6 | UInt32(byte & 0x3f)
        }
        return (Unicode.Scalar(value), length)
    }

    /// Han, kana, Hangul, Thai and their neighbours.
    private static func hasNoSpaces(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x0e00...0x0eff, 0x1100...0x11ff, 0x3040...0x30ff, 0x3400...0x4dbf, 0x4e00...0x9fff, 0xac00...0xd7af, 0xf900...0xfaff, 0x20000...0x3ffff: true
        default: false
        }
    }
}
