import HTTPTypes
import Hummingbird
import IntentModel
import Logging
import Telemetry

/// The outermost middleware of every service: trace in and out, deadline, body limit, errors as problems, metrics.
///
/// One type, because each middleware costs every request an existential call and a copy of the context.
struct RequestEdge: RouterMiddleware {
    typealias Context = AppContext

    let metrics: RequestMetrics
    let routes: RouteTable
    let problems: ProblemMapping
    let drain: Drain
    let maxBodyBytes: Int
    let streamingRoutes: Set<String>
    let accessLog: any AccessLog
    let failures: FailureLimit
    private let throttled: PrometheusCounter?
    /// Nobody is to come back over a line that others read.
    let isTLS: Bool
    private let clock = ContinuousClock()
    /// RFC 9110 §4.1 asks servers to take 8,000.
    private static let maxAddressBytes = 8_192

    init(
        metrics: RequestMetrics, routes: RouteTable, problems: ProblemMapping, drain: Drain, maxBodyBytes: Int, streamingRoutes: Set<String> = [],
        accessLog: any AccessLog = LoggedAccess(), failures: FailureLimit = FailureLimit(perMinute: 0), throttled: PrometheusCounter? = nil,
        isTLS: Bool = false
    ) {
        self.metrics = metrics
        self.routes = routes
        self.problems = problems
        self.drain = drain
        self.maxBodyBytes = maxBodyBytes
        self.streamingRoutes = streamingRoutes
        self.accessLog = accessLog
        self.failures = failures
        self.throttled = throttled
        self.isTLS = isTLS
    }

    func handle(_ request: Request, context: AppContext, next: (Request, AppContext) async throws -> Response) async throws -> Response {
        let start = self.clock.now
        var context = context
        let caller = request.headers[.traceparent].flatMap(TraceParent.init)
        context.trace = Tracer.shared.enter(caller)
        context.deadline = request.headers[.deadline].flatMap { Int64($0) }

        var route = context.endpointPath ?? "unmatched"
        var response: Response
        do {
            try self.check(request, context)
            var correlation = Correlation(trace: context.trace, deadline: context.deadline)
            if caller != nil { correlation.traceState = TraceState.accepted(request.headers[.traceState]) }
            let entered = context
            response = try await Correlation.$current.withValue(correlation) { try await next(request, entered) }
        } catch {
            response = self.response(to: error, request, context, &route)
        }
        response.headers[.traceparent] = context.trace.description
        // What is answered is what it says it is, and nobody's to keep but where an answer says otherwise.
        if response.headers[.xContentTypeOptions] == nil { response.headers[.xContentTypeOptions] = "nosniff" }
        if response.headers[.cacheControl] == nil { response.headers[.cacheControl] = "no-store" }
        // RFC 6797: a year, for this name alone; what else is below it is not ours to say.
        if self.isTLS { response.headers[.strictTransportSecurity] = "max-age=31536000" }
        if self.drain.isClosing { response.headers[.connection] = "close" }
        let took = start.duration(to: self.clock.now)
        let span = ServerSpan(context.trace, under: caller, route: route, took: took)
        span?.record(request.method, status: response.status.code, traceState: caller == nil ? nil : request.headers[.traceState])
        self.metrics.record(route: route, method: request.method, status: response.status.code, took: took, exemplar: span?.trace)
        if context.logger.logLevel <= .debug {
            context.logger.debug(
                "request",
                metadata: [
                    "method": .string(request.method.rawValue), "route": .string(route), "code": .stringConvertible(response.status.code),
                    "tookMs": .stringConvertible(Double(took.components.attoseconds / 1_000_000_000_000) / 1_000 + Double(took.components.seconds) * 1_000),
                    "traceId": .string(context.trace.traceID),
                ]
            )
        }
        return response
    }

    private func check(_ request: Request, _ context: AppContext) throws {
        guard request.uri.string.utf8.count <= Self.maxAddressBytes else {
            throw ProblemError(
                HTTPResponse.Status(code: 414, reasonPhrase: "URI Too Long"), code: "uri_too_long",
                detail: "The path and query are longer than \(Self.maxAddressBytes) bytes.", headers: [.connection: "close"])
        }
        if let deadline = context.deadline, deadline <= Timestamp.now() {
            throw ProblemError(.gatewayTimeout, code: "deadline_exceeded", detail: "The deadline had passed before the work began.")
        }
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > self.maxBodyBytes,
            !self.streamingRoutes.contains(context.endpointPath ?? "")
        {
            throw ProblemError(
                .contentTooLarge, code: "body_too_large", detail: "The body is larger than \(self.maxBodyBytes) bytes.", headers: [.connection: "close"]
            )
        }
    }

    private func response(to error: any Error, _ request: Request, _ context: AppContext, _ route: inout String) -> Response {
        if route == "NotFound" || route == "unmatched" {
            route = "unmatched"
            if let match = self.routes.match(request.uri.path) {
                route = match.template
                let allow: HTTPFields = [.allow: match.methods.joined(separator: ", ")]
                if request.method == .options { return Response(status: .noContent, headers: allow) }
                return ProblemError(
                    .methodNotAllowed, code: "method_not_allowed",
                    detail: "\(request.method.rawValue) is not allowed here; use \(match.methods.joined(separator: ", ")).",
                    headers: allow
                ).response(path: request.uri.path)
            }
            return ProblemError(.notFound, code: "not_found", detail: "There is nothing at \(request.uri.path).").response(path: request.uri.path)
        }
        if let problem = self.problems.problem(for: error) {
            if problem.problem.status == 401, let seconds = self.failures.refusal(of: .init(context.remoteAddress)) {
                self.throttled?.increment()
                return ProblemError(
                    .tooManyRequests, code: "too_many_failures", detail: "Too many missing or wrong keys came from this address.",
                    headers: [.retryAfter: "\(seconds)"]
                ).response(path: request.uri.path)
            }
            if problem.isRefusal { self.record(problem, request, route, context) }
            if problem.problem.status >= 500 { self.log(.warning, "request failed", error, route, context) }
            return problem.response(path: request.uri.path)
        }
        if Disconnection.explains(error) {
            // Nobody is there to read it; the status is for the metrics.
            self.log(.debug, "client went away", error, route, context)
            return Response(status: HTTPResponse.Status(code: 499, reasonPhrase: "Client Closed Request"))
        }
        self.log(.error, "request failed", error, route, context)
        return ProblemError(
            .internalServerError, code: "internal", detail: "An error that was not expected. The log tells more under trace \(context.trace.traceID)."
        ).response(path: request.uri.path)
    }

    private func record(_ problem: ProblemError, _ request: Request, _ route: String, _ context: AppContext) {
        self.accessLog.record(
            RefusedAccess(
                principal: problem.principal, method: request.method.rawValue, route: route, status: problem.problem.status, code: problem.problem.code,
                reason: problem.refusal ?? problem.problem.detail, remote: context.remoteAddress?.ipAddress, traceID: context.trace.traceID))
    }

    private func log(_ level: Logger.Level, _ message: Logger.Message, _ error: any Error, _ route: String, _ context: AppContext) {
        context.logger.log(
            level: level, message,
            metadata: ["route": .string(route), "error": .string("\(error)"), "traceId": .string(context.trace.traceID)]
        )
    }
}
