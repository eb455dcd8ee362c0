import Hummingbird
package import JSONSchema
import Synchronization

/// An OpenAI-compatible chat completions endpoint over real HTTP that answers what the test says: valid, malformed, hallucinated, slow, truncated,
/// refused. Answers queued with ``answer(_:)`` come first, one each; then ``standard`` for ever.
package final class FakeModelServer: Sendable {
    package enum Reply: Sendable {
        /// A completion with this text.
        case content(String)
        /// The same after a while.
        case slow(Duration, String)
        /// A completion the provider cut off.
        case cutOff(String)
        /// An HTTP error with OpenAI's error body.
        case status(Int, message: String = "asked for by the test", retryAfter: Int? = nil)
        /// Any bytes under status 200.
        case raw(String)
        /// Half of a completion, then the connection is closed.
        case brokenOff(String)
        /// A stream of these pieces; without an end when it does not end.
        case pieces([String], ends: Bool = true)
        /// What comes out of the request's body.
        case made(@Sendable (JSONValue) -> String)
    }

    private struct State {
        var queue: [Reply] = []
        var standard: Reply
        var requests: [JSONValue] = []
        var keys: [String] = []
        var refusedFormats: Set<String> = []
    }

    private let state: Mutex<State>
    private let server: Mutex<LoopbackServer?> = Mutex(nil)

    package static func start(standard: Reply = .content("{}")) async throws -> FakeModelServer {
        let fake = FakeModelServer(standard: standard)
        let server = try await LoopbackServer.start(fake.router())
        fake.server.withLock { $0 = server }
        return fake
    }

    private init(standard: Reply) { self.state = Mutex(State(standard: standard)) }

    /// As a client is configured with.
    package var baseURL: String { self.server.withLock { ($0?.url ?? "") + "/v1" } }
    /// The bodies received.
    package var requests: [JSONValue] { self.state.withLock { $0.requests } }
    /// Values of `Authorization`.
    package var keys: [String] { self.state.withLock { $0.keys } }

    package func answer(_ replies: Reply...) { self.state.withLock { $0.queue += replies } }
    package func setStandard(_ reply: Reply) { self.state.withLock { $0.standard = reply } }
    /// Values of `response_format.type` that are answered with 400, as a provider that does not know them.
    package func refuseFormats(_ formats: Set<String>) { self.state.withLock { $0.refusedFormats = formats } }

    package func stop() async { await self.server.withLock { $0 }?.stop() }
    package func restart() async throws { try await self.server.withLock { $0 }?.restart() }

    private func router() -> Router<BasicRequestContext> {
        let router = Router()
        router.post("v1/chat/completions") { request, _ -> Response in
            let bytes = Array(buffer: try await request.body.collect(upTo: 4 << 20))
            guard let body = try? JSONValue(parsing: bytes) else { return Self.json(400, ["error": ["message": "not JSON"]]) }
            let format = body["response_format"]?["type"]?.string
            let reply = self.state.withLock { state -> Reply in
                state.requests.append(body)
                if let key = request.headers[.authorization] { state.keys.append(key) }
                if let format, state.refusedFormats.contains(format) { return .status(400, message: "response_format type \(format) is not supported") }
                return state.queue.isEmpty ? state.standard : state.queue.removeFirst()
            }
            return try await Self.response(reply, to: body)
        }
        return router
    }

    private static func response(_ reply: Reply, to body: JSONValue) async throws -> Response {
        switch reply {
        case .content(let text):
            if body["stream"] == true { return self.stream([text], ends: true) }
            return self.completion(text, "stop")
        case .made(let make): return try await self.response(.content(make(body)), to: body)
        case .pieces(let pieces, let ends): return self.stream(pieces, ends: ends)
        case .brokenOff(let text):
            let bytes = Array(text.utf8)
            return Response(
                status: .ok, headers: [.contentType: "application/json"],
                body: ResponseBody(contentLength: bytes.count * 2) { writer in
                    try await writer.write(ByteBuffer(bytes: bytes))
                    throw BrokenOff()
                })
        case .cutOff(let text): return self.completion(text, "length")
        case .slow(let wait, let text):
            try await Task.sleep(for: wait)
            return self.completion(text, "stop")
        case .status(let status, let message, let retryAfter):
            var response = self.json(status, ["error": ["message": .string(message), "type": "fake"]])
            if let retryAfter { response.headers[.retryAfter] = String(retryAfter) }
            return response
        case .raw(let text): return Response(status: .ok, headers: [.contentType: "application/json"], body: .init(byteBuffer: ByteBuffer(string: text)))
        }
    }

    private struct BrokenOff: Error {}

    /// Server-Sent Events as OpenAI sends them, with the usage in a chunk of its own.
    private static func stream(_ pieces: [String], ends: Bool) -> Response {
        var chunks: [String] = pieces.map { piece in
            JSONValue.object(["choices": [["index": 0, "delta": ["content": .string(piece)], "finish_reason": .null]]]).text
        }
        if ends {
            chunks.append(#"{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#)
            chunks.append(#"{"choices":[],"usage":{"prompt_tokens":900,"completion_tokens":100}}"#)
            chunks.append("[DONE]")
        }
        let frames = chunks
        return Response(
            status: .ok, headers: [.contentType: "text/event-stream"],
            body: ResponseBody { writer in
                for frame in frames { try await writer.write(ByteBuffer(string: "data: \(frame)\n\n")) }
                try await writer.finish(nil)
            })
    }

    private static func completion(_ text: String, _ finish: String) -> Response {
        self.json(
            200,
            [
                "id": "chatcmpl-1", "object": "chat.completion", "model": "fake",
                "choices": [["index": 0, "finish_reason": .string(finish), "message": ["role": "assistant", "content": .string(text)]]],
                "usage": ["prompt_tokens": 900, "completion_tokens": 100, "total_tokens": 1_000],
            ])
    }

    private static func json(_ status: Int, _ value: JSONValue) -> Response {
        Response(status: .init(code: status), headers: [.contentType: "application/json"], body: .init(byteBuffer: ByteBuffer(bytes: value.bytes)))
    }
}
