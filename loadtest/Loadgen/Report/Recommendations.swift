/// Reads a report the way one who has seen many would: each rule looks at figures and says what they mean. Thresholds are beside their rules.
enum Recommendations {
    static func read(_ report: Report) -> [Recommendation] {
        var found = self.generator(report)
        for flow in report.flows {
            let name = report.flows.count > 1 ? "\(flow.name): " : ""
            found += [
                self.saturation(flow, name), self.waiting(flow, name), self.shedding(flow, name), self.faults(flow, name), self.tail(flow, name),
                self.drift(flow, name), self.start(flow, name), self.pipeline(flow, name),
            ].compactMap { $0 }
        }
        found += self.steps(report)
        if found.isEmpty, report.holds {
            found.append(
                Recommendation(
                    weight: .good, finding: "Nothing in the figures is out of the ordinary.",
                    advice: "Raise the load until something is: the breakpoint scenario does."))
        }
        return found
    }

    private static func generator(_ report: Report) -> [Recommendation] {
        guard report.generatorLoad > 0.9 * Double(report.threads) else { return [] }
        return [
            Recommendation(
                weight: .act,
                finding:
                    "The load generator used \(NumberText.fixed(report.generatorLoad * 100, 0)) % of a core with \(report.threads) thread(s): it was the bound.",
                advice: "Use more threads (-cpus), or a machine of its own, before reading anything into the rates.")
        ]
    }

    /// 3 %: less than that comes from when the last answers arrive.
    private static func saturation(_ flow: FlowFigures, _ name: String) -> Recommendation? {
        guard let asked = flow.asked, asked > 0, flow.perSecond < 0.97 * asked else { return nil }
        return Recommendation(
            weight: .act,
            finding: "\(name)\(NumberText.digits(asked))/s were asked for and \(NumberText.digits(flow.perSecond))/s answered: this is more than it takes.",
            advice: "Its capacity is about \(NumberText.digits(flow.perSecond))/s here. Scale out what is busiest, or keep arrivals below 70 % of that.")
    }

    private static func waiting(_ flow: FlowFigures, _ name: String) -> Recommendation? {
        guard flow.isOpen, flow.latency.p99 > 2 * flow.service.p99, flow.latency.p99 - flow.service.p99 > 5 else { return nil }
        return Recommendation(
            weight: .look,
            finding:
                "\(name)p99 is \(self.time(flow.latency.p99)) from when a request was due but \(self.time(flow.service.p99)) from when it was sent: requests queued for one of \(flow.connections) connections.",
            advice: "A closed loop would have hidden this. Either the target stalls (see the chart), or more connections are needed for this rate.")
    }

    private static func shedding(_ flow: FlowFigures, _ name: String) -> Recommendation? {
        guard flow.shed > 0 else { return nil }
        let limited = flow.statuses["429"] ?? 0, busy = flow.statuses["503"] ?? 0
        return Recommendation(
            weight: flow.shedShare > 0.01 ? .act : .look,
            finding: "\(name)\(NumberText.digits(flow.shedShare * 100)) % were turned away (\(limited) × 429, \(busy) × 503).",
            advice: limited >= busy
                ? "429 is the rate of a key or a full backlog: see RATE_LIMIT_RPS and BACKPRESSURE_MAX_BACKLOG, and whether Retry-After is obeyed."
                : "503 is overload or a part that is away: see CONCURRENCY_LIMIT_MAX, the breakers, and whether the ledger keeps up.")
    }

    private static func faults(_ flow: FlowFigures, _ name: String) -> Recommendation? {
        let broken = flow.errors - flow.shed
        guard broken > 0 else { return nil }
        let most = flow.faults.max { $0.value < $1.value }.map { "\($0.key), \($0.value) times" } ?? "unwanted statuses"
        return Recommendation(
            weight: .act, finding: "\(name)\(broken) requests failed without having been turned away; most often: \(most).",
            advice: "These are lost to callers. Look into the logs at this time, and at limits of connections and time-outs between the two.")
    }

