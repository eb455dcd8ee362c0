/// A bound that a figure must keep: `p95<100ms`, `errors<0.1%`, `rate>=500/s`, `intents.terminal.p95<=100ms`, `search.status.429=0%`.
struct Expectation: Sendable, Equatable {
    enum Metric: Sendable, Equatable {
        case time(WritableKey)
        case terminalTime(WritableKey)
        case rate, terminalRate
        case errors, shed, failures
        case count
        case missing, unsuccessful
        case status(Int)
    }

    /// Which of the times.
    enum WritableKey: String, CaseIterable, Sendable {
        case min, mean, p50, p75, p90, p95, p99, max
        case p999 = "p99.9"

        func value(_ times: FlowFigures.Times) -> Double {
            switch self {
            case .min: times.min
            case .mean: times.mean
            case .p50: times.p50
            case .p75: times.p75
            case .p90: times.p90
            case .p95: times.p95
            case .p99: times.p99
            case .p999: times.p999
            case .max: times.max
            }
        }
    }

    enum Comparison: String, CaseIterable, Sendable {
        case lessOrEqual = "<="
        case greaterOrEqual = ">="
        case less = "<"
        case greater = ">"
        case equal = "="

        func holds(_ left: Double, _ right: Double) -> Bool {
            switch self {
            case .lessOrEqual: left <= right
            case .greaterOrEqual: left >= right
            case .less: left < right
            case .greater: left > right
            case .equal: abs(left - right) < 1e-9
            }
        }
    }

    let text: String
    /// Nil is every flow.
    let flow: String?
    let metric: Metric
    let comparison: Comparison
    /// Milliseconds, a share of 1, one a second, or a count, as the metric has it.
    let bound: Double

    init(_ text: String) throws {
        let compact = text.filter { !$0.isWhitespace }
        guard let comparison = Comparison.allCases.first(where: { compact.contains($0.rawValue) }), let place = compact.firstRange(of: comparison.rawValue)
        else {
            throw LoadError.usage("\(text) is no expectation such as p95<100ms: it compares nothing")
        }
        let name = String(compact[..<place.lowerBound]), value = String(compact[place.upperBound...])
        guard let (flow, metric) = Self.metric(name) else {
            throw LoadError.usage(
                "\(name) is no figure: min, mean, p50 … p99, p99.9, max, rate, errors, shed, failures, count, status.NNN, terminal.p95, terminal.rate, terminal.missing, terminal.unsuccessful"
            )
        }
        guard let bound = Self.bound(value, metric) else {
            throw LoadError.usage("\(value) is no bound of \(name): times are like 100ms, shares like 0.1%, rates like 500/s")
        }
        (self.text, self.flow, self.metric, self.comparison, self.bound) = (text, flow, metric, comparison, bound)
    }

    private static let names: [(String, Metric)] = {
        var names: [(String, Metric)] = [
            ("terminal.rate", .terminalRate), ("terminal.missing", .missing), ("terminal.unsuccessful", .unsuccessful), ("rate", .rate), ("errors", .errors),
            ("shed", .shed), ("failures", .failures), ("count", .count),
        ]
        for key in WritableKey.allCases {
            names.append(("terminal.\(key.rawValue)", .terminalTime(key)))
            names.append((key.rawValue, .time(key)))
        }
        return names.sorted { $0.0.count > $1.0.count }
    }()

    /// The flow in front of a figure's name may contain points itself.
    private static func metric(_ name: String) -> (String?, Metric)? {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        if parts.count >= 2, parts[parts.count - 2] == "status", let code = Int(parts[parts.count - 1]), (100...599).contains(code) {
            let flow = parts.dropLast(2).joined(separator: ".")
            return (flow.isEmpty ? nil : flow, .status(code))
        }
        for (known, metric) in self.names {
            if name == known { return (nil, metric) }
            if name.hasSuffix("." + known) { return (String(name.dropLast(known.count + 1)), metric) }
        }
        return nil
    }

    private static func bound(_ text: String, _ metric: Metric) -> Double? {
        switch metric {
        case .time, .terminalTime: return DurationText.seconds(text).map { $0 * 1_000 }
        case .rate, .terminalRate: return Double(text.hasSuffix("/s") ? String(text.dropLast(2)) : text)
        case .errors, .shed, .failures, .status:
            if text.hasSuffix("%") { return Double(text.dropLast()).map { $0 / 100 } }
            return text == "0" ? 0 : nil
        case .count, .missing, .unsuccessful: return Double(text)
        }
    }

    // MARK: Judging

    /// How it came out for one flow.
    struct Judgement: Codable, Sendable, Equatable {
        var expectation: String
        var flow: String
        /// In the expectation's own unit; nil where the flow has no such figure.
        var found: String?
        var holds: Bool
    }

    /// One judgement for every flow it is about; a flow that is not there, or has no such figure, does not keep it.
    func judge(_ flows: [FlowFigures]) -> [Judgement] {
        let chosen = flows.filter { self.flow == nil || $0.name == self.flow }
        // Without a flow's name it is about all that have the figure.
        let having = self.flow == nil ? chosen.filter { self.value($0) != nil } : chosen
        guard !having.isEmpty else { return [Judgement(expectation: self.text, flow: self.flow ?? "", found: nil, holds: false)] }
        return having.map { flow in
            guard let value = self.value(flow) else { return Judgement(expectation: self.text, flow: flow.name, found: nil, holds: false) }
            return Judgement(expectation: self.text, flow: flow.name, found: self.shown(value), holds: self.comparison.holds(value, self.bound))
        }
    }

    private func value(_ flow: FlowFigures) -> Double? {
        switch self.metric {
        case .time(let key): flow.latency.max > 0 ? key.value(flow.latency) : nil
        case .terminalTime(let key): flow.terminal.flatMap { $0.times.max > 0 ? key.value($0.times) : nil }
        case .rate: flow.perSecond
        case .terminalRate: flow.terminal?.perSecond
        case .errors: flow.errorShare
        case .shed: flow.shedShare
        // Turned away is not broken: what is neither answered as wanted nor shed.
        case .failures: flow.requests > 0 ? Double(max(0, flow.errors - flow.shed)) / Double(flow.requests) : 0
        case .count: Double(flow.requests)
        case .missing: flow.terminal.map { Double($0.missing) }
        case .unsuccessful: flow.terminal.map { Double($0.unsuccessful) }
        case .status(let code): flow.requests > 0 ? Double(flow.statuses[String(code)] ?? 0) / Double(flow.requests) : 0
        }
    }

    private func shown(_ value: Double) -> String {
        switch self.metric {
        case .time, .terminalTime: DurationText.text(nanoseconds: value * 1e6)
        case .rate, .terminalRate: "\(NumberText.digits(value))/s"
        case .errors, .shed, .failures, .status: "\(NumberText.digits(value * 100)) %"
        case .count, .missing, .unsuccessful: NumberText.fixed(value, 0)
        }
    }
}
