extension [UInt8] {
    /// Appends `text` as a JSON string, quotes included (RFC 8259 §7).
    package mutating func appendJSON(_ text: String) {
        var text = text
        self.append(UInt8(ascii: "\""))
        text.withUTF8 { bytes in
            // Almost every text goes over in few pieces.
            var start = bytes.startIndex
            for (index, byte) in bytes.enumerated() where byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
                self.append(contentsOf: bytes[start..<index])
                start = index + 1
                self.append(UInt8(ascii: "\\"))
                switch byte {
                case UInt8(ascii: "\n"): self.append(UInt8(ascii: "n"))
                case UInt8(ascii: "\r"): self.append(UInt8(ascii: "r"))
                case UInt8(ascii: "\t"): self.append(UInt8(ascii: "t"))
                case 0x20...: self.append(byte)
                default:
                    let hex: StaticString = "0123456789abcdef"
                    self += "u00".utf8
                    self.append(hex.utf8Start[Int(byte >> 4)])
                    self.append(hex.utf8Start[Int(byte & 15)])
                }
            }
            self.append(contentsOf: bytes[start...])
        }
        self.append(UInt8(ascii: "\""))
    }

    /// Appends `"name":`; of a name that needs no escaping.
    mutating func appendJSON(member name: StaticString) {
        self.append(UInt8(ascii: "\""))
        self.append(contentsOf: UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
        self.append(UInt8(ascii: "\""))
        self.append(UInt8(ascii: ":"))
    }
}
