import Foundation
import HTTPFetch
import TestSupport
import Testing

extension RealProcesses {
    /// Secrets that others have given: a running installation shows what their files hold now.
    @Suite("secrets of others") struct OthersSecretsTests {
        @Test("a key that is replaced in its file is shown within seconds, and one that is wrong there changes nothing", .timeLimit(.minutes(3)))
        func files() async throws {
            let model = try await FakeModelServer.start()
            let embeddings = try await FakeEmbeddingServer.start(dimensions: 8)
            let cloud = try await FakeOCloud.start()
            let collector = try await OTLPReceiver.start()
            let directory = try TemporaryDirectory()
            func write(_ name: String, _ text: String) throws { try (text + "\n").write(toFile: directory.file(name), atomically: true, encoding: .utf8) }
            for name in ["model", "embedding", "o2", "ves"] { try write(name, "old-\(name)") }
            try write("headers", "authorization=Bearer%20old-headers")
            let installation = try await Installation.start([
                "LLM_PROVIDER": "openai", "LLM_BASE_URL": model.baseURL, "LLM_MODEL": "test", "LLM_API_KEY_FILE": directory.file("model"),
                "EMBEDDING_PROVIDER": "openai", "EMBEDDING_BASE_URL": embeddings.baseURL, "EMBEDDING_MODEL": "test", "EMBEDDING_DIMENSIONS": "8",
                "EMBEDDING_API_KEY_FILE": directory.file("embedding"), "O2_URL": cloud.url, "O2_TOKEN_FILE": directory.file("o2"), "VES_USERNAME": "ves",
                "VES_PASSWORD_FILE": directory.file("ves"), "OTEL_EXPORTER_OTLP_ENDPOINT": collector.url,
                "OTEL_EXPORTER_OTLP_HEADERS_FILE": directory.file("headers"), "AUTH_FAILURES_PER_MINUTE": "0",
            ])
            defer { installation.stop() }
            let (knowledge, adaptor) = (installation.client(.knowledge, key: Installation.token), installation.client(.adaptor, key: Installation.token))
            func event(_ password: String) async throws -> Int {
                let proof = Data("ves:\(password)".utf8).base64EncodedString()
                return try await installation.client(.adaptor).call(
                    "POST", "/eventListener/v7", body: Array("{}".utf8), headers: [("authorization", "Basic \(proof)"), ("content-type", "application/json")]
                ).status
            }
            /// Has every secret shown once; no two questions are the same, so that no cache answers.
            func ask(_ number: Int) async throws {
                _ = try await installation.gateway.call(
                    "POST", "/v1/intents?dryRun=true", json: #"{"intent": "Deploy \#(number) AMF in namespace asked-\#(number)"}"#)
                _ = try await knowledge.call("POST", "/v1/search", json: #"{"query": "sizing of asked \#(number)"}"#)
                _ = try await adaptor.call("GET", "/v1/o2/resource-pools")
            }
            func areShown(_ age: String) -> Bool {
                model.keys.last == "Bearer \(age)-model" && embeddings.keys.last == "Bearer \(age)-embedding" && cloud.keys.last == "Bearer \(age)-o2"
                    && collector.headers.last?["authorization"] == "Bearer \(age)-headers"
            }
            var number = 0
            func eventuallyShown(_ age: String) async throws {
                try await eventually(within: .seconds(30)) {
                    number += 1
                    try await ask(number)
                    return areShown(age)
                }
            }
            try await eventuallyShown("old")
            #expect(try await event("old-ves") == 400)

            for name in ["model", "embedding", "o2", "ves"] { try write(name, "new-\(name)") }
            try write("headers", "authorization=Bearer%20new-headers")
            try await eventuallyShown("new")
            try await eventually(within: .seconds(10)) { try await event("new-ves") == 400 }
            #expect(try await event("old-ves") == 401)

            try write("headers", "this is no header")
            let log = try installation.process(.gateway).log
            try await eventually(within: .seconds(10)) { try String(contentsOfFile: log, encoding: .utf8).contains("settings not reloaded") }
            try await ask(0)
            let count = collector.headers.count
            try await eventually(within: .seconds(10)) { collector.headers.count > count }
            #expect(collector.headers.last?["authorization"] == "Bearer new-headers")
        }
    }
}
