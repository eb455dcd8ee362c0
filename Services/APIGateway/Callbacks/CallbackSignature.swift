import AccessControl
import Crypto
import Foundation
import IntentModel

/// `Nephoran-Signature`: who receives a callback can tell that we have sent it, and when. See `docs/callbacks.md`.
struct CallbackSignature: Sendable {
    /// Characters of a secret.
    static let least = 16

    private let keys: [SymmetricKey]

    /// - Parameter secret: several, while it is replaced: each makes a signature, and a receiver that knows one of them is content.
    init(secret: String) { self.keys = SecretWords.of(secret, least: Self.least).map { SymmetricKey(data: Data($0.utf8)) } }

    /// `t=<Unix seconds>,v1=<HMAC-SHA256 of "t.body" in hexadecimal>`, and `,v1=…` for each other secret.
    func header(for body: [UInt8], at seconds: Int64) -> String {
        let codes = self.keys.map { key in
            var code = HMAC<SHA256>(key: key)
            code.update(data: Data("\(seconds).".utf8))
            code.update(data: body)
            return ",v1=\(Array(code.finalize()).hexadecimal)"
        }
        return "t=\(seconds)" + codes.joined()
    }
}
