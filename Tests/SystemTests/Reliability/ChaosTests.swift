import Testing
import TestSupport

extension RealProcesses {
    /// Exactly once, counted from git's log and the RIC's log, whatever dies when.
    @Suite("chaos") struct ChaosTests {
        @Test("nothing is lost and nothing doubled while services, Redis and Git are killed or stopped at random")
        func exactlyOnce() async throws {
            let ric = try await FakeRIC.start()
            let installation = try await Installation.start(["A1_URL": "east=\(ric.url)", "PLMN": "001-01"])
            defer { installation.stop() }
            let count = Endurance.value(2_000, whenOn: Endurance.number("NEPHORAN_INTENTS") ?? 100_000)
            let chaos = Chaos(seed: SeededRandom.seed)
            let vitals = Vitals()
            let watching = Task { await vitals.watch(installation, every: .seconds(1)) }
            let start = ContinuousClock.now
            var run = FaultRun(
                installation, orders: FaultOrder.mixture(of: count, withPolicies: true), chaos: chaos, ric: ric,
                patience: .seconds(Endurance.value(60, whenOn: 600)))
            run.clients = 100
            run.wait = Endurance.value(5, whenOn: 0)
            let report = try await run.perform()
            let took = ContinuousClock.now - start
            watching.cancel()

            #expect(report.description == "", "NEPHORAN_SEED=\(chaos.seed)")
            #expect(chaos.surprises == [], "nothing ends by itself")
            let strikes = chaos.strikes.values.reduce(0, +)
            Figure.report(
                "chaos: \(count) intents in \(took.rounded), \(strikes) strikes: \(chaos.strikes.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" })")
            for series in vitals.all where series.name.hasSuffix("resident") {
                let (early, late) = (series.median(of: 0..<0.34) / 1_048_576, series.median(of: 0.67..<1) / 1_048_576)
                Figure.report("chaos: \(series.name) \(Int(early)) MiB in the first third, \(Int(late)) MiB in the last")
                // Killed and started again all the time: what grows is what one life of a process takes, and the index of what was published.
                if Endurance.isOn { #expect(late < early * 1.5 + 64, "\(series.name)") }
            }
            await ric.stop()
        }
    }
}
