import IntentModel
import Testing

extension RealProcesses {
    /// Processes die; intents do not.
    @Suite("faults") struct FaultTests {
        @Test("a thousand intents reach their end, each with one revision per instance, while everything is killed in turn")
        func everythingDies() async throws {
            let installation = try await Installation.start()
            defer { installation.stop() }
            let orders = FaultOrder.mixture(of: Endurance.value(1_000, whenOn: 20_000))
            let blows = Blow.everywhere(over: orders.count, rounds: Endurance.value(2, whenOn: 30))
            let report = try await FaultRun(installation, orders: orders, blows: blows, patience: .seconds(Endurance.value(60, whenOn: 300))).perform()
            #expect(report.notAccepted == [])
            #expect(report.split == [])
            #expect(report.lost == [])
            #expect(report.failed == [])
            #expect(report.missing == [])
            #expect(report.repeated == [])
            #expect(report.strangers == [])
            #expect(report.leftovers == [:])
            #expect(report.surplus == 0)
        }

        /// The same run on a ledger with a defect, so that it is known what the run would notice.
        @Test("intents are seen to be lost when work is acknowledged before its step instead of within it")
        func acknowledgedTooEarly() async throws {
            let installation = try await Installation.start(["LEDGER_FAULT": "ack-before-step"])
            defer { installation.stop() }
            let blows = [Blow(target: .service(.interpreter), moment: .unprotected)]
            let report = try await FaultRun(installation, orders: FaultOrder.mixture(of: 100), blows: blows, patience: .seconds(12)).perform()
            #expect(report.notAccepted == [])
            #expect(!report.lost.isEmpty, "the defect went unnoticed")
            for id in report.lost.prefix(3) { #expect(try await installation.gateway.record(id).phase == .received) }
        }

        @Test("an intent that failed for want of a service is a dead letter, and a retry brings it to its end")
        func retry() async throws {
            let installation = try await Installation.start(["LEDGER_MAX_ATTEMPTS": "2"])
            defer { installation.stop() }
            let bridge = try installation.process(.bridge)
            bridge.kill()
            let failed = try await installation.gateway.submit("Deploy an AMF in namespace site-retry")
            #expect(failed.phase == .failed)
            #expect(failed.problem?.code == "attempts_exhausted", "\(failed.problem?.detail ?? "")")
            #expect(try await installation.queues.leftovers().keys.contains { $0.hasSuffix(":dead:plan") })
            #expect(try await installation.client(.gateway).call("GET", "/readyz").status == 200, "the gateway is ready without the bridge")

            try bridge.restart()
            try await installation.untilReady(.bridge)
            let retried = try await installation.gateway.decide("retry", failed.id, json: #"{"reason": "the bridge is back"}"#)
            #expect(retried.phase == .planning)
            #expect(retried.problem == nil)
            var record = try await installation.gateway.settled(failed.id)
            // The breaker of the planner's calls may still be open; an operator tries again.
            let deadline = ContinuousClock.now + .seconds(20)
            while record.phase == .failed, ContinuousClock.now < deadline {
                try await Task.sleep(for: .milliseconds(500))
                _ = try await installation.gateway.decide("retry", failed.id)
                record = try await installation.gateway.settled(failed.id)
            }
            #expect(record.phase == .published, "\(record.problem?.detail ?? "")")
            #expect(try await installation.repository.revisions() == [.init(intent: failed.id.description, path: "default/site-retry/amf")])
        }
    }
}
