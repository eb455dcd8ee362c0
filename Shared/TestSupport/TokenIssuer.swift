import AccessControl
package import Crypto
package import CryptoExtras
package import Foundation

/// An issuer for the time of a test: keys of every kind, and tokens signed with them, right and wrong.
package struct TokenIssuer: Sendable {
    package let rsa: _RSA.Signing.PrivateKey
    package let p256 = P256.Signing.PrivateKey()
    package let ed25519 = Curve25519.Signing.PrivateKey()

    package init() throws { self.rsa = try _RSA.Signing.PrivateKey(keySize: .bits2048) }

    static func json(_ value: Any) throws -> [UInt8] { [UInt8](try JSONSerialization.data(withJSONObject: value)) }

    /// The public keys as a key set (RFC 7517), among others that are for something else.
    package func keySet() throws -> [UInt8] {
        let rsa = try self.rsa.publicKey.getKeyPrimitives()
        let point = self.p256.publicKey.x963Representation
        return try Self.json([
            "keys": [
                ["kty": "RSA", "kid": "r", "use": "sig", "alg": "RS256", "n": Self.text(rsa.modulus), "e": Self.text(rsa.publicExponent)],
                ["kty": "EC", "kid": "e", "crv": "P-256", "x": Self.text(point[1..<33]), "y": Self.text(point[33..<65])],
                ["kty": "OKP", "kid": "o", "crv": "Ed25519", "x": Self.text(self.ed25519.publicKey.rawRepresentation)],
                // None of these is for checking tokens.
                ["kty": "oct", "kid": "s", "k": "c2VjcmV0"], ["kty": "RSA", "kid": "x", "use": "enc", "n": Self.text(rsa.modulus), "e": "AQAB"], ["kid": 7],
            ]
        ])
    }

    package static func text(_ data: Data) -> String { Base64URL.text([UInt8](data)) }

    private func sign(_ input: [UInt8], _ algorithm: String) throws -> [UInt8] {
        switch algorithm {
        case "RS256": [UInt8](try self.rsa.signature(for: input, padding: .insecurePKCS1v1_5).rawRepresentation)
        case "ES256": [UInt8](try self.p256.signature(for: input).rawRepresentation)
        case "EdDSA": [UInt8](try self.ed25519.signature(for: input))
        // The public key of RS256 as if it were the secret of HMAC.
        case "HS256":
            [UInt8](HMAC<SHA256>.authenticationCode(for: input, using: SymmetricKey(data: Data(self.rsa.publicKey.pemRepresentation.utf8))))
        default: []
        }
    }

    /// Unix seconds, at which ``claims`` hold.
    package static let now = 1_795_000_000.0
    package static var claims: [String: Any] {
        [
            "iss": "https://id.example", "aud": ["other", "nephoran"], "sub": "nora", "exp": Int(Self.now) + 300, "nbf": Int(Self.now) - 5,
            "tenant": "north", "roles": ["operator", "unheard-of"],
        ]
    }

    /// A token with some claims and members of its header changed; NSNull() leaves one out.
    ///
    /// - Parameter algorithm: that it is really signed with.
    package func token(_ change: [String: Any] = [:], header: [String: Any] = [:], signedAs algorithm: String? = nil) throws -> String {
        let head = (["alg": "ES256", "kid": "e", "typ": "JWT"] as [String: Any]).merging(header) { $1 }.filter { !($0.value is NSNull) }
        let claims = Self.claims.merging(change) { $1 }.filter { !($0.value is NSNull) }
        let input = Base64URL.text(try Self.json(head)) + "." + Base64URL.text(try Self.json(claims))
        let signature = try self.sign(Array(input.utf8), algorithm ?? head["alg"] as? String ?? "")
        return input + "." + Base64URL.text(signature)
    }
}
