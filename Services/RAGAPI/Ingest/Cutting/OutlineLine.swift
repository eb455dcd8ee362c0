/// What one line is to the structure of a document.
struct OutlineLine {
    private let bytes: UnsafeBufferPointer<UInt8>
    /// Without blanks around.
    private let range: Range<Int>

    init(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) {
        self.bytes = bytes
        var (start, end) = (range.lowerBound, range.upperBound)
        while start < end, TextCut.isBlank(bytes[start]) { start += 1 }
        while end > start, TextCut.isBlank(bytes[end - 1]) { end -= 1 }
        self.range = start..<end
        self.indent = start - range.lowerBound
    }

    private let indent: Int

    var isEmpty: Bool { self.range.isEmpty }
    var text: String { String(decoding: self.bytes[self.range], as: UTF8.self) }

    private func run(of byte: UInt8, from place: Int) -> Int {
        var end = place
        while end < self.range.upperBound, self.bytes[end] == byte { end += 1 }
        return end - place
    }

    /// The character of a code fence.
    var fence: UInt8? {
        guard let first = self.range.first, self.bytes[first] == UInt8(ascii: "`") || self.bytes[first] == UInt8(ascii: "~") else { return nil }
        return self.run(of: self.bytes[first], from: first) >= 3 ? self.bytes[first] : nil
    }

    /// One to six `#` and a blank; at the margin only.
    var heading: (level: Int, title: String)? {
        guard self.indent <= 3, let first = self.range.first, self.bytes[first] == UInt8(ascii: "#") else { return nil }
        let level = self.run(of: UInt8(ascii: "#"), from: first)
        let rest = first + level
        guard level <= 6, rest == self.range.upperBound || TextCut.isBlank(self.bytes[rest]) else { return nil }
        var (start, end) = (rest, self.range.upperBound)
        while start < end, TextCut.isBlank(self.bytes[start]) { start += 1 }
        while end > start, self.bytes[end - 1] == UInt8(ascii: "#") || TextCut.isBlank(self.bytes[end - 1]) { end -= 1 }
        return (level, String(decoding: self.bytes[start..<end], as: UTF8.self))
    }

    /// The level of the heading that stands above a line of `=` or `-`.
    var underline: Int? {
        guard self.range.count >= 3, let first = self.range.first else { return nil }
        let byte = self.bytes[first]
        guard byte == UInt8(ascii: "=") || byte == UInt8(ascii: "-"), self.run(of: byte, from: first) == self.range.count else { return nil }
        return byte == UInt8(ascii: "=") ? 1 : 2
    }

    /// A row of a pipe table.
    var isTableRow: Bool {
        guard let first = self.range.first, self.bytes[first] == UInt8(ascii: "|") else { return false }
        return self.range.dropFirst().contains { self.bytes[$0] == UInt8(ascii: "|") }
    }

    /// Columns kept apart by blanks or tabs, as text taken from a page has them.
    var isColumns: Bool {
        var gaps = 0
        var blanks = 0
        for index in self.range {
            if self.bytes[index] == 0x20 {
                blanks += 1
            } else {
                if blanks >= 3 || self.bytes[index] == 0x09 { gaps += 1 }
                blanks = 0
            }
        }
        return gaps >= 2
    }

    /// "5.2.1 Registration procedures", "5.2.1<tab>General", "Annex A (normative): Names".
    var clause: Clause? {
        guard (4...160).contains(self.range.count), let first = self.range.first else { return nil }
        var index = first
        var numbers: [Int] = []
        let last = self.bytes[self.range.upperBound - 1]
        // A sentence, or a line of a table of contents.
        guard last != UInt8(ascii: "."), last != UInt8(ascii: ","), last != UInt8(ascii: ";"), last != UInt8(ascii: ":"), !self.hasLeader else { return nil }
        if self.text.hasPrefix("Annex "), index + 6 < self.range.upperBound {
            let letter = self.bytes[index + 6]
            guard letter &- 0x41 < 26, self.range.count < 7 + 1 || !(self.bytes[min(index + 7, self.range.upperBound - 1)] &- 0x61 < 26) else { return nil }
            return Clause(numbers: [1000 + Int(letter)], title: self.text)
        }
        if self.bytes[index] &- 0x41 < 26, index + 1 < self.range.upperBound, self.bytes[index + 1] == UInt8(ascii: ".") {
            // A clause of an annex: "A.2.1 General".
            numbers.append(1000 + Int(self.bytes[index]))
            index += 2
        }
        var digits = 0
        var value = 0
        while index < self.range.upperBound {
            let byte = self.bytes[index]
            if byte &- 0x30 < 10, digits < 3 {
                value = value * 10 + Int(byte &- 0x30)
                digits += 1
            } else if byte == UInt8(ascii: "."), digits > 0 {
                numbers.append(value)
                (digits, value) = (0, 0)
            } else {
                break
            }
            index += 1
        }
        if digits > 0 { numbers.append(value) }
        guard (1...7).contains(numbers.count), index < self.range.upperBound, TextCut.isBlank(self.bytes[index]) else { return nil }
        while index < self.range.upperBound, TextCut.isBlank(self.bytes[index]) { index += 1 }
        guard index < self.range.upperBound, self.bytes[index] &- 0x41 < 26 || self.bytes[index] >= 0x80 else { return nil }
        let title = String(decoding: self.bytes[index..<self.range.upperBound], as: UTF8.self)
        return Clause(numbers: numbers, title: self.text.prefix(while: { !$0.isWhitespace }) + " " + title)
    }

    private var hasLeader: Bool {
        var dots = 0
        for index in self.range {
            if self.bytes[index] == UInt8(ascii: ".") {
                dots += 1
                if dots >= 4 { return true }
            } else if self.bytes[index] != 0x20 {
                dots = 0
            }
        }
        return false
    }
}

/// A numbered heading.
struct Clause: Equatable {
    /// `[5, 2, 1]`; a letter of an annex is 1000 more than its code.
    var numbers: [Int]
    var title: String

    var level: Int { self.numbers.count }
}

/// Tells headings from lines that only begin with a number: clauses are counted up.
struct ClauseNumbering {
    private var last: [Int] = []

    mutating func accepts(_ clause: Clause) -> Bool {
        let numbers = clause.numbers
        guard !self.last.isEmpty else {
            // A document, or a part of one, begins anywhere, but not with the year of its edition or a quantity.
            guard (numbers.first ?? 0) <= 40 || (numbers.first ?? 0) >= 1000, numbers.allSatisfy({ $0 < 100 || $0 >= 1000 }) else { return false }
            self.last = numbers
            return true
        }
        // What comes next is greater, and greater by little at the first number that differs.
        guard let place = zip(numbers, self.last).enumerated().first(where: { $0.element.0 != $0.element.1 })?.offset else {
            guard numbers.count > self.last.count, numbers[self.last.count...].allSatisfy({ $0 < 100 }) else { return false }
            self.last = numbers
            return true
        }
        let step = numbers[place] - self.last[place]
        guard step > 0, step <= 3 || numbers[place] >= 1000 else { return false }
        self.last = numbers
        return true
    }
}
