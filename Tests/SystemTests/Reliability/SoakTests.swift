import Foundation
import IntentModel
import Synchronization
import TestSupport
import Testing

extension RealProcesses {
    /// A constant rate for a long time: nothing grows.
    @Suite("soak") struct SoakTests {
        @Test("memory, descriptors and threads of every process, and the memory of Redis, stay flat at a constant rate", .enabled(if: Endurance.isOn))
        func flat() async throws {
            let rate = Endurance.number("NEPHORAN_RATE") ?? Endurance.value(40, whenOn: 300)
            let time = Duration.seconds(Endurance.number("NEPHORAN_SOAK_SECONDS") ?? Endurance.value(30, whenOn: 1_200))
            // Ended intents leave Redis after the shortest retention there is: after that, as many come as go.
            let archive = try TemporaryDirectory()
            let installation = try await Installation.start(
                ["LEDGER_RETENTION": "60s", "LEDGER_LEASE": "3s", "ARCHIVE_PATH": archive.file("archive.sqlite")])
            defer { withExtendedLifetime(archive) { installation.stop() } }
            let vitals = Vitals()
            let watching = Task { await vitals.watch(installation, every: .milliseconds(Endurance.value(250, whenOn: 2_000))) }
            let load = OpenLoad(rate: rate, objects: Endurance.value(200, whenOn: 2_000))
            try await load.run(installation.gateway, for: time)
            let leftovers = try await installation.queues.leftovers(within: .seconds(60))
            watching.cancel()
            let archived = try await Self.archived(by: installation.gateway, atLeast: load.accepted, within: .seconds(60))

            #expect(archived == load.accepted, "in the archive")
            #expect(load.refusals == [:])
            #expect(leftovers == [:])
            Figure.report(
                "soak: \(load.accepted) intents in \(time.rounded), \(load.accepted / Int(time.seconds)) a second, p99 of acceptance \(load.p99.rounded)")
            for whole in vitals.all {
                // The first part is warming up: caches fill, and Redis fills until the first intents leave it.
                let series = whole.after(Endurance.value(0.5, whenOn: 0.25))
                let (median, growth) = (series.median(of: 0..<1.1), series.slope * (series.points.last?.at ?? 0) * 0.75)
                let isBytes = whole.name.hasSuffix("resident") || whole.name.hasSuffix("memory")
                let unit = isBytes ? 1_048_576.0 : 1
                Figure.report(
                    "soak: \(whole.name) \(String(format: "%.1f", median / unit))\(isBytes ? " MiB" : ""), trend \(String(format: "%+.1f", growth / unit)) over the run"
                )
                guard Endurance.isOn || !isBytes else { continue }
                #expect(growth < max(median * 0.1, isBytes ? 8 * unit : 5), "\(whole.name) grows")
            }
        }

        /// Intents in the archive, by its gauge, which follows within a quarter of a minute.
        private static func archived(by gateway: Gateway, atLeast count: Int, within limit: Duration) async throws -> Int {
            let deadline = ContinuousClock.now + limit
            while true {
                let metrics = try await gateway.call("GET", "/metrics").text
                let line = metrics.split(separator: "\n").first { $0.hasPrefix("nephoran_archive_intents") }
                let archived = line?.split(separator: " ").last.flatMap { Double($0) }.map { Int($0) } ?? 0
                if archived >= count || ContinuousClock.now > deadline { return archived }
                try await Task.sleep(for: .milliseconds(500))
            }
        }
    }
}

/// Intents at a constant rate, whatever becomes of those before: deployments first, then one scale after the other of the same objects.
final class OpenLoad: Sendable {
    private struct State {
        var accepted = 0
        var refusals: [String: Int] = [:]
        var latencies: [Double] = []
    }

    let rate: Int
    let objects: Int
    private let state = Mutex(State())

    init(rate: Int, objects: Int) {
        self.rate = rate
        self.objects = objects
    }

    var accepted: Int { self.state.withLock { $0.accepted } }
    var refusals: [String: Int] { self.state.withLock { $0.refusals } }
    var p99: Duration {
        let sorted = self.state.withLock { $0.latencies }.sorted()
        return .milliseconds(sorted.isEmpty ? 0 : sorted[sorted.count * 99 / 100] * 1_000)
    }

    func run(_ gateway: Gateway, for time: Duration) async throws {
        let start = ContinuousClock.now
        let total = Int(time.seconds * Double(self.rate))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<total {
                let due = start + .nanoseconds(number * 1_000_000_000 / self.rate)
                if due > ContinuousClock.now { try await Task.sleep(until: due, clock: .continuous) }
                group.addTask { await self.submit(number, gateway) }
                if number >= 2_000 { try await group.next() }
            }
            try await group.waitForAll()
        }
    }

    private func sentence(_ number: Int) -> String {
        let (object, round) = (number % self.objects, number / self.objects)
        let place = "namespace soak-\(object % 100)"
        return round == 0
            ? "Deploy an NRF named nrf-\(object) with 2 replicas in \(place)" : "Scale the NRF named nrf-\(object) in \(place) to \(2 + round % 5) replicas"
    }

    private func submit(_ number: Int, _ gateway: Gateway) async {
        let start = ContinuousClock.now
        do {
            _ = try await gateway.accept(self.sentence(number))
            let took = (ContinuousClock.now - start).seconds
            self.state.withLock { state in
                state.accepted += 1
                if number.isMultiple(of: 10) { state.latencies.append(took) }
            }
        } catch {
            self.state.withLock { $0.refusals["\(error)".prefix(200).description, default: 0] += 1 }
        }
    }
}
