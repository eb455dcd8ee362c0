/// The name of one intent: a UUIDv7 in lower case whose twelve `rand_a` bits carry its ledger partition.
///
/// `018f4e2a-7c11-7003-9c1e-0242ac120002` was created in partition 3 (`7003`). Ids sort by creation time.
/// Source of the layout: RFC 9562 §5.7.
package struct IntentID: Hashable, Sendable, Comparable, CustomStringConvertible {
    package let high: UInt64
    package let low: UInt64

    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// A new id. `milliseconds` is Unix time; `partition` is 0…4095.
    package init(partition: Int, milliseconds: Int64, random: UInt64 = .random(in: 0...UInt64.max)) {
        self.high = UInt64(bitPattern: milliseconds) << 16 | 0x7000 | UInt64(partition & 0xfff)
        self.low = (random & 0x3fff_ffff_ffff_ffff) | 0x8000_0000_0000_0000
    }

    /// Nil unless `text` is a UUIDv7 in its canonical lower-case form.
    package init?(_ text: Substring) { self.init(String(text)) }

    /// Nil unless `text` is a UUIDv7 in its canonical lower-case form.
    package init?(_ text: String) {
        var text = text
        guard let words = text.withUTF8({ Self.words($0) }) else { return nil }
        self.init(high: words.high, low: words.low)
    }

    private static func words(_ text: UnsafeBufferPointer<UInt8>) -> (high: UInt64, low: UInt64)? {
        guard text.count == 36 else { return nil }
        var words: (high: UInt64, low: UInt64) = (0, 0)
        var digits = 0
        for position in 0..<36 {
            let byte = text[position]
            if position == 8 || position == 13 || position == 18 || position == 23 {
                guard byte == UInt8(ascii: "-") else { return nil }
                continue
            }
            let digit: UInt8
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
            default: return nil
            }
            if digits < 16 { words.high = words.high << 4 | UInt64(digit) } else { words.low = words.low << 4 | UInt64(digit) }
            digits += 1
        }
        guard words.high >> 12 & 0xf == 7, words.low >> 62 == 2 else { return nil }
        return words
    }

    package var partition: Int { Int(self.high & 0xfff) }
    /// Unix time of creation in milliseconds.
    package var milliseconds: Int64 { Int64(self.high >> 16) }

    package var description: String {
        String(unsafeUninitializedCapacity: 36) { buffer in
            let hex: StaticString = "0123456789abcdef"
            var out = 0
            for index in 0..<32 {
                if index == 8 || index == 12 || index == 16 || index == 20 {
                    buffer[out] = UInt8(ascii: "-")
                    out += 1
                }
                let word = index < 16 ? self.high : self.low
                let digit = Int(word >> UInt64((15 - index % 16) * 4) & 0xf)
                buffer[out] = hex.utf8Start[digit]
                out += 1
            }
            return out
        }
    }

    package static func < (a: IntentID, b: IntentID) -> Bool { a.high == b.high ? a.low < b.low : a.high < b.high }
}

extension IntentID: Codable {
    package init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let id = IntentID(text) else {
            throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: "not an intent id"))
        }
        self = id
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(self.description)
    }
}
