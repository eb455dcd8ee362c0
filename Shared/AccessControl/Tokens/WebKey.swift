import Crypto
import CryptoExtras

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A public key of an issuer of tokens (RFC 7517), good for exactly one algorithm.
package struct WebKey: Sendable {
    /// Those that tokens may be signed with; nothing else is ever tried.
    package enum Algorithm: String, Sendable, CaseIterable {
        case rs256 = "RS256"
        case es256 = "ES256"
        case edDSA = "EdDSA"
    }

    private enum Material: Sendable {
        case rsa(_RSA.Signing.PublicKey)
        case p256(P256.Signing.PublicKey)
        case ed25519(Curve25519.Signing.PublicKey)
    }

    package let id: String?
    package let algorithm: Algorithm
    private let material: Material

    struct Members: Decodable {
        var kty: String
        var kid, use, alg, crv, n, e, x, y: String?
        var key_ops: [String]?
    }

    /// Nil for a key that is not for this: of another type or use, or too weak.
    init?(_ members: Members) {
        guard members.use == nil || members.use == "sig", members.key_ops?.contains("verify") ?? true, members.kid?.utf8.count ?? 0 <= 256 else { return nil }
        self.id = members.kid
        switch (members.kty, members.crv) {
        case ("RSA", _):
            guard let n = Self.bytes(members.n), let e = Self.bytes(members.e), let key = Self.rsa(n, e) else { return nil }
            (self.algorithm, self.material) = (.rs256, .rsa(key))
        case ("EC", "P-256"):
            guard let x = Self.bytes(members.x), let y = Self.bytes(members.y), x.count == 32, y.count == 32,
                let key = try? P256.Signing.PublicKey(x963Representation: [0x04] + x + y)
            else { return nil }
            (self.algorithm, self.material) = (.es256, .p256(key))
        case ("OKP", "Ed25519"):
            guard let x = Self.bytes(members.x), x.count == 32, let key = try? Curve25519.Signing.PublicKey(rawRepresentation: x) else { return nil }
            (self.algorithm, self.material) = (.edDSA, .ed25519(key))
        default: return nil
        }
        guard members.alg == nil || members.alg == self.algorithm.rawValue else { return nil }
    }

    private static func bytes(_ text: String?) -> [UInt8]? { text.flatMap { Base64URL.bytes($0.utf8) } }

    /// 2048…8192 bits: a weaker key is none, and a longer one would cost whoever checks it.
    private static func rsa(_ n: [UInt8], _ e: [UInt8]) -> _RSA.Signing.PublicKey? {
        let modulus = n.drop { $0 == 0 }
        let bits = modulus.count * 8 - (modulus.first?.leadingZeroBitCount ?? 0)
        guard (2_048...8_192).contains(bits), (1...4).contains(e.count), let last = e.last, last & 1 == 1, e != [1] else { return nil }
        return try? _RSA.Signing.PublicKey(n: n, e: e)
    }

    /// Whether `signature` is this key's over `signed`.
    func verifies(_ signature: [UInt8], of signed: [UInt8]) -> Bool {
        switch self.material {
        case .rsa(let key): return key.isValidSignature(.init(rawRepresentation: signature), for: signed, padding: .insecurePKCS1v1_5)
        case .p256(let key):
            guard signature.count == 64, let signature = try? P256.Signing.ECDSASignature(rawRepresentation: signature) else { return false }
            return key.isValidSignature(signature, for: signed)
        case .ed25519(let key): return signature.count == 64 && key.isValidSignature(signature, for: signed)
        }
    }
}

/// The public keys of an issuer (RFC 7517 §5).
package struct WebKeySet: Sendable {
    /// More than this is no key set.
    package static let maxBytes = 256 << 10
    static let maxKeys = 64

    package let keys: [WebKey]

    private struct Document: Decodable {
        /// A key that is not understood is left out, and so does no harm to the others.
        struct Entry: Decodable {
            let members: WebKey.Members?
            init(from decoder: any Decoder) throws { self.members = try? WebKey.Members(from: decoder) }
        }
        var keys: [Entry]
    }

    /// - Throws: when it is no key set, or none of its keys is good for checking tokens. Others in it are left out.
    package init(json: [UInt8]) throws(AccessFault) {
        guard json.count <= Self.maxBytes, let document = try? JSONDecoder().decode(Document.self, from: Data(json)) else {
            throw AccessFault("keys", "a JSON Web Key Set is expected")
        }
        guard document.keys.count <= Self.maxKeys else { throw AccessFault("keys", "at most \(Self.maxKeys) keys are expected") }
        self.keys = document.keys.compactMap { $0.members.flatMap(WebKey.init) }
        guard !self.keys.isEmpty else { throw AccessFault("keys", "none is an RS256 (2048…8192 bits), ES256 or EdDSA key for signatures") }
    }

    /// Whether the key that a token names is among them.
    package func names(_ token: WebToken) -> Bool { self.key(token.keyID, token.algorithm) != nil }

    /// The key that a token names. A token that names none may be of the only key of its algorithm.
    func key(_ id: String?, _ algorithm: WebKey.Algorithm) -> WebKey? {
        let fitting = self.keys.filter { $0.algorithm == algorithm }
        guard let id else { return fitting.count == 1 ? fitting[0] : nil }
        return fitting.first { $0.id == id }
    }
}
