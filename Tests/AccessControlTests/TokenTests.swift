import Foundation
import TestSupport
import Testing

@testable import AccessControl

@Suite struct TokenTests {
    private let issuer: TokenIssuer
    private let keys: WebKeySet
    private let policy: AccessPolicy
    private var rules = TokenRules(issuer: "https://id.example", audience: "nephoran")

    init() throws {
        self.issuer = try TokenIssuer()
        self.keys = try WebKeySet(json: try self.issuer.keySet())
        self.policy = try AccessPolicy.shipped()
    }

    private func principal(of text: String, now: Double = TokenIssuer.now) throws -> Principal {
        let token = try WebToken(text, maxBytes: self.rules.maxBytes, algorithms: self.rules.algorithms)
        return try self.rules.principal(of: token, keys: self.keys, policy: self.policy, now: now)
    }

    private func fault(_ text: String, now: Double = TokenIssuer.now) throws -> WebToken.Fault? {
        #expect(throws: WebToken.Fault.self) { try self.principal(of: text, now: now) }
    }

    @Test("a key set holds what tokens can be checked with, and nothing else")
    func keySet() throws {
        #expect(self.keys.keys.map(\.id) == ["r", "e", "o"] && self.keys.keys.map(\.algorithm) == [.rs256, .es256, .edDSA])
        #expect(throws: AccessFault.self) { try WebKeySet(json: Array(#"{"keys": [{"kty": "oct", "k": "c2VjcmV0"}]}"#.utf8)) }
        #expect(throws: AccessFault.self) { try WebKeySet(json: Array("[]".utf8)) }
        // Too weak, and so long that whoever checks with it is kept busy.
        for bytes in [128, 192, 255, 1_025] {
            let modulus = TokenIssuer.text(Data([0xc1] + [UInt8](repeating: 0x5b, count: bytes - 1)))
            #expect(throws: AccessFault.self, "\(bytes * 8) bits") {
                try WebKeySet(json: Array(#"{"keys": [{"kty": "RSA", "e": "AQAB", "n": "\#(modulus)"}]}"#.utf8))
            }
        }
        #expect(throws: AccessFault.self) { try WebKeySet(json: [UInt8](repeating: 0x20, count: WebKeySet.maxBytes + 1)) }
    }

    @Test("a token of each algorithm says who its bearer is", arguments: [("RS256", "r"), ("ES256", "e"), ("EdDSA", "o")])
    func good(_ algorithm: String, _ id: String) throws {
        let nora = Principal(name: "nora", tenant: "north", scopes: [.intentsRead, .intentsWrite], method: .token)
        #expect(try self.principal(of: self.issuer.token(header: ["alg": algorithm, "kid": id])) == nora)
        // Of the only key of its algorithm.
        #expect(try self.principal(of: self.issuer.token(header: ["alg": algorithm, "kid": NSNull()])) == nora)
    }

    @Test("no signature, a secret's signature, another key's, another token's: none of them counts")
    func forged() throws {
        #expect(try self.fault(self.issuer.token(header: ["alg": "none"])) == .algorithm)
        #expect(try self.fault(self.issuer.token(header: ["alg": "None"])) == .algorithm)
        // Key confusion: signed with the public key as a secret, or with one kind of key and announced as another.
        #expect(try self.fault(self.issuer.token(header: ["alg": "HS256", "kid": "r"])) == .algorithm)
        #expect(try self.fault(self.issuer.token(header: ["alg": "RS256", "kid": "r"], signedAs: "HS256")) == .signature)
        #expect(try self.fault(self.issuer.token(header: ["alg": "RS256", "kid": "e"])) == .unknownKey)
        #expect(try self.fault(self.issuer.token(header: ["alg": "EdDSA", "kid": "e"])) == .unknownKey)
        #expect(try self.fault(self.issuer.token(header: ["alg": "ES256", "kid": "s"])) == .unknownKey)
        #expect(try self.fault(TokenIssuer().token()) == .signature)
        let parts = try self.issuer.token().split(separator: ".").map(String.init)
        let admin = try self.issuer.token(["roles": ["admin"]]).split(separator: ".").map(String.init)
        #expect(try self.fault("\(parts[0]).\(admin[1]).\(parts[2])") == .signature)
        #expect(try self.fault("\(parts[0]).\(parts[1]).") == .signature)
        // A signature of zeros, as CVE-2022-21449 had it.
        #expect(try self.fault("\(parts[0]).\(parts[1]).\(Base64URL.text([UInt8](repeating: 0, count: 64)))") == .signature)
    }

    @Test("where keys are is not the token's to say, nor what is to be understood of it")
    func header() throws {
        let other = try TokenIssuer()
        let point = other.p256.publicKey.x963Representation
        let jwk: [String: Any] = ["kty": "EC", "crv": "P-256", "x": TokenIssuer.text(point[1..<33]), "y": TokenIssuer.text(point[33..<65])]
        #expect(try self.fault(other.token(header: ["jwk": jwk, "jku": "https://evil.example/keys"])) == .signature)
        #expect(try self.fault(self.issuer.token(header: ["crit": ["exp"]])) == .critical)
        #expect(try self.fault(self.issuer.token(header: ["b64": false])) == .critical)
        #expect(try self.fault(self.issuer.token(header: ["typ": "logout+jwt"])) == .malformed)
        #expect(try self.principal(of: self.issuer.token(header: ["typ": "at+jwt"])).name == "nora")
    }

    @Test("claims must be there, be right and be of their type")
    func claims() throws {
        let cases: [([String: Any], WebToken.Fault)] = [
            (["iss": "https://id.example.evil"], .issuer), (["iss": NSNull()], .issuer), (["iss": ["https://id.example"]], .issuer),
            (["aud": "other"], .audience), (["aud": NSNull()], .audience), (["aud": [String]()], .audience), (["aud": "nephoran2"], .audience),
            (["exp": NSNull()], .expired), (["exp": "9999999999"], .expired), (["exp": Int(TokenIssuer.now) - 61], .expired),
            (["nbf": Int(TokenIssuer.now) + 61], .early), (["iat": Int(TokenIssuer.now) + 61], .early), (["nbf": "soon"], .early),
            (["sub": NSNull()], .subject), (["sub": ""], .subject), (["sub": "a\nb"], .subject), (["sub": 7], .subject),
            (["sub": String(repeating: "a", count: 129)], .subject),
            (["tenant": NSNull()], .tenant), (["tenant": "A B"], .tenant), (["tenant": ["north"]], .tenant),
        ]
        for (change, fault) in cases { #expect(try self.fault(self.issuer.token(change)) == fault, "\(change)") }
        let late = try self.issuer.token(["aud": "nephoran", "exp": Int(TokenIssuer.now) - 59, "nbf": Int(TokenIssuer.now) + 59])
        #expect(try self.principal(of: late).name == "nora")
    }

    @Test("an algorithm that the settings do not name is refused even with the right key")
    func pinned() throws {
        let token = try self.issuer.token(header: ["alg": "RS256", "kid": "r"])
        #expect(throws: WebToken.Fault.algorithm) { try WebToken(token, maxBytes: 8_192, algorithms: [.es256]) }
    }

    @Test("roles come from where the settings say, under the issuer's names; those nobody knows add nothing")
    func roles() throws {
        var rules = self.rules
        rules.rolesClaim = "realm_access.roles"
        rules.roleNames = ["noc-l2": "approver"]
        rules.tenantClaim = ""
        func scopes(_ change: [String: Any]) throws -> (Set<Scope>, String) {
            let token = try WebToken(self.issuer.token(change), maxBytes: 8_192, algorithms: rules.algorithms)
            let principal = try rules.principal(of: token, keys: self.keys, policy: self.policy, now: TokenIssuer.now)
            return (principal.scopes, principal.tenant)
        }
        #expect(try scopes(["realm_access": ["roles": ["noc-l2", "viewer"]]]) == ([.intentsRead, .intentsApprove], "default"))
        #expect(try scopes(["realm_access": ["roles": "viewer operator"]]) == ([.intentsRead, .intentsWrite], "default"))
        #expect(try scopes(["realm_access": ["roles": 7]]) == ([], "default"))
        #expect(try scopes([:]) == ([], "default"))
        rules.rolesClaim = "https://nephoran.example/roles"
        #expect(try scopes(["https://nephoran.example/roles": ["admin"]]) == ([.admin], "default"))
    }

    @Test("what is no token is refused, whatever it is", arguments: ["..", "a.b.c", "e30.e30.e30", "{}.{}.{}", "AA==.AA.AA"])
    func malformed(_ text: String) throws { #expect(try self.fault(text) == .malformed) }

    @Test("a token longer than is read is not taken apart")
    func long() throws {
        let token = try self.issuer.token(["padding": String(repeating: "x", count: 9_000)])
        #expect(throws: WebToken.Fault.tooLong) { try WebToken(token, maxBytes: 8_192, algorithms: self.rules.algorithms) }
    }

    @Test("any change of a byte ends it")
    func flips() throws {
        let bytes = Array(try self.issuer.token().utf8)
        for index in bytes.indices {
            var changed = bytes
            changed[index] = changed[index] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
            #expect(throws: WebToken.Fault.self, "byte \(index)") { try self.principal(of: String(decoding: changed, as: UTF8.self)) }
        }
    }

    @Test("base 64 has one spelling")
    func base64() {
        for length in 0..<70 {
            let bytes = (0..<length).map { _ in UInt8.random(in: .min ... .max) }
            #expect(Base64URL.bytes(Base64URL.text(bytes).utf8) == bytes)
        }
        for text in ["AB", "A", "AA=", "A+AA"] { #expect(Base64URL.bytes(text.utf8) == nil) }
    }
}
