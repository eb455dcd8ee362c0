import Synchronization
import Telemetry

/// `llm_requests_per_second`: interpretations a second since the scrape before, what the autoscaler looks at.
final class RequestRate: Sendable {
    private struct Count {
        var requests = 0
        var since = ContinuousClock.now
    }

    private let count = Mutex(Count())

    init(_ metrics: PrometheusRegistry) {
        metrics.beforeExposing { [weak self] registry in
            guard let self else { return }
            let rate = self.count.withLock { count in
                let seconds = count.since.duration(to: .now) / .seconds(1)
                defer { count = Count() }
                return seconds > 0 ? Double(count.requests) / seconds : 0
            }
            registry.gauge(MetricName.llmRequestsPerSecond, []).set(rate)
        }
    }

    func record() { self.count.withLock { $0.requests += 1 } }
}
