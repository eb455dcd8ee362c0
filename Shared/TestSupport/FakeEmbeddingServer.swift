import Hummingbird
package import JSONSchema
import Synchronization

/// An OpenAI-compatible embeddings endpoint over real HTTP. A text's vector has 1 at the place of its length, so that what belongs together can
/// be told; answers queued with ``answer(_:)`` come first, one each.
package final class FakeEmbeddingServer: Sendable {
    package enum Reply: Sendable {
        /// The vectors of the texts, the last first.
        case backwards
        /// After a while.
        case slow(Duration)
        /// An HTTP error with OpenAI's error body.
        case status(Int, message: String = "asked for by the test", retryAfter: Int? = nil)
        /// Any bytes under status 200.
        case raw(String)
    }

    private struct State {
        var queue: [Reply] = []
        var requests: [JSONValue] = []
        var keys: [String] = []
    }

    package let dimensions: Int
    private let state = Mutex(State())
    private let server: Mutex<LoopbackServer?> = Mutex(nil)

    package static func start(dimensions: Int) async throws -> FakeEmbeddingServer {
        let fake = FakeEmbeddingServer(dimensions: dimensions)
        let server = try await LoopbackServer.start(fake.router())
        fake.server.withLock { $0 = server }
        return fake
    }

    private init(dimensions: Int) { self.dimensions = dimensions }

    /// As a client is configured with.
    package var baseURL: String { self.server.withLock { ($0?.url ?? "") + "/v1" } }
    /// The bodies received.
    package var requests: [JSONValue] { self.state.withLock { $0.requests } }
    /// Values of `Authorization`.
    package var keys: [String] { self.state.withLock { $0.keys } }

    package func answer(_ replies: Reply...) { self.state.withLock { $0.queue += replies } }
    package func stop() async { await self.server.withLock { $0 }?.stop() }

    private func router() -> Router<BasicRequestContext> {
        let router = Router()
        router.post("v1/embeddings") { request, _ -> Response in
            let bytes = Array(buffer: try await request.body.collect(upTo: 4 << 20))
            guard let body = try? JSONValue(parsing: bytes), let input = body["input"]?.array else { return Self.json(400, ["error": ["message": "no input"]]) }
            let reply = self.state.withLock { state -> Reply? in
                state.requests.append(body)
                if let key = request.headers[.authorization] { state.keys.append(key) }
                return state.queue.isEmpty ? nil : state.queue.removeFirst()
            }
            var data = input.enumerated().map { index, text in self.entry(index, text.string ?? "") }
            switch reply {
            case .status(let status, let message, let retryAfter):
                var response = Self.json(status, ["error": ["message": .string(message), "type": "fake"]])
                if let retryAfter { response.headers[.retryAfter] = String(retryAfter) }
                return response
            case .raw(let text): return Response(status: .ok, headers: [.contentType: "application/json"], body: .init(byteBuffer: ByteBuffer(string: text)))
            case .slow(let wait): try await Task.sleep(for: wait)
            case .backwards: data.reverse()
            case nil: break
            }
            return Self.json(200, ["object": "list", "model": "fake", "data": .array(data), "usage": ["prompt_tokens": 8, "total_tokens": 8]])
        }
        return router
    }

    private func entry(_ index: Int, _ text: String) -> JSONValue {
        var numbers = [JSONValue](repeating: 0, count: self.dimensions)
        numbers[text.utf8.count % self.dimensions] = 2
        return ["object": "embedding", "index": .number(Double(index)), "embedding": .array(numbers)]
    }

    private static func json(_ status: Int, _ value: JSONValue) -> Response {
        Response(status: .init(code: status), headers: [.contentType: "application/json"], body: .init(byteBuffer: ByteBuffer(bytes: value.bytes)))
    }
}
