/// Who asks.
package struct Principal: Sendable, Equatable {
    /// How he was recognised.
    package enum Method: String, Sendable {
        case key, token
        /// Another service of the installation, see ``ServiceSecret``.
        case service
        /// Nobody was asked: authentication is off, or the caller is on this machine.
        case none
    }

    /// Name of the key, or subject of the token; for the record and the log.
    package let name: String
    /// Whose intents are his; see ``Tenant``.
    package let tenant: String
    package let scopes: Set<Scope>
    package let method: Method

    package init(name: String, tenant: String, scopes: Set<Scope>, method: Method = .key) {
        self.name = name
        self.tenant = tenant
        self.scopes = scopes
        self.method = method
    }

    /// `key:night-shift`: a token's subject cannot pass for a key of that name.
    package var identity: String { "\(self.method.rawValue):\(self.name)" }

    package func may(_ scope: Scope) -> Bool { self.scopes.contains(scope) || self.scopes.contains(.admin) }

    /// An `admin` of the installation's own tenant: he sees every tenant and runs what all share.
    package var administersInstallation: Bool { self.tenant == Tenant.installation && self.may(.admin) }

    /// Whether what belongs to `tenant` exists for him at all.
    package func sees(_ tenant: String) -> Bool { tenant == self.tenant || self.administersInstallation }

    /// His tenant, unless it is the installation's own: he is not told what all tenants together do.
    package var foreignTenant: String? { self.tenant == Tenant.installation ? nil : self.tenant }

    /// What belongs to this tenant alone is for him; nil when everything is.
    package var confinement: String? { self.administersInstallation ? nil : self.tenant }

    /// Everybody, where authentication is off.
    package static let anonymous = Principal(name: "anonymous", tenant: Tenant.installation, scopes: Set(Scope.allCases), method: .none)
}
