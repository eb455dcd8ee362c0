import Hummingbird
import ServiceRuntime

/// What every call of the public API passes: key, rate limit, maintenance.
struct GatewayEdge: RouterMiddleware {
    typealias Context = AppContext

    let authenticator: TokenAuthenticator
    let limiter: RateLimiter
    let settings: Settings

    init(authenticator: TokenAuthenticator, limiter: RateLimiter, settings: Settings) {
        self.authenticator = authenticator
        self.limiter = limiter
        self.settings = settings
    }

    func handle(_ request: Request, context: AppContext, next: (Request, AppContext) async throws -> Response) async throws -> Response {
        var context = context
        let principal = try self.authenticator.authenticate(request.headers)
        context.principal = principal

        let mode = self.settings[GatewaySettings.maintenance]
        let isWrite = request.method != .get && request.method != .head
        if isWrite, mode == "read-only" || mode == "true" {
            throw ProblemError(.serviceUnavailable, code: "maintenance", detail: "Maintenance: nothing can be changed now.", headers: [.retryAfter: "60"])
        }
        guard !self.limiter.isOff else { return Self.noticed(try await next(request, context), mode) }

        let verdict = self.limiter.take(principal.name)
        let limits: HTTPFields = [
            HeaderName.rateLimit: "\(verdict.limit)", HeaderName.rateRemaining: "\(verdict.remaining)", HeaderName.rateReset: "\(verdict.retryAfter)",
        ]
        guard verdict.isAllowed else {
            var headers = limits
            headers[.retryAfter] = "\(verdict.retryAfter)"
            throw ProblemError(
                .tooManyRequests, code: "rate_limited", detail: "The key \(principal.name) may ask \(verdict.limit) times a second.", headers: headers)
        }
        var response = try await next(request, context)
        response.headers.append(contentsOf: limits)
        return Self.noticed(response, mode)
    }

    private static func noticed(_ response: Response, _ mode: String) -> Response {
        guard mode != "off", mode != "false" else { return response }
        var response = response
        response.headers[HeaderName.maintenance] = mode
        return response
    }
}
