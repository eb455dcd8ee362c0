/// What a byte is to the reading of words.
enum ByteClass {
    static let other: UInt8 = 0
    static let lower: UInt8 = 1
    static let upper: UInt8 = 2
    static let digit: UInt8 = 3
    /// `-`, `_` and `.`: join the characters on both sides.
    static let joiner: UInt8 = 4
    /// A byte of a character beyond ASCII.
    static let wide: UInt8 = 5

    @inline(__always)
    static func of(_ byte: UInt8) -> UInt8 {
        if byte >= 0x80 { return self.wide }
        if byte &- 0x61 < 26 { return self.lower }
        if byte &- 0x41 < 26 { return self.upper }
        if byte &- 0x30 < 10 { return self.digit }
        if byte == 0x2d || byte == 0x5f || byte == 0x2e { return self.joiner }
        return self.other
    }
}
