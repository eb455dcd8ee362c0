import Histogram
import Testing

@testable import Loadgen

struct FigureTests {
    /// Percentiles of the histogram beside those of the sorted values: three digits.
    @Test(arguments: [UInt64(1), 2, 3]) func percentilesAreThoseOfTheSortedValues(seed: UInt64) {
        var random = SplitMix(seed: seed)
        var histogram = LatencyRecord.whole()
        let values = (0..<20_000).map { _ in UInt64(1_000) << (random.next() % 16) + random.next() % 100_000 }.sorted()
        for value in values { histogram.record(value) }
        for percent in [50.0, 75, 90, 95, 99, 99.9] {
            let exact = Double(values[max(0, Int((percent / 100 * Double(values.count)).rounded(.up)) - 1)])
            #expect(abs(histogram.nanoseconds(percent) - exact) <= exact * 0.001 + 1, "p\(percent)")
        }
    }

    private func recorder(_ latencies: [UInt64], accepted: Set<Int>? = nil) -> FlowRecorder {
        var recorder = FlowRecorder(intervalLength: 1_000_000_000, accepted: accepted, keepsSamples: false)
        for (index, latency) in latencies.enumerated() {
            recorder.answer(status: 200, bytes: 10, latency: latency, service: latency / 2, at: UInt64(index) * 100_000_000)
        }
        return recorder
    }

    @Test func threadsAreMergedIntoOne() {
        let values = (1...100).map { UInt64($0) * 1_000_000 }
        var whole = self.recorder(values)
        whole.settle()
        var merged = self.recorder(Array(values.prefix(50)))
        merged.merge(self.recorder(Array(values.suffix(50))))
        #expect(merged.answers == whole.answers && merged.statuses == whole.statuses && merged.bytes == whole.bytes)
        #expect(merged.latency.nanoseconds(99) == whole.latency.nanoseconds(99))
        #expect(merged.sum == whole.sum)
        #expect(merged.intervals.reduce(0) { $0 + $1.answers } == 100)
    }

    @Test func whatCountsAsAnError() {
        var recorder = FlowRecorder(intervalLength: 1, accepted: [202, 429], keepsSamples: false)
        for status in [202, 429, 503, 500, 200, 202] { recorder.answer(status: status, bytes: 0, latency: 1, service: 1, at: 0) }
        recorder.fault("no answer in time", waited: 5_000_000, at: 0)
        recorder.settle()
        #expect(recorder.answers == 6 && recorder.requests == 7)
        #expect(recorder.errors == 4 && recorder.shed == 2)
        #expect(recorder.statuses == [202: 2, 429: 1, 503: 1, 500: 1, 200: 1])
        // What was waited for in vain is a latency.
        #expect(recorder.latency.totalCount == 7 && recorder.latency.max >= 5_000_000)
    }

    private func flow(_ name: String = "a", _ change: (inout FlowFigures) -> Void = { _ in }) -> FlowFigures {
        var flow = FlowFigures(
            name: name, isOpen: true, connections: 10, asked: 100, requests: 1_000, answers: 1_000, errors: 1, shed: 0, bytes: 0, perSecond: 100,
            statuses: ["200": 999, "500": 1], faults: [:], latency: .init(min: 1, mean: 5, p50: 5, p75: 6, p90: 8, p95: 10, p99: 20, p999: 50, max: 60),
            service: .init(min: 1, mean: 5, p50: 5, p75: 6, p90: 8, p95: 10, p99: 20, p999: 50, max: 60), series: .init(), distribution: [], terminal: nil)
        change(&flow)
        return flow
    }

    @Test(arguments: [
        ("p95<100ms", true), ("p95 < 10ms", false), ("p95<=10ms", true), ("p99.9<0.05s", false), ("p99.9<=50ms", true), ("max<1s", true),
        ("errors<0.1%", false), ("errors<=0.1%", true), ("errors<1%", true), ("rate>=100/s", true), ("rate>100", false), ("a.p50<6ms", true),
        ("status.500<=0.1%", true), ("status.500=0%", false), ("a.status.503=0", true), ("shed=0%", true), ("failures<0.2%", true), ("count>=1000", true),
        ("terminal.p95<1s", false), ("b.p95<1s", false),
    ]) func boundsAreJudged(text: String, holds: Bool) throws {
        let judgements = try Expectation(text).judge([self.flow()])
        #expect(judgements.count == 1)
        #expect(judgements.allSatisfy { $0.holds == holds })
    }

