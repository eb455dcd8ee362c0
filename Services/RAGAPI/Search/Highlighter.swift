import KeywordIndex

/// Shows where a passage answers a query: its densest part, the words that are in the query between `<mark>` and `</mark>`.
///
/// Everything else of the text is escaped as HTML, so that a snippet can be shown as it is.
struct Highlighter: Sendable {
    /// Bytes of text a snippet has about.
    static let length = 240

    private let terms: Set<UInt64>
    private let filter: TermFilter
    private let analyzer = TermAnalyzer()

    init(_ query: String, stopWords: Set<UInt64> = []) {
        var terms = Set(self.analyzer.terms(of: query).map(\.term))
        let telling = terms.subtracting(stopWords)
        if !telling.isEmpty { terms = telling }
        self.terms = terms
        self.filter = TermFilter(query)
    }

    func snippet(of text: String) -> String {
        var text = text
        return text.withUTF8 { bytes in
            var marks: [Range<Int>] = []
            self.analyzer.forEachTerm(in: bytes, filter: self.filter) { occurrence in
                if self.terms.contains(occurrence.term) { marks.append(occurrence.range) }
            }
            marks = Self.joined(marks, in: bytes)
            let window = Self.window(of: marks, in: bytes)
            return Self.html(bytes, window, marks.filter { window.lowerBound <= $0.lowerBound && $0.upperBound <= window.upperBound })
        }
    }

    /// In their order, one mark for what is one word: a compound and its parts overlap, parts touch or have a hyphen between them.
    private static func joined(_ marks: [Range<Int>], in bytes: UnsafeBufferPointer<UInt8>) -> [Range<Int>] {
        var joined: [Range<Int>] = []
        for mark in marks.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = joined.last,
                mark.lowerBound <= last.upperBound || mark.lowerBound == last.upperBound + 1 && bytes[last.upperBound] == UInt8(ascii: "-")
            {
                joined[joined.count - 1] = last.lowerBound..<max(last.upperBound, mark.upperBound)
            } else {
                joined.append(mark)
            }
        }
        return joined
    }

    /// The stretch with most marks, from one word's beginning to another's end.
    private static func window(of marks: [Range<Int>], in bytes: UnsafeBufferPointer<UInt8>) -> Range<Int> {
        guard bytes.count > self.length else { return 0..<bytes.count }
        var best = (first: 0, count: 0)
        var last = 0
        for first in marks.indices {
            last = max(last, first)
            while last < marks.count, marks[last].upperBound - marks[first].lowerBound <= self.length { last += 1 }
            if last - first > best.count { best = (first, last - first) }
        }
        var start = 0
        if best.count > 0 {
            let (from, to) = (marks[best.first].lowerBound, marks[best.first + best.count - 1].upperBound)
            start = min(max(0, from - (self.length - (to - from)) / 2), bytes.count - self.length)
        }
        var end = min(start + self.length, bytes.count)
        while start > 0, !TextCut.isBlank(bytes[start - 1]) { start -= 1 }
        while end < bytes.count, !TextCut.isBlank(bytes[end]) { end += 1 }
        // A text without blanks is cut between characters.
        if end - start > self.length * 2 {
            start = min(start + self.length, end)
            end = min(start + self.length, bytes.count)
        }
        while start > 0, start < bytes.count, bytes[start] & 0xc0 == 0x80 { start -= 1 }
        while end < bytes.count, bytes[end] & 0xc0 == 0x80 { end += 1 }
        return start..<end
    }

    private static func html(_ bytes: UnsafeBufferPointer<UInt8>, _ window: Range<Int>, _ marks: [Range<Int>]) -> String {
        var html: [UInt8] = []
        html.reserveCapacity(window.count + marks.count * 13 + 8)
        if window.lowerBound > 0 { html += Array("… ".utf8) }
        var next = 0
        for index in window {
            if next < marks.count, marks[next].lowerBound == index { html += Array("<mark>".utf8) }
            switch bytes[index] {
            case UInt8(ascii: "&"): html += Array("&amp;".utf8)
            case UInt8(ascii: "<"): html += Array("&lt;".utf8)
            case UInt8(ascii: ">"): html += Array("&gt;".utf8)
            default: html.append(bytes[index])
            }
            if next < marks.count, marks[next].upperBound == index + 1 {
                html += Array("</mark>".utf8)
                next += 1
            }
        }
        if window.upperBound < bytes.count { html += Array(" …".utf8) }
        return String(decoding: html, as: UTF8.self)
    }
}
