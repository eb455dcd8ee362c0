/// A tracking area code, 24 bits (3GPP TS 38.413 §9.3.3.10). Sentences and parameters have it as a number; some configurations want that decimal, some as
/// six hexadecimal digits, which is the same area either way.
struct TrackingAreaCode: Sendable, Equatable {
    let value: Int

    init?(_ text: String) {
        guard let value = Self.number(in: text), (0...0xff_ffff).contains(value) else { return nil }
        self.value = value
    }

    /// Decimal, unless it is written as only hexadecimal is: `0x12`, with a letter, or as six digits the first of which is 0. Of any size.
    static func number(in text: String) -> Int? {
        let lowered = text.lowercased()
        let isMarked = lowered.hasPrefix("0x")
        let digits = isMarked ? lowered.dropFirst(2) : lowered[...]
        guard (1...15).contains(digits.utf8.count), digits.allSatisfy({ $0.isASCII && $0.isHexDigit }) else { return nil }
        let isHexadecimal = isMarked || digits.contains { $0.isLetter } || digits.utf8.count == 6 && digits.hasPrefix("0")
        return Int(digits, radix: isHexadecimal ? 16 : 10)
    }

    var decimal: String { String(self.value) }

    /// Six digits.
    var hexadecimal: String {
        let digits = String(self.value, radix: 16)
        return String(repeating: "0", count: 6 - digits.count) + digits
    }
}
