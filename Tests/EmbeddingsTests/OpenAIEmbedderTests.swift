import HTTPFetch
import Resilience
import TestSupport
import Testing

@testable import Embeddings

@Suite("An OpenAI-compatible endpoint of embeddings")
struct OpenAIEmbedderTests {
    private func with(
        _ change: (inout EmbeddingEndpointSettings) -> Void = { _ in }, _ body: (FakeEmbeddingServer, OpenAIEmbedder) async throws -> Void
    ) async throws {
        let server = try await FakeEmbeddingServer.start(dimensions: 8)
        var settings = EmbeddingEndpointSettings(baseURL: server.baseURL + "/", model: "fake-3", dimensions: 8, apiKey: "sk-secret")
        change(&settings)
        let fetcher = HTTPFetcher()
        try await body(server, OpenAIEmbedder(settings, fetcher: fetcher, upstream: Upstream("embeddings")))
        fetcher.stop()
        await server.stop()
    }

    private func unit(_ place: Int) -> [Float] { (0..<8).map { $0 == place ? 1 : 0 } }

    @Test("many texts are a few requests, and each gets its own vector of length 1")
    func batches() async throws {
        try await self.with({ $0.batchTexts = 3 }) { server, embedder in
            server.answer(.backwards)
            let vectors = try await embedder.embed((0..<8).map { String(repeating: "a", count: $0) }, for: .passage, deadline: nil)
            #expect(vectors == (0..<8).map(self.unit))
            #expect(server.requests.count == 3)
            #expect(server.requests.allSatisfy { $0["model"] == "fake-3" && $0["encoding_format"] == "float" && $0["dimensions"] == nil })
            #expect(server.keys.allSatisfy { $0 == "Bearer sk-secret" })
            #expect(try await embedder.embed([], for: .query, deadline: nil).isEmpty)
            #expect(!embedder.name.contains("sk-secret") && embedder.name.hasPrefix("fake-3-8@"))
        }
    }

    @Test("the name of an endpoint has no credentials")
    func name() {
        func name(_ url: String) -> String {
            let settings = EmbeddingEndpointSettings(baseURL: url, model: "m", dimensions: 8)
            return OpenAIEmbedder(settings, fetcher: HTTPFetcher(), upstream: Upstream("embeddings")).name
        }
        #expect(name("https://user:se@cret@models.example:8443/v1/") == "m-8@https://models.example:8443/v1")
        #expect(name("https://models.example/v1?key=secret") == "m-8@https://models.example/v1")
        #expect(name("http://models.example/a@b/v1") == "m-8@http://models.example/a@b/v1")
    }

    @Test("a request is cut by bytes as well")
    func bytes() async throws {
        try await self.with({ $0.batchBytes = 10 }) { server, embedder in
            _ = try await embedder.embed(["aaaaaa", "bbbb", "cc", String(repeating: "d", count: 40)], for: .passage, deadline: nil)
            #expect(server.requests.map { $0["input"]?.array?.count ?? 0 }.sorted() == [1, 1, 2])
        }
    }

    @Test("a moment's failure is tried again, a refusal is told without the key")
    func failures() async throws {
        try await self.with { server, embedder in
            server.answer(.status(503))
            let vectors = try await embedder.embed(["abc"], for: .query, deadline: nil)
            #expect(vectors == [self.unit(3)])
            #expect(server.requests.count == 2)
            server.answer(.status(401, message: "the key sk-secret is wrong"))
            await #expect(throws: EmbeddingError.status(401, "the key … is wrong")) { try await embedder.embed(["abc"], for: .query, deadline: nil) }
            #expect(server.requests.count == 3)
        }
    }

    @Test(
        "an answer that is not what was asked for is refused",
        arguments: [
            "{}", "not JSON", #"{"data": []}"#, #"{"data": [{"index": 0, "embedding": [1, 2]}]}"#, #"{"data": [{"index": 7, "embedding": [1,0,0,0,0,0,0,0]}]}"#,
            #"{"data": [{"index": 0, "embedding": [1,0,0,0,0,0,0,"x"]}]}"#, #"{"data": [{"index": 0, "embedding": "AAAA"}]}"#,
            #"{"data": [{"index": 0, "embedding": [1e300,0,0,0,0,0,0,0]}]}"#,
        ])
    func nonsense(body: String) async throws {
        try await self.with { server, embedder in
            server.answer(.raw(body))
            let error = await #expect(throws: EmbeddingError.self) { try await embedder.embed(["abc"], for: .query, deadline: nil) }
            guard case .malformed = error else {
                Issue.record("\(String(describing: error))")
                return
            }
        }
    }

    @Test("a deadline ends the wait")
    func deadline() async throws {
        try await self.with { server, embedder in
            server.answer(.slow(.seconds(20)))
            await #expect(throws: EmbeddingError.timedOut) { try await embedder.embed(["abc"], for: .query, deadline: Deadline(in: .milliseconds(200))) }
        }
    }

    @Test("who is not there is named")
    func unreachable() async throws {
        let fetcher = HTTPFetcher()
        let settings = EmbeddingEndpointSettings(baseURL: "http://127.0.0.1:1/v1", model: "m", dimensions: 8)
        let embedder = OpenAIEmbedder(settings, fetcher: fetcher, upstream: Upstream("embeddings"))
        let error = await #expect(throws: EmbeddingError.self) { try await embedder.embed(["abc"], for: .query, deadline: nil) }
        fetcher.stop()
        guard case .unreachable(let reason) = error, !reason.isEmpty else {
            Issue.record("\(String(describing: error))")
            return
        }
    }
}
