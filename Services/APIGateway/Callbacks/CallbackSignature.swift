import Crypto
import Foundation
import IntentModel

/// `Nephoran-Signature`: who receives a callback can tell that we have sent it, and when. See `docs/callbacks.md`.
struct CallbackSignature: Sendable {
    private let key: SymmetricKey

    init(secret: String) { self.key = SymmetricKey(data: Data(secret.utf8)) }

    /// `t=<Unix seconds>,v1=<HMAC-SHA256 of "t.body" in hexadecimal>`.
    func header(for body: [UInt8], at seconds: Int64) -> String {
        var code = HMAC<SHA256>(key: self.key)
        code.update(data: Data("\(seconds).".utf8))
        code.update(data: body)
        return "t=\(seconds),v1=\(Array(code.finalize()).hexadecimal)"
    }
}
