/// Which words can be one of a few terms, by their first two letters, which stemming leaves alone: so a text is looked through without
/// stemming every word of it.
package struct TermFilter: Sendable {
    private var bits = [UInt64](repeating: 0, count: 1 << 10)

    /// The terms of a text.
    package init(_ text: String, analyzer: TermAnalyzer = TermAnalyzer()) {
        var bits = self.bits
        var text = text
        text.withUTF8 { bytes in
            analyzer.forEachTerm(in: bytes) { occurrence in
                let letters = bytes[occurrence.range].lazy.filter { ByteClass.of($0) != ByteClass.joiner }.prefix(2).map { Self.lower($0) }
                let key = Self.key(letters.first ?? 0, letters.dropFirst().first ?? 0)
                bits[key >> 6] |= 1 << UInt64(key & 63)
            }
        }
        self.bits = bits
    }

    @inline(__always)
    func mayHold(_ first: UInt8, _ second: UInt8) -> Bool {
        let key = Self.key(first, second)
        return self.bits[key >> 6] & (1 << UInt64(key & 63)) != 0
    }

    @inline(__always)
    private static func key(_ first: UInt8, _ second: UInt8) -> Int { Int(first) << 8 | Int(second) }

    @inline(__always)
    static func lower(_ byte: UInt8) -> UInt8 { byte &- 0x41 < 26 ? byte | 0x20 : byte }
}
