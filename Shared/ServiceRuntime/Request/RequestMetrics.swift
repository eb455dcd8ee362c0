import HTTPTypes
import Hummingbird
import Synchronization
import Telemetry

/// `http_requests_total` and `http_request_duration_seconds`, with handles that are made once per route, method and status.
final class RequestMetrics: Sendable {
    private struct Key: Hashable {
        let route: String
        let method: HTTPRequest.Method
        let status: Int
    }

    private struct Handles {
        let count: PrometheusCounter
        let duration: PrometheusHistogram
    }

    private let registry: PrometheusRegistry
    private let handles = Mutex<[Key: Handles]>([:])

    init(_ registry: PrometheusRegistry) { self.registry = registry }

    /// - Parameters:
    ///   - route: the template; never the path, which has no bound.
    ///   - exemplar: the request's place in its trace, when that is recorded.
    func record(route: String, method: HTTPRequest.Method, status: Int, took: Duration, exemplar: TraceParent? = nil) {
        let key = Key(route: route, method: Self.bounded(method), status: status)
        let handles = self.handles.withLock { known in
            if let handles = known[key] { return handles }
            let handles = self.make(key)
            known[key] = handles
            return handles
        }
        handles.count.increment()
        let (seconds, attoseconds) = took.components
        handles.duration.observe(Double(seconds) + Double(attoseconds) / 1e18, exemplar: exemplar)
    }

    private func make(_ key: Key) -> Handles {
        let labels = [("method", key.method.rawValue), ("route", key.route), ("code", "\(key.status)"), ("status", "\(key.status)")]
        return Handles(
            count: self.registry.counter(MetricName.httpRequestsTotal, labels), duration: self.registry.histogram(MetricName.httpRequestDuration, labels)
        )
    }

    /// A caller may send any word as a method.
    private static func bounded(_ method: HTTPRequest.Method) -> HTTPRequest.Method {
        HTTPRequest.Method.usual.contains(method) ? method : .trace
    }
}

extension HTTPRequest.Method {
    static let usual: Set<Self> = [.get, .post, .put, .delete, .head, .patch, .options]
}
