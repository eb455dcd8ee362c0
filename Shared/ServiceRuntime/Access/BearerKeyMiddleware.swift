import AccessControl
import HTTPTypes
package import Hummingbird

/// Lets a request through when its key has a scope, and tells the handler whose key it is.
package struct BearerKeyMiddleware: RouterMiddleware {
    package typealias Context = AppContext

    let authenticator: TokenAuthenticator
    let scope: Scope
    let sparesLocal: Bool

    package func handle(_ request: Request, context: AppContext, next: (Request, AppContext) async throws -> Response) async throws -> Response {
        var context = context
        let principal: Principal
        if self.sparesLocal, request.headers[.authorization] == nil, context.isLocal(request) {
            principal = Principal(name: "local", tenant: Tenant.installation, scopes: Set(Scope.allCases), method: .none)
        } else {
            principal = try await self.authenticator.authenticate(request.headers)
        }
        context.principal = principal
        let entered = context
        return try await principal.asking {
            try principal.require(self.scope)
            return try await next(request, entered)
        }
    }
}
