import IntentModel

extension Reading {
    private static let closing: Set<String> = ["until", "till", "before"]
    private static let joining: Set<String> = ["to", "and", "until", "till"]

    /// Reads when something may happen from the instants of a stretch: the first is its beginning, one after "until" or "to" its end.
    mutating func readWindow(_ range: Range<Int>, _ context: inout Context) {
        var reached = 0
        for index in range where self.lexemes[index].kind == .chain || self.lexemes[index].kind == .number {
            let start = self.span(index..<(index + 1)).start
            guard start >= reached, let instant = self.instant(at: start) else { continue }
            reached = start + instant.utf8.count
            let before = index > 0 ? self.word(index - 1) : ""
            self.say("window", instant, at: index, Span(start: start, end: reached))
            var window = context.window ?? TimeWindow()
            if Self.closing.contains(before) || window.start != nil && Self.joining.contains(before) {
                window.end = instant
            } else {
                window.start = instant
            }
            context.window = window
        }
    }

    /// The figures of an instant are quantities of nothing.
    mutating func setInstantsAside() {
        var reached = 0
        for index in self.lexemes.indices {
            let start = self.span(index..<(index + 1)).start
            if start < reached {
                self.lexemes[index].used = true
            } else if self.lexemes[index].kind == .chain || self.lexemes[index].kind == .number, let instant = self.instant(at: start) {
                reached = start + instant.utf8.count
                self.lexemes[index].used = true
            }
        }
    }

    /// An RFC 3339 date or instant that stands in the text from `start` on; also one that looks like it and is none, which is asked about later.
    private func instant(at start: Int) -> String? {
        // Most numbers are no days, and nothing is made of them.
        guard self.isDay(at: start) else { return nil }
        let characters = self.text[start...].prefix { byte in
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || "-:.+TtZz".utf8.contains(byte)
        }
        var text = String(decoding: characters, as: UTF8.self)
        while let last = text.last, ".:-+".contains(last) { text.removeLast() }
        return text
    }

    /// Digits and hyphens as in "2026-11-28".
    private func isDay(at start: Int) -> Bool {
        guard start + 10 <= self.text.count else { return false }
        for offset in 0..<10 {
            let byte = self.text[start + offset]
            let isDigit = byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
            guard offset == 4 || offset == 7 ? byte == UInt8(ascii: "-") : isDigit else { return false }
        }
        return true
    }
}
