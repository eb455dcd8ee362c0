import Foundation
import IntentModel
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
            let objects = Endurance.value(200, whenOn: 2_000)
            let load = try await LoadgenRun.post(
                (0..<(Int(time.seconds) * rate)).map { Self.body($0, objects) }, to: installation.gateway.address + "/v1/intents", key: Installation.token,
                rate: rate,
                clients: 60, for: time)
            let accepted = load.statuses["202"] ?? 0
            let leftovers = try await installation.queues.leftovers(within: .seconds(60))
            watching.cancel()
            let archived = try await Self.archived(by: installation.gateway, atLeast: accepted, within: .seconds(60))

            let waiting = try await Self.waiting(at: installation.gateway)
            #expect(archived == accepted, "in the archive; not ended: \(waiting)")
            #expect(load.statuses.filter { $0.key != "202" } == [:] && load.faults == [:])
            #expect(leftovers == [:])
            Figure.report(
                "soak: \(accepted) intents in \(time.rounded), \(accepted / Int(time.seconds)) a second, p99 of acceptance \(load.p99.rounded)")
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

        /// Deployments first, then one change after the other of the same objects.
        private static func body(_ number: Int, _ objects: Int) -> String {
            let (object, round) = (number % objects, number / objects)
            let place = "namespace soak-\(object % 100)"
            let sentence =
                round == 0
                ? "Deploy an NRF named nrf-\(object) with 2 replicas in \(place)" : "Scale the NRF named nrf-\(object) in \(place) to \(2 + round % 5) replicas"
            return #"{"intent":"\#(sentence)"}"#
        }

        /// Intents that have not ended, some of each phase: what they are and what was said of them last.
        private static func waiting(at gateway: Gateway) async throws -> [String] {
            var found: [String] = []
            for phase in Phase.allCases where !phase.isTerminal {
                let page = try await gateway.call("GET", "/v1/intents?phase=\(phase.rawValue)&limit=5")
                for item in page["items"] as? [[String: Any]] ?? [] {
                    guard let id = (item["id"] as? String).flatMap({ IntentID($0) }) else { continue }
                    let record = try await gateway.record(id)
                    found.append("\(id) \(phase.rawValue) “\(record.request.intent)”: \(record.history.suffix(3).map { $0.detail ?? $0.phase.rawValue })")
                }
            }
            return found
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
