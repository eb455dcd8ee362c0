/// The report as people pass it on.
enum MarkdownReport {
    static func text(_ report: Report) -> String {
        var out = "# \(report.name)\n\n"
        if !report.about.isEmpty { out += "\(report.about)\n\n" }
        out += "\(report.target), \(report.started), \(NumberText.digits(report.seconds)) s. "
        out +=
            report.judgements.isEmpty
            ? "Nothing was expected.\n\n" : report.holds ? "**Everything that was expected held.**\n\n" : "**Not everything that was expected held.**\n\n"
        out += "| flow | asked | answered | errors | turned away | p50 | p95 | p99 | max |\n|---|---|---|---|---|---|---|---|---|\n"
        for flow in report.flows { out += self.row(flow) }
        let ends = report.flows.filter { $0.terminal != nil }
        if !ends.isEmpty {
            out += "\n| to the end | accepted | ended a second | not ended | unsuccessful | p50 | p95 | p99 |\n|---|---|---|---|---|---|---|---|\n"
            for flow in ends {
                guard let terminal = flow.terminal else { continue }
                out += "| \(flow.name) | \(terminal.accepted) | \(NumberText.digits(terminal.perSecond)) | \(terminal.missing) | \(terminal.unsuccessful) "
                out += "| \(self.time(terminal.times.p50)) | \(self.time(terminal.times.p95)) | \(self.time(terminal.times.p99)) |\n"
            }
        }
        if !report.steps.isEmpty {
            out += "\n## Steps\n\n| asked | held | answered | errors | p95 | p99 |\n|---|---|---|---|---|---|\n"
            for step in report.steps {
                for flow in step.flows {
                    out +=
                        "| \(NumberText.digits(step.rate))/s | \(step.holds ? "yes" : "no") | \(NumberText.digits(flow.perSecond))/s | \(NumberText.digits(flow.errorShare * 100)) % "
                    out += "| \(self.time(flow.latency.p95)) | \(self.time(flow.latency.p99)) |\n"
                }
            }
        }
        if !report.judgements.isEmpty {
            out += "\n## Expectations\n\n| expected | flow | found | |\n|---|---|---|---|\n"
            for judgement in report.judgements {
                out +=
                    "| `\(judgement.expectation)` | \(judgement.flow) | \(judgement.found ?? "no such figure") | \(judgement.holds ? "kept" : "**not kept**") |\n"
            }
        }
        out += "\n## Recommendations\n\n"
        for item in report.recommendations { out += "- \(item.weight == .act ? "**\(item.finding)**" : item.finding) \(item.advice)\n" }
        return out
    }

    private static func row(_ flow: FlowFigures) -> String {
        let asked = flow.asked.map { "\(NumberText.digits($0))/s" } ?? "closed loop, \(flow.connections)"
        var out = "| \(flow.name) | \(asked) | \(NumberText.digits(flow.perSecond))/s | \(NumberText.digits(flow.errorShare * 100)) % "
        out += "| \(NumberText.digits(flow.shedShare * 100)) % | \(self.time(flow.latency.p50)) | \(self.time(flow.latency.p95)) "
        out += "| \(self.time(flow.latency.p99)) | \(self.time(flow.latency.max)) |\n"
        return out
    }

    private static func time(_ milliseconds: Double) -> String { DurationText.text(nanoseconds: milliseconds * 1e6) }
}
