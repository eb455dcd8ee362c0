/// The summary on standard output; the words and the order are hey's where the figure is.
enum TextReport {
    static func text(_ report: Report) -> String {
        var out = ""
        for flow in report.flows {
            out += "\n\(report.flows.count > 1 ? "\(flow.name)\n" : "")Summary:\n"
            out += "  Total:\t\(NumberText.fixed(report.seconds, 4)) secs\n"
            out += "  Slowest:\t\(self.seconds(flow.latency.max)) secs\n  Fastest:\t\(self.seconds(flow.latency.min)) secs\n"
            out += "  Average:\t\(self.seconds(flow.latency.mean)) secs\n  Requests/sec:\t\(NumberText.fixed(flow.perSecond, 4))\n"
            if let asked = flow.asked { out += "  Asked for:\t\(NumberText.fixed(asked, 4))/s, latency counts from when a request was due\n" }
            out += "\n  Total data:\t\(flow.bytes) bytes\n"
            if flow.answers > 0 { out += "  Size/request:\t\(flow.bytes / flow.answers) bytes\n" }
            out += "\nLatency distribution:\n"
            let times = flow.latency
            for (name, value) in [("50", times.p50), ("75", times.p75), ("90", times.p90), ("95", times.p95), ("99", times.p99), ("99.9", times.p999)] {
                out += "  \(name)% in \(self.seconds(value)) secs\n"
            }
            if flow.isOpen { out += "  from sending: 50% in \(self.seconds(flow.service.p50)), 99% in \(self.seconds(flow.service.p99)) secs\n" }
            if let terminal = flow.terminal { out += self.terminal(terminal) }
            out += "\nStatus code distribution:\n"
            for (status, count) in flow.statuses.sorted(by: { $0.key < $1.key }) { out += "  [\(status)]\t\(count) responses\n" }
            if !flow.faults.isEmpty {
                out += "\nError distribution:\n"
                for (reason, count) in flow.faults.sorted(by: { $0.value > $1.value }) { out += "  [\(count)]\t\(reason)\n" }
            }
        }
        for step in report.steps {
            out += "\n\(step.holds ? "held " : "broke")  \(NumberText.digits(step.rate))/s"
            for flow in step.flows {
                out +=
                    "  \(flow.name): \(NumberText.digits(flow.perSecond))/s, p95 \(DurationText.text(nanoseconds: flow.latency.p95 * 1e6)), errors \(NumberText.digits(flow.errorShare * 100)) %"
            }
        }
        if !report.judgements.isEmpty {
            out += "\nExpectations:\n"
            for judgement in report.judgements {
                out += "  \(judgement.holds ? "kept" : "NOT KEPT")\t\(judgement.expectation)\t\(judgement.flow) \(judgement.found ?? "no such figure")\n"
            }
        }
        return out
    }

    private static func terminal(_ terminal: FlowFigures.Terminal) -> String {
        var out = "\nTo the end of an intent:\n"
        let times = terminal.times
        out +=
            "  50% in \(self.seconds(times.p50)), 95% in \(self.seconds(times.p95)), 99% in \(self.seconds(times.p99)) secs; \(NumberText.fixed(terminal.perSecond, 1)) a second\n"
        for (phase, count) in terminal.phases.sorted(by: { $0.key < $1.key }) { out += "  [\(phase)]\t\(count) of \(terminal.accepted) accepted\n" }
        if terminal.missing > 0 { out += "  not ended\t\(terminal.missing)\n" }
        return out
    }

    private static func seconds(_ milliseconds: Double) -> String { NumberText.fixed(milliseconds / 1_000, 4) }
}

/// Every request as hey writes it with `-o csv`.
enum CSVReport {
    static let head = "response-time,DNS+dialup,DNS,Request-write,Response-delay,Response-read,status-code,offset"

    static func lines(_ samples: [FlowRecorder.Sample]) -> String {
        var out = self.head + "\n"
        for sample in samples {
            let times = [sample.response, sample.dial, 0, sample.write, sample.delay, sample.read].map { NumberText.fixed(Double($0), 6) }
            out += times.joined(separator: ",") + ",\(sample.status),\(NumberText.fixed(Double(sample.offset), 6))\n"
        }
        return out
    }
}
