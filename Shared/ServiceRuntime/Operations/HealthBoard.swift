package import Telemetry

/// Asks the dependencies, all at the same time, and remembers the answers for a moment so that probes cost them little.
package actor HealthBoard {
    private struct Counters {
        let total: PrometheusCounter
        let success: PrometheusCounter
        let compliance: PrometheusGauge
    }

    private let checks: [(check: HealthCheck, counters: Counters)]
    private let lifetime: Duration
    private let clock = ContinuousClock()
    private var last: (at: ContinuousClock.Instant, answers: [HealthReport.Dependency])?
    /// Checks that succeeded, and all, by component.
    private var tallies: [String: (good: Int, all: Int)] = [:]
    private var asking: Task<[HealthReport.Dependency], Never>?

    package init(_ checks: [HealthCheck], metrics: PrometheusRegistry, lifetime: Duration = .milliseconds(250)) {
        self.lifetime = lifetime
        self.checks = checks.map { check in
            let labels = [("component", check.name)]
            return (
                check,
                Counters(
                    total: metrics.counter(MetricName.healthCheckTotal, labels), success: metrics.counter(MetricName.healthCheckSuccessTotal, labels),
                    compliance: metrics.gauge(MetricName.slaCompliance, labels)
                )
            )
        }
    }

    /// In the order the checks were given.
    package func dependencies() async -> [HealthReport.Dependency] {
        if let last, last.at.duration(to: self.clock.now) < self.lifetime { return last.answers }
        if let asking { return await asking.value }
        let checks = self.checks
        let task = Task { await Self.ask(checks) }
        self.asking = task
        let answers = await task.value
        self.asking = nil
        self.last = (self.clock.now, answers)
        for ((check, counters), answer) in zip(checks, answers) {
            var tally = self.tallies[check.name] ?? (0, 0)
            tally.all += 1
            if answer.state == .up { tally.good += 1 }
            self.tallies[check.name] = tally
            counters.compliance.set(100 * Double(tally.good) / Double(tally.all))
        }
        return answers
    }

    private static func ask(_ checks: [(check: HealthCheck, counters: Counters)]) async -> [HealthReport.Dependency] {
        await withTaskGroup(of: (Int, HealthReport.Dependency).self) { group in
            for (index, (check, counters)) in checks.enumerated() {
                group.addTask {
                    let answer = await self.ask(check)
                    counters.total.increment()
                    if answer.state == .up { counters.success.increment() }
                    return (index, answer)
                }
            }
            var answers: [(Int, HealthReport.Dependency)] = []
            for await answer in group { answers.append(answer) }
            return answers.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }

    /// A probe that ignores its cancellation would hold the answer up, so the clock and the probe race as tasks of their own.
    private static func ask(_ check: HealthCheck) async -> HealthReport.Dependency {
        let clock = ContinuousClock()
        let start = clock.now
        let (answers, continuation) = AsyncStream<(isUp: Bool, detail: String?)>.makeStream(bufferingPolicy: .bufferingOldest(1))
        let probe = Task {
            do {
                continuation.yield((true, try await check.probe().map(Redaction.text)))
            } catch {
                continuation.yield((false, Redaction.text("\(error)")))
            }
        }
        let limit = Task {
            guard (try? await Task.sleep(for: check.timeout)) != nil else { return }
            continuation.yield((false, "no answer within \(DurationText.format(check.timeout))"))
        }
        var found: (isUp: Bool, detail: String?) = (false, nil)
        for await answer in answers {
            found = answer
            break
        }
        probe.cancel()
        limit.cancel()
        let took = start.duration(to: clock.now).components
        return HealthReport.Dependency(
            name: check.name, state: found.isUp ? .up : .down, required: check.isRequired,
            latencyMs: Double(took.seconds) * 1_000 + (Double(took.attoseconds) / 1e12).rounded() / 1_000, detail: found.detail
        )
    }
}
