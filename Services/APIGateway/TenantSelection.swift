import AccessControl
import Hummingbird
import ServiceRuntime

extension Principal {
    /// Whose intents a list is of: his own, or, for an admin of the installation, those of `?tenant=` or (nil) of all.
    func selected(_ request: Request) throws -> String? {
        guard let tenant = request.uri.queryParameters["tenant"].map(String.init) else { return self.confinement }
        guard Tenant.isName(tenant) else {
            throw ProblemError(.badRequest, code: "invalid_query", detail: "tenant must be the name of a tenant.")
        }
        guard self.sees(tenant) else {
            var missing = ProblemError(.notFound, code: "not_found", detail: "There is no tenant \(tenant).")
            missing.refusal = "the list of the tenant \(tenant)"
            throw missing
        }
        return tenant
    }
}
