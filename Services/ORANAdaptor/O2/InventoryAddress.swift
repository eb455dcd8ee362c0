import Crypto
import Foundation

/// Where the O-Cloud posts changes of its inventory: below our own address, with a tag that nobody else can make, which is the only
/// proof such a call carries.
struct InventoryAddress: Sendable {
    private let base: String
    private let tag: String

    /// - Parameters:
    ///   - base: this service as the O-Cloud reaches it.
    ///   - secret: the same for all instances of the installation; nil makes an address that ends with this process.
    init(base: String, secret: String?) {
        var base = base
        while base.hasSuffix("/") { base.removeLast() }
        self.base = base
        let secret = secret ?? UUID().uuidString
        self.tag = SHA256.hash(data: Data("o2-notifications:\(secret)".utf8)).prefix(16).map { byte in
            let hex = String(byte, radix: 16)
            return hex.count == 1 ? "0\(hex)" : hex
        }.joined()
    }

    var callback: String { "\(self.base)/v1/o2/notifications/\(self.tag)" }

    func accepts(_ tag: String) -> Bool {
        let (given, right) = (Array(tag.utf8), Array(self.tag.utf8))
        guard given.count == right.count else { return false }
        // Takes the same time wherever they differ.
        return zip(given, right).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
