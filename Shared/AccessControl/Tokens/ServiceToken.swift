import Crypto

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// What the services of one installation sign their calls of each other with: JSON Web Tokens (RFC 7519), HS256, for one service and a minute.
/// They have a type of their own, so that none is ever taken for a person's token, nor one of those for it.
package struct ServiceSecret: Sendable {
    /// Seconds.
    package static let lifetime: Int64 = 60
    /// How far the clocks of two services may be apart, in seconds.
    static let skew: Int64 = 10
    private static let maxBytes = 1_024
    private static let issuer = "nephoran"
    /// The only header there is: nothing in it is the caller's to say.
    private static let header = Base64URL.text(Array(#"{"alg":"HS256","typ":"service+jwt"}"#.utf8))

    private let keys: [SymmetricKey]

    private struct Claims: Codable {
        var iss: String
        var sub: String
        var aud: String
        var iat: Int64
        var exp: Int64
    }

    /// - Parameter text: at least 32 characters. Several words are several secrets: the first signs, all are believed, which is how one is replaced
    ///   while services run.
    package init(_ text: String) throws(AccessFault) {
        let words = text.split(whereSeparator: \.isWhitespace)
        guard !words.isEmpty, words.count <= 4, words.allSatisfy({ $0.utf8.count >= 32 }) else {
            throw AccessFault("service secret", "at least 32 characters are expected")
        }
        self.keys = words.map { SymmetricKey(data: Array($0.utf8)) }
    }

    /// - Parameters:
    ///   - caller: name of the service that calls.
    ///   - callee: name of the one that is called, the only one that believes it.
    ///   - now: seconds since 1970.
    package func token(from caller: String, to callee: String, now: Int64) -> String {
        let claims = Claims(iss: Self.issuer, sub: caller, aud: callee, iat: now, exp: now + Self.lifetime)
        guard let key = self.keys.first, let payload = try? JSONEncoder().encode(claims) else { return "" }
        let signed = Self.header + "." + Base64URL.text(Array(payload))
        return signed + "." + Base64URL.text(Array(HMAC<SHA256>.authenticationCode(for: Array(signed.utf8), using: key)))
    }

    /// Whether this claims to be one.
    package static func isToken(_ text: some StringProtocol) -> Bool { text.hasPrefix(self.header + ".") }

    /// Name of the service that signed this token for `callee`.
    package func caller(of text: some StringProtocol, callee: String, now: Int64) throws(WebToken.Fault) -> String {
        let bytes = Array(text.utf8)
        guard bytes.count <= Self.maxBytes else { throw .tooLong }
        let parts = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].elementsEqual(Self.header.utf8), let payload = Base64URL.bytes(parts[1]), let signature = Base64URL.bytes(parts[2])
        else { throw .malformed }
        let signed = bytes[..<(parts[0].count + 1 + parts[1].count)]
        guard self.keys.contains(where: { HMAC<SHA256>.isValidAuthenticationCode(signature, authenticating: signed, using: $0) }) else { throw .signature }
        guard let claims = try? JSONDecoder().decode(Claims.self, from: Data(payload)) else { throw .malformed }
        guard claims.iss == Self.issuer else { throw .issuer }
        guard claims.aud == callee else { throw .audience }
        guard claims.exp > now - Self.skew, claims.exp - claims.iat <= Self.lifetime else { throw .expired }
        guard claims.iat <= now + Self.skew else { throw .early }
        guard !claims.sub.isEmpty, claims.sub.utf8.count <= 63 else { throw .subject }
        return claims.sub
    }
}
