import JSONSchema

/// Which tokens count, and who their bearer is.
package struct TokenRules: Sendable {
    package var issuer: String
    package var audience: String
    package var algorithms: Set<WebKey.Algorithm> = Set(WebKey.Algorithm.allCases)
    /// How far clocks may be apart, in seconds.
    package var skew: Double = 60
    package var maxBytes = 8 << 10
    /// Where the claims are: a member's name, or names joined by dots.
    package var nameClaim = "sub"
    package var rolesClaim = "roles"
    /// Empty: every token is of the installation's own tenant.
    package var tenantClaim = "tenant"
    /// Roles as the issuer calls them → as the policy does.
    package var roleNames: [String: String] = [:]

    package init(issuer: String, audience: String) {
        self.issuer = issuer
        self.audience = audience
    }

    /// The bearer of a token whose signature one of `keys` made.
    ///
    /// - Parameter now: Unix seconds.
    package func principal(of token: WebToken, keys: WebKeySet, policy: AccessPolicy, now: Double) throws(WebToken.Fault) -> Principal {
        guard let key = keys.key(token.keyID, token.algorithm) else { throw .unknownKey }
        guard token.isSigned(by: key) else { throw .signature }
        let claims = try token.claims()
        guard claims["iss"]?.string == self.issuer else { throw .issuer }
        guard claims["aud"]?.texts.contains(self.audience) == true else { throw .audience }
        guard let end = claims["exp"]?.number, now < end + self.skew else { throw .expired }
        for name in ["nbf", "iat"] {
            guard let claim = claims[name] else { continue }
            guard let time = claim.number, time <= now + self.skew else { throw .early }
        }
        guard let name = claims[path: self.nameClaim]?.string, PersonName.isName(name) else { throw .subject }
        var tenant = Tenant.installation
        if !self.tenantClaim.isEmpty {
            guard let said = claims[path: self.tenantClaim]?.string, Tenant.isName(said) else { throw .tenant }
            tenant = said
        }
        // One text may hold several, as `scope` does.
        let named = (claims[path: self.rolesClaim]?.texts ?? []).flatMap { $0.split(separator: " ").map(String.init) }
        let roles = named.map { self.roleNames[$0] ?? $0 }
        return Principal(name: name, tenant: tenant, scopes: policy.scopes(of: roles), method: .token)
    }
}