    @Test func flowsMayHavePointsAndTerminals() throws {
        let flow = self.flow("v1.intents") { flow in
            flow.terminal = .init(
                accepted: 10, missing: 1, phases: ["published": 8, "failed": 1], unsuccessful: 1, times: .init(p95: 80, max: 90), perSecond: 9)
        }
        for (text, holds) in [
            ("v1.intents.p99.9<=50ms", true), ("v1.intents.terminal.p95<100ms", true), ("terminal.missing=0", false), ("terminal.unsuccessful<=1", true),
            ("v1.intents.terminal.rate>9.5/s", false),
        ] { #expect(try Expectation(text).judge([flow]).map(\.holds) == [holds], "\(text)") }
        // Without a name it is about every flow that has the figure.
        #expect(try Expectation("p95<1s").judge([flow, self.flow("b")]).count == 2)
        #expect(try Expectation("terminal.p95<1s").judge([flow, self.flow("b")]).count == 1)
    }

    @Test(arguments: ["", "p95", "p95<100", "p42<1ms", "errors<5ms", "errors<5", "rate>10ms", "<5ms", "status.99=0"]) func badBoundsAreRefused(text: String) {
        #expect(throws: LoadError.self) { try Expectation(text) }
    }

    private func report(_ flows: [FlowFigures], load: Double = 0.2, steps: [Report.Step] = []) -> Report {
        Report(
            name: "<t>", about: "", target: "http://x", started: "2026-01-01T00:00:00Z", seconds: 10, generatorLoad: load, threads: 1, flows: flows,
            judgements: [], steps: steps, breakpoint: steps.last(where: \.holds)?.rate, recommendations: [])
    }

    @Test func recommendationsSayWhatTheFiguresSay() {
        #expect(Recommendations.read(self.report([self.flow { $0.errors = 0 }])).map(\.weight) == [.good])
        func findings(_ change: (inout FlowFigures) -> Void) -> String {
            Recommendations.read(self.report([self.flow("a", change)])).map(\.finding).joined(separator: "\n")
        }
        #expect(findings { $0.perSecond = 60 }.contains("more than it takes"))
        #expect(findings { $0.latency.p99 = 900 }.contains("queued for one of 10 connections"))
        #expect(findings { ($0.errors, $0.shed, $0.statuses) = (100, 100, ["429": 100]) }.contains("10.0 % were turned away (100 × 429"))
        #expect(findings { $0.faults = ["no answer in time": 1] }.contains("no answer in time"))
        #expect(findings { ($0.latency.p50, $0.latency.p99, $0.service.p99) = (1, 50, 50) }.contains("long tail"))
        #expect(findings { $0.series.p95 = (0..<40).map { 5 + Double($0) } }.contains("slows down"))
        #expect(Recommendations.read(self.report([self.flow()], load: 0.97)).contains { $0.finding.contains("load generator") })
        let steps = [Report.Step(rate: 100, holds: true, flows: []), Report.Step(rate: 200, holds: false, flows: [])]
        #expect(Recommendations.read(self.report([self.flow()], steps: steps)).contains { $0.finding.contains("held at 100/s and broke at 200/s") })
    }

    @Test func reportsAreWholeAndEscaped() throws {
        let steps = [Report.Step(rate: 100, holds: true, flows: [self.flow("a<b")])]
        var report = self.report(
            [self.flow("a<b") { $0.series = .init(interval: 1, perSecond: [1, 2], errors: [0, 0], shed: [0, 0], p50: [1, 1], p95: [2, 2], p99: [3, 3]) }],
            steps: steps)
        report.judgements = try Expectation("p95<1ms").judge(report.flows)
        report.recommendations = Recommendations.read(report)
        let html = HTMLReport.text(report)
        #expect(html.contains("<polyline") && html.contains("a&lt;b") && !html.contains("a<b") && html.contains("&lt;t&gt;") && html.contains("not kept"))
        // One page: nothing is loaded from anywhere.
        #expect(!html.contains("src=") && !html.contains("<script") && !html.contains("url("))
        let markdown = MarkdownReport.text(report)
        #expect(markdown.contains("| `p95<1ms` | a<b | 10.0 ms | **not kept** |") && markdown.contains("## Recommendations"))
        #expect(TextReport.text(report).contains("  Requests/sec:\t100.0000\n"))
    }

    @Test func theWayOfAnIntentIsFollowedInAnyOrder() throws {
        let watch = TerminalWatch()
        let first = "01a1fca2-00ae-7004-af49-07b4eae0900d", second = "01a1fca2-00ae-7004-af49-07b4eae0900e"
        watch.accepted(Array(#"{"id":"\#(first)","phase":"received"}"#.utf8), since: 1_000)
        var lines = EventLines()
        // Cut anywhere; the second one's end comes before its answer.
        let feed =
            "retry: 1000\n\nid: 3.1-0\nevent: phase\ndata: {\"id\":\"\(first)\",\"phase\":\"planning\"}\n\nid: 4.1-0\ndata: {\"id\":\"\(second)\",\"phase\":\"failed\",\"detail\":\"x\"}\n\nid: 5.1-0\ndata: {\"id\":\"\(first)\",\"phase\":\"published\"}\n\n"
        var events: [EventLines.Event] = []
        for byte in feed.utf8 { events += lines.take([byte]) }
        #expect(events.map(\.phase.rawValue) == ["planning", "failed", "published"])
        #expect(String(decoding: lines.lastID, as: UTF8.self) == "5.1-0")
        for event in events where event.phase.isTerminal { watch.ended(event.key, event.phase, at: 5_001_000) }
        #expect(watch.pendingCount == 0)
        watch.accepted(Array(#"{"id":"\#(second)"}"#.utf8), since: 2_001_000)
        let outcome = watch.outcome()
        #expect(outcome.accepted == 2 && outcome.missing == 0 && outcome.phases == ["published": 1, "failed": 1])
        #expect(abs(Double(outcome.latency.max) - 5_000_000) < 10_000)
    }
}
