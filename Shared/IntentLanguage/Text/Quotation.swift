/// A request that was pasted with its quotation marks, or as a piece of code, is the request.
enum Quotation {
    private static let closing: [Unicode.Scalar: Set<Unicode.Scalar>] = [
        "\"": ["\""], "'": ["'"], "`": ["`"], "“": ["”", "“"], "„": ["“", "”"], "‘": ["’"], "«": ["»"], "»": ["«"], "「": ["」"], "『": ["』"], "_": ["_"],
        "*": ["*"],
    ]

    /// The text with the marks around the whole of it blanked out, so that every word keeps its place. A single quoted word stays a name.
    static func unwrapped(_ text: String) -> String {
        guard let first = text.unicodeScalars.first(where: { !self.isBlank($0) }), let closers = self.closing[first] else { return text }
        let scalars = Array(text.unicodeScalars)
        var open = 0, close = scalars.count - 1
        while self.isBlank(scalars[open]) { open += 1 }
        while close > open, self.isBlank(scalars[close]) || ".!".unicodeScalars.contains(scalars[close]) { close -= 1 }
        // A fence of code has more marks than one.
        var begin = open, end = close
        while begin < end, scalars[begin] == first, closers.contains(scalars[end]) {
            begin += 1
            end -= 1
        }
        let inner = scalars[begin...max(begin, end)]
        guard begin > open, begin < end, self.holdsSentence(inner), !self.holdsMark(inner, first, closers) else { return text }
        var result = String.UnicodeScalarView()
        for (index, scalar) in scalars.enumerated() {
            if index >= open && index < begin || index > end && index <= close && closers.contains(scalar) {
                for _ in 0..<UTF8.width(scalar) { result.append(" ") }
            } else {
                result.append(scalar)
            }
        }
        return String(result)
    }

    private static func isBlank(_ scalar: Unicode.Scalar) -> Bool { scalar.value <= 0x20 || scalar.value == 0xa0 || scalar.value == 0x3000 }

    /// More than one word, or a script that puts no spaces between them.
    private static func holdsSentence(_ inner: ArraySlice<Unicode.Scalar>) -> Bool {
        var sawWord = false, sawGap = false
        for scalar in inner {
            if scalar.value >= 0x3400 && scalar.value <= 0x9fff { return true }
            if self.isBlank(scalar) {
                sawGap = sawWord
            } else if sawGap {
                return true
            } else {
                sawWord = true
            }
        }
        return false
    }

    /// Another mark inside means that the outer two belong to different quotations; an apostrophe is none.
    private static func holdsMark(_ inner: ArraySlice<Unicode.Scalar>, _ opening: Unicode.Scalar, _ closers: Set<Unicode.Scalar>) -> Bool {
        inner.indices.contains { index in
            guard inner[index] == opening || closers.contains(inner[index]) else { return false }
            let isInsideWord =
                index > inner.startIndex && index + 1 < inner.endIndex && !self.isBlank(inner[index - 1]) && !self.isBlank(inner[index + 1])
            return !(isInsideWord && (opening == "'" || opening == "‘" || opening == "_"))
        }
    }
}
