import Logging

/// One line of the log, a flat JSON object.
struct LogLine {
    private(set) var bytes: [UInt8] = [UInt8(ascii: "{")]

    init() { self.bytes.reserveCapacity(256) }

    mutating func add(_ key: String, _ value: String) {
        self.key(key)
        Self.append(Redaction.text(value), to: &self.bytes)
    }

    /// Dictionaries become keys with dots, arrays stay arrays, whole numbers and booleans stay what they are.
    mutating func add(_ key: String, _ value: Logger.MetadataValue) {
        if Redaction.hides(key) {
            self.key(key)
            Self.append(Redaction.mark, to: &self.bytes)
            return
        }
        switch value {
        case .string(let text): self.add(key, text)
        case .stringConvertible(let value):
            switch value {
            case let number as any FixedWidthInteger:
                self.key(key)
                self.bytes.append(contentsOf: "\(number)".utf8)
            case let number as Double where number.isFinite:
                self.key(key)
                self.bytes.append(contentsOf: "\(number)".utf8)
            case let flag as Bool:
                self.key(key)
                self.bytes.append(contentsOf: (flag ? "true" : "false").utf8)
            default: self.add(key, value.description)
            }
        case .dictionary(let members):
            for (name, member) in members.sorted(by: { $0.key < $1.key }) { self.add("\(key).\(name)", member) }
        case .array(let items):
            self.key(key)
            self.bytes.append(UInt8(ascii: "["))
            for (index, item) in items.enumerated() {
                if index > 0 { self.bytes.append(UInt8(ascii: ",")) }
                Self.append(Redaction.text("\(item)"), to: &self.bytes)
            }
            self.bytes.append(UInt8(ascii: "]"))
        @unknown default: self.add(key, "\(value)")
        }
    }

    mutating func finish() -> [UInt8] {
        self.bytes.append(UInt8(ascii: "}"))
        self.bytes.append(UInt8(ascii: "\n"))
        return self.bytes
    }

    private mutating func key(_ key: String) {
        if self.bytes.count > 1 { self.bytes.append(UInt8(ascii: ",")) }
        Self.append(key, to: &self.bytes)
        self.bytes.append(UInt8(ascii: ":"))
    }

    private static func append(_ text: String, to bytes: inout [UInt8]) {
        let hex: [UInt8] = Array("0123456789abcdef".utf8)
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                bytes.append(UInt8(ascii: "\\"))
                bytes.append(byte)
            case UInt8(ascii: "\n"): bytes.append(contentsOf: [UInt8(ascii: "\\"), UInt8(ascii: "n")])
            case UInt8(ascii: "\r"): bytes.append(contentsOf: [UInt8(ascii: "\\"), UInt8(ascii: "r")])
            case UInt8(ascii: "\t"): bytes.append(contentsOf: [UInt8(ascii: "\\"), UInt8(ascii: "t")])
            case 0..<0x20, 0x7f: bytes.append(contentsOf: Array("\\u00".utf8) + [hex[Int(byte >> 4)], hex[Int(byte & 0xf)]])
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
