/// Who asks.
package struct Principal: Sendable, Equatable {
    /// Name of the key, for the record and the log.
    package let name: String
    package let tenant: String
    package let scopes: Set<Scope>

    package init(name: String, tenant: String, scopes: Set<Scope>) {
        self.name = name
        self.tenant = tenant
        self.scopes = scopes
    }

    package func may(_ scope: Scope) -> Bool { self.scopes.contains(scope) || self.scopes.contains(.admin) }

    /// Throws 403 `forbidden` unless the key has the scope.
    package func require(_ scope: Scope) throws {
        guard self.may(scope) else {
            throw ProblemError(.forbidden, code: "forbidden", detail: "The key \(self.name) does not have the scope \(scope.rawValue).")
        }
    }

    /// Everybody, where authentication is off.
    static let anonymous = Principal(name: "anonymous", tenant: "default", scopes: Set(Scope.allCases))
}
