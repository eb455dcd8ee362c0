import AccessControl
import HTTPFetch

/// Who may ask: keys, tokens of an identity provider, roles.
package enum AccessSettings {
    package static let mode = SettingKey.choice("AUTH_MODE", default: "token", of: ["token", "off"], "off only while the service listens on loopback.")
    package static let token = SettingKey.secret("AUTH_TOKEN", "One key with every scope, tenant \"default\"; several while it is replaced.")
    package static let keysFile = SettingKey.optionalString("AUTH_KEYS_FILE", "YAML file of keys, kept by nephoran key; read again when it changes.")
    package static let pepper = SettingKey.secret("AUTH_PEPPER", "Secret that the hashes in AUTH_KEYS_FILE are made with, at least 32 characters.")
    static let failureLimit = SettingKey.integer(
        "AUTH_FAILURES_PER_MINUTE", default: 300, in: 0...1_000_000, "Missing and wrong keys an address may show; more are 429 and only counted. 0: no limit.")
    package static let serviceSecret = SettingKey.secret(
        "SERVICE_SECRET",
        "What services sign their calls of each other with, at least 32 characters; with it they need a signature or a key, also on loopback.")
    package static let policyFile = SettingKey.optionalString(
        "POLICY_FILE", "YAML file of policy: roles, tenants, what waits for approval or is refused, besides or instead of what ships; see docs/security.md.")
    package static let issuer = SettingKey.optionalString("JWT_ISSUER", "Issuer (iss) whose tokens are taken; without it none are.")
    package static let audience = SettingKey.optionalString("JWT_AUDIENCE", "What tokens must be meant for (aud).")
    package static let keySetURL = SettingKey.url("JWT_JWKS_URL", "Where the issuer's public keys are; https, or http on this machine.")
    package static let keySetFile = SettingKey.optionalString("JWT_JWKS_FILE", "File of the issuer's public keys, instead of JWT_JWKS_URL.")
    static let issuerTrust = PeerTrust("JWT_JWKS", "the issuer's certificate is")
    package static let keySetAge = SettingKey.duration(
        "JWT_JWKS_MAX_AGE", default: .seconds(600), in: .seconds(1)...(.seconds(86_400)), "After this the issuer's keys are read again.")
    package static let keySetInterval = SettingKey.duration(
        "JWT_JWKS_MIN_INTERVAL", default: .seconds(10), in: .milliseconds(100)...(.seconds(3_600)),
        "Least time between two reads, whatever keys tokens name.")
    package static let algorithms = SettingKey.list(
        "JWT_ALGORITHMS", default: WebKey.Algorithm.allCases.map(\.rawValue), "Algorithms tokens may be signed with: RS256, ES256, EdDSA.")
    package static let skew = SettingKey.duration(
        "JWT_CLOCK_SKEW", default: .seconds(60), in: .zero ... .seconds(600), "How far the issuer's clock may be from ours.")
    package static let nameClaim = SettingKey.string("JWT_NAME_CLAIM", default: "sub", "Claim that names the bearer.")
    package static let rolesClaim = SettingKey.string("JWT_ROLES_CLAIM", default: "roles", "Claim with the roles, such as realm_access.roles.")
    package static let tenantClaim = SettingKey.string(
        "JWT_TENANT_CLAIM", default: "tenant", "Claim with the tenant; empty: every token is of the tenant \"default\".")
    package static let roleNames = SettingKey.list("JWT_ROLE_NAMES", "Roles as the issuer calls them, such as noc-l2=operator, for those called otherwise.")

    static let declarations =
        [
            mode.declaration, token.declaration, keysFile.declaration, pepper.declaration, serviceSecret.declaration, failureLimit.declaration,
            policyFile.declaration, issuer.declaration, audience.declaration,
            keySetURL.declaration, keySetFile.declaration, keySetAge.declaration, keySetInterval.declaration, algorithms.declaration, skew.declaration,
            nameClaim.declaration, rolesClaim.declaration, tenantClaim.declaration, roleNames.declaration,
        ] + issuerTrust.declarations

    /// Nil when no tokens are taken.
    static func tokenRules(_ settings: Settings) throws(InvalidSetting) -> TokenRules? {
        guard let issuer = settings[self.issuer] else {
            for (name, isSet) in [("JWT_JWKS_URL", settings[self.keySetURL] != nil), ("JWT_JWKS_FILE", settings[self.keySetFile] != nil)] where isSet {
                throw InvalidSetting(key: "JWT_ISSUER", value: "", allowed: "the issuer whose keys \(name) names")
            }
            return nil
        }
        guard let audience = settings[self.audience] else { throw InvalidSetting(key: "JWT_AUDIENCE", value: "", allowed: "what tokens of \(issuer) are for") }
        var rules = TokenRules(issuer: issuer, audience: audience)
        rules.algorithms = []
        for name in settings[self.algorithms] {
            guard let algorithm = WebKey.Algorithm(rawValue: name) else {
                throw InvalidSetting(key: "JWT_ALGORITHMS", value: name, allowed: "RS256, ES256, EdDSA")
            }
            rules.algorithms.insert(algorithm)
        }
        rules.skew = settings[self.skew] / .seconds(1)
        (rules.nameClaim, rules.rolesClaim, rules.tenantClaim) = (settings[self.nameClaim], settings[self.rolesClaim], settings[self.tenantClaim])
        for pair in settings[self.roleNames] {
            let parts = pair.split(separator: "=", omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
                throw InvalidSetting(key: "JWT_ROLE_NAMES", value: pair, allowed: "pairs such as noc-l2=operator")
            }
            rules.roleNames[String(parts[0].trimmingSpaces)] = String(parts[1].trimmingSpaces)
        }
        return rules
    }

    static func keySource(_ settings: Settings) throws(InvalidSetting) -> WebKeySource {
        let place: WebKeySource.Place
        var fetcher: HTTPFetcher?
        switch (settings[self.keySetURL], settings[self.keySetFile]) {
        case (nil, let path?): place = .file(path)
        case (let url?, nil):
            let host = url.dropFirst("http://".count).prefix { $0 != "/" && $0 != ":" }
            guard url.hasPrefix("https://") || LoopbackAddress.contains(String(host)) else {
                throw InvalidSetting(
                    key: "JWT_JWKS_URL", value: url, allowed: "https:// (who can change these keys can be anybody), or http:// on this machine")
            }
            place = .url(url)
            fetcher = HTTPFetcher(try HTTPFetcher.Configuration().trusting(self.issuerTrust, settings))
        default: throw InvalidSetting(key: "JWT_JWKS_URL", value: "", allowed: "either JWT_JWKS_URL or JWT_JWKS_FILE")
        }
        return WebKeySource(place, maxAge: settings[self.keySetAge], minInterval: settings[self.keySetInterval], fetcher: fetcher)
    }
}
