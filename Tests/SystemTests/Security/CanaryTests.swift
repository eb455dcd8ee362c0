import Foundation
import HTTPFetch
import IntentModel
import TestSupport
import Testing

extension RealProcesses {
    /// Secrets in every setting that takes one, and personal data in what people write: none of it may come out where many look.
    @Suite("canaries") struct CanaryTests {
        private static func canary(_ name: String) -> String { "canary-\(name)-7f3b9d2e5a1c" }

        private static func leaks(_ text: String, _ canaries: [String]) -> [String] { canaries.filter { text.contains($0) } }

        @Test("no log, problem, metric, health answer or event of others shows a secret or what a person wrote")
        func whole() async throws {
            let model = try await FakeModelServer.start()
            let directory = try TemporaryDirectory()
            let password = Self.canary("redis")
            let redis = try await RedisServer.start(password: password)
            let file = directory.file("secret-in-a-file")
            try Self.canary("callback").write(toFile: file, atomically: true, encoding: .utf8)
            let secrets = ["redis", "callback", "model", "git", "weaviate", "embedding", "key", "bearer"].map(Self.canary)
            let keys = directory.file("keys.yaml")
            try "keys:\n  - {name: canary, key: \(Self.canary("key")), scopes: [admin]}\n".write(toFile: keys, atomically: true, encoding: .utf8)
            let installation = try await Installation.start(
                [
                    "LOG_LEVEL": "trace", "CALLBACK_SECRET_FILE": file, "LLM_PROVIDER": "openai", "LLM_BASE_URL": model.baseURL,
                    "LLM_API_KEY": Self.canary("model"), "LLM_MODEL": "test", "GIT_TOKEN": Self.canary("git"), "WEAVIATE_API_KEY": Self.canary("weaviate"),
                    "EMBEDDING_API_KEY": Self.canary("embedding"), "AUTH_KEYS_FILE": keys, "AUDIT_PATH": directory.file("audit"),
                    "CALLBACK_ALLOWED_HOSTS": "127.0.0.0/8",
                ], ledger: redis)
            defer { installation.stop() }
            let owner = installation.client(.gateway, key: Self.canary("key"))
            let person = Self.canary("person")
            // In the text, in a label, in a callback's address.
            let reply = try await owner.call(
                "POST", "/v1/intents",
                json:
                    #"{"intent":"Deploy an AMF in namespace canaries for \#(person)@example.net, phone 0170-\#(person)","labels":{"contact":"\#(person)"},"callbackUrl":"http://127.0.0.1:9/hook?key=\#(Self.canary("bearer"))"}"#
            )
            #expect(reply.status == 202, "\(reply.text)")
            for text in ["Scale the UPF \(person)", "\(person)", "Deploy AMF with password \(person) in namespace canaries"] {
                _ = try await owner.call("POST", "/v1/intents", json: #"{"intent":"\#(text)"}"#)
            }
            // What goes wrong must not say with what.
            var problems: [String] = []
            for (method, path, body, key) in [
                ("GET", "/v1/intents", nil, Self.canary("bearer")), ("POST", "/v1/intents", #"{"intent": 1, "token": "\#(Self.canary("bearer"))"}"#, nil),
                ("POST", "/v1/intents", "{\"\(Self.canary("bearer"))", nil), ("GET", "/v1/audit?cursor=x", nil, nil), ("GET", "/v1/nothing", nil, nil),
            ] as [(String, String, String?, String?)] {
                let caller = installation.client(.gateway, key: key ?? Self.canary("key"))
                let answer = try await caller.call(method, path, body: body.map { Array($0.utf8) }, headers: [("content-type", "application/json")])
                #expect(answer.status >= 400)
                problems.append(answer.text)
            }
            // All has come to where it stays, and the audit log has it.
            let id = try #require(reply.text.firstMatch(of: /"id":"([^"]+)"/)).output.1
            try await eventually(within: .seconds(30)) {
                let phases = try await owner.call("GET", "/v1/intents").text.matches(of: /"phase":"([a-z_]+)"/).map(\.output.1)
                let isMoving = phases.contains { ["received", "interpreting", "planning", "rendering", "executing", "verifying"].contains($0) }
                let mine = try await owner.call("GET", "/v1/audit/entries?intent=\(id)").text
                let refused = try await owner.call("GET", "/v1/audit/entries?verb=refused").text
                return !isMoving && phases.contains { mine.contains(#""outcome":"\#($0)""#) } && refused.contains("401")
            }

            for service in ServiceName.allCases {
                let log = try String(contentsOfFile: try installation.process(service).log, encoding: .utf8)
                #expect(!log.isEmpty)
                #expect(Self.leaks(log, secrets) == [], "log of \(service.rawValue)")
                // What a person wrote may be looked for by who turns the log up; not above.
                let loud = log.split(separator: "\n").filter { !$0.contains("\"level\":\"debug\"") && !$0.contains("\"level\":\"trace\"") }
                #expect(Self.leaks(loud.joined(separator: "\n"), [person]) == [], "log of \(service.rawValue)")
                let client = installation.client(service, key: Self.canary("key"))
                for path in ["/metrics", "/health", "/readyz", "/version"] {
                    let answer = try await client.call("GET", path)
                    #expect(Self.leaks(answer.text, secrets + [person]) == [], "\(path) of \(service.rawValue)")
                }
            }
            for problem in problems { #expect(Self.leaks(problem, secrets) == [], "\(problem)") }
            // The histories of intents may quote what they are about; their secrets they may not.
            #expect(Self.leaks(try await owner.call("GET", "/v1/audit").text, secrets) == [])
            for path in ["/v1/audit/entries", "/v1/queues", "/v1/services", "/v1/health"] {
                let answer = try await owner.call("GET", path)
                #expect(Self.leaks(answer.text, secrets + [person]) == [], "\(path)")
            }
            for path in FileManager.default.enumerator(atPath: directory.file("audit"))?.compactMap({ $0 as? String }) ?? [] where path.hasSuffix(".ndjson") {
                let text = try String(contentsOfFile: directory.file("audit") + "/" + path, encoding: .utf8)
                #expect(Self.leaks(text, secrets + [person]) == [], "audit \(path)")
            }
        }
    }
}
