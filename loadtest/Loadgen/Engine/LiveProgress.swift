/// A line on the terminal that says how far a run is.
struct LiveProgress: Sendable {
    private let names: [String]
    private let duration: Double?

    init(_ flows: [FlowPlan]) {
        self.names = flows.map(\.name)
        self.duration = flows.compactMap(\.pace.duration).max()
    }

    /// Until it is cancelled.
    func show(_ control: RunControl) async {
        let start = MonotonicClock.now()
        var before = control.progress()
        while (try? await Task.sleep(for: .milliseconds(500))) != nil {
            let now = control.progress()
            StandardError.write("\r\u{1b}[K" + self.line(now, before, seconds: Double(MonotonicClock.now() - start) / 1e9))
            before = now
        }
        StandardError.write("\r\u{1b}[K")
    }

    func line(_ now: [RunControl.Progress], _ before: [RunControl.Progress], seconds: Double) -> String {
        var out = "\(NumberText.fixed(seconds, 0)) s"
        if let duration { out += " of \(NumberText.fixed(duration, 0))" }
        for (index, name) in self.names.enumerated() where now.indices.contains(index) && before.indices.contains(index) {
            let rate = Double(now[index].answers - before[index].answers) / 0.5
            out += "  \(name) \(now[index].answers) (\(NumberText.digits(rate))/s), p95 \(DurationText.text(nanoseconds: now[index].recent))"
            if now[index].errors > 0 { out += ", \(now[index].errors) errors" }
        }
        return out
    }
}
