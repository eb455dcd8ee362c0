import HTTPTypes
import Telemetry

/// The span of a request that was answered (semantic conventions for HTTP server spans). Made when all of it is known.
struct ServerSpan {
    let trace: TraceParent
    private let caller: TraceParent?
    private let route: String
    private let took: Duration

    /// What probes and scrapers ask all day.
    private static let untold: Set<String> = ["/healthz", "/readyz", "/health", "/version", "/metrics"]

    /// Nil unless its trace is recorded.
    init?(_ trace: TraceParent, under caller: TraceParent?, route: String, took: Duration) {
        guard Tracer.shared.isOn, trace.isSampled, !Self.untold.contains(route) else { return nil }
        self.trace = trace
        self.caller = caller
        self.route = route
        self.took = took
    }

    func record(_ method: HTTPRequest.Method, status: Int, traceState: String?) {
        let end = Tracer.now()
        let (seconds, attoseconds) = self.took.components
        let nanoseconds = UInt64(max(0, seconds)) * 1_000_000_000 + UInt64(max(0, attoseconds)) / 1_000_000_000
        // A caller may send any word as a method.
        let isKnown = HTTPRequest.Method.usual.contains(method)
        var span = EndedSpan(
            "\(isKnown ? method.rawValue : "HTTP") \(self.route)", .server, self.trace, parent: self.caller?.span ?? 0, start: end &- nanoseconds)
        span.end = end
        span.traceState = TraceState.accepted(traceState)
        span.attributes = [
            SpanAttribute("http.request.method", isKnown ? method.rawValue : "_OTHER"), SpanAttribute("http.route", self.route),
            SpanAttribute("http.response.status_code", status),
        ]
        if status >= 500 { span.error = "\(status)" }
        Tracer.shared.record(span)
    }
}
