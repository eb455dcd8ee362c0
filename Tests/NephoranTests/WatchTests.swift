import Foundation
import IntentModel
import Testing

@testable import Nephoran

/// What the operator's tools make of the services' own figures.
@Suite struct WatchTests {
    private static let scrape = """
        # HELP http_requests_total HTTP requests answered.
        # TYPE http_requests_total counter
        http_requests_total{service="api-gateway",method="GET",route="/v1/intents",code="200",status="200"} 98
        http_requests_total{service="api-gateway",method="GET",route="/v1/intents",code="503",status="503"} 2
        http_requests_total{service="api-gateway",method="GET",route="/readyz",code="503",status="503"} 50
        http_request_duration_seconds_bucket{route="/v1/intents",code="200",le="0.1"} 50
        http_request_duration_seconds_bucket{route="/v1/intents",code="200",le="1"} 100
        http_request_duration_seconds_bucket{route="/v1/intents",code="200",le="+Inf"} 100
        http_request_duration_seconds_bucket{route="/readyz",code="200",le="+Inf"} 1000
        odd{text="a \\"b\\", c\\\\"} 1.5e3
        not a sample
        """

    @Test("a scrape is read: labels with what they may hold, sums, quantiles within buckets")
    func samples() {
        let samples = MetricSamples(text: Self.scrape)
        #expect(samples.requests == 100 && samples.failures == 2)
        #expect(samples.sum("odd") { $0["text"] == #"a "b", c\"# } == 1_500)
        #expect(abs((samples.requestP95 ?? 0) - 0.91) < 0.001)
        #expect(samples.quantile(0.5, of: "nothing") == nil)
        #expect(samples.values(of: "route", in: "http_requests_total") == ["/readyz", "/v1/intents"])
    }

    @Test("what happened between two scrapes; a process that started anew has counted from zero")
    func since() {
        let before = MetricSamples(text: "a 10\nb 7\n")
        let since = MetricSamples(text: "a 25\nb 3\nc 1\n").since(before)
        #expect(since.sum("a") == 15 && since.sum("b") == 3 && since.sum("c") == 1)
    }

