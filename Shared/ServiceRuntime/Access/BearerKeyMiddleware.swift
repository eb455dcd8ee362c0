package import AccessControl
import HTTPTypes
package import Hummingbird

/// Lets a request through when its key has a scope, and tells the handler whose key it is.
package struct BearerKeyMiddleware: RouterMiddleware {
    package typealias Context = AppContext

    /// When callers on this machine itself need no key.
    enum Sparing {
        case always, never
        /// Not where services sign their calls.
        case withoutServiceSecret
    }

    let authenticator: TokenAuthenticator
    let scope: Scope
    let sparesLocal: Sparing
    /// The service that is called, where signatures of others count.
    var service: String?
    /// Only for the tenant whose installation it is; in words for who is not of it.
    var installations: String?
    /// Where what is changed through it is kept.
    var acts: ActLog?

    package func handle(_ request: Request, context: AppContext, next: (Request, AppContext) async throws -> Response) async throws -> Response {
        var context = context
        let principal: Principal
        if self.spares, request.headers[.authorization] == nil, context.isLocal(request) {
            principal = Principal(name: "local", tenant: Tenant.installation, scopes: Set(Scope.allCases), method: .none)
        } else if let service {
            principal = try await self.authenticator.authenticate(request.headers, callOf: service)
        } else {
            principal = try await self.authenticator.authenticate(request.headers)
        }
        context.principal = principal
        let entered = context
        return try await principal.asking {
            try principal.require(self.scope)
            if let what = self.installations, let tenant = principal.foreignTenant {
                throw ProblemError(
                    .forbidden, code: "forbidden", detail: "\(what) is for the tenant \(Tenant.installation), and the key \(principal.name) is of \(tenant).")
            }
            do {
                let response = try await next(request, entered)
                self.acts?.record(request, entered, principal, response.status.code)
                return response
            } catch {
                self.acts?.record(request, entered, principal, AuditedAct.status(of: error))
                throw error
            }
        }
    }

    private var spares: Bool {
        switch self.sparesLocal {
        case .always: true
        case .never: false
        case .withoutServiceSecret: !self.authenticator.knowsServices
        }
    }
}

extension ServiceContext {
    /// For operators' routes: a key with this scope, another service, or a caller on this machine itself. What an admin may do here, all tenants
    /// share: it takes one of the installation.
    package func operators(_ scope: Scope) -> BearerKeyMiddleware {
        BearerKeyMiddleware(
            authenticator: self.authenticator, scope: scope, sparesLocal: .always, service: self.name,
            installations: scope == .admin ? "The process" : nil, acts: self.acts)
    }

    /// For what other services call: their signature, or a key with this scope. Without `SERVICE_SECRET` also a caller on this machine itself.
    ///
    /// - Parameters:
    ///   - installations: what all tenants share, in words, when no key of another tenant than the installation's is let through.
    ///   - recordsActs: whether what people change through it goes into the audit log. Of calls that change nothing, and of what services do by
    ///     themselves, it would only tell how often.
    ///   - sparesLocal: false asks callers on this machine, too, whether there is a `SERVICE_SECRET` or not.
    package func callers(_ scope: Scope, installations: String? = nil, recordsActs: Bool = false, sparesLocal: Bool = true) -> BearerKeyMiddleware {
        BearerKeyMiddleware(
            authenticator: self.authenticator, scope: scope, sparesLocal: sparesLocal ? .withoutServiceSecret : .never, service: self.name,
            installations: installations, acts: recordsActs ? self.acts : nil)
    }
}
