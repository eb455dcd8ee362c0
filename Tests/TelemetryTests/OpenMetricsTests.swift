import Testing

@testable import Telemetry

@Suite struct OpenMetricsTests {
    private func page(_ registry: PrometheusRegistry, _ format: MetricsFormat) -> String { String(decoding: registry.expose(as: format), as: UTF8.self) }

    @Test("who asks for OpenMetrics gets it: families of counters by their name, one way to write a bound, an end")
    func format() {
        let registry = PrometheusRegistry(descriptions: ["took_seconds": .init("A \"time\".", buckets: [0.1, 1])])
        registry.counter("jobs_total").increment()
        registry.counter("attempts").increment()
        registry.gauge("depth").set(Double(3))
        registry.histogram("took_seconds").observe(0.5)
        #expect(
            self.page(registry, .openMetrics) == """
                # TYPE attempts unknown
                attempts 1
                # TYPE depth gauge
                depth 3
                # TYPE jobs counter
                jobs_total 1
                # HELP took_seconds A \\"time\\".
                # TYPE took_seconds histogram
                took_seconds_bucket{le="0.1"} 0
                took_seconds_bucket{le="1.0"} 1
                took_seconds_bucket{le="+Inf"} 1
                took_seconds_sum 0.5
                took_seconds_count 1
                # EOF

                """)
        #expect(MetricsFormat(accept: "application/openmetrics-text;version=1.0.0;q=0.75,text/plain;version=0.0.4;q=0.5") == .openMetrics)
        #expect(MetricsFormat(accept: "text/plain") == .prometheus && MetricsFormat(accept: nil) == .prometheus)
    }

    @Test("each bucket shows the trace of its last observation that has one; the older format shows none")
    func exemplars() throws {
        let registry = PrometheusRegistry(descriptions: ["took_seconds": .init("T.", buckets: [0.1, 1])])
        let histogram = registry.histogram("took_seconds")
        let (first, last) = (TraceParent(traceHigh: 1, traceLow: 1, span: 1, isSampled: true), TraceParent(traceHigh: 2, traceLow: 2, span: 2, isSampled: true))
        histogram.observe(0.5, exemplar: first)
        histogram.observe(0.7, exemplar: last)
        histogram.observe(0.6, exemplar: nil)
        histogram.observe(0.05, exemplar: nil)
        let lines = self.page(registry, .openMetrics).split(separator: "\n").filter { $0.contains("_bucket") }
        #expect(lines.count == 3 && !lines[0].contains("#") && !lines[2].contains("#"))
        let prefix = #"took_seconds_bucket{le="1.0"} 4 # {trace_id="00000000000000020000000000000002",span_id="0000000000000002"} 0.7 "#
        #expect(lines[1].hasPrefix(prefix), "\(lines[1])")
        #expect(Double(lines[1].dropFirst(prefix.count)) ?? 0 > 1_700_000_000, "the time it was made, in seconds")
        #expect(!self.page(registry, .prometheus).contains("trace_id"))
    }
}
