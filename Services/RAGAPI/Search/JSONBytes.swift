/// JSON written by hand, for answers that are measured in microseconds.
struct JSONBytes {
    private(set) var bytes: [UInt8] = []

    mutating func raw(_ text: StaticString) { self.bytes.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)) }

    mutating func raw(_ text: String) { self.bytes.append(contentsOf: text.utf8) }

    /// With quotes and escapes (RFC 8259 §7).
    mutating func string(_ text: String) {
        self.bytes.append(UInt8(ascii: "\""))
        var text = text
        text.withUTF8 { utf8 in
            self.bytes.reserveCapacity(self.bytes.count + utf8.count + 16)
            var start = 0
            for index in 0..<utf8.count {
                let byte = utf8[index]
                guard byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else { continue }
                self.bytes.append(contentsOf: utf8[start..<index])
                start = index + 1
                self.bytes.append(UInt8(ascii: "\\"))
                switch byte {
                case UInt8(ascii: "\""), UInt8(ascii: "\\"): self.bytes.append(byte)
                case 0x0a: self.bytes.append(UInt8(ascii: "n"))
                case 0x0d: self.bytes.append(UInt8(ascii: "r"))
                case 0x09: self.bytes.append(UInt8(ascii: "t"))
                default: self.bytes.append(contentsOf: "u00\(byte < 16 ? "0" : "")\(String(byte, radix: 16))".utf8)
                }
            }
            self.bytes.append(contentsOf: utf8[start..<utf8.count])
        }
        self.bytes.append(UInt8(ascii: "\""))
    }

    /// Four decimals.
    mutating func number(_ value: Double) { self.raw(value.isFinite ? "\((value * 10_000).rounded() / 10_000)" : "0") }

    mutating func number(_ value: Int) { self.raw("\(value)") }
}
