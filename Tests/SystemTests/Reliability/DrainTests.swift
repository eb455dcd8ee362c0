import Foundation
import IntentModel
import Synchronization
import TestSupport
import Testing

extension RealProcesses {
    /// A platform engineer restarts services under load; nobody notices.
    @Suite("drain") struct DrainTests {
        static let lease = Duration.seconds(3)

        @Test("no request fails and no intent waits longer than a lease while every service is restarted again and again", .enabled(if: Endurance.isOn))
        func rollingRestart() async throws {
            let installation = try await Supervised.start()
            let rounds = Endurance.value(1, whenOn: 10)
            let time = Duration.seconds(Endurance.value(22, whenOn: 220))
            let url = installation.gateway.address
            // Understood at once and nobody's to carry out: the load is on the door, not on one package.
            let question = #"{"intent": "Deploy something in namespace drain"}"#
            async let kept = Hey.run(url + "/v1/intents?limit=5", key: Supervised.token, clients: 8, rate: 20, for: time)
            async let fresh = Hey.run(url + "/v1/health", key: Supervised.token, clients: 4, rate: 20, for: time, keepsConnections: false)
            async let posted = Hey.run(url + "/v1/intents", key: Supervised.token, clients: 4, rate: 10, for: time, post: question)
            let orders = SteadyOrders("drain")
            let submitting = Task { try await orders.submit(to: installation.gateway, every: .milliseconds(100)) }

            try await Task.sleep(for: .seconds(1))
            var restarts = 0
            for _ in 0..<rounds {
                for service in ServiceName.allCases {
                    let said = try await installation.restart(service.rawValue)
                    Figure.report("drain: \(said.trimmingCharacters(in: .whitespacesAndNewlines))")
                    restarts += 1
                }
            }
            let loads = [try await kept, try await fresh, try await posted]
            orders.stop()
            try await submitting.value

            for load in loads {
                #expect(load.others == [:], "answers that were not 2xx")
                #expect(load.errors == [])
                #expect(load.count > 100)
            }
            #expect(orders.refusals == [])
            var longest = (took: Duration.zero, name: "none")
            for id in orders.accepted {
                let record = try await installation.gateway.settled(id)
                #expect(record.phase == .published, "\(record.problem?.detail ?? "")")
                let step = try record.longestStep
                if step.took > longest.took { longest = step }
            }
            Figure.report(
                "drain: \(restarts) restarts, \(loads.map(\.count).reduce(0, +)) requests of hey, \(orders.accepted.count) intents, longest step \(longest.took.rounded) (\(longest.name)), slowest answer \(loads.map(\.slowest).max() ?? 0) s"
            )
            #expect(longest.took < Self.lease, "work of a service that was told to stop waits for its lease to end")
            #expect(try await installation.stop() == 0)
            for service in ServiceName.allCases { #expect(!installation.log(of: service.rawValue).contains("not drained within"), "\(service)") }
        }
    }
}
