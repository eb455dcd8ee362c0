/// The 128 bits of a UUID in its usual text.
struct IntentKey: Hashable, Sendable {
    let high: UInt64
    let low: UInt64

    /// Nil when it is none.
    init?(_ text: some Sequence<UInt8>) {
        var words: (UInt64, UInt64) = (0, 0)
        var count = 0
        for byte in text {
            let digit: UInt8
            switch byte {
            case 0x30...0x39: digit = byte - 0x30
            case 0x61...0x66: digit = byte - 0x61 + 10
            case 0x2d: continue
            default: return nil
            }
            guard count < 32 else { return nil }
            if count < 16 { words.0 = words.0 << 4 | UInt64(digit) } else { words.1 = words.1 << 4 | UInt64(digit) }
            count += 1
        }
        guard count == 32 else { return nil }
        (self.high, self.low) = words
    }

    /// The value of the first member `"id"` in some JSON.
    static func first(in json: some Collection<UInt8>) -> IntentKey? {
        let name = Array(#""id":""#.utf8)
        guard let found = json.firstRange(of: name) else { return nil }
        return IntentKey(json[found.upperBound...].prefix { $0 != UInt8(ascii: "\"") })
    }
}
