package import HTTPFetch
import Logging
import ServiceLifecycle
import Synchronization
package import Telemetry

/// Sends ended spans to a collector, many at a time. Nobody waits for it: what the collector does not take in time is dropped and counted.
package final class SpanExporter: Service {
    /// What it must not do without.
    package struct Configuration: Sendable {
        /// Complete, with path.
        package var url: String
        /// Asked for each request: they may hold a key that is replaced.
        package var headers: @Sendable () -> [(String, String)] = { [] }
        /// Spans of one request.
        package var batch = 512
        /// Between looks at what has ended.
        package var interval = Duration.milliseconds(500)
        /// Of one request.
        package var timeout = Duration.seconds(5)
        /// A collector that is away, or asks to be left alone, is asked so often in all.
        package var attempts = 3
        /// For everything that is left at the end.
        package var drain = Duration.seconds(2)

        package init(url: String) { self.url = url }
    }

    private enum Loss: String, CaseIterable { case rejected, unreachable, full = "queue_full" }

    /// Zero from the start, whether spans are exported or not.
    package static func countNothing(in metrics: PrometheusRegistry) {
        metrics.counter(MetricName.spansExportedTotal).increment(by: Int64(0))
        for loss in Loss.allCases { metrics.counter(MetricName.spansDroppedTotal, [("reason", loss.rawValue)]).increment(by: Int64(0)) }
    }

    private let tracer: Tracer
    private let encoder: OTLPTraces
    private let configuration: Configuration
    private let fetcher: HTTPFetcher
    private let exported: PrometheusCounter
    private let lost: [Loss: PrometheusCounter]
    private let logger = Logger(label: "traces")
    /// Said once until it works again.
    private let isFailing = Atomic<Bool>(false)

    package init(_ tracer: Tracer, _ encoder: OTLPTraces, _ configuration: Configuration, fetcher: HTTPFetcher, metrics: PrometheusRegistry) {
        self.tracer = tracer
        self.encoder = encoder
        self.configuration = configuration
        self.fetcher = fetcher
        self.exported = metrics.counter(MetricName.spansExportedTotal)
        self.lost = Dictionary(
            uniqueKeysWithValues: Loss.allCases.map { ($0, metrics.counter(MetricName.spansDroppedTotal, [("reason", $0.rawValue)])) })
        let full = metrics.counter(MetricName.spansDroppedTotal, [("reason", Loss.full.rawValue)])
        metrics.beforeExposing { _ in full.set(Double(tracer.dropped)) }
    }

    package func run() async throws {
        let end = Mutex<ContinuousClock.Instant?>(nil)
        await withGracefulShutdownHandler {
            await cancelWhenGracefulShutdown {
                while (try? await Task.sleep(for: self.configuration.interval)) != nil { await self.exportAll(until: nil) }
            }
        } onGracefulShutdown: {
            end.withLock { $0 = .now + self.configuration.drain }
        }
        // The last spans end with the work that is being finished; this service is stopped after all that makes them.
        let last = end.withLock { $0 } ?? .now + self.configuration.drain
        await Task { await self.exportAll(until: last) }.value
        self.fetcher.stop()
    }

    /// Everything that waits, batch by batch; what has to wait beyond `end` is dropped.
    private func exportAll(until end: ContinuousClock.Instant?) async {
        while !Task.isCancelled {
            let spans = self.tracer.take(self.configuration.batch)
            guard !spans.isEmpty else { return }
            if let end, ContinuousClock.now >= end { self.drop(spans, .failure(.timedOut)) } else { await self.export(spans, until: end) }
        }
    }

    private func export(_ spans: [EndedSpan], until end: ContinuousClock.Instant?) async {
        let body = self.encoder.encode(spans)
        var pause = Duration.milliseconds(500)
        for attempt in 1...max(1, self.configuration.attempts) {
            var timeout = self.configuration.timeout
            if let end { timeout = min(timeout, max(.milliseconds(10), ContinuousClock.now.duration(to: end))) }
            let request = FetchRequest(
                method: "POST", url: self.configuration.url, headers: [("content-type", OTLPTraces.contentType)] + self.configuration.headers(), body: body,
                timeout: timeout, maxResponseBytes: 64 << 10)
            let result = await self.result(of: request)
            if case .success(let response) = result, (200..<300).contains(response.status) {
                self.exported.increment(by: Int64(spans.count))
                if self.isFailing.exchange(false, ordering: .relaxed) { self.logger.notice("the collector of traces takes spans again") }
                return
            }
            guard let wait = self.wait(after: result, pause), attempt < self.configuration.attempts, end == nil, !Task.isCancelled else {
                return self.drop(spans, result)
            }
            try? await Task.sleep(for: wait)
            pause = pause * 2
        }
    }

    /// Told to stop, the request under way has a while yet: its spans are nowhere else.
    private func result(of request: FetchRequest) async -> Result<FetchResponse, FetchError> {
        let sending = Task { [fetcher] in await fetcher.result(of: request) }
        let drain = self.configuration.drain
        return await withTaskCancellationHandler {
            await sending.value
        } onCancel: {
            Task {
                try? await Task.sleep(for: drain)
                sending.cancel()
            }
        }
    }

    /// Nil when asking again is of no use (OTLP/HTTP, "Failures").
    private func wait(after result: Result<FetchResponse, FetchError>, _ pause: Duration) -> Duration? {
        switch result {
        case .success(let response) where [429, 502, 503, 504].contains(response.status): min(response.retryAfter ?? pause, .seconds(10))
        case .success: nil
        case .failure: pause * Double.random(in: 0.5...1)
        }
    }

    private func drop(_ spans: [EndedSpan], _ result: Result<FetchResponse, FetchError>) {
        let (loss, reason): (Loss, String) =
            switch result {
            case .success(let response): (.rejected, "HTTP \(response.status)")
            case .failure(let error): (.unreachable, "\(error)")
            }
        self.lost[loss]?.increment(by: Int64(spans.count))
        guard !self.isFailing.exchange(true, ordering: .relaxed) else { return }
        self.logger.warning("spans dropped: the collector of traces does not take them", metadata: ["reason": .string(reason)])
    }
}
