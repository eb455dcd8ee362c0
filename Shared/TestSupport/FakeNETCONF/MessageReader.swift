/// Takes messages out of the bytes of a NETCONF session: up to the end mark, or in chunks (RFC 6242 §4).
struct MessageReader {
    var isChunked = false
    private var buffer: [UInt8] = []

    mutating func append(_ bytes: some Sequence<UInt8>) { self.buffer += bytes }

    mutating func next() -> String? {
        guard self.isChunked else {
            guard let mark = self.buffer.firstRange(of: Array("]]>]]>".utf8)) else { return nil }
            defer { self.buffer.removeFirst(mark.upperBound) }
            return String(decoding: self.buffer[..<mark.lowerBound], as: UTF8.self)
        }
        var (at, message): (Int, [UInt8]) = (0, [])
        while true {
            // LF, #, size or #, LF.
            guard at + 2 < self.buffer.count, let end = self.buffer[(at + 2)...].firstIndex(of: 0x0a) else { return nil }
            let header = String(decoding: self.buffer[(at + 2)..<end], as: UTF8.self)
            if header == "#" {
                self.buffer.removeFirst(end + 1)
                return String(decoding: message, as: UTF8.self)
            }
            guard let size = Int(header), end + 1 + size <= self.buffer.count else { return nil }
            message += self.buffer[(end + 1)..<(end + 1 + size)]
            at = end + 1 + size
        }
    }
}
