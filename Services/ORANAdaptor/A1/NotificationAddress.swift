import Crypto
import Foundation

/// Where a RIC posts changes of a policy's status: below our own address, with a tag that nobody else can make. A1 call-backs carry no
/// other proof of whom they are from.
package struct NotificationAddress: Sendable {
    /// Of this service as RICs reach it, without a trailing slash.
    let base: String
    private let key: SymmetricKey

    /// - Parameter secret: the same for all instances of the installation; nil makes addresses that end with this process.
    package init(base: String, secret: String?) {
        var base = base
        while base.hasSuffix("/") { base.removeLast() }
        self.base = base
        self.key = secret.map { SymmetricKey(data: SHA256.hash(data: Data("a1-notifications:\($0)".utf8))) } ?? SymmetricKey(size: .bits256)
    }

    /// The complete URI for `notificationDestination`.
    func destination(ric: String, type: String, policy: String) -> String {
        let path = [ric, type, policy].map(A1Transport.segment).joined(separator: "/")
        return "\(self.base)/v1/a1/notifications/\(path)/\(self.tag(ric, type, policy))"
    }

    func accepts(_ tag: String, ric: String, type: String, policy: String) -> Bool {
        let (given, right) = (Array(tag.utf8), Array(self.tag(ric, type, policy).utf8))
        guard given.count == right.count else { return false }
        // Takes the same time wherever they differ.
        return zip(given, right).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }

    private func tag(_ ric: String, _ type: String, _ policy: String) -> String {
        let code = HMAC<SHA256>.authenticationCode(for: Data([ric, type, policy].joined(separator: "\u{0}").utf8), using: self.key)
        return code.prefix(16).map { byte in
            let hex = String(byte, radix: 16)
            return hex.count == 1 ? "0\(hex)" : hex
        }.joined()
    }
}
