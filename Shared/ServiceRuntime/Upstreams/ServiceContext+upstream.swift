package import Resilience
import Telemetry

extension ServiceContext {
    /// The guards towards a system that this service calls, as the settings say, with their gauges.
    ///
    /// - Parameter change: what is different for this one.
    package func upstream(_ name: String, _ change: (inout Upstream.Configuration) -> Void = { _ in }) -> Upstream {
        var configuration = ResilienceSettings.configuration(self.settings)
        change(&configuration)
        let upstream = Upstream(name, configuration)
        self.metrics.beforeExposing { upstream.export(to: $0) }
        return upstream
    }
}

extension Upstream {
    /// Read when the metrics are scraped: a call costs nothing for them.
    func export(to registry: PrometheusRegistry) {
        let label = [("upstream", self.name)]
        registry.gauge(MetricName.circuitBreakerState, label).set(Int64(self.breaker.state.rawValue))
        registry.gauge(MetricName.circuitBreakerShare, label).set(self.breaker.share ?? 0)
        registry.counter(MetricName.circuitBreakerTransitionsTotal, label).set(Double(self.breaker.transitions))
        registry.gauge(MetricName.retryBudgetBalance, label).set(self.budget.balance)
        registry.counter(MetricName.retriesTotal, label).set(Double(self.retries))
        registry.gauge(MetricName.hedgeDelay, label).set((self.hedge.delay ?? .zero) / .seconds(1))
        registry.counter(MetricName.hedgesTotal, label).set(Double(self.hedge.started))
        registry.counter(MetricName.hedgesWonTotal, label).set(Double(self.hedge.won))
        let occupancy = self.bulkhead.occupancy
        registry.gauge(MetricName.bulkheadLimit, label).set(Int64(self.bulkhead.limit))
        registry.gauge(MetricName.bulkheadInside, label).set(Int64(occupancy.inside))
        registry.gauge(MetricName.bulkheadWaiting, label).set(Int64(occupancy.waiting))
        registry.gauge(MetricName.upstreamPause, label).set((self.pause ?? .zero) / .seconds(1))
        for (reason, count) in zip(UpstreamRefusal.reasons, self.refused) {
            registry.counter(MetricName.upstreamRefusedTotal, label + [("reason", reason)]).set(Double(count))
        }
    }
}
