import AccessControl
import Crypto
import Foundation

/// Tags of addresses below our own that peers call back: nobody else can make one. Such calls carry no other proof of whom they are from.
struct AddressProof: Sendable {
    /// Of this service as peers reach it, without a trailing slash.
    let base: String
    /// The first makes tags, all are accepted.
    private let keys: [SymmetricKey]
    /// Whether tags are the same after a restart, and at every instance.
    let lasts: Bool

    /// - Parameters:
    ///   - purpose: tags of one are none of another.
    ///   - secret: the same for all instances of the installation, several words while it is being replaced; nil makes tags that end with this process.
    init(base: String, purpose: String, secret: String?) {
        var base = base
        while base.hasSuffix("/") { base.removeLast() }
        self.base = base
        let secrets = secret.map { SecretWords.of($0, least: 32) } ?? []
        let keys = secrets.map { SymmetricKey(data: SHA256.hash(data: Data("\(purpose):\($0)".utf8))) }
        self.lasts = !keys.isEmpty
        self.keys = keys.isEmpty ? [SymmetricKey(size: .bits256)] : keys
    }

    func tag(of parts: String...) -> String { self.keys.first.map { Self.tag(parts, $0) } ?? "" }

    func accepts(_ tag: String, of parts: String...) -> Bool {
        self.keys.reduce(false) { Self.isSame(tag, Self.tag(parts, $1)) || $0 }
    }

    /// Whether a text could be one: 32 hexadecimal digits in lower case.
    static func isTag(_ text: some StringProtocol) -> Bool {
        text.utf8.count == 32
            && text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0) }
    }

    /// Takes the same time wherever they differ.
    static func isSame(_ one: String, _ other: String) -> Bool {
        let (given, right) = (Array(one.utf8), Array(other.utf8))
        guard given.count == right.count else { return false }
        return zip(given, right).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }

    private static func tag(_ parts: [String], _ key: SymmetricKey) -> String {
        let code = HMAC<SHA256>.authenticationCode(for: Data(parts.joined(separator: "\u{0}").utf8), using: key)
        return code.prefix(16).map { byte in
            let hex = String(byte, radix: 16)
            return hex.count == 1 ? "0\(hex)" : hex
        }.joined()
    }
}
