import HTTPFetch
import NIOCore
import NIOPosix
@testable import Resilience
import Synchronization
import Testing

@testable import LLMProcessor

/// Plain HTTP/1.1 to a model next door.
@Suite struct WireTests {
    /// Reads the bytes in pieces of one size; what came out last.
    private func read(_ text: String, pieces: Int, closes: Bool = false, limit: Int = 1_000) -> ResponseReader.Progress {
        var reader = ResponseReader(limit: limit)
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let progress = Array(rest.prefix(pieces)).withUnsafeBytes { reader.read($0) }
            rest = rest.dropFirst(pieces)
            if case .more = progress { continue }
            return progress
        }
        return closes ? reader.end() : .more
    }

    @Test(
        "a response is read whatever pieces it comes in",
        arguments: [
            ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Type: text/plain\r\n\r\nhello", 200, "hello", true, false),
            ("HTTP/1.1 200 OK\r\ncontent-length:0\r\n\r\n", 200, "", true, false), ("HTTP/1.1 204 No Content\r\n\r\n", 204, "", true, false),
            ("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 429 Too Many\r\nRetry-After: 7\r\nContent-Length: 2\r\n\r\nno", 429, "no", true, false),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n1;x=y\r\n!\r\n0\r\n\r\n", 200, "hello!", true, false),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nTrailer: x\r\n\r\n", 200, "", true, false),
            ("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok", 200, "ok", false, false),
            ("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", 200, "ok", false, false), ("HTTP/1.1 200 OK\r\n\r\nto the end", 200, "to the end", false, true),
            ("HTTP/1.1 200 OK\nContent-Length: 2\n\nok", 200, "ok", true, false),
        ], [1, 2, 7, 10_000])
    func responses(_ row: (text: String, status: Int, body: String, isReusable: Bool, closes: Bool), _ pieces: Int) {
        guard case .complete(let response, let isReusable) = self.read(row.text, pieces: pieces, closes: row.closes) else {
            Issue.record("\(row.text) is complete")
            return
        }
        #expect(response.status == row.status)
        #expect(String(decoding: response.body, as: UTF8.self) == row.body)
        #expect(isReusable == row.isReusable)
        if row.status == 429 { #expect(response.retryAfter == .seconds(7)) }
    }

    @Test(
        "what is no response, or too much of one, is an error and never more than its limit",
        arguments: [
            "SSH-2.0-OpenSSH\r\n\r\n", "HTTP/1.1 2x0 OK\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffff\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabcd\r\n", "HTTP/1.1 200 OK\r\nX: \(String(repeating: "x", count: 70_000))",
            "HTTP/1.1 200 OK\r\n\r\n\(String(repeating: "x", count: 2_000))",
        ], [1, 10_000])
    func malformed(_ text: String, _ pieces: Int) {
        if case .failed = self.read(text, pieces: pieces) { return }
        Issue.record("\(text.prefix(80)) is refused")
    }

    @Test("a response that ends too early is an error", arguments: ["", "HTTP/1.1 200 OK\r\nContent-Le", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel"])
    func truncated(_ text: String) {
        if case .failed = self.read(text, pieces: 3, closes: true) { return }
        Issue.record("\(text) is not complete")
    }

    @Test("only plain HTTP, and headers that can be sent as they are, have a client")
    func addresses() {
        #expect(WireClient(url: "https://models.example.org/v1", headers: [], maxIdle: 1) == nil)
        #expect(WireClient(url: "http://user@host/v1", headers: [], maxIdle: 1) == nil)
        #expect(WireClient(url: "http://host/v1", headers: [("authorization", "Bearer a\r\nX: y")], maxIdle: 1) == nil)
        #expect(WireClient(url: "http://host:81/v1", headers: [("authorization", "Bearer a")], maxIdle: 1) != nil)
    }

    // MARK: Against a server

    private static let ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

    private func client(_ server: ScriptedServer) throws -> WireClient {
        try #require(WireClient(url: "http://127.0.0.1:\(server.port)/v1/chat", headers: [("x-key", "k")], maxIdle: 8))
    }

    private func post(_ client: WireClient, timeout: Duration = .seconds(10)) async -> Result<FetchResponse, FetchError> {
        await client.post(Array("{}".utf8), timeout: timeout, limit: 1_000, cancellation: nil)
    }

    @Test("a connection carries one exchange after the other, and the request is what it should be")
    func keepsAlive() async throws {
        let server = try await ScriptedServer.start { _, _ in .answer(Self.ok) }
        let client = try self.client(server)
        for _ in 0..<3 { #expect(try await self.post(client).get().body == Array("ok".utf8)) }
        #expect(
            server.requests.allSatisfy {
                $0.hasPrefix("POST /v1/chat HTTP/1.1\r\nhost: 127.0.0.1:\(server.port)\r\n") && $0.hasSuffix("x-key: k\r\ncontent-length: 2\r\n\r\n{}")
            })
        // Without an event loop of its own each call may take either of them.
        #expect((1...3).contains(server.connections))
        try await server.stop()
    }

    @Test("a connection that the server closed meanwhile is replaced, and the question asked once more")
    func staleConnection() async throws {
        let server = try await ScriptedServer.start { _, number in number == 1 ? .answer(Self.ok) : .close }
        let client = try self.client(server)
        #expect(try await self.post(client).get().status == 200)
        // Every further request of any connection is closed without an answer: on a new connection, that is an error.
        for _ in 0..<4 { _ = await self.post(client) }
        let answered = try await ScriptedServer.start { _, number in number == 2 ? .close : .answer(Self.ok) }
        let other = try self.client(answered)
        for _ in 0..<6 { #expect(try await self.post(other).get().status == 200) }
        try await server.stop()
        try await answered.stop()
    }

    @Test("no answer in time, an answer that breaks off, and nobody there are told apart")
    func failures() async throws {
        let silent = try await ScriptedServer.start { _, _ in .nothing }
        #expect(await self.post(try self.client(silent), timeout: .milliseconds(50)).error == .timedOut)
        let broken = try await ScriptedServer.start { _, _ in .answer("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok", thenClose: true) }
        if case .transfer? = await self.post(try self.client(broken)).error {} else { Issue.record("it breaks off") }
        try await silent.stop()
        try await broken.stop()
        // The port of a service long gone: a free one might be somebody else's by now.
        let gone = try #require(WireClient(url: "http://127.0.0.1:1/", headers: [], maxIdle: 1))
        if case .connect? = await self.post(gone).error {} else { Issue.record("nobody is there") }
    }

    @Test("a call that nobody waits for any more ends", arguments: [true, false])
    func cancelled(byTask: Bool) async throws {
        let silent = try await ScriptedServer.start { _, _ in .nothing }
        let client = try self.client(silent)
        let cancellation = Cancellation()
        let call = Task { await client.post([1], timeout: .seconds(600), limit: 10, cancellation: cancellation) }
        if byTask { call.cancel() } else { cancellation.cancel() }
        #expect(await call.value.error == .cancelled)
        try await silent.stop()
    }
}

extension Result {
    fileprivate var error: Failure? { if case .failure(let error) = self { error } else { nil } }
}

/// A server that does with each request what the test says.
private final class ScriptedServer: Sendable {
    enum Act: Sendable {
        case answer(String, thenClose: Bool = false)
        case close
        case nothing
    }

    private struct State {
        var requests: [String] = []
        var connections = 0
    }

    private let channel: any Channel
    private let state: SharedState

    private final class SharedState: Sendable { let value = Mutex(State()) }

    var port: Int { self.channel.localAddress?.port ?? 0 }
    var requests: [String] { self.state.value.withLock { $0.requests } }
    var connections: Int { self.state.value.withLock { $0.connections } }

    private init(_ channel: any Channel, _ state: SharedState) {
        self.channel = channel
        self.state = state
    }

    /// - Parameter script: given the request and its number on its connection, from 1. Requests are small enough to come in one piece.
    static func start(_ script: @escaping @Sendable (String, Int) -> Act) async throws -> ScriptedServer {
        let state = SharedState()
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    state.value.withLock { $0.connections += 1 }
                    try channel.pipeline.syncOperations.addHandler(Handler(state, script))
                }
            }.bind(host: "127.0.0.1", port: 0).get()
        return ScriptedServer(channel, state)
    }

    func stop() async throws { try await self.channel.close() }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        private let state: SharedState
        private let script: @Sendable (String, Int) -> Act
        private var number = 0

        init(_ state: SharedState, _ script: @escaping @Sendable (String, Int) -> Act) {
            self.state = state
            self.script = script
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let request = String(buffer: self.unwrapInboundIn(data))
            self.number += 1
            self.state.value.withLock { $0.requests.append(request) }
            switch self.script(request, self.number) {
            case .answer(let text, let closes):
                context.writeAndFlush(NIOAny(ByteBuffer(string: text)), promise: nil)
                if closes { context.close(promise: nil) }
            case .close: context.close(promise: nil)
            case .nothing: break
            }
        }
    }
}
