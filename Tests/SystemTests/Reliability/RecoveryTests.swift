import Glibc
import IntentModel
import TestSupport
import Testing

extension RealProcesses {
    /// A worker that is killed holds leases; somebody else takes the work over.
    @Suite("recovery") struct RecoveryTests {
        struct Case: Sendable, CustomTestStringConvertible {
            var stage: String
            var worker: ServiceName
            /// Another instance of the service runs beside; the killed one does not come back.
            var hasSecond = false
            var testDescription: String { "\(self.stage)\(self.hasSecond ? ", a second instance" : "")" }
        }

        static let limit = Duration.seconds(5)

        /// With the lease as shipped: 3 s.
        @Test("all leases of a worker that is killed are taken over and finished within 5 s")
        func leases() async throws {
            let ric = try await FakeRIC.start()
            let installation = try await Installation.start(["LEDGER_LEASE": "3s", "A1_URL": "east=\(ric.url)", "PLMN": "001-01"])
            defer { installation.stop() }
            let cases = [
                Case(stage: "interpret", worker: .interpreter), Case(stage: "plan", worker: .generator), Case(stage: "publish", worker: .bridge),
                Case(stage: "verify", worker: .bridge), Case(stage: "policy", worker: .adaptor),
                Case(stage: "plan", worker: .generator, hasSecond: true),
            ]
            for (number, item) in cases.enumerated() {
                let second = item.hasSecond ? try await installation.startAnother(item.worker) : nil
                defer { second?.stop() }
                let (leases, taken, finished) = try await Self.recover(item, number, installation)
                Figure.report(
                    "\(item.testDescription): \(leases) leases of a killed worker, taken over after \(taken.rounded), finished after \(finished.rounded)")
                #expect(finished <= Self.limit, "\(item.testDescription)")
                if item.hasSecond { try await installation.killAndRestart(item.worker) }
            }
            #expect(try await installation.queues.leftovers(within: .seconds(20)) == [:])
            await ric.stop()
        }

        /// Kills the worker while it holds leases; until nothing of them is left in its hands, and until nothing of them is left.
        private static func recover(_ item: Case, _ number: Int, _ installation: Installation) async throws -> (Int, taken: Duration, finished: Duration) {
            let process = try installation.process(item.worker)
            var round = 0
            while true {
                round += 1
                try #require(round < 50, "\(item.stage) never held a lease")
                let orders = (0..<24).map { index -> String in
                    let name = "\(number)-\(round)-\(index)"
                    return item.stage == "policy"
                        ? RANOrder.sentence(number * 10_000 + round * 100 + index) : "Deploy an NRF named own-\(name) in namespace recovery"
                }
                let submitting = Task {
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        for order in orders { group.addTask { _ = try await installation.gateway.accept(order) } }
                        try await group.waitForAll()
                    }
                }
                let deadline = ContinuousClock.now + .seconds(3)
                while ContinuousClock.now < deadline {
                    guard try await !installation.queues.leases(of: item.stage).isEmpty else { continue }
                    process.signal(SIGSTOP)
                    // What it was given while it stopped counts, too; what it has finished does not.
                    let held = try await installation.queues.leases(of: item.stage)
                    if held.isEmpty {
                        process.signal(SIGCONT)
                        continue
                    }
                    try await submitting.value
                    let leases = try await installation.queues.leases(of: item.stage)
                    process.kill()
                    let start = ContinuousClock.now
                    if !item.hasSecond { try process.restart() }
                    let before = Set(leases.values)
                    var taken: Duration?
                    while ContinuousClock.now < start + .seconds(20) {
                        let left = try await installation.queues.leases(of: item.stage).filter { leases[$0.key] != nil }
                        if taken == nil, !left.values.contains(where: before.contains) { taken = ContinuousClock.now - start }
                        if left.isEmpty { break }
                        try await Task.sleep(for: .milliseconds(5))
                    }
                    let finished = ContinuousClock.now - start
                    return (leases.count, taken ?? finished, finished)
                }
                try await submitting.value
            }
        }
    }
}
