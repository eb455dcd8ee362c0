/// JSON written by hand, for what is written for every request; everywhere else there is ``JSONValue``.
extension [UInt8] {
    package mutating func append(ascii text: StaticString) {
        self.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    /// A quoted JSON string.
    package mutating func append(json text: String) {
        self.append(UInt8(ascii: "\""))
        self.append(escaped: text)
        self.append(UInt8(ascii: "\""))
    }

    /// The inside of a JSON string; runs without anything to escape are copied whole.
    package mutating func append(escaped text: String) {
        var text = text
        text.withUTF8 { bytes in
            var start = 0
            for index in bytes.indices where bytes[index] < 0x20 || bytes[index] == UInt8(ascii: "\"") || bytes[index] == UInt8(ascii: "\\") {
                if start < index { self.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[start..<index])) }
                start = index + 1
                switch bytes[index] {
                case UInt8(ascii: "\""): self.append(ascii: "\\\"")
                case UInt8(ascii: "\\"): self.append(ascii: "\\\\")
                case 0x0a: self.append(ascii: "\\n")
                case 0x0d: self.append(ascii: "\\r")
                case 0x09: self.append(ascii: "\\t")
                default:
                    self.append(ascii: "\\u00")
                    self.append(UInt8(ascii: "0") + bytes[index] >> 4)
                    let low = bytes[index] & 0xf
                    self.append(low < 10 ? UInt8(ascii: "0") + low : UInt8(ascii: "a") + low - 10)
                }
            }
            if start < bytes.count { self.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[start...])) }
        }
    }

    /// Null for what JSON has no number for.
    package mutating func append(json number: Double) {
        guard number.isFinite else { return self.append(ascii: "null") }
        if let whole = Int(exactly: number), abs(whole) <= 1 << 53 { self.append(json: whole) } else { self.append(contentsOf: "\(number)".utf8) }
    }

    package mutating func append(json number: Int) {
        if number >= 0, number < 10 { self.append(UInt8(ascii: "0") + UInt8(number)) } else { self.append(contentsOf: "\(number)".utf8) }
    }
}
