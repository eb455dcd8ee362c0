import Crypto
import Foundation
import Testing

@testable import AccessControl

@Suite("What services show each other") struct ServiceTokenTests {
    private static let secret = String(repeating: "s", count: 32)
    private static let other = String(repeating: "o", count: 32)
    private static let now: Int64 = 1_764_000_000

    private func fault(_ token: String, of secret: ServiceSecret, callee: String = "rag-api", at time: Int64 = Self.now) -> WebToken.Fault? {
        do {
            _ = try secret.caller(of: token, callee: callee, now: time)
            return nil
        } catch { return error }
    }

    @Test("one is good for the service it was made for, for a minute, and names who made it")
    func good() throws {
        let secret = try ServiceSecret(Self.secret)
        let token = secret.token(from: "api-gateway", to: "rag-api", now: Self.now)
        #expect(ServiceSecret.isToken(token) && WebToken.isToken(token))
        #expect(try secret.caller(of: token, callee: "rag-api", now: Self.now) == "api-gateway")
        #expect(self.fault(token, of: secret, at: Self.now + 69) == nil && self.fault(token, of: secret, at: Self.now - 10) == nil)
        #expect(self.fault(token, of: secret, at: Self.now + 70) == .expired)
        #expect(self.fault(token, of: secret, at: Self.now - 11) == .early)
        #expect(self.fault(token, of: secret, callee: "oran-adaptor") == .audience)
        #expect(self.fault(token, of: try ServiceSecret(Self.other)) == .signature)
    }

    @Test("nothing of it can be changed, left out, or said by its header")
    func forged() throws {
        let secret = try ServiceSecret(Self.secret)
        let token = secret.token(from: "api-gateway", to: "rag-api", now: Self.now)
        let parts = token.split(separator: ".").map(String.init)
        let claims = Base64URL.text(Array(#"{"iss":"nephoran","sub":"api-gateway","aud":"oran-adaptor","iat":\#(Self.now),"exp":\#(Self.now + 60)}"#.utf8))
        #expect(self.fault("\(parts[0]).\(claims).\(parts[2])", of: secret, callee: "oran-adaptor") == .signature)
        #expect(self.fault("\(parts[0]).\(parts[1]).", of: secret) == .signature)
        #expect(self.fault("\(parts[0]).\(parts[1])", of: secret) == .malformed)
        #expect(self.fault(token + String(repeating: "A", count: 2_000), of: secret) == .tooLong)
        let none = Base64URL.text(Array(#"{"alg":"none","typ":"service+jwt"}"#.utf8))
        #expect(!ServiceSecret.isToken("\(none).\(parts[1]).") && self.fault("\(none).\(parts[1]).", of: secret) == .malformed)
        // Signed rightly, and good for an hour: nobody makes those.
        func signed(_ claims: String) -> String {
            let text = parts[0] + "." + Base64URL.text(Array(claims.utf8))
            let code = HMAC<SHA256>.authenticationCode(for: Data(text.utf8), using: SymmetricKey(data: Data(Self.secret.utf8)))
            return text + "." + Base64URL.text(Array(code))
        }
        #expect(
            self.fault(signed(#"{"iss":"nephoran","sub":"x","aud":"rag-api","iat":\#(Self.now),"exp":\#(Self.now + 3_600)}"#), of: secret) == .expired)
        #expect(self.fault(signed(#"{"iss":"else","sub":"x","aud":"rag-api","iat":\#(Self.now),"exp":\#(Self.now + 60)}"#), of: secret) == .issuer)
        #expect(self.fault(signed(#"{"iss":"nephoran","sub":"","aud":"rag-api","iat":\#(Self.now),"exp":\#(Self.now + 60)}"#), of: secret) == .subject)
        #expect(self.fault(signed("[]"), of: secret) == .malformed)
    }

    @Test("while a secret is replaced, both are believed and the first signs")
    func replaced() throws {
        let (old, both, new) = (try ServiceSecret(Self.secret), try ServiceSecret("\(Self.other)\n\(Self.secret)\n"), try ServiceSecret(Self.other))
        let token = both.token(from: "a", to: "rag-api", now: Self.now)
        #expect(self.fault(token, of: new) == nil && self.fault(token, of: old) == .signature)
        #expect(self.fault(old.token(from: "a", to: "rag-api", now: Self.now), of: both) == nil)
        for text in ["", " ", "short", Self.secret + " short"] { #expect(throws: AccessFault.self) { try ServiceSecret(text) } }
    }
}
