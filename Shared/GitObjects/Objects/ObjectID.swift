import Crypto

/// The name of a Git object: 20 bytes of SHA-1, kept inline.
package struct ObjectID: Hashable, Sendable, Comparable, CustomStringConvertible {
    package static let byteCount = 20

    private let words: (UInt64, UInt64, UInt32)

    /// Nil unless there are exactly 40 lower-case hexadecimal digits.
    package init?(hex digits: some Collection<UInt8>) {
        guard digits.count == 2 * Self.byteCount else { return nil }
        var words: (UInt64, UInt64, UInt32) = (0, 0, 0)
        for (position, digit) in digits.enumerated() {
            let value: UInt8
            switch digit {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = digit - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): value = digit - UInt8(ascii: "a") + 10
            default: return nil
            }
            switch position {
            case 0..<16: words.0 = words.0 << 4 | UInt64(value)
            case 16..<32: words.1 = words.1 << 4 | UInt64(value)
            default: words.2 = words.2 << 4 | UInt32(value)
            }
        }
        self.words = words
    }

    package init?(_ text: some StringProtocol) { self.init(hex: Array(text.utf8)) }

    /// Nil unless there are exactly 20 bytes, as a tree object holds them.
    package init?(bytes: some Collection<UInt8>) {
        guard bytes.count == Self.byteCount else { return nil }
        var words: (UInt64, UInt64, UInt32) = (0, 0, 0)
        for (position, byte) in bytes.enumerated() {
            switch position {
            case 0..<8: words.0 = words.0 << 8 | UInt64(byte)
            case 8..<16: words.1 = words.1 << 8 | UInt64(byte)
            default: words.2 = words.2 << 8 | UInt32(byte)
            }
        }
        self.words = words
    }

    /// The 20 bytes at the beginning of `bytes`, which has as many.
    init(raw bytes: UnsafeRawBufferPointer) {
        self.words = (
            UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)), UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)),
            UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: 16, as: UInt32.self))
        )
    }

    init(_ digest: Insecure.SHA1Digest) { self = digest.withUnsafeBytes { ObjectID(raw: $0) } }

    /// The name of an object of this kind and content.
    package init(kind: GitObjectKind, content: some Collection<UInt8>) { self.init(objectDigest(kind: kind.rawValue, content: content)) }

    package func append(to bytes: inout [UInt8]) {
        withUnsafeBytes(of: self.words.0.bigEndian) { bytes.append(contentsOf: $0) }
        withUnsafeBytes(of: self.words.1.bigEndian) { bytes.append(contentsOf: $0) }
        withUnsafeBytes(of: self.words.2.bigEndian) { bytes.append(contentsOf: $0) }
    }

    /// 0 to 255.
    package var firstByte: Int { Int(truncatingIfNeeded: self.words.0 >> 56) }

    package var description: String {
        let digits: StaticString = "0123456789abcdef"
        return String(unsafeUninitializedCapacity: 2 * Self.byteCount) { buffer in
            for position in 0..<16 {
                buffer[position] = digits.utf8Start[Int(self.words.0 >> UInt64(60 - 4 * position) & 0xf)]
                buffer[16 + position] = digits.utf8Start[Int(self.words.1 >> UInt64(60 - 4 * position) & 0xf)]
            }
            for position in 0..<8 { buffer[32 + position] = digits.utf8Start[Int(self.words.2 >> UInt32(28 - 4 * position) & 0xf)] }
            return 2 * Self.byteCount
        }
    }

    package static func == (a: ObjectID, b: ObjectID) -> Bool { a.words == b.words }

    package static func < (a: ObjectID, b: ObjectID) -> Bool { a.words < b.words }

    package func hash(into hasher: inout Hasher) {
        // The bytes of a digest are evenly spread already: the first word is enough.
        hasher.combine(self.words.0)
    }
}
