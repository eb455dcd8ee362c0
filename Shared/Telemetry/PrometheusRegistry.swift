package import CoreMetrics
import Synchronization

/// Every metric of the process, as a swift-metrics backend and as Prometheus text.
///
/// Counters are counters, meters and non-aggregating recorders gauges, timers and aggregating recorders histograms (timers in
/// seconds). Making a handle takes a lock and builds strings: make it once and keep it. Using one is an atomic operation or a
/// short lock of its own. The same name and labels give the same handle.
package final class PrometheusRegistry: MetricsFactory {
    /// The media type of ``expose(as:)`` for who does not ask for another.
    package static let contentType = PrometheusText.contentType

    private struct State {
        var families: [String: PrometheusFamily] = [:]
        var collectors: [@Sendable (PrometheusRegistry) -> Void] = []
        var folded = 0
    }

    private let constantLabels: String
    private let seriesLimit: Int
    private let descriptions: [String: MetricDescription]
    private let state = Mutex(State())

    /// - Parameters:
    ///   - constantLabels: written on every series, such as `service` and `colour`.
    ///   - seriesLimit: series one name may have; what comes later is folded into one series whose label values are `other`.
    package init(
        constantLabels: [(String, String)] = [], seriesLimit: Int = 1_000,
        descriptions: [String: MetricDescription] = MetricDescription.known
    ) {
        self.constantLabels = PrometheusText.labels(constantLabels)
        self.seriesLimit = seriesLimit
        self.descriptions = descriptions
    }

    // MARK: Handles

    package func counter(_ name: String, _ labels: [(String, String)] = []) -> PrometheusCounter {
        if case .counter(let counter) = self.series(name, labels, .counter) { counter } else { PrometheusCounter() }
    }

    package func gauge(_ name: String, _ labels: [(String, String)] = []) -> PrometheusGauge {
        if case .gauge(let gauge) = self.series(name, labels, .gauge) { gauge } else { PrometheusGauge() }
    }

    package func histogram(_ name: String, _ labels: [(String, String)] = []) -> PrometheusHistogram {
        if case .histogram(let histogram) = self.series(name, labels, .histogram) { histogram } else { PrometheusHistogram(bounds: []) }
    }

    /// Nil when the name already is of another kind: the first use decides, the second is not exported.
    private func series(_ label: String, _ dimensions: [(String, String)], _ kind: PrometheusFamily.Kind) -> PrometheusFamily.Series? {
        let name = PrometheusText.name(label)
        let labels = PrometheusText.labels(dimensions)
        return self.state.withLock { state in
            var labels = labels
            if let family = state.families[name] {
                guard family.kind == kind else { return nil }
                if let series = family.series[labels] { return series }
                if family.series.count >= self.seriesLimit {
                    state.folded += 1
                    labels = PrometheusText.labels(dimensions.map { ($0.0, "other") })
                    if let series = family.series[labels] { return series }
                }
            } else {
                state.families[name] = PrometheusFamily(kind: kind, description: self.descriptions[name])
            }
            let series: PrometheusFamily.Series =
                switch kind {
                case .counter: .counter(PrometheusCounter())
                case .gauge: .gauge(PrometheusGauge())
                case .histogram: .histogram(PrometheusHistogram(bounds: self.bounds(of: name)))
                }
            state.families[name]?.series[labels] = series
            return series
        }
    }

    private func bounds(of name: String) -> [Double] {
        let buckets = self.descriptions[name]?.buckets ?? []
        return buckets.isEmpty ? MetricDescription.defaultBuckets : buckets
    }

    /// Handles that were asked for beyond `seriesLimit`.
    package var foldedSeries: Int { self.state.withLock { $0.folded } }

    // MARK: Exposition

    /// Runs before every exposition, for values that are read rather than counted. Must not block.
    package func beforeExposing(_ collect: @escaping @Sendable (PrometheusRegistry) -> Void) {
        self.state.withLock { $0.collectors.append(collect) }
    }

    package func expose(as format: MetricsFormat = .prometheus) -> [UInt8] {
        for collect in self.state.withLock({ $0.collectors }) { collect(self) }
        let families = self.state.withLock { $0.families }
        var text = PrometheusText(format)
        for (name, family) in families.sorted(by: { $0.key < $1.key }) {
            family.append(name: name, constantLabels: self.constantLabels, to: &text)
        }
        return text.finish()
    }

    // MARK: MetricsFactory

    package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler { self.counter(label, dimensions) }
    package func makeFloatingPointCounter(label: String, dimensions: [(String, String)]) -> any FloatingPointCounterHandler {
        self.counter(label, dimensions)
    }
    package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler { self.gauge(label, dimensions) }
    package func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        aggregate ? self.histogram(label, dimensions) : self.gauge(label, dimensions)
    }
    package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler { self.histogram(label, dimensions) }

    // Handles are shared by everybody who asked for the same series, and a counter that vanishes reads as a restart: series stay.
    package func destroyCounter(_ handler: any CounterHandler) {}
    package func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {}
    package func destroyMeter(_ handler: any MeterHandler) {}
    package func destroyRecorder(_ handler: any RecorderHandler) {}
    package func destroyTimer(_ handler: any TimerHandler) {}
}
