import Foundation
import IntentModel
import Subprocess
import Synchronization
import TestSupport
import Testing

extension RealProcesses {
    /// All services are replaced in the middle of the day, and taken back when the new ones are not good enough.
    @Suite("blue-green") struct BlueGreenTests {
        @Test("promotions under load: no request fails, no intent is lost or doubled, and every commit is by the colour that was active")
        func promotions() async throws {
            let installation = try await Supervised.start()
            let rounds = Endurance.value(2, whenOn: 10)
            let (clients, submitters, pause) = Endurance.isOn ? (50, 8, Duration.milliseconds(5)) : (10, 1, .milliseconds(100))
            // Of each client; 0 is as fast as it goes.
            let rate = Endurance.number("NEPHORAN_RATE") ?? 4
            let time = Duration.seconds(Endurance.value(55, whenOn: 300))
            let url = installation.gateway.address
            async let kept = Hey.run(url + "/v1/intents?limit=5", key: Supervised.token, clients: clients, rate: rate, for: time)
            async let fresh = Hey.run(url + "/v1/health", key: Supervised.token, clients: 2, rate: rate, for: time, keepsConnections: false)
            let orders = SteadyOrders("rollout", namespaces: 40)
            // An answer takes some milliseconds: several at once keep the pace.
            let submitting = Task {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for _ in 0..<submitters { group.addTask { try await orders.submit(to: installation.gateway, every: pause * submitters) } }
                    try await group.waitForAll()
                }
            }
            let begun = ContinuousClock.now
            try await Task.sleep(for: .seconds(1))

            var colours = ["blue"]
            for round in 0..<rounds {
                let said = try await installation.command(
                    "rollout", "start", "--binaries", Executables.directory, "--auto-promote", "--measurements", "1", "--intents", "10", "--interval", "1",
                    "--scale-down-delay", "1", "--p95", "30", "--data-dir", installation.data)
                Figure.report("rollout \(round): \(said.output.split(separator: "\n").suffix(3).joined(separator: "; "))")
                #expect(said.status == 0, "\(said.output)\n\(said.error)")
                let status = try await RolloutStatus.of(installation)
                colours.append(colours.last == "blue" ? "green" : "blue")
                #expect(status.active == colours.last && status.preview == nil && status.run?.state == "done")
            }
            orders.stop()
            try await submitting.value
            let pace = Double(orders.accepted.count) / begun.duration(to: .now).seconds
            let loads = [try await kept, try await fresh]
            for load in loads {
                #expect(load.others == [:], "answers that were not 2xx")
                #expect(load.errors == [])
                #expect(load.count > 20)
            }
            #expect(orders.refusals == [])
            for id in orders.accepted { #expect(try await installation.gateway.settled(id).phase == .published) }
            let repository = PublishedRepository(directory: installation.data + "/gitops.git")
            let revisions = try await repository.revisions()
            #expect(Set(revisions.map(\.intent)) == Set(orders.accepted.map(\.description)), "of production: nothing else, and all")
            #expect(revisions.count == orders.accepted.count, "once each")
            // Oldest first; each colour's commits are together, in the order of the promotions.
            let made = try await repository.git("log", "--reverse", "--format=%(trailers:key=Nephoran-Colour,valueonly,separator=%x2C)", "main")
                .split(separator: "\n").map(String.init)
            #expect(made.count == revisions.count)
            let turns = made.reduce(into: [String]()) { if $0.last != $1 { $0.append($1) } }
            #expect(turns == colours, "one colour after the other")
            // Where previews publish.
            let previews = try await PublishedRepository(directory: installation.data + "/preview/gitops.git").revisions()
            #expect(Set(previews.map(\.intent)).isDisjoint(with: orders.accepted.map(\.description)))
            Figure.report(
                "rollout: \(rounds) promotions, \(loads.map(\.count).reduce(0, +)) requests of hey, \(orders.accepted.count) intents at \(Int(pace))/s, colours \(turns)"
            )
            #expect(try await installation.stop() == 0)
        }

        @Test("a new colour that is not good enough is taken back, and nothing of production has met it", arguments: ["errors", "slow", "crash"])
        func faults(_ fault: String) async throws {
            let installation = try await Supervised.start()
            let before = try await installation.gateway.accept("Deploy an NRF named nrf-one in namespace rollout")
            let binaries = try FaultyRelease.directory(fault)
            let said = try await installation.command(
                "rollout", "start", "--binaries", binaries.path, "--auto-promote", "--measurements", "2", "--intents", fault == "slow" ? "12" : "20",
                "--interval", "1", "--scale-down-delay", "1", "--data-dir", installation.data)
            #expect(said.status == 3 && said.error.contains("green was taken back"), "\(said.output)\n\(said.error)")
            Figure.report("rollout: \(fault): \(said.error.trimmingCharacters(in: .whitespacesAndNewlines))")
            let status = try await RolloutStatus.of(installation)
            #expect(status.active == "blue" && status.preview == nil && status.run?.state == "aborted")
            let after = try await installation.gateway.accept("Deploy an NRF named nrf-two in namespace rollout")
            for id in [before, after] { #expect(try await installation.gateway.settled(id).phase == .published) }
            let repository = PublishedRepository(directory: installation.data + "/gitops.git")
            #expect(Set(try await repository.revisions().map(\.intent)) == [before.description, after.description])
            #expect(try await !repository.git("log", "--format=%B", "main").contains("Nephoran-Colour: green"))
            #expect(try await installation.stop() == 0)
        }

        @Test("what was promoted goes back within its delay, when asked, and stays where it is after a restart of up")
        func back() async throws {
            let installation = try await Supervised.start()
            let start = Task {
                try await installation.command(
                    "rollout", "start", "--binaries", Executables.directory, "--auto-promote", "--measurements", "1", "--intents", "10", "--interval", "60",
                    "--scale-down-delay", "60", "--p95", "30", "--data-dir", installation.data)
            }
            let deadline = ContinuousClock.now + .seconds(60)
            while try await RolloutStatus.of(installation).run?.state != "watching", ContinuousClock.now < deadline {
                try await Task.sleep(for: .milliseconds(200))
            }
            #expect(try await RolloutStatus.of(installation).active == "green")
            let aborted = try await installation.command("rollout", "abort", "--data-dir", installation.data)
            #expect(aborted.status == 0, "\(aborted.error)")
            let said = try await start.value
            #expect(said.status == 3 && said.error.contains("asked for"), "\(said.output)\n\(said.error)")
            let status = try await RolloutStatus.of(installation)
            #expect(status.active == "blue" && status.run?.state == "rolledBack")
            let id = try await installation.gateway.accept("Deploy an NRF named nrf-one in namespace rollout")
            #expect(try await installation.gateway.settled(id).phase == .published)
            #expect(try await installation.stop() == 0)
        }
    }
}
