import AccessControl
import Hummingbird
import ServiceRuntime

/// What every call of the public API passes: key, rate limit, maintenance, the names in its query.
struct GatewayEdge: RouterMiddleware {
    typealias Context = AppContext

    let authenticator: TokenAuthenticator
    let limiter: RateLimiter
    let settings: Settings
    let notices: NoticeBoard

    init(authenticator: TokenAuthenticator, limiter: RateLimiter, settings: Settings, notices: NoticeBoard = NoticeBoard()) {
        self.authenticator = authenticator
        self.limiter = limiter
        self.settings = settings
        self.notices = notices
    }

    func handle(_ request: Request, context: AppContext, next: (Request, AppContext) async throws -> Response) async throws -> Response {
        var context = context
        let principal = try await self.authenticator.authenticate(request.headers)
        context.principal = principal
        let entered = context
        return try await principal.asking { try await self.admit(request, entered, principal, next) }
    }

    private func admit(
        _ request: Request, _ context: AppContext, _ principal: Principal, _ next: (Request, AppContext) async throws -> Response
    ) async throws -> Response {
        let mode = self.settings[GatewaySettings.maintenance]
        let isWrite = request.method != .get && request.method != .head
        if isWrite, mode == "read-only" || mode == "true" {
            throw ProblemError(.serviceUnavailable, code: "maintenance", detail: "Maintenance: nothing can be changed now.", headers: [.retryAfter: "60"])
        }
        var limits: HTTPFields = [:]
        if !self.limiter.isOff {
            let verdict = self.limiter.take("\(principal.tenant) \(principal.identity)")
            limits = Self.fields(of: verdict)
            guard verdict.isAllowed else { throw Self.refusal(verdict, "The key \(principal.name)") }
        }
        if let rate = self.authenticator.policy.tenants[principal.tenant]?.limits?.requestsPerSecond {
            let verdict = self.limiter.take(principal.tenant, rate: rate)
            guard verdict.isAllowed else { throw Self.refusal(verdict, "The tenant \(principal.tenant)") }
        }
        try KnownQuery.check(request, context)
        var response = try await next(request, context)
        response.headers.append(contentsOf: limits)
        return self.noticed(response, mode)
    }

    private static func fields(of verdict: RateLimiter.Verdict) -> HTTPFields {
        [HeaderName.rateLimit: "\(verdict.limit)", HeaderName.rateRemaining: "\(verdict.remaining)", HeaderName.rateReset: "\(verdict.retryAfter)"]
    }

    private static func refusal(_ verdict: RateLimiter.Verdict, _ who: String) -> ProblemError {
        var headers = self.fields(of: verdict)
        headers[.retryAfter] = "\(verdict.retryAfter)"
        return ProblemError(.tooManyRequests, code: "rate_limited", detail: "\(who) may ask \(verdict.limit) times a second.", headers: headers)
    }

    private func noticed(_ response: Response, _ mode: String) -> Response {
        let notice = self.notices.notice
        let isSet = mode != "off" && mode != "false"
        guard isSet || notice != nil else { return response }
        var response = response
        response.headers[HeaderName.maintenance] = isSet ? mode : "notice"
        response.headers[HeaderName.notice] = notice
        return response
    }
}
