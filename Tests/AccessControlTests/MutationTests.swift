import TestSupport
import Testing

@testable import AccessControl

@Suite struct MutationTests {
    @Test("whatever is shown as a token, it is one that its issuer signed or a fault")
    func tokens() throws {
        let issuer = try TokenIssuer()
        let (keys, policy) = (try WebKeySet(json: try issuer.keySet()), try AccessPolicy.shipped())
        let rules = TokenRules(issuer: "https://id.example", audience: "nephoran")
        let good = try [("RS256", "r"), ("ES256", "e"), ("EdDSA", "o")].map { try issuer.token(header: ["alg": $0.0, "kid": $0.1]) }
        // The payloads are what is signed: who a token is of follows from them alone.
        let payloads = Set(good.map { $0.split(separator: ".")[1] })
        try Mutations("jwt", seeds: good.map { Array($0.utf8) }).run(rounds: 2_000) { bytes throws in
            let text = String(decoding: bytes, as: UTF8.self)
            do {
                let token = try WebToken(text, maxBytes: rules.maxBytes, algorithms: rules.algorithms)
                _ = try rules.principal(of: token, keys: keys, policy: policy, now: TokenIssuer.now)
                try #require(payloads.contains(text.split(separator: ".")[1]))
            } catch is WebToken.Fault {}
        }
    }

    @Test("whatever an issuer answers, it is a set of keys that are good for checking or a fault")
    func keySets() throws {
        try Mutations("jwks", seeds: [try TokenIssuer().keySet()]).run(rounds: 500) { bytes throws in
            do { try #require(!WebKeySet(json: bytes).keys.isEmpty) } catch is AccessFault {}
        }
    }

    @Test("whatever a file of keys holds, it is read or refused with the place")
    func keyFiles() throws {
        let seed = """
            keys:
              - {name: nora, tenant: north, roles: [operator], hash: "sha256:0000000000000000000000000000000000000000000000000000000000000000", expiresAt: "2027-01-31T00:00:00Z"}
            """
        try Mutations("key-file", seeds: [Array(seed.utf8)]).run(rounds: 500) { bytes throws in
            do { _ = try KeyFile(text: String(decoding: bytes, as: UTF8.self)) } catch let fault as AccessFault { try #require(!"\(fault)".isEmpty) }
        }
    }
}
