import Foundation
import TestSupport
import Testing

extension RealProcesses {
    /// A system that is down is left alone: counted there, under load that does not let up.
    @Suite("storm") struct StormTests {
        private static let duration = Duration.seconds(Endurance.value(4, whenOn: 60))
        private static let callers = 8

        /// Failures in a row that open the breaker, those under way meanwhile, and a probe after 1, 2, 4, 8, 16, 30… seconds.
        private static var most: Int { 5 + self.callers + (Endurance.isOn ? 7 : 3) }

        /// Calls from all callers, one after the other each, for the whole duration; how many there were.
        private func load(_ call: @escaping @Sendable (Int) async -> Void) async -> Int {
            let end = ContinuousClock.now + Self.duration
            return await withTaskGroup(of: Int.self) { group in
                for caller in 0..<Self.callers {
                    group.addTask {
                        var calls = 0
                        while ContinuousClock.now < end {
                            await call(caller * 1_000_000 + calls)
                            calls += 1
                            try? await Task.sleep(for: .milliseconds(5))
                        }
                        return calls
                    }
                }
                return await group.reduce(0, +)
            }
        }

        @Test("a model that answers 500 gets the first failures and the probes, and every sentence is read without it", arguments: [true, false])
        func model(hasBreaker: Bool) async throws {
            let model = try await FakeModelServer.start(standard: .status(500))
            let installation = try await Installation.start([
                "LLM_PROVIDER": "openai", "LLM_BASE_URL": model.baseURL, "LLM_MODEL": "fake", "CIRCUIT_BREAKER_ENABLED": "\(hasBreaker)",
            ])
            defer { installation.stop() }
            let interpreter = installation.client(.interpreter)
            let failures = Tally()
            let calls = await self.load { number in
                let json = #"{"intent": "Deploy an AMF with \#(number % 9 + 1) replicas in namespace storm-\#(number)"}"#
                let reply = try? await interpreter.call("POST", "/v1/interpret", json: json, headers: [("cache-control", "no-cache")])
                if reply?.status != 200 { failures.add() }
            }
            #expect(failures.count == 0)
            #expect(calls > 100)
            if hasBreaker {
                #expect((5...Self.most).contains(model.requests.count), "\(model.requests.count) of \(calls) calls reached the model")
            } else {
                #expect(model.requests.count == calls, "without the breaker every call would reach the model")
            }
            await model.stop()
        }

        @Test("a RIC that fails gets the first failures, the probes and the retry budget", arguments: [500, 503], [true, false])
        func ric(status: Int, hasBreaker: Bool) async throws {
            let ric = try await FakeRIC.start()
            let installation = try await Installation.start([
                "A1_URL": "east=\(ric.url)", "CIRCUIT_BREAKER_ENABLED": "\(hasBreaker)", "RETRY_BUDGET_RATIO": "0", "RETRY_BUDGET_PER_SECOND": "10",
            ])
            defer { installation.stop() }
            // What it is and which types it has is known, so that each call is one request.
            let adaptor = installation.client(.adaptor)
            #expect(try await adaptor.call("DELETE", "/v1/a1/policies/east/ORAN_SliceSLATarget_1.0.0/policy").status != 503)
            let before = ric.count(of: "DELETE")
            ric.setFaults {
                $0.rate = 1
                $0.rateStatus = status
            }
            let start = ContinuousClock.now
            let calls = await self.load { number in
                _ = try? await adaptor.call("DELETE", "/v1/a1/policies/east/ORAN_SliceSLATarget_1.0.0/policy-\(number)")
            }
            let seconds = start.duration(to: .now) / .seconds(1)
            let reached = ric.count(of: "DELETE") - before
            #expect(calls > 100)
            // A hundred may have been saved up before.
            let retries = 100 + Int(10 * seconds) + 1
            if hasBreaker {
                // Retries are calls like others to the breaker: within the failures that open it.
                #expect((5...Self.most).contains(reached), "\(reached) of \(calls) calls reached the RIC")
            } else {
                #expect((calls...calls + retries).contains(reached), "\(reached) for \(calls) calls reached the RIC")
            }
            await ric.stop()
        }
    }
}
