import Foundation
import Testing

@testable import Loadgen

struct CapacityTests {
    private func model(_ rate: Double, seconds: Double = 400, servers: Int = 1, cost: Double, extra: String = "") throws -> CapacityModel {
        try CapacityModel(
            yaml: """
                name: m
                arrivals: \(rate)
                seconds: \(seconds)
                stations: [{name: s, servers: \(servers)\(extra)}]
                path: [{station: s, cost: \(cost), answers: true}]
                """, name: "m")
    }

    /// M/M/1: utilisation ρ = λ/µ, mean time in the system 1/(µ − λ), and the time is exponential.
    @Test(arguments: [0.3, 0.6, 0.8]) func oneServerKeepsToTheTheory(load: Double) throws {
        var simulation = CapacitySimulation(try self.model(1_000 * load, cost: 1_000))
        let outcome = simulation.run()
        let mean = 1 / (1 - load)
        #expect(abs(outcome.stations[0].utilisation - load) < 0.02)
        #expect(abs(outcome.terminal.mean / 1e6 - mean) < 0.08 * mean, "mean \(outcome.terminal.mean / 1e6) ms, theory \(mean)")
        #expect(abs(outcome.terminal.nanoseconds(95) / 1e6 - mean * log(20)) < 0.12 * mean * log(20))
        #expect(abs(outcome.perSecond - 1_000 * load) < 20 * load + 5)
    }

    /// M/M/2: mean time 1/µ · 1/(1 − ρ²).
    @Test func twoServersShareALine() throws {
        var simulation = CapacitySimulation(try self.model(1_400, servers: 2, cost: 1_000))
        let outcome = simulation.run()
        #expect(abs(outcome.terminal.mean / 1e6 - 1 / (1 - 0.49)) < 0.12)
    }

    /// Partitions are servers with a line each: as two M/M/1 of half the load.
    @Test func partitionsHaveLinesOfTheirOwn() throws {
        var simulation = CapacitySimulation(try self.model(1_400, servers: 2, cost: 1_000, extra: ", partitioned: true"))
        let outcome = simulation.run()
        #expect(abs(outcome.terminal.mean / 1e6 - 1 / (1 - 0.7)) < 0.4)
    }

    /// What a batch costs beside its intents is shared: alone it would need 1.1 of the server.
    @Test func batchesShareTheirFixedCost() throws {
        var alone = CapacitySimulation(try self.model(1_000, seconds: 20, cost: 100, extra: ", fixed: 1000"))
        let slow = alone.run()
        #expect(slow.perSecond < 950)
        var together = CapacitySimulation(try self.model(1_000, seconds: 20, cost: 100, extra: ", fixed: 1000, batch: 64"))
        let outcome = together.run()
        #expect(abs(outcome.perSecond - 1_000) < 30 && outcome.stations[0].utilisation < 0.95)
    }

    @Test func theSameSeedIsTheSameRun() throws {
        var first = CapacitySimulation(try self.model(500, seconds: 5, cost: 1_000)), second = CapacitySimulation(try self.model(500, seconds: 5, cost: 1_000))
        let (one, other) = (first.run(), second.run())
        #expect(one.terminal.totalCount == other.terminal.totalCount && one.terminal.max == other.terminal.max)
    }

    @Test(arguments: ["arrivals: 0", "stations: [{name: s, servers: 0}]", "path: [{station: t, cost: 1}]", "path: []"]) func badModelsAreRefused(line: String) {
        let base = ["arrivals": "arrivals: 1", "stations": "stations: [{name: s, servers: 1}]", "path": "path: [{station: s, cost: 1}]"]
        let yaml = "name: m\nseconds: 1\n" + base.map { line.hasPrefix($0.key) ? line : $0.value }.joined(separator: "\n")
        #expect(throws: LoadError.self) { try CapacityModel(yaml: yaml, name: "m") }
    }

    @Test func theCheckedInModelKeepsWhatItExpects() throws {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "loadtest/capacity/ten-thousand.yaml")
        var model = try CapacityModel(yaml: String(contentsOf: file, encoding: .utf8), name: "ten-thousand")
        #expect(model.arrivals == 10_000)
        model.seconds = 2
        var simulation = CapacitySimulation(model)
        let outcome = simulation.run()
        let bounds = try #require(model.expect)
        #expect(outcome.perSecond > 0.97 * model.arrivals)
        #expect(outcome.accept.nanoseconds(99) / 1e6 <= (try #require(bounds.acceptP99)))
        #expect(outcome.terminal.nanoseconds(95) / 1e6 <= (try #require(bounds.terminalP95)))
        #expect(outcome.stations.allSatisfy { $0.utilisation <= bounds.utilisation ?? 1 })
    }
}
