import JSONSchema

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A JSON Web Token in compact form (RFC 7519, RFC 7515 §7.1), taken apart; nothing in it is believed yet.
package struct WebToken: Sendable {
    package let algorithm: WebKey.Algorithm
    package let keyID: String?
    private let signed: [UInt8]
    private let payload: [UInt8]
    private let signature: [UInt8]

    /// Whether `text` has the form of one: that much is decided before anything is decoded.
    package static func isToken(_ text: some StringProtocol) -> Bool { text.utf8.count { $0 == UInt8(ascii: ".") } == 2 }

    package enum Fault: String, Error, Sendable {
        case tooLong = "the token is longer than is read"
        case malformed = "the token is malformed"
        case algorithm = "the token's algorithm is not allowed"
        case critical = "the token asks for what is not known here"
        case unknownKey = "the token is signed with a key that is not known"
        case signature = "the token's signature is wrong"
        case issuer = "the token is another issuer's"
        case audience = "the token is for somebody else"
        case expired = "the token has expired"
        case early = "the token is not valid yet"
        case subject = "the token names nobody"
        case tenant = "the token names no tenant"
    }

    private struct Header: Decodable {
        var alg: String
        var kid: String?
        var typ: String?
        var crit: [String]?
        var b64: Bool?
    }

    /// - Parameters:
    ///   - maxBytes: of the whole token.
    ///   - algorithms: that it may be signed with.
    package init(_ text: some StringProtocol, maxBytes: Int, algorithms: Set<WebKey.Algorithm>) throws(Fault) {
        let bytes = Array(text.utf8)
        guard bytes.count <= maxBytes else { throw .tooLong }
        let parts = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 3, let head = Base64URL.bytes(parts[0]), let payload = Base64URL.bytes(parts[1]), let signature = Base64URL.bytes(parts[2]),
            let header = try? JSONDecoder().decode(Header.self, from: Data(head))
        else { throw .malformed }
        // Where a key is to be found is never the token's to say: jku, jwk, x5u and x5c are not even read.
        guard header.crit == nil, header.b64 ?? true else { throw .critical }
        guard let algorithm = WebKey.Algorithm(rawValue: header.alg), algorithms.contains(algorithm) else { throw .algorithm }
        guard ["jwt", "at+jwt", "application/at+jwt"].contains(header.typ?.lowercased() ?? "jwt"), header.kid?.utf8.count ?? 0 <= 256 else { throw .malformed }
        self.algorithm = algorithm
        self.keyID = header.kid
        self.signed = Array(bytes[..<(parts[0].count + 1 + parts[1].count)])
        self.payload = payload
        self.signature = signature
    }

    package func isSigned(by key: WebKey) -> Bool { key.algorithm == self.algorithm && key.verifies(self.signature, of: self.signed) }

    /// The claims, once the signature has been checked.
    func claims() throws(Fault) -> JSONValue {
        guard let claims = try? JSONDecoder().decode(JSONValue.self, from: Data(self.payload)), case .object = claims else { throw .malformed }
        return claims
    }
}
