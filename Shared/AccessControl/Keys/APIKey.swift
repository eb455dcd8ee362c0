/// A key as it is kept: its hashes and whose it is.
package struct APIKey: Sendable, Equatable {
    /// A hash that is good until then; the one before a rotation has an end.
    package struct Proof: Sendable, Equatable {
        package var hash: KeyHash
        /// Unix milliseconds.
        package var until: Int64?

        package init(hash: KeyHash, until: Int64? = nil) {
            self.hash = hash
            self.until = until
        }
    }

    package var name: String
    package var tenant: String
    package var roles: [String]
    /// Besides those of the roles.
    package var scopes: Set<Scope>
    package var proofs: [Proof]
    /// Unix milliseconds.
    package var expires: Int64?
    package var created: Int64?

    package init(
        name: String, tenant: String = Tenant.installation, roles: [String] = [], scopes: Set<Scope> = [], hash: KeyHash, expires: Int64? = nil,
        created: Int64? = nil
    ) {
        self.name = name
        self.tenant = tenant
        self.roles = roles
        self.scopes = scopes
        self.proofs = [Proof(hash: hash)]
        self.expires = expires
        self.created = created
    }

    /// - Parameter now: Unix milliseconds.
    package func isLive(at now: Int64) -> Bool { self.expires.map { now < $0 } ?? true }

    package func principal(under policy: AccessPolicy) -> Principal {
        Principal(name: self.name, tenant: self.tenant, scopes: self.scopes.union(policy.scopes(of: self.roles)))
    }
}
