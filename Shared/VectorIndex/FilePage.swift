import CTensor

/// 4,096 bytes of a file with numbers in this machine's byte order and a checksum at their end.
struct FilePage {
    static let count = 4_096

    private(set) var bytes: [UInt8]

    init() { self.bytes = Array(repeating: 0, count: Self.count) }

    /// Nil when the checksum is not that of the rest.
    init?(_ start: UnsafeRawPointer) {
        self.bytes = Array(UnsafeRawBufferPointer(start: start, count: Self.count))
        guard self.word(Self.count - 8) == self.checksum else { return nil }
    }

    func word(_ offset: Int) -> UInt64 { self.bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: UInt64.self) } }

    mutating func set(_ offset: Int, _ word: UInt64) {
        self.bytes.withUnsafeMutableBytes { $0.storeBytes(of: word, toByteOffset: offset, as: UInt64.self) }
    }

    func text(_ offset: Int, count: Int) -> String { String(decoding: self.bytes[offset..<min(offset + max(0, count), Self.count - 8)], as: UTF8.self) }

    mutating func set(_ offset: Int, _ text: [UInt8]) { self.bytes.replaceSubrange(offset..<offset + text.count, with: text) }

    mutating func seal() { self.set(Self.count - 8, self.checksum) }

    private var checksum: UInt64 { self.bytes.withUnsafeBytes { vectors_checksum($0.baseAddress, Int64(Self.count - 8)) } }
}
