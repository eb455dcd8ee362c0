/// When a string may stand unquoted, and how it is written when it may not.
enum YAMLScalar {
    static func write(_ value: String, to bytes: inout [UInt8]) {
        if self.mayBePlain(value) {
            bytes.append(contentsOf: value.utf8)
        } else {
            self.writeQuoted(value, to: &bytes)
        }
    }

    /// Several lines that a literal block gives back unchanged: no control characters, no line of blanks only, no
    /// blank at the start (which would be taken for indentation), at most one newline at the end.
    static func suitsLiteralBlock(_ value: String) -> Bool {
        var newlines = 0
        var lineHasText = false
        var lineHasBlanks = false
        var previous: UInt8 = 0
        for (index, byte) in value.utf8.enumerated() {
            switch byte {
            case UInt8(ascii: "\n"):
                if index == 0 || (lineHasBlanks && !lineHasText) { return false }
                newlines += 1
                lineHasText = false
                lineHasBlanks = false
            case UInt8(ascii: " "):
                if index == 0 { return false }
                lineHasBlanks = true
            case 0..<0x20, 0x7f: return false
            case 0xc2, 0xe2, 0xef:
                // May begin NEL, a line separator or a byte order mark; those need escapes.
                if self.needsEscape(value) { return false }
                lineHasText = true
            default: lineHasText = true
            }
            if index == value.utf8.count - 1, byte == UInt8(ascii: "\n"), previous == UInt8(ascii: "\n") { return false }
            previous = byte
        }
        return newlines > 0 && (lineHasText || !lineHasBlanks)
    }

    /// Whether no YAML 1.1 or 1.2 reader takes the bare characters for anything but this string.
    static func mayBePlain(_ value: String) -> Bool {
        var text = value
        return text.withUTF8 { bytes in
            guard let first = bytes.first, let last = bytes.last else { return false }
            switch first {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "/"), UInt8(ascii: "_"), UInt8(ascii: "("),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "+"), 0x80...0xff:
                break
            default: return false
            }
            if last == UInt8(ascii: " ") || last == UInt8(ascii: ":") { return false }
            var mayBeNumber = first != UInt8(ascii: "/") && first != UInt8(ascii: "(")
            var previous: UInt8 = 0
            for byte in bytes {
                switch byte {
                case 0..<0x20, 0x7f: return false
                case UInt8(ascii: " ") where previous == UInt8(ascii: ":"): return false
                case UInt8(ascii: "#") where previous == UInt8(ascii: " "): return false
                case 0xc2 where self.needsEscape(value), 0xe2 where self.needsEscape(value), 0xef where self.needsEscape(value): return false
                default: break
                }
                if mayBeNumber, !self.occursInNumbers(byte) { mayBeNumber = false }
                previous = byte
            }
            if mayBeNumber, self.isDigit(first) || first == UInt8(ascii: ".") || first == UInt8(ascii: "+") { return false }
            return bytes.count > 5 || !self.isReserved(bytes)
        }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }

    /// Anything a number (decimal, hexadecimal, octal, sexagesimal, float) or a date of YAML 1.1 may hold.
    private static func occursInNumbers(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"), UInt8(ascii: "A")...UInt8(ascii: "F"),
            UInt8(ascii: "x"), UInt8(ascii: "X"), UInt8(ascii: "o"), UInt8(ascii: "O"), UInt8(ascii: "_"), UInt8(ascii: "+"), UInt8(ascii: "-"),
            UInt8(ascii: "."), UInt8(ascii: ":"), UInt8(ascii: " "), UInt8(ascii: "t"), UInt8(ascii: "T"), UInt8(ascii: "z"), UInt8(ascii: "Z"),
            UInt8(ascii: "i"), UInt8(ascii: "n"), UInt8(ascii: "I"), UInt8(ascii: "N"):
            true
        default: false
        }
    }

    private static func isReserved(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        let lowered = String(decoding: bytes.map { $0 >= UInt8(ascii: "A") && $0 <= UInt8(ascii: "Z") ? $0 | 0x20 : $0 }, as: UTF8.self)
        return switch lowered {
        case "true", "false", "yes", "no", "on", "off", "y", "n", "null", ".inf", ".nan", "+.inf": true
        default: false
        }
    }

    /// NEL, no-break and separator characters, and byte order marks look like nothing or like a line's end.
    private static func needsEscape(_ value: String) -> Bool { value.unicodeScalars.contains(where: self.needsEscape) }

    private static func needsEscape(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7f...0xa0, 0x2028, 0x2029, 0x200b...0x200f, 0x202a...0x202e, 0x2066...0x2069, 0xfeff, 0xfff0...0xffff: true
        default: false
        }
    }

    private static func writeQuoted(_ value: String, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"": bytes.append(contentsOf: "\\\"".utf8)
            case "\\": bytes.append(contentsOf: "\\\\".utf8)
            case "\n": bytes.append(contentsOf: "\\n".utf8)
            case "\r": bytes.append(contentsOf: "\\r".utf8)
            case "\t": bytes.append(contentsOf: "\\t".utf8)
            case let scalar where self.needsEscape(scalar):
                let digits = String(scalar.value, radix: 16)
                bytes.append(contentsOf: "\\u".utf8)
                bytes.append(contentsOf: repeatElement(UInt8(ascii: "0"), count: 4 - digits.utf8.count))
                bytes.append(contentsOf: digits.utf8)
            default: bytes.append(contentsOf: String(scalar).utf8)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
