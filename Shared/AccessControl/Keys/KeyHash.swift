import Crypto

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Hash of a key: HMAC-SHA256 with the installation's pepper, so that who has the file alone cannot even try keys; or plain SHA-256, as files
/// had it before. Keys are random and long, so a fast hash is enough.
package struct KeyHash: Sendable, Equatable {
    package enum Form: String, Sendable {
        case plain = "sha256"
        case keyed = "hmac-sha256"
    }

    package let form: Form
    private let words: (UInt64, UInt64, UInt64, UInt64)

    package init(of key: some StringProtocol) {
        self.form = .plain
        self.words = Self.words(SHA256.hash(data: Array(key.utf8)))
    }

    package init(of key: some StringProtocol, pepper: Pepper) {
        self.init(of: key, secret: pepper.keys[0])
    }

    private init(of key: some StringProtocol, secret: SymmetricKey) {
        self.form = .keyed
        self.words = Self.words(HMAC<SHA256>.authenticationCode(for: Array(key.utf8), using: secret))
    }

    /// The hashes that a key may have been kept as, with the pepper or with the one before it.
    static func all(of key: some StringProtocol, pepper: Pepper) -> [KeyHash] { pepper.keys.map { KeyHash(of: key, secret: $0) } }

    /// `sha256:` or `hmac-sha256:` and 64 hexadecimal digits, which alone are those of SHA-256.
    package init?(_ text: String) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard let form = parts.count == 2 ? Form(rawValue: String(parts[0])) : .plain, let digits = parts.last, digits.utf8.count == 64,
            digits.utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) || (0x41...0x46).contains($0) })
        else { return nil }
        var words: [UInt64] = []
        var rest = digits
        while !rest.isEmpty {
            guard let word = UInt64(rest.prefix(16), radix: 16) else { return nil }
            words.append(word)
            rest = rest.dropFirst(16)
        }
        self.form = form
        self.words = (words[0], words[1], words[2], words[3])
    }

    private static func words(_ digest: some Sequence<UInt8>) -> (UInt64, UInt64, UInt64, UInt64) {
        var words: [UInt64] = [0, 0, 0, 0]
        for (index, byte) in digest.prefix(32).enumerated() { words[index / 8] = words[index / 8] << 8 | UInt64(byte) }
        return (words[0], words[1], words[2], words[3])
    }

    package var hex: String {
        [self.words.0, self.words.1, self.words.2, self.words.3].map { word in
            let digits = String(word, radix: 16)
            return String(repeating: "0", count: 16 - digits.utf8.count) + digits
        }.joined()
    }

    /// As the file has it.
    package var text: String { "\(self.form.rawValue):\(self.hex)" }

    /// In a time that does not depend on where they differ.
    package static func == (a: KeyHash, b: KeyHash) -> Bool {
        let differ = (a.words.0 ^ b.words.0) | (a.words.1 ^ b.words.1) | (a.words.2 ^ b.words.2) | (a.words.3 ^ b.words.3)
        return (differ == 0) && a.form == b.form
    }
}

/// The installation's secret that key hashes are made with.
package struct Pepper: Sendable {
    /// At least one: hashes are made with the first, and those made with the others are still good.
    let keys: [SymmetricKey]

    /// - Parameter secret: at least 32 characters; several, see ``SecretWords``.
    package init(_ secret: String) throws(AccessFault) {
        guard secret.utf8.count >= 32 else { throw AccessFault("pepper", "at least 32 characters are expected") }
        self.keys = SecretWords.of(secret, least: 32).map { SymmetricKey(data: Array($0.utf8)) }
    }
}
