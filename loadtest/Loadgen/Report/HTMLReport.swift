/// One page with everything in it: no script, nothing to load, light and dark.
enum HTMLReport {
    private static let style = """
        :root{color-scheme:light dark;--ink:#1c2024;--paper:#fff;--quiet:#60646c;--line:#d9d9e0;--good:#218358;--bad:#ce2c31}
        @media (prefers-color-scheme:dark){:root{--ink:#edeef0;--paper:#111113;--quiet:#b0b4ba;--line:#363a3f;--good:#3dd68c;--bad:#ff9592}}
        body{font:15px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper);max-width:60rem;margin:2rem auto;padding:0 1rem}
        h1{font-size:1.5rem;margin-bottom:.2rem}h2{font-size:1.1rem;margin-top:2rem}p.quiet{color:var(--quiet);margin:.2rem 0}
        table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}td,th{padding:.3rem .6rem;border-bottom:1px solid var(--line);text-align:right}
        td:first-child,th:first-child{text-align:left}.good{color:var(--good)}.bad{color:var(--bad);font-weight:600}
        svg{width:100%;height:auto;margin:.5rem 0}svg text{font:11px system-ui,sans-serif;fill:var(--quiet)}svg .title{font-size:13px;fill:var(--ink)}
        svg .grid{stroke:var(--line);stroke-width:.5}li{margin:.4rem 0}
        """
    private static let blue = "#0090ff", orange = "#f76b15", red = "#e5484d", green = "#30a46c"

    static func text(_ report: Report) -> String {
        var out = "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">"
        out += "<title>\(HTMLText.escaped(report.name))</title><style>\(self.style)</style></head><body><h1>\(HTMLText.escaped(report.name))</h1>"
        if !report.about.isEmpty { out += "<p>\(HTMLText.escaped(report.about))</p>" }
        out += "<p class=\"quiet\">\(HTMLText.escaped(report.target)) · \(report.started) · \(NumberText.digits(report.seconds)) s</p>"
        if !report.judgements.isEmpty { out += self.judgements(report) }
        out += self.table(report)
        if !report.steps.isEmpty { out += self.steps(report) }
        for flow in report.flows { out += self.charts(flow) }
        out += "<h2>Recommendations</h2><ul>"
        for item in report.recommendations {
            out +=
                "<li><span class=\"\(item.weight == .act ? "bad" : item.weight == .good ? "good" : "")\">\(HTMLText.escaped(item.finding))</span> \(HTMLText.escaped(item.advice))</li>"
        }
        return out + "</ul></body></html>\n"
    }

    private static func judgements(_ report: Report) -> String {
        var out = "<h2>Expectations</h2><table><tr><th>expected<th>flow<th>found<th></tr>"
        for judgement in report.judgements {
            out +=
                "<tr><td><code>\(HTMLText.escaped(judgement.expectation))</code><td>\(HTMLText.escaped(judgement.flow))<td>\(HTMLText.escaped(judgement.found ?? "no such figure"))"
            out += "<td class=\"\(judgement.holds ? "good" : "bad")\">\(judgement.holds ? "kept" : "not kept")</tr>"
        }
        return out + "</table>"
    }

    private static func table(_ report: Report) -> String {
        var out = "<h2>Figures</h2><table><tr><th>flow<th>asked<th>answered<th>errors<th>turned away<th>p50<th>p95<th>p99<th>max</tr>"
        for flow in report.flows {
            let asked = flow.asked.map { "\(NumberText.digits($0))/s" } ?? "\(flow.connections) at once"
            out +=
                "<tr><td>\(HTMLText.escaped(flow.name))<td>\(asked)<td>\(NumberText.digits(flow.perSecond))/s<td>\(NumberText.digits(flow.errorShare * 100)) %"
            out += "<td>\(NumberText.digits(flow.shedShare * 100)) %<td>\(self.time(flow.latency.p50))<td>\(self.time(flow.latency.p95))"
            out += "<td>\(self.time(flow.latency.p99))<td>\(self.time(flow.latency.max))</tr>"
            guard let terminal = flow.terminal else { continue }
            out +=
                "<tr><td>… to the end of the intent<td>\(terminal.accepted) accepted<td>\(NumberText.digits(terminal.perSecond))/s<td>\(terminal.unsuccessful)"
            out += "<td>\(terminal.missing) not ended<td>\(self.time(terminal.times.p50))<td>\(self.time(terminal.times.p95))"
            out += "<td>\(self.time(terminal.times.p99))<td>\(self.time(terminal.times.max))</tr>"
        }
        return out + "</table>"
    }

    private static func steps(_ report: Report) -> String {
        let labels = report.steps.map { "\(NumberText.digits($0.rate))/s" }
        let names = report.steps.first?.flows.map(\.name) ?? []
        var out = "<h2>Steps</h2>"
        for (index, name) in names.enumerated() {
            let flows = report.steps.compactMap { $0.flows.indices.contains(index) ? $0.flows[index] : nil }
            out +=
                SVGChart(
                    title: "\(name): answered at each step", unit: "/s",
                    lines: [
                        .init(name: "answered", colour: self.blue, values: flows.map(\.perSecond)),
                        .init(name: "asked", colour: self.green, values: report.steps.map(\.rate)),
                    ], labels: labels
                ).svg
            out +=
                SVGChart(
                    title: "\(name): latency at each step", unit: "ms",
                    lines: [
                        .init(name: "p99", colour: self.red, values: flows.map(\.latency.p99)),
                        .init(name: "p95", colour: self.orange, values: flows.map(\.latency.p95)),
                    ], labels: labels
                ).svg
        }
        return out
    }

    private static func charts(_ flow: FlowFigures) -> String {
        let series = flow.series
        let labels = series.perSecond.indices.map { "\(NumberText.fixed(Double($0) * series.interval, 0)) s" }
        var out = "<h2>\(HTMLText.escaped(flow.name))</h2>"
        out +=
            SVGChart(
                title: "answers and errors", unit: "/s",
                lines: [
                    .init(name: "errors", colour: self.red, values: series.errors), .init(name: "turned away", colour: self.orange, values: series.shed),
                    .init(name: "answers", colour: self.blue, values: series.perSecond),
                ], labels: labels
            ).svg
        out +=
            SVGChart(
                title: "latency over time", unit: "ms",
                lines: [
                    .init(name: "p99", colour: self.red, values: series.p99), .init(name: "p95", colour: self.orange, values: series.p95),
                    .init(name: "p50", colour: self.blue, values: series.p50),
                ], labels: labels
            ).svg
        out +=
            SVGChart(
                title: "latency by percentile", unit: "ms", lines: [.init(name: "latency", colour: self.blue, values: flow.distribution.map { $0[1] })],
                labels: flow.distribution.map { "\(NumberText.digits($0[0]))" }
            ).svg
        return out
    }

    private static func time(_ milliseconds: Double) -> String { DurationText.text(nanoseconds: milliseconds * 1e6) }
}
