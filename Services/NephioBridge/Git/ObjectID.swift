/// The name of a Git object: 20 bytes of SHA-1, kept inline.
struct ObjectID: Hashable, Sendable, CustomStringConvertible {
    private let words: (UInt64, UInt64, UInt32)

    /// Nil unless there are exactly 40 lower-case hexadecimal digits.
    init?(hex digits: some Collection<UInt8>) {
        guard digits.count == 40 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(20)
        var high: UInt8?
        for digit in digits {
            let value: UInt8
            switch digit {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = digit - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): value = digit - UInt8(ascii: "a") + 10
            default: return nil
            }
            if let upper = high {
                bytes.append(upper << 4 | value)
                high = nil
            } else {
                high = value
            }
        }
        self.init(bytes: bytes)
    }

    init?(_ text: some StringProtocol) { self.init(hex: Array(text.utf8)) }

    /// Nil unless there are exactly 20 bytes, as a tree object holds them.
    init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 20 else { return nil }
        var words: (UInt64, UInt64, UInt32) = (0, 0, 0)
        for (position, byte) in bytes.enumerated() {
            switch position {
            case 0..<8: words.0 = words.0 << 8 | UInt64(byte)
            case 8..<16: words.1 = words.1 << 8 | UInt64(byte)
            default: words.2 = words.2 << 8 | UInt32(byte)
            }
        }
        self.words = words
    }

    var description: String {
        func digits(_ value: some FixedWidthInteger, _ count: Int) -> String {
            let text = String(value, radix: 16)
            return String(repeating: "0", count: count - text.utf8.count) + text
        }
        return digits(self.words.0, 16) + digits(self.words.1, 16) + digits(self.words.2, 8)
    }

    static func == (a: ObjectID, b: ObjectID) -> Bool { a.words == b.words }

    func hash(into hasher: inout Hasher) {
        // The bytes of a digest are evenly spread already: the first word is enough.
        hasher.combine(self.words.0)
    }
}
