import IntentModel

/// Sentences hidden in Base64 or hexadecimal digits: refused when they decode to readable words.
enum Encoded {
    /// Shorter ones hold no sentence worth hiding.
    private static let shortest = 12

    static func finding(_ text: [UInt8]) -> (reason: Refusal.Reason, words: String)? {
        var start = 0
        while start < text.count {
            guard self.value(text[start]) != nil else { start += 1; continue }
            var end = start
            while end < text.count, self.value(text[end]) != nil { end += 1 }
            if end - start >= self.shortest {
                let run = text[start..<end]
                if self.isSentence(self.base64(run)) || self.isSentence(self.hexadecimal(run)) {
                    return (.promptInjection, String(decoding: run.prefix(16), as: UTF8.self) + "…")
                }
            }
            start = end
        }
        return nil
    }

    /// Of a Base64 digit, in either alphabet.
    private static func value(_ byte: UInt8) -> UInt32? {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(byte - UInt8(ascii: "A"))
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(byte - UInt8(ascii: "a")) + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0")) + 52
        case UInt8(ascii: "+"), UInt8(ascii: "-"): 62
        case UInt8(ascii: "/"), UInt8(ascii: "_"): 63
        default: nil
        }
    }

    private static func base64(_ run: ArraySlice<UInt8>) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(run.count * 3 / 4)
        var bits: UInt32 = 0, count = 0
        for digit in run {
            bits = (bits << 6 | (self.value(digit) ?? 0)) & 0xffffff
            count += 6
            if count >= 8 {
                count -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
                if bytes.last.map({ !self.isReadable($0) }) == true { return [] }
            }
        }
        return bytes
    }

    private static func hexadecimal(_ run: ArraySlice<UInt8>) -> [UInt8] {
        var bytes: [UInt8] = []
        var high: UInt8?
        for digit in run {
            let value: UInt8
            switch digit {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = digit - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): value = digit - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): value = digit - UInt8(ascii: "A") + 10
            default: return []
            }
            if let first = high {
                bytes.append(first << 4 | value)
                high = nil
            } else {
                high = value
            }
        }
        return bytes
    }

    private static func isReadable(_ byte: UInt8) -> Bool { byte >= 0x20 && byte < 0x7f || byte == 0x0a }

    /// Printable, mostly letters, with a space between words.
    private static func isSentence(_ bytes: [UInt8]) -> Bool {
        guard bytes.count >= 8, bytes.allSatisfy(self.isReadable), bytes.contains(0x20) else { return false }
        let letters = bytes.count { $0 >= 0x41 && $0 <= 0x5a || $0 >= 0x61 && $0 <= 0x7a || $0 == 0x20 }
        return letters * 10 >= bytes.count * 8
    }
}