    @Test("a measurement: the worst of what is known counts, and too little proves nothing")
    func judgement() {
        func judge(_ change: (inout SyntheticTraffic.Result) -> Void, _ counts: [String: MetricSamples] = [:], missing: [String] = []) -> String? {
            var result = SyntheticTraffic.Result(
                requests: 100, failures: 0, latencies: [Double](repeating: 0.1, count: 100), intents: 20, good: 20, fault: nil)
            change(&result)
            return RolloutAnalysis.judge("preview", result, counts, missing: missing, by: RolloutOptions(binaries: "/new"), at: "now").fault
        }
        #expect(judge { _ in } == nil)
        #expect(judge { $0.good = 19 } == nil)
        #expect(judge { $0.good = 18 }?.contains("90.0 % of synthetic intents") == true)
        #expect(judge { $0.failures = 6 }?.contains("94.0 % of requests") == true)
        #expect(judge { $0.latencies = [Double](repeating: 2, count: 100) }?.contains("p95 of requests is 2000 ms") == true)
        #expect(judge { $0.requests = 19 }?.contains("only 19 requests") == true)
        #expect(judge({ _ in }, missing: ["rag-api"])?.contains("rag-api") == true)
        // 2 of 100 is good enough; of few requests nothing is said.
        #expect(judge({ _ in }, ["api-gateway": MetricSamples(text: Self.scrape)]) == nil)
        let bad = MetricSamples(text: #"http_requests_total{route="/v1/plans",code="500"} 3"# + "\n" + #"http_requests_total{route="/v1/plans",code="200"} 27"#)
        #expect(judge({ _ in }, ["manifest-generator": bad])?.contains("90.0 % of manifest-generator") == true)
        func steps(_ reason: String) -> MetricSamples {
            MetricSamples(text: "nephoran_processing_total{} 30\nnephoran_processing_errors_total{reason=\"\(reason)\"} 3\n")
        }
        #expect(judge({ _ in }, ["nephio-bridge": steps("retry")])?.contains("90.0 % of the steps of nephio-bridge") == true)
        #expect(judge({ _ in }, ["nephio-bridge": steps("fenced")]) == nil, "a partition that changes hands is no fault")
        let shed = MetricSamples(
            text: #"http_requests_total{route="/v1/intents",code="503"} 30"# + "\n" + #"http_requests_total{route="/v1/intents",code="202"} 70"#
                + "\nnephoran_shed_total{} 30\n")
        #expect(judge({ _ in }, ["api-gateway": shed]) == nil, "what is refused for being too much is no fault")
    }

    @Test("promises: kept without traffic, throughput only while work waits")
    func promises() throws {
        let command = try SLACheckCommand.parse([])
        func kept(_ figures: SLACheckCommand.Figures) -> [Bool] { command.report(figures, source: "s", at: "now").items.map(\.isKept) }
        #expect(kept(.init()) == [true, true, true])
        #expect(kept(.init(availability: 99.9, p95: 2.1, throughput: 10, waiting: 0)) == [false, false, true])
        #expect(kept(.init(availability: 99.95, p95: 2, throughput: 44, waiting: 3)) == [true, true, false])
    }

    @Test("an error budget: untouched, half, spent", arguments: [(100.0, 1.0), (99.975, 0.5), (99.95, 0.0), (99.9, -1.0)])
    func budget(_ availability: Double, _ left: Double) {
        #expect(abs(ServiceLevel.budget(availability: availability, target: 99.95) - left) < 0.001)
    }

    @Test("service levels of the services' own counters")
    func levels() throws {
        let overall = try #require(ServiceLevel.all.first)
        let result = ServiceLevelSource.result(overall, MetricSamples(text: Self.scrape))
        #expect(result.requests == 100 && result.availability == 98 && !result.isMet && (result.budgetRemaining ?? 1) < 0)
        let idle = ServiceLevelSource.result(overall, MetricSamples())
        #expect(idle.availability == nil && idle.isMet)
    }

    @Test(
        "components are read, and what is wrong with the list is said",
        arguments: [
            (#"[{"name":"a","url":"http://h/x"}]"#, nil), (#"[{"name":"a","url":"ftp://h"}]"#, "ftp://h is no"), ("[]", "1 to 1000"),
            (#"[{"name":"a","url":"http://h","timeoutSeconds":0}]"#, "timeoutSeconds"), ("{", "json"),
        ])
    func components(_ text: String, _ fault: String?) throws {
        let path = NSTemporaryDirectory() + "components-\(UUID().uuidString).json"
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: path) }
        do {
            let list = try HealthCommand.read(path)
            #expect(fault == nil && list == [.init(name: "a", url: "http://h/x")])
        } catch {
            #expect(fault.map { error.message.lowercased().contains($0.lowercased()) } ?? false, "\(error.message)")
        }
    }

    @Test("an upgrade is blocked by executables that are missing, mixed, or of another major version")
    func compatibility() {
        func state(_ from: String?, _ change: (inout [String: String]) -> Void = { _ in }) -> String {
            var versions = Dictionary(uniqueKeysWithValues: UpPlan.services.map { ($0, "1.4.0") })
            change(&versions)
            return UpgradeCheckOptions.compatibility(from: from, versions).state
        }
        #expect(state("1.0.0") == "ok")
        #expect(state("2.0.0") == "blocked" && state(nil) == "blocked")
        #expect(state("1.0.0") { $0["rag-api"] = nil } == "blocked")
        #expect(state("1.0.0") { $0["rag-api"] = "1.3.0" } == "blocked")
    }

    @Test("backups: the newest must be younger than a day")
    func backups() throws {
        let directory = NSTemporaryDirectory() + "backups-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        #expect(UpgradeCheckOptions.backup(directory, now: Date()).state == "blocked")
        try Data().write(to: URL(fileURLWithPath: directory + "/full.tar.zst"))
        #expect(UpgradeCheckOptions.backup(directory, now: Date()).state == "ok")
        #expect(UpgradeCheckOptions.backup(directory, now: Date().addingTimeInterval(90_000)).state == "blocked")
    }

    @Test("an intent that waits: for whom, and what to do")
    func intent() throws {
        let id = IntentID(partition: 1, milliseconds: 1_763_696_412_345)
        var record = IntentRecord(
            id: id, phase: .executing, createdAt: "2025-11-21T03:40:12.345Z", updatedAt: "2025-11-21T03:40:13.345Z",
            request: IntentRequest(intent: "Deploy AMF", priority: .medium))
        record.history = [
            .init(phase: .received, at: "2025-11-21T03:40:12.345Z", by: "ops"), .init(phase: .executing, at: "2025-11-21T03:40:24.345Z", by: "m"),
        ]
        record.tracks = ["delivery": Track(state: .pending, version: 1)]
        let queues = [InstallationView.Queue(stage: "publish", depth: 3, ageSeconds: 40, delayed: 2, dead: 1)]
        let findings = TroubleshootCommand.findings(record, queues, now: try #require(Age.date("2025-11-21T03:41:12.345Z")))
        #expect(findings.contains { $0.about == "queue publish" && $0.advice == "nephoran queue peek publish" })
        #expect(findings.contains { $0.about == "queue publish" && $0.what.contains("40 s") })
        #expect(findings.contains { $0.about == "time" && $0.what.contains("12.0 s of it in received") })
        record.phase = .awaitingApproval
        #expect(TroubleshootCommand.findings(record, [], now: Date()).contains { $0.advice?.contains("intent approve") == true })
    }
}
