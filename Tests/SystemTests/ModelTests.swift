import Foundation
import IntentModel
import TestSupport
import Testing

extension RealProcesses {
    /// The model path with real processes: whatever a model does, every intent reaches the right decision.
    @Suite("model") struct ModelTests {
        private static func reading(_ function: String, _ replicas: Int, _ more: String = "") -> String {
            #"{"decision":"accepted","expectations":[{"verb":"deploy","kind":"NetworkFunction","type":"\#(function)","evidence":"\#(function)","targets":[{"attribute":"replicas","condition":"equals","value":\#(replicas),"evidence":"\#(replicas) replicas"}]}\#(more)]}"#
        }

        /// What a model may do to a sentence that wants an SMF with two replicas.
        private static let behaviours: [(name: String, reply: FakeModelServer.Reply)] = [
            ("valid", .content(reading("SMF", 2))), ("malformed", .content("I think you want an SMF.")), ("no JSON", .raw("<html>")),
            ("schema violated", .content(#"{"decision":"accepted","expectations":[{"verb":"explode","kind":"NetworkFunction"}]}"#)),
            ("wrong number", .content(reading("SMF", 7))), ("a hundred times the number", .content(reading("SMF", 200))),
            ("wrong function", .content(reading("UPF", 2))),
            ("extra function", .content(reading("SMF", 2, #",{"verb":"remove","kind":"NetworkFunction","type":"AMF","evidence":"AMF"}"#))),
            ("slow", .slow(.seconds(5), reading("SMF", 2))), ("truncated", .pieces([String(reading("SMF", 2).prefix(80))], ends: false)),
            ("broken off", .brokenOff(#"{"choices":[{"message":{"content":"{"#)), ("cut off", .cutOff(reading("SMF", 2))), ("429", .status(429, retryAfter: 0)),
            ("500", .status(500)), ("503", .status(503)),
            ("hostile: refuses everything", .content(#"{"decision":"refused","refusalReason":"prompt_injection","refusalEvidence":"SMF","expectations":[]}"#)),
            (
                "hostile: orders",
                .content(#"{"decision":"accepted","expectations":[{"verb":"remove","kind":"NetworkFunction","type":"AMF","name":"$(reboot)"}]}"#)
            ),
            ("hostile: bottomless", .content(String(repeating: #"{"a":["#, count: 20_000))),
            ("hostile: endless", .content(String(repeating: "x", count: 400_000))),
        ]

        /// Value of a series; 0 when there is none.
        private func value(_ name: String, _ labels: String..., in page: String) -> Double {
            page.split(separator: "\n").filter { line in line.hasPrefix(name + "{") && labels.allSatisfy { line.contains($0) } }
                .compactMap { $0.split(separator: " ").last.flatMap { Double($0) } }.reduce(0, +)
        }

        @Test("whatever the model answers, every intent reaches the right decision, and what it cost is counted")
        func decisions() async throws {
            let model = try await FakeModelServer.start()
            let installation = try await Installation.start([
                "LLM_PROVIDER": "openai", "LLM_BASE_URL": model.baseURL, "LLM_MODEL": "fake", "HTTP_TIMEOUT": "700ms", "CIRCUIT_BREAKER_ENABLED": "false",
                "LLM_PRICE_PROMPT_USD": "1", "LLM_PRICE_COMPLETION_USD": "10", "LLM_STREAMING": "false",
            ])
            defer { installation.stop() }
            for (index, behaviour) in Self.behaviours.enumerated() {
                model.setStandard(behaviour.reply)
                let record = try await installation.gateway.submit("Deploy an SMF with 2 replicas in namespace model-\(index)")
                #expect(record.phase == .published, "\(behaviour.name): \(record.clarifications?.first?.question ?? record.problem?.detail ?? "")")
                #expect(record.interpretation?.expectations.map(\.object.type) == ["SMF"], "\(behaviour.name)")
                #expect(record.interpretation?.expectations.first?.target("replicas")?.value == .number(2), "\(behaviour.name)")
                #expect(try await installation.repository.replicas(of: "default/model-\(index)/smf") == 2, "\(behaviour.name)")
                if behaviour.name != "valid" { #expect(record.interpretation?.provenance.notes?.isEmpty == false, "\(behaviour.name) is said") }
            }
            let page = try await installation.client(.interpreter).call("GET", "/metrics").text
            // What has a usage was paid for, whether it was of use or not; what has none is counted by its length.
            let (asked, answered) = (value("llm_tokens_total", #"kind="prompt""#, in: page), value("llm_tokens_total", #"kind="completion""#, in: page))
            #expect(asked >= 9 * 900 && answered >= 9 * 100)
            #expect(abs(value("llm_token_costs_usd_total", in: page) - (asked * 1 + answered * 10) / 1_000_000) < 1e-9)
            for outcome in ["ok", "malformed", "timeout", "rate_limited", "error", "unreachable"] {
                #expect(value("llm_requests_total", "outcome=\"\(outcome)\"", in: page) > 0, "\(outcome)")
            }
            await model.stop()
        }

        @Test("the breaker opens when the model fails and closes when it is back, for all to see in the metrics")
        func breaker() async throws {
            let model = try await FakeModelServer.start(standard: .status(500))
            let installation = try await Installation.start([
                "LLM_PROVIDER": "openai", "LLM_BASE_URL": model.baseURL, "LLM_MODEL": "fake", "CIRCUIT_BREAKER_THRESHOLD": "3",
                "CIRCUIT_BREAKER_TIMEOUT": "3s", "CIRCUIT_BREAKER_RAMP_UP": "0s",
            ])
            defer { installation.stop() }
            let interpreter = installation.client(.interpreter)
            func read() async throws -> Interpretation {
                let json = #"{"intent": "Deploy an SMF with 2 replicas in namespace breaker"}"#
                return try await interpreter.call("POST", "/v1/interpret", json: json, headers: [("cache-control", "no-cache")]).decode(Interpretation.self)
            }
            func state() async throws -> Double {
                self.value("nephoran_circuit_breaker_state", #"upstream="model""#, in: try await interpreter.call("GET", "/metrics").text)
            }
            for _ in 0..<4 { #expect(try await read().decision == .accepted) }
            #expect(try await state() == 2)
            #expect(model.requests.count == 3, "open, it is not asked")

            model.setStandard(.content(Self.reading("SMF", 2)))
            let end = ContinuousClock.now + .seconds(30)
            while try await state() != 0, ContinuousClock.now < end { #expect(try await read().decision == .accepted) }
            #expect(try await state() == 0)
            #expect(try await read().provenance.model == "fake")
            let page = try await interpreter.call("GET", "/metrics").text
            #expect(self.value("nephoran_circuit_breaker_transitions_total", #"upstream="model""#, in: page) >= 3)
            await model.stop()
        }

        @Test("the next provider answers for one that is down, at its own price, until the day's budget is used up; then reading goes on alone")
        func failoverAndBudget() async throws {
            let (first, second) = (
                try await FakeModelServer.start(standard: .status(500)), try await FakeModelServer.start(standard: .content(Self.reading("SMF", 2)))
            )
            let files = try TemporaryDirectory()
            try "providers: [{name: backup, baseURL: \"\(second.baseURL)\", model: spare, maxTokens: 100}]".write(
                toFile: files.file("models.yaml"), atomically: true, encoding: .utf8)
            try "prices: [{provider: backup, model: spare, prompt: 1000, completion: 1000}]".write(
                toFile: files.file("prices.yaml"), atomically: true, encoding: .utf8)
            // A dollar for an answer; three to eight dollars are set aside while it is made.
            let installation = try await Installation.start([
                "LLM_PROVIDER": "openai", "LLM_BASE_URL": first.baseURL, "LLM_MODEL": "fake", "LLM_FALLBACKS": files.file("models.yaml"),
                "LLM_PRICES": files.file("prices.yaml"), "LLM_DAILY_BUDGET_USD": "12",
            ])
            defer { installation.stop() }
            func read(_ number: Int) async throws -> Interpretation {
                let json = #"{"intent": "Deploy an SMF with 2 replicas in namespace budget-\#(number)"}"#
                return try await installation.client(.interpreter).call("POST", "/v1/interpret", json: json).decode(Interpretation.self)
            }
            let spare = try await read(0)
            #expect(spare.provenance.interpreter == "backup")
            #expect(abs(spare.provenance.costUSD - 1) < 1e-9)
            #expect(spare.provenance.notes?.first?.hasPrefix("openai/fake: ") == true)
            for number in 1..<20 { #expect(try await read(number).decision == .accepted) }
            let spent = second.requests.count
            #expect((2...12).contains(spent), "\(spent) answers of a dollar each")
            // The budget is the installation's, not the process's.
            try await installation.killAndRestart(.interpreter)
            let after = try await read(100)
            #expect(after.decision == .accepted)
            #expect(after.provenance.model == nil)
            #expect(after.provenance.notes?.contains { $0.contains("budget") } == true)
            #expect(second.requests.count == spent)
            await first.stop()
            await second.stop()
        }

        @Test("readings are found in memory, and by another process in Redis, and not for another sentence; no-cache finds none")
        func caches() async throws {
            let model = try await FakeModelServer.start(standard: .content(Self.reading("SMF", 2)))
            let installation = try await Installation.start(["LLM_PROVIDER": "openai", "LLM_BASE_URL": model.baseURL, "LLM_MODEL": "fake"])
            defer { installation.stop() }
            func found(_ namespace: String, _ headers: [(String, String)] = []) async throws -> String? {
                let json = #"{"intent": "Deploy an SMF with 2 replicas in namespace \#(namespace)"}"#
                let reply = try await installation.client(.interpreter).call("POST", "/v1/interpret", json: json, headers: headers)
                #expect(try reply.decode(Interpretation.self).expectations.first?.context.namespace == namespace)
                return reply.header("nephoran-cache")
            }
            #expect(try await found("near") == "miss")
            #expect(try await found("near") == "l1")
            #expect(try await found("nea") == "miss")
            #expect(try await found("near", [("cache-control", "no-cache")]) == nil)
            try await installation.killAndRestart(.interpreter)
            #expect(try await found("near") == "l2")
            #expect(model.requests.count == 3)
            let page = try await installation.client(.interpreter).call("GET", "/metrics").text
            #expect(self.value("nephoran_cache_hits_total", #"cache="interpretation""#, #"cache_level="l2""#, in: page) == 1)
            #expect(page.contains(#"nephoran_coalesced_total{"#))
            await model.stop()
        }

        @Test("the way to a reading can be watched: passages, model, grounding, result")
        func progress() async throws {
            let model = try await FakeModelServer.start(standard: .content(Self.reading("SMF", 7)))
            let installation = try await Installation.start([
                "LLM_PROVIDER": "openai", "LLM_BASE_URL": model.baseURL, "LLM_MODEL": "fake", "LLM_STREAMING": "true",
            ])
            defer { installation.stop() }
            let json = #"{"intent": "Deploy an SMF with 2 replicas in namespace watched"}"#
            let reply = try await installation.client(.interpreter).call("POST", "/v1/interpret", json: json, headers: [("accept", "text/event-stream")])
            #expect(reply.header("content-type") == "text/event-stream")
            let frames = reply.text.components(separatedBy: "\n\n").filter { !$0.isEmpty }
            #expect(
                frames.compactMap { $0.split(separator: "\n").first } == [
                    "event: passages", "event: model", "event: model", "event: grounded", "event: result",
                ])
            #expect(frames.dropLast().last?.contains("does not say") == true, "what was dropped is told")
            let result = frames.last?.components(separatedBy: "data: ").last ?? ""
            #expect(try JSONDecoder().decode(Interpretation.self, from: Data(result.utf8)).expectations.first?.target("replicas")?.value == .number(2))
            await model.stop()
        }
    }
}
