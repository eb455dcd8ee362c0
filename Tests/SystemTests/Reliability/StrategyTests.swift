import Foundation
import IntentModel
import Subprocess
import TestSupport
import Testing

extension RealProcesses {
    /// The other ways for a release to take over than all at once, and the gate that a scheduler waits at.
    @Suite("rollout strategies") struct StrategyTests {
        private static let quick = [
            "--measurements", "1", "--intents", "10", "--interval", "1", "--scale-down-delay", "1", "--p95", "30",
        ]

        private static func start(_ installation: Supervised, _ strategy: String, binaries: String = Executables.directory, _ more: String...) async throws
            -> (status: Int32, output: String, error: String)
        {
            try await installation.run(
                ["rollout", "start", "--strategy", strategy, "--binaries", binaries, "--data-dir", installation.data] + Self.quick + more)
        }

        /// Commits by colour.
        private static func colours(_ repository: PublishedRepository) async throws -> [String: Int] {
            try await repository.git("log", "--format=%(trailers:key=Nephoran-Colour,valueonly,separator=%x2C)", "main")
                .split(separator: "\n").reduce(into: [:]) { $0[String($1), default: 0] += 1 }
        }

        /// Each order that was accepted is published, once.
        private static func settle(_ orders: SteadyOrders, _ installation: Supervised) async throws {
            #expect(orders.refusals == [])
            for id in orders.accepted { #expect(try await installation.gateway.settled(id).phase == .published) }
            let revisions = try await PublishedRepository(directory: installation.data + "/gitops.git").revisions()
            #expect(Set(revisions.map(\.intent)) == Set(orders.accepted.map(\.description)) && revisions.count == orders.accepted.count)
        }

        @Test("a canary does its share of the work and what asks for it, then nothing or all of it", arguments: [true, false])
        func canary(isPromoted: Bool) async throws {
            let installation = try await Supervised.start()
            let orders = SteadyOrders("canary", namespaces: 20)
            let submitting = Task { try await orders.submit(to: installation.gateway, every: .milliseconds(50)) }
            let said = try await Self.start(installation, "canary", "--weights", "10,25")
            #expect(said.status == 0, "\(said.output)\n\(said.error)")
            #expect(said.output.contains("green is active in 2 of 16 partitions") && said.output.contains("green is active in 4 of 16 partitions"))
            let shared = try await RolloutStatus.of(installation)
            #expect(shared.run?.state == "waiting" && shared.run?.share == 25 && shared.active == nil)
            #expect(Set(shared.rules.map { "\($0.partitions) \($0.active ?? "") \($0.preview ?? "")" }) == ["12 blue green", "4 green "])
            let repository = PublishedRepository(directory: installation.data + "/gitops.git")
            // More are there than before by either, since either does its part.
            let before = try await Self.colours(repository)
            let deadline = ContinuousClock.now + .seconds(30)
            func part(_ colour: String, of now: [String: Int]) -> Int { now[colour, default: 0] - before[colour, default: 0] }
            var now = before
            while part("blue", of: now) + part("green", of: now) < 80, ContinuousClock.now < deadline {
                try await Task.sleep(for: .milliseconds(200))
                now = try await Self.colours(repository)
            }
            let (blue, green) = (part("blue", of: now), part("green", of: now))
            Figure.report("rollout: a canary of 4 of 16 partitions made \(green) commits, the others \(blue)")
            #expect(green > 0 && blue > green)
            // Whoever asks for the canary gets it, and changes nothing of the network.
            let asked = try await installation.gateway.accept("Deploy an NRF named asked-for in namespace canary-asked", isPreview: true)
            #expect(try await installation.gateway.settled(asked).phase == .published)
            let previews = PublishedRepository(directory: installation.data + "/preview/gitops.git")
            let bodies = try await previews.git("log", "--all", "--format=%B%x00").split(separator: "\0").filter { $0.contains(asked.description) }
            #expect(bodies.count == 1 && bodies.allSatisfy { $0.contains("Nephoran-Colour: green") })

            let end = try await installation.command("rollout", isPromoted ? "promote" : "abort", "--data-dir", installation.data)
            #expect(end.status == 0, "\(end.output)\n\(end.error)")
            let status = try await RolloutStatus.of(installation)
            #expect(status.active == (isPromoted ? "green" : "blue") && status.preview == nil && status.run?.share == nil)
            #expect(status.run?.state == (isPromoted ? "done" : "rolledBack"))
            let then = try await Self.colours(repository)
            orders.stop()
            try await submitting.value
            let last = try await installation.gateway.accept("Deploy an NRF named last in namespace canary-last")
            #expect(try await installation.gateway.settled(last).phase == .published)
            let loser = isPromoted ? "blue" : "green"
            #expect(try await Self.colours(repository)[loser] == then[loser], "who was taken the work from does none")
            #expect(orders.refusals == [])
            for id in orders.accepted { #expect(try await installation.gateway.settled(id).phase == .published) }
            let revisions = try await repository.revisions()
            #expect(revisions.count == orders.accepted.count + 1 && Set(revisions.map(\.intent)).count == revisions.count)
            #expect(try await installation.stop() == 0)
        }

        @Test("rolling: each service is replaced under load, in the colour it has, and goes back when one does not start")
        func rolling() async throws {
            let installation = try await Supervised.start()
            let url = installation.gateway.address
            let orders = SteadyOrders("rolling", namespaces: 20)
            async let load = Hey.run(url + "/v1/intents?limit=5", key: Supervised.token, clients: 10, rate: 4, for: .seconds(30))
            let submitting = Task { try await orders.submit(to: installation.gateway, every: .milliseconds(100)) }
            let said = try await Self.start(installation, "rolling")
            #expect(said.status == 0, "\(said.output)\n\(said.error)")
            for service in ServiceName.allCases { #expect(said.output.contains("\(service.rawValue)  process")) }
            var status = try await RolloutStatus.of(installation)
            #expect(status.run?.state == "done" && status.rules.allSatisfy { $0.active == nil && $0.preview == nil })

            let broken = try FaultyRelease.directory("crash")
            let refused = try await Self.start(installation, "rolling", binaries: broken.path)
            #expect(refused.status == 3 && refused.error.contains("was taken back") && refused.error.contains("broken"), "\(refused.output)\n\(refused.error)")
            status = try await RolloutStatus.of(installation)
            #expect(status.run?.state == "rolledBack")
            let release = try String(contentsOfFile: installation.data + "/release.json", encoding: .utf8)
            #expect(release.contains(Executables.directory.replacing("/", with: "\\/")) || release.contains(Executables.directory))
            orders.stop()
            try await submitting.value
            let seen = try await load
            #expect(seen.others == [:] && seen.errors == [] && seen.count > 20)
            try await Self.settle(orders, installation)
            #expect(try await installation.stop() == 0)
        }

        @Test("a gate opens when the colour is promoted, stays open while it is active, and takes it back when it is ended")
        func gate() async throws {
            let installation = try await Supervised.start()
            let (gateway, data) = (installation.gateway.address, installation.data)
            // Somebody else starts the processes; here that is a rollout which nobody promotes.
            let said = try await Self.start(installation, "blue-green")
            #expect(said.status == 0, "\(said.output)\n\(said.error)")
            let gate = ["rollout", "gate", "--server", gateway, "--colour", "green"]
            let waiting = try installation.begin(
                gate + ["--phase", "preview", "--traffic", gateway, "--stable", gateway, "--measurements", "1", "--watch", "2", "--limit", "120"])
            try await eventually(within: .seconds(60)) { waiting.said.contains("green waits") }
            #expect(try await RolloutStatus.of(installation).active == "blue", "a gate promotes nothing by itself")
            let unknown = try await installation.command("rollout", "promote", "--colour", "red", "--server", gateway)
            #expect(unknown.status == 3 && unknown.error.contains("red is no preview"), "\(unknown.error)")
            let promoted = try await installation.command("rollout", "promote", "--colour", "green", "--server", gateway)
            #expect(promoted.status == 0, "\(promoted.error)")
            #expect(try await waiting.status(within: .seconds(60)) == 0)
            #expect(waiting.said.contains("green is active") && waiting.said.contains("1/1:"), "\(waiting.said)")
            let kept = try await installation.run(gate + ["--phase", "promoted", "--watch", "3"])
            #expect(kept.status == 0 && kept.output.contains("green stays active"), "\(kept.output)\n\(kept.error)")
            let same = try await installation.run(gate + ["--phase", "preview", "--stable", gateway, "--watch", "1", "--limit", "20"])
            #expect(same.status == 0, "the address is blue's still: \(same.error)")

            let ended = try installation.begin(gate + ["--phase", "promoted", "--watch", "600"])
            try await eventually(within: .seconds(60)) { ended.said.contains("green waits") }
            ended.end()
            #expect(try await ended.status(within: .seconds(20)) == 3 && ended.said.contains("green was taken back: asked for"), "\(ended.said)")
            let status = try await RolloutStatus.of(installation)
            #expect(status.active == "blue" && status.preview == nil)
            let refused = try await installation.run(["rollout", "gate", "--server", gateway, "--colour", "blue", "--phase", "preview", "--stable", gateway])
            #expect(refused.status == 2 && refused.error.contains("is blue already"), "\(refused.error)")
            #expect(try await RolloutStatus.of(installation).active == "blue")
            let id = try await installation.gateway.accept("Deploy an NRF named nrf-one in namespace gate")
            #expect(try await installation.gateway.settled(id).phase == .published)
            _ = try await installation.command("rollout", "abort", "--data-dir", data)
            #expect(try await installation.stop() == 0)
        }

        @Test("an upgrade tells all callers for as long as it takes, and is proved by an intent; one that fails is taken back")
        func upgrade() async throws {
            let installation = try await Supervised.start()
            let gateway = installation.gateway.address
            let words = [
                "upgrade", "run", "--server", gateway, "--data-dir", installation.data, "--measurements", "1", "--interval", "1", "--scale-down-delay", "1",
            ]
            func notice() async throws -> String? { try await installation.gateway.call("GET", "/v1/rollout").header("nephoran-notice") }
            #expect(try await notice() == nil)
            let upgrading = Task { try await installation.run(words + ["--binaries", Executables.directory]) }
            let deadline = ContinuousClock.now + .seconds(60)
            var heard: String?
            while heard == nil, ContinuousClock.now < deadline {
                heard = try await notice()
                try await Task.sleep(for: .milliseconds(200))
            }
            #expect(heard?.hasPrefix("upgrade to ") == true)
            let said = try await upgrading.value
            #expect(said.status == 0 && said.output.contains("functional test: published"), "\(said.output)\n\(said.error)")
            // In the order of the handbook: those that are asked before those that ask.
            let order = said.output.split(separator: "\n").compactMap { $0.contains("  process") ? String($0.prefix { $0 != " " }) : nil }
            #expect(order == ["rag-api", "llm-processor", "manifest-generator", "nephio-bridge", "oran-adaptor", "api-gateway"])
            try await eventually { try await notice() == nil }
            #expect(try await RolloutStatus.of(installation).active == "green")

            let slow = try FaultyRelease.directory("slow")
            let refused = try await installation.run(words + ["--binaries", slow.path])
            #expect(refused.status == 3 && refused.error.contains("taken back"), "\(refused.output)\n\(refused.error)")
            try await eventually { try await notice() == nil }
            #expect(try await RolloutStatus.of(installation).active == "green")
            let back = try await installation.command("upgrade", "rollback", "--data-dir", installation.data)
            #expect(back.status == 3, "what was taken back already is no upgrade to go back from: \(back.output)")
            #expect(try await installation.stop() == 0)
        }
    }
}
