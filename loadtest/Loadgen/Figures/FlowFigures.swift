import Histogram

/// What a flow came to. Times in milliseconds, rates in one a second, shares of 1.
struct FlowFigures: Codable, Sendable, Equatable {
    struct Times: Codable, Sendable, Equatable {
        var min = 0.0
        var mean = 0.0
        var p50 = 0.0
        var p75 = 0.0
        var p90 = 0.0
        var p95 = 0.0
        var p99 = 0.0
        var p999 = 0.0
        var max = 0.0
    }

    struct Series: Codable, Sendable, Equatable {
        /// Seconds of an interval.
        var interval = 1.0
        var perSecond: [Double] = []
        var errors: [Double] = []
        var shed: [Double] = []
        var p50: [Double] = []
        var p95: [Double] = []
        var p99: [Double] = []
    }

    struct Terminal: Codable, Sendable, Equatable {
        var accepted: Int
        /// Accepted, and not seen to end while it was waited for.
        var missing: Int
        var phases: [String: Int]
        /// Ended otherwise than `published` or `fulfilled`.
        var unsuccessful: Int
        /// From when a submission was due until its intent's end was heard of.
        var times: Times
        /// Ends a second, from the start of the run to the last end.
        var perSecond: Double
    }

    var name: String
    var isOpen: Bool
    var connections: Int
    /// Requests a second that were asked for on average; nil in a closed loop.
    var asked: Double?
    var requests: Int
    var answers: Int
    var errors: Int
    var shed: Int
    var bytes: Int
    /// Answers.
    var perSecond: Double
    var statuses: [String: Int]
    var faults: [String: Int]
    /// From when a request was due.
    var latency: Times
    /// From when it was sent.
    var service: Times
    var series: Series
    /// Pairs of percentile and milliseconds, for a chart.
    var distribution: [[Double]]
    var terminal: Terminal?

    var errorShare: Double { self.requests > 0 ? Double(self.errors) / Double(self.requests) : 0 }
    var shedShare: Double { self.requests > 0 ? Double(self.shed) / Double(self.requests) : 0 }
}

extension FlowFigures.Times {
    init(_ histogram: LatencyRecord.Whole, mean: Double? = nil) {
        guard histogram.totalCount > 0 else {
            self.init()
            return
        }
        func milliseconds(_ percent: Double) -> Double { histogram.nanoseconds(percent) / 1e6 }
        self.init(
            min: Double(histogram.min) / 1e6, mean: (mean ?? histogram.mean) / 1e6, p50: milliseconds(50), p75: milliseconds(75), p90: milliseconds(90),
            p95: milliseconds(95), p99: milliseconds(99), p999: milliseconds(99.9), max: Double(histogram.max) / 1e6)
    }
}

extension FlowFigures {
    /// Percentiles for the curve: closer and closer to all.
    private static let curve: [Double] = [
        0, 10, 25, 50, 60, 70, 75, 80, 85, 90, 92.5, 95, 96, 97, 98, 99, 99.5, 99.75, 99.9, 99.95, 99.99, 99.995, 99.999, 99.9999,
    ]

    /// - Parameters:
    ///   - seconds: of the whole run.
    ///   - start: of the run, in nanoseconds of the clock.
    init(_ plan: FlowPlan, _ recorder: FlowRecorder, seconds: Double, start: UInt64) {
        // An open loop lasts until the end of its schedule, though its last request is due a little earlier.
        let time = max(seconds, plan.pace.isOpen ? plan.pace.duration ?? 0 : 0, 1e-9)
        let waits = Double(recorder.latency.totalCount)
        self.init(
            name: plan.name, isOpen: plan.pace.isOpen, connections: plan.connections, asked: nil, requests: recorder.requests, answers: recorder.answers,
            errors: recorder.errors, shed: recorder.shed, bytes: recorder.bytes, perSecond: Double(recorder.answers) / time,
            statuses: Dictionary(uniqueKeysWithValues: recorder.statuses.map { (String($0), $1) }), faults: recorder.faults,
            latency: Times(recorder.latency, mean: waits > 0 ? recorder.sum / waits : nil), service: Times(recorder.service), series: Series(recorder),
            distribution: [], terminal: plan.watch.map { Terminal($0.outcome(), since: start) })
        if case .open(let schedule) = plan.pace { self.asked = Double(schedule.total) / max(schedule.duration, 1e-9) }
        if waits > 0 {
            self.distribution = Self.curve.filter { $0 < 100 * (1 - 0.5 / waits) || $0 == 0 }.map { [$0, recorder.latency.nanoseconds($0) / 1e6] }
            self.distribution.append([100 * (1 - 0.5 / waits), Double(recorder.latency.max) / 1e6])
        }
    }
}

extension FlowFigures.Series {
    init(_ recorder: FlowRecorder) {
        let seconds = Double(recorder.intervalLength) / 1e9
        self.init(interval: seconds)
        for interval in recorder.intervals {
            self.perSecond.append(Double(interval.answers) / seconds)
            self.errors.append(Double(interval.errors) / seconds)
            self.shed.append(Double(interval.shed) / seconds)
            self.p50.append(interval.latency.nanoseconds(50) / 1e6)
            self.p95.append(interval.latency.nanoseconds(95) / 1e6)
            self.p99.append(interval.latency.nanoseconds(99) / 1e6)
        }
    }
}

extension FlowFigures.Terminal {
    init(_ outcome: TerminalWatch.Outcome, since start: UInt64) {
        let ends = outcome.phases.values.reduce(0, +)
        let good = outcome.phases.filter { $0.key == "published" || $0.key == "fulfilled" }.values.reduce(0, +)
        let span = outcome.last > start ? Double(outcome.last - start) / 1e9 : 0
        self.init(
            accepted: outcome.accepted, missing: outcome.missing, phases: outcome.phases, unsuccessful: ends - good,
            times: FlowFigures.Times(outcome.latency), perSecond: span > 0 ? Double(ends) / span : 0)
    }
}
