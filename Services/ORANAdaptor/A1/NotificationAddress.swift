import AccessControl
import Crypto
import Foundation

/// Where a RIC posts changes of a policy's status: below our own address, with a tag that nobody else can make. A1 call-backs carry no
/// other proof of whom they are from.
package struct NotificationAddress: Sendable {
    /// Of this service as RICs reach it, without a trailing slash.
    let base: String
    /// The first makes tags, all are accepted.
    private let keys: [SymmetricKey]

    /// - Parameter secret: the same for all instances of the installation, several words while it is being replaced; nil makes addresses that
    ///   end with this process.
    package init(base: String, secret: String?) {
        var base = base
        while base.hasSuffix("/") { base.removeLast() }
        self.base = base
        let secrets = secret.map { SecretWords.of($0, least: 32) } ?? []
        let keys = secrets.map { SymmetricKey(data: SHA256.hash(data: Data("a1-notifications:\($0)".utf8))) }
        self.keys = keys.isEmpty ? [SymmetricKey(size: .bits256)] : keys
    }

    /// The complete URI for `notificationDestination`.
    func destination(ric: String, type: String, policy: String) -> String {
        let path = [ric, type, policy].map(A1Transport.segment).joined(separator: "/")
        let tag = self.keys.first.map { Self.tag(ric, type, policy, $0) } ?? ""
        return "\(self.base)/v1/a1/notifications/\(path)/\(tag)"
    }

    func accepts(_ tag: String, ric: String, type: String, policy: String) -> Bool {
        self.keys.reduce(false) { Self.isSame(tag, Self.tag(ric, type, policy, $1)) || $0 }
    }

    /// Takes the same time wherever they differ.
    private static func isSame(_ one: String, _ other: String) -> Bool {
        let (given, right) = (Array(one.utf8), Array(other.utf8))
        guard given.count == right.count else { return false }
        return zip(given, right).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }

    private static func tag(_ ric: String, _ type: String, _ policy: String, _ key: SymmetricKey) -> String {
        let code = HMAC<SHA256>.authenticationCode(for: Data([ric, type, policy].joined(separator: "\u{0}").utf8), using: key)
        return code.prefix(16).map { byte in
            let hex = String(byte, radix: 16)
            return hex.count == 1 ? "0\(hex)" : hex
        }.joined()
    }
}
