import HTTPFetch
import Logging
import ServiceLifecycle
import Telemetry
import TestSupport
import Testing

@testable import ServiceRuntime

@Suite struct SpanExporterTests {
    private let caller = TraceParent(traceHigh: 1, traceLow: 2, span: 3, isSampled: true)

    private struct Fixture {
        let tracer = Tracer()
        let metrics = PrometheusRegistry()
        let collector: OTLPReceiver
        let exporter: SpanExporter

        init(limit: Int = 1_000, adjust: (inout SpanExporter.Configuration) -> Void = { _ in }) async throws {
            self.collector = try await OTLPReceiver.start()
            var configuration = SpanExporter.Configuration(url: self.collector.url + OTLPTraces.path)
            configuration.interval = .milliseconds(5)
            configuration.timeout = .milliseconds(300)
            configuration.drain = .milliseconds(300)
            adjust(&configuration)
            self.tracer.start(TraceSampler(.always), limit: limit)
            self.exporter = SpanExporter(
                self.tracer, OTLPTraces(resource: [.init("service.name", "s")], version: "1"), configuration, fetcher: HTTPFetcher(), metrics: self.metrics)
        }

        func dropped(_ reason: String) -> Double {
            _ = self.metrics.expose()
            return self.metrics.counter(MetricName.spansDroppedTotal, [("reason", reason)]).value
        }

        /// Runs the exporter while `body` does, then drains it.
        func run(_ body: () async throws -> Void) async throws {
            let group = ServiceGroup(configuration: .init(services: [self.exporter], logger: Logger(label: "test")))
            let running = Task { try await group.run() }
            do { try await body() } catch {
                await group.triggerGracefulShutdown()
                try await running.value
                throw error
            }
            await group.triggerGracefulShutdown()
            try await running.value
            await self.collector.stop()
        }
    }

    private func end(_ count: Int, _ fixture: Fixture) {
        for number in 0..<count { fixture.tracer.begin("span \(number)", .internal, under: self.caller)?.end() }
    }

    @Test("spans arrive in batches, with the headers that were set, and are counted")
    func exports() async throws {
        let fixture = try await Fixture {
            $0.batch = 4
            $0.headers = { [("x-key", "k")] }
        }
        try await fixture.run {
            self.end(10, fixture)
            try await eventually { fixture.collector.spans.count == 10 }
        }
        #expect(fixture.collector.spans.map(\.name) == (0..<10).map { "span \($0)" } && fixture.collector.spans.allSatisfy { $0.service == "s" })
        #expect(
            fixture.collector.headers.allSatisfy { $0["x-key"] == "k" && $0["content-type"] == "application/x-protobuf" }
                && fixture.collector.headers.count == 3)
        #expect(fixture.metrics.counter(MetricName.spansExportedTotal).value == 10 && fixture.collector.problems.isEmpty)
    }

    @Test("what is left when the service ends is sent before it has ended")
    func flushes() async throws {
        let fixture = try await Fixture { $0.interval = .seconds(3_600) }
        try await fixture.run { self.end(3, fixture) }
        #expect(fixture.collector.spans.count == 3)
    }

    @Test("a collector that is busy for a moment is asked again; nothing is lost")
    func retries() async throws {
        let fixture = try await Fixture()
        fixture.collector.answer(.status(503))
        try await fixture.run {
            self.end(2, fixture)
            try await eventually { !fixture.collector.headers.isEmpty }
            fixture.collector.answer(.ok)
            try await eventually { fixture.collector.spans.count == 2 }
        }
        #expect(fixture.dropped("rejected") == 0 && fixture.dropped("unreachable") == 0)
    }

    @Test("what the collector refuses is dropped at once and counted, what it does not answer after its time")
    func drops() async throws {
        let fixture = try await Fixture { $0.attempts = 1 }
        fixture.collector.answer(.status(400))
        try await fixture.run {
            self.end(2, fixture)
            try await eventually { fixture.dropped("rejected") == 2 }
            fixture.collector.answer(.never)
            self.end(3, fixture)
            try await eventually { fixture.dropped("unreachable") == 3 }
        }
    }

    @Test("a full queue is counted, and a collector that never answers keeps nobody from ending")
    func full() async throws {
        let fixture = try await Fixture(limit: 5) { $0.timeout = .seconds(3_600) }
        fixture.collector.answer(.never)
        try await fixture.run {
            self.end(1, fixture)
            try await eventually { !fixture.collector.headers.isEmpty }
            self.end(8, fixture)
        }
        #expect(fixture.dropped("queue_full") == 3)
        #expect(fixture.dropped("unreachable") == 6, "what was under way and what waited")
    }

    @Test("headers are read as OpenTelemetry writes them; what is none is refused without being shown")
    func headers() throws {
        func read(_ text: String?) throws -> [String] { try TraceSettings.headers(text).map { "\($0.0): \($0.1)" } }
        #expect(try read(nil).isEmpty)
        #expect(try read("Authorization=Bearer%20abc%3D, x-tenant=a=b") == ["authorization: Bearer abc=", "x-tenant: a=b"])
        for text in ["secret", "a b=secret", "a=secret%0d%0a", "a=secret%2", "=secret"] {
            let error = #expect(throws: InvalidSetting.self) { try read(text) }
            #expect(error.map { !"\($0)".contains("secret") } ?? false)
        }
    }
}
