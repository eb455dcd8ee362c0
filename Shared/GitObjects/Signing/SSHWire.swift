import FoundationEssentials

/// Reads the data types of RFC 4251, section 5.
struct SSHReader {
    private var rest: Data

    init(_ data: Data) { self.rest = data }

    mutating func skip(_ text: String) -> Bool {
        guard self.rest.starts(with: text.utf8) else { return false }
        self.rest = self.rest.dropFirst(text.utf8.count)
        return true
    }

    mutating func number() -> UInt32? {
        guard self.rest.count >= 4 else { return nil }
        let value = self.rest.prefix(4).reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        self.rest = self.rest.dropFirst(4)
        return value
    }

    mutating func bytes() -> Data? {
        guard let count = self.number(), self.rest.count >= count else { return nil }
        let bytes = Data(self.rest.prefix(Int(count)))
        self.rest = self.rest.dropFirst(Int(count))
        return bytes
    }

    mutating func text() -> String? { self.bytes().flatMap { String(data: $0, encoding: .utf8) } }
}

/// Writes them.
struct SSHWriter {
    private(set) var data: Data

    init(prefix: String = "") { self.data = Data(prefix.utf8) }

    mutating func append(number: UInt32) { withUnsafeBytes(of: number.bigEndian) { self.data.append(contentsOf: $0) } }

    mutating func append(_ bytes: Data) {
        self.append(number: UInt32(truncatingIfNeeded: bytes.count))
        self.data.append(bytes)
    }
}
