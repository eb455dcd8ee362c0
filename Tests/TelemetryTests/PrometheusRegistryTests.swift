import Metrics
import Testing

@testable import Telemetry

@Suite struct PrometheusRegistryTests {
    func text(_ registry: PrometheusRegistry) -> String { String(decoding: registry.expose(), as: UTF8.self) }

    @Test("a counter is exposed with help, type, constant labels and its own")
    func counter() {
        let registry = PrometheusRegistry(constantLabels: [("service", "rag-api"), ("colour", "blue")])
        registry.counter(MetricName.httpRequestsTotal, [("method", "GET"), ("code", "200")]).increment(by: Int64(3))
        #expect(
            self.text(registry) == """
                # HELP http_requests_total HTTP requests answered.
                # TYPE http_requests_total counter
                http_requests_total{service="rag-api",colour="blue",method="GET",code="200"} 3

                """
        )
    }

    @Test("label values are escaped, names are made legal")
    func escaping() {
        let registry = PrometheusRegistry()
        registry.gauge("9 lives", [("why-not", "a\"b\\c\nd")]).set(1.5)
        #expect(self.text(registry) == "# TYPE __lives gauge\n__lives{why_not=\"a\\\"b\\\\c\\nd\"} 1.5\n")
    }

    @Test("a histogram counts cumulatively and sums")
    func histogram() {
        let registry = PrometheusRegistry(descriptions: ["took_seconds": .init("Time.", buckets: [0.1, 1])])
        let histogram = registry.histogram("took_seconds")
        for value in [0.05, 0.1, 0.5, 7] { histogram.observe(value) }
        #expect(
            self.text(registry) == """
                # HELP took_seconds Time.
                # TYPE took_seconds histogram
                took_seconds_bucket{le="0.1"} 2
                took_seconds_bucket{le="1"} 3
                took_seconds_bucket{le="+Inf"} 4
                took_seconds_sum 7.65
                took_seconds_count 4

                """
        )
    }

    @Test("swift-metrics handles land in the registry: timers in seconds")
    func swiftMetrics() {
        let registry = PrometheusRegistry(descriptions: ["t": .init("T.", buckets: [1])])
        Counter(label: "c", dimensions: [("k", "v")], factory: registry).increment(by: 2)
        FloatingPointCounter(label: "f", factory: registry).increment(by: 0.5)
        Meter(label: "m", factory: registry).set(4)
        Gauge(label: "g", factory: registry).record(9)
        Timer(label: "t", factory: registry).recordMilliseconds(250)
        Recorder(label: "r", dimensions: [], aggregate: true, factory: registry).record(3)
        let text = self.text(registry)
        for line in ["c{k=\"v\"} 2", "f 0.5", "m 4", "g 9", "t_bucket{le=\"1\"} 1", "t_sum 0.25", "r_count 1"] {
            #expect(text.contains(line + "\n"), "\(line)")
        }
    }

    @Test("the same name and labels share a handle, a second kind under a name is not exported")
    func sharing() {
        let registry = PrometheusRegistry()
        registry.counter("a").increment()
        registry.counter("a").increment()
        registry.gauge("a").set(7.0)
        #expect(self.text(registry) == "# TYPE a counter\na 2\n")
    }

    @Test("series beyond the limit are folded into one and nothing is lost from the sum")
    func bound() {
        let registry = PrometheusRegistry(seriesLimit: 2)
        for path in ["/a", "/b", "/c", "/d"] { registry.counter("hits", [("path", path)]).increment() }
        #expect(self.text(registry) == "# TYPE hits counter\nhits{path=\"/a\"} 1\nhits{path=\"/b\"} 1\nhits{path=\"other\"} 2\n")
        #expect(registry.foldedSeries == 2)
    }

    @Test("concurrent increments are all counted")
    func concurrency() async {
        let registry = PrometheusRegistry()
        await withTaskGroup { group in
            for _ in 0..<8 {
                group.addTask {
                    let counter = registry.counter("n")
                    let histogram = registry.histogram("h")
                    for _ in 0..<1_000 {
                        counter.increment()
                        counter.increment(by: 0.5)
                        histogram.observe(0.001)
                    }
                }
            }
        }
        #expect(registry.counter("n").value == 12_000)
        #expect(registry.histogram("h").count == 8_000)
    }

    @Test("the process tells its CPU time, memory, descriptors and start")
    func process() {
        let registry = PrometheusRegistry()
        ProcessMetrics.register(in: registry)
        let text = self.text(registry)
        for name in [
            MetricName.processCPUSeconds, MetricName.processResidentBytes, MetricName.processOpenFileDescriptors, MetricName.processMaximumFileDescriptors,
            MetricName.processStartTime,
        ] {
            let value = text.split(separator: "\n").first { $0.hasPrefix(name + " ") }?.split(separator: " ").last.flatMap { Double($0) }
            #expect((value ?? 0) > 0, "\(name)")
        }
    }

    @Test("every described metric has ascending buckets and a sentence")
    func descriptions() {
        for (name, description) in MetricDescription.known {
            #expect(description.buckets == description.buckets.sorted() && Set(description.buckets).count == description.buckets.count, "\(name)")
            #expect(description.help.hasSuffix("."), "\(name)")
        }
    }
}