    /// A p99 of ten medians is common under bursts; beyond, a few requests pay for something that others do not.
    private static func tail(_ flow: FlowFigures, _ name: String) -> Recommendation? {
        guard flow.answers >= 1_000, flow.latency.p50 > 0, flow.latency.p99 > 10 * flow.latency.p50, flow.latency.p99 > 10 else { return nil }
        return Recommendation(
            weight: .look,
            finding: "\(name)a long tail: p99 \(self.time(flow.latency.p99)) is \(NumberText.fixed(flow.latency.p99 / flow.latency.p50, 0)) medians.",
            advice:
                "Look for what stops all at once (fsync, merges, collection, a full queue): in the chart it is spikes; spread evenly it is the work's own size."
        )
    }

    /// The last third beside the first, after a tenth of warming up.
    private static func drift(_ flow: FlowFigures, _ name: String) -> Recommendation? {
        let series = flow.series.p95.dropFirst(flow.series.p95.count / 10)
        guard series.count >= 12 else { return nil }
        let third = series.count / 3
        let first = Self.median(Array(series.prefix(third))), last = Self.median(Array(series.suffix(third + 1).dropLast()))
        guard first > 0, last > 1.5 * first, last - first > 2 else { return nil }
        let rises = flow.asked == nil || abs((flow.series.perSecond.max() ?? 0) - (flow.asked ?? 0)) < 0.2 * (flow.asked ?? 1)
        return Recommendation(
            weight: rises ? .act : .look, finding: "\(name)it slows down: p95 rose from \(self.time(first)) to \(self.time(last)) over the run.",
            advice: "At a constant load something grows: a queue, a table, memory. Watch queue_depth and resident memory over the same time.")
    }

    private static func start(_ flow: FlowFigures, _ name: String) -> Recommendation? {
        guard flow.series.p95.count >= 10, let first = flow.series.p95.first else { return nil }
        let rest = Self.median(Array(flow.series.p95.dropFirst()))
        guard rest > 0, first > 5 * rest, first > 20 else { return nil }
        return Recommendation(
            weight: .look, finding: "\(name)the first interval had a p95 of \(self.time(first)), later ones \(self.time(rest)).",
            advice: "Connections, caches and code are cold at first. After a deployment warm up before traffic, or let readiness wait for it.")
    }

    private static func pipeline(_ flow: FlowFigures, _ name: String) -> Recommendation? {
        guard let terminal = flow.terminal, terminal.accepted > 0 else { return nil }
        if terminal.missing > 0 {
            return Recommendation(
                weight: .act, finding: "\(name)\(terminal.missing) of \(terminal.accepted) accepted intents had not ended when waiting did.",
                advice:
                    "Either the pipeline is behind (nephoran queue), or they wait for a person (awaiting_clarification, awaiting_approval). None is lost; look at their phases."
            )
        }
        guard terminal.perSecond > 0, flow.perSecond > 1.1 * terminal.perSecond else { return nil }
        return Recommendation(
            weight: .look,
            finding:
                "\(name)accepted at \(NumberText.digits(flow.perSecond))/s, ended at \(NumberText.digits(terminal.perSecond))/s: the pipeline worked off a backlog.",
            advice:
                "For longer than a burst, arrivals must stay below \(NumberText.digits(terminal.perSecond))/s; the stage with the deepest queue_depth is the one to scale."
        )
    }

    private static func steps(_ report: Report) -> [Recommendation] {
        guard !report.steps.isEmpty else { return [] }
        guard let most = report.breakpoint else {
            return [
                Recommendation(
                    weight: .act, finding: "Already the first step did not hold.",
                    advice: "Begin lower, or look at what fails at \(NumberText.digits(report.steps[0].rate))/s.")
            ]
        }
        guard let broken = report.steps.first(where: { !$0.holds }) else {
            return [
                Recommendation(
                    weight: .look, finding: "Every step held, up to \(NumberText.digits(most))/s.", advice: "The breaking point is higher: let the steps go on."
                )
            ]
        }
        return [
            Recommendation(
                weight: .look, finding: "It held at \(NumberText.digits(most))/s and broke at \(NumberText.digits(broken.rate))/s.",
                advice: "Plan for \(NumberText.digits(0.7 * most))/s an instance: the rest is room for bursts and for the loss of a node.")
        ]
    }

    private static func median(_ values: [Double]) -> Double { values.isEmpty ? 0 : values.sorted()[values.count / 2] }
    private static func time(_ milliseconds: Double) -> String { DurationText.text(nanoseconds: milliseconds * 1e6) }
}
