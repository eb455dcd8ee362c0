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
        if self.sparesLocal, request.headers[.authorization] == nil, context.isLocal(request) {
            context.principal = Principal(name: "local", tenant: "default", scopes: Set(Scope.allCases))
        } else {
            let principal = try self.authenticator.authenticate(request.headers)
            try principal.require(self.scope)
            context.principal = principal
        }
        return try await next(request, context)
    }
}
