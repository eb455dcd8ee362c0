/// Places where a text may be cut.
enum TextCut {
    @inline(__always)
    static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (byte >= 0x09 && byte <= 0x0d) }

    /// Without blanks at the end and empty lines at the beginning.
    static func trimmed(_ range: Range<Int>, of bytes: UnsafeBufferPointer<UInt8>) -> String {
        var (start, end) = (range.lowerBound, range.upperBound)
        while end > start, self.isBlank(bytes[end - 1]) { end -= 1 }
        while start < end, bytes[start] == 0x0a || bytes[start] == 0x0d || bytes[start] == 0x0c { start += 1 }
        return String(decoding: bytes[start..<end], as: UTF8.self)
    }

    /// The place itself, or the beginning of the character it is in.
    static func boundary(at place: Int, in bytes: UnsafeBufferPointer<UInt8>) -> Int {
        var place = place
        while place > 0, place < bytes.count, bytes[place] & 0xc0 == 0x80 { place -= 1 }
        return place
    }

    /// Each with its line break.
    static func lines(of range: Range<Int>, in bytes: UnsafeBufferPointer<UInt8>) -> [Range<Int>] {
        var lines: [Range<Int>] = []
        var start = range.lowerBound
        for index in range where bytes[index] == 0x0a {
            lines.append(start..<(index + 1))
            start = index + 1
        }
        if start < range.upperBound { lines.append(start..<range.upperBound) }
        return lines
    }

    /// Blanks after a sentence belong to it; an item of a list is a sentence too.
    static func sentences(of range: Range<Int>, in bytes: UnsafeBufferPointer<UInt8>) -> [Range<Int>] {
        var sentences: [Range<Int>] = []
        var start = range.lowerBound
        var index = start
        while index < range.upperBound {
            let byte = bytes[index]
            index += 1
            var ends = false
            if byte == UInt8(ascii: ".") || byte == UInt8(ascii: "!") || byte == UInt8(ascii: "?") {
                ends = index < range.upperBound && self.isBlank(bytes[index])
            } else if byte == 0x0a {
                ends = self.isItem(index, range, bytes)
            } else if byte == 0xe3 || byte == 0xef, index + 1 < range.upperBound {
                // 。 ！ ？
                let next = (bytes[index], bytes[index + 1])
                ends = (byte == 0xe3 && next == (0x80, 0x82)) || (byte == 0xef && (next == (0xbc, 0x81) || next == (0xbc, 0x9f)))
                if ends { index += 2 }
            }
            guard ends else { continue }
            while index < range.upperBound, self.isBlank(bytes[index]) { index += 1 }
            if index > start {
                sentences.append(start..<index)
                start = index
            }
        }
        if start < range.upperBound { sentences.append(start..<range.upperBound) }
        return sentences
    }

    /// Whether an item of a list begins here.
    private static func isItem(_ place: Int, _ range: Range<Int>, _ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        var index = place
        while index < range.upperBound, bytes[index] == 0x20 || bytes[index] == 0x09 { index += 1 }
        guard index + 1 < range.upperBound else { return false }
        let byte = bytes[index]
        if byte == UInt8(ascii: "-") || byte == UInt8(ascii: "*") || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "|") { return true }
        if byte == 0xe2, index + 2 < range.upperBound, bytes[index + 1] == 0x80, bytes[index + 2] == 0xa2 { return true }
        while index < range.upperBound, bytes[index] &- 0x30 < 10 { index += 1 }
        return index > place && index < range.upperBound && (bytes[index] == UInt8(ascii: ".") || bytes[index] == UInt8(ascii: ")"))
            && bytes[index - 1] &- 0x30 < 10
    }

    /// Cut after words, or within them where there are no blanks, so that no run has more tokens.
    static func runs(of range: Range<Int>, in bytes: UnsafeBufferPointer<UInt8>, tokens limit: Int) -> [Range<Int>] {
        if TokenEstimate.count(bytes, range) <= limit { return [range] }
        var runs: [Range<Int>] = []
        var start = range.lowerBound
        while start < range.upperBound {
            // No token has more than nine bytes of letters or four of another script.
            var end = min(start + limit * 9, range.upperBound)
            while end - start > 1, TokenEstimate.count(bytes, start..<end) > limit { end = start + (end - start) * 7 / 8 }
            if end < range.upperBound {
                var blank = end
                while blank > start, !self.isBlank(bytes[blank - 1]) { blank -= 1 }
                end = blank > start ? blank : max(self.boundary(at: end, in: bytes), start + 1)
                while end < range.upperBound, bytes[end] & 0xc0 == 0x80 { end += 1 }
            }
            runs.append(start..<end)
            start = end
        }
        return runs
    }

    /// The first row of a table, and the line below it where that is a rule.
    static func head(ofTable range: Range<Int>, in bytes: UnsafeBufferPointer<UInt8>) -> Range<Int> {
        let lines = self.lines(of: range, in: bytes).prefix(2)
        guard let first = lines.first else { return range.lowerBound..<range.lowerBound }
        var end = first.upperBound
        if let second = lines.dropFirst().first {
            let isRule = second.allSatisfy { index in
                let byte = bytes[index]
                return self.isBlank(byte) || byte == UInt8(ascii: "|") || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ":") || byte == UInt8(ascii: "=")
                    || byte == UInt8(ascii: "+")
            }
            if isRule { end = second.upperBound }
        }
        return range.lowerBound..<end
    }
}
