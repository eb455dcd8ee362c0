import Crypto

/// SHA-256 of a key. Keys are random and long, so a fast hash is enough.
package struct KeyHash: Sendable, Equatable {
    private let words: (UInt64, UInt64, UInt64, UInt64)

    package init(of key: some StringProtocol) {
        var hash = SHA256()
        var key = String(key)
        key.withUTF8 { hash.update(bufferPointer: UnsafeRawBufferPointer($0)) }
        let digest = hash.finalize()
        self.words = digest.withUnsafeBytes { bytes in
            (
                bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self).bigEndian, bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self).bigEndian,
                bytes.loadUnaligned(fromByteOffset: 16, as: UInt64.self).bigEndian, bytes.loadUnaligned(fromByteOffset: 24, as: UInt64.self).bigEndian
            )
        }
    }

    /// 64 hexadecimal digits, after `sha256:` or alone.
    package init?(hex text: String) {
        let digits = text.hasPrefix("sha256:") ? text.dropFirst(7) : text[...]
        guard digits.utf8.count == 64 else { return nil }
        var words: [UInt64] = []
        var rest = digits
        while !rest.isEmpty {
            guard let word = UInt64(rest.prefix(16), radix: 16), rest.first != "+", rest.first != "-" else { return nil }
            words.append(word)
            rest = rest.dropFirst(16)
        }
        self.words = (words[0], words[1], words[2], words[3])
    }

    package var hex: String {
        [self.words.0, self.words.1, self.words.2, self.words.3].map { word in
            let digits = String(word, radix: 16)
            return String(repeating: "0", count: 16 - digits.utf8.count) + digits
        }.joined()
    }

    /// In a time that does not depend on where they differ.
    package static func == (a: KeyHash, b: KeyHash) -> Bool {
        (a.words.0 ^ b.words.0) | (a.words.1 ^ b.words.1) | (a.words.2 ^ b.words.2) | (a.words.3 ^ b.words.3) == 0
    }
}
