package import AccessControl

extension Principal {
    /// Throws 403 `forbidden` unless the key has the scope.
    package func require(_ scope: Scope) throws {
        guard self.may(scope) else {
            let what = self.method == .token ? "The token of" : "The key"
            throw ProblemError(.forbidden, code: "forbidden", detail: "\(what) \(self.name) does not have the scope \(scope.rawValue).")
        }
    }

    /// Throws 403 `forbidden` unless he administers what all tenants share.
    package func requireInstallation(_ what: String) throws {
        guard self.administersInstallation else {
            throw ProblemError(
                .forbidden, code: "forbidden",
                detail: "\(what) is for an admin of the installation: scope admin, tenant \(Tenant.installation).")
        }
    }

    /// Runs a request of this principal; what it is refused names him, for the audit.
    package func asking<Answer>(_ body: () async throws -> Answer) async throws -> Answer {
        do { return try await body() } catch var error as ProblemError {
            if error.isRefusal { error.principal = self }
            throw error
        }
    }
}
