import HTTPTypes
import Hummingbird
import NIOCore
import NIOEmbedded
import NIOHTTPTypes
import Synchronization
import Telemetry
import Testing

@testable import ServiceRuntime

/// The handler between the connection and the router, request by request.
@Suite struct QuickRouteTests {
    /// Answers when the test says so.
    final class Route: QuickRoute {
        let path = "/quick"
        let maxBodyBytes = 64
        let begun = Mutex<[(body: String, answer: @Sendable ([UInt8]?) -> Void)]>([])

        func begin(_ body: ByteBuffer, _ answer: @escaping @Sendable ([UInt8]?) -> Void) -> Bool {
            let text = String(buffer: body)
            if text == "refuse" { return false }
            self.begun.withLock { $0.append((text, answer)) }
            return true
        }

        var bodies: [String] { self.begun.withLock { $0.map(\.body) } }

        func answer(_ index: Int, _ json: String?) {
            let answer = self.begun.withLock { $0[index].answer }
            answer(json.map { Array($0.utf8) })
        }
    }

    struct Connection {
        let route = Route()
        let registry = PrometheusRegistry()
        let drain = Drain()
        let channel: EmbeddedChannel

        init(from address: String = "127.0.0.1", maxBodyBytes: Int = 1_024) throws {
            self.channel = EmbeddedChannel()
            try self.channel.connect(to: SocketAddress(ipAddress: address, port: 1_000)).wait()
            let shared = QuickRouteHandler.Shared(
                route: self.route, maxBodyBytes: maxBodyBytes, metrics: RequestMetrics(self.registry), drain: self.drain, dates: HTTPDate(), server: "test")
            try self.channel.pipeline.syncOperations.addHandler(QuickRouteHandler(shared))
        }

        static let usual: HTTPFields = [.contentType: "application/json", .cacheControl: "no-cache", .userAgent: "test", .accept: "*/*"]

        func ask(_ body: String?, path: String = "/quick", method: HTTPRequest.Method = .post, _ fields: HTTPFields = Connection.usual) throws {
            var fields = fields
            if let body, fields[.transferEncoding] == nil { fields[.contentLength] = "\(body.utf8.count)" }
            let head = HTTPRequest(method: method, scheme: "http", authority: "test", path: path, headerFields: fields)
            try self.channel.writeInbound(HTTPRequestPart.head(head))
            if let body { try self.channel.writeInbound(HTTPRequestPart.body(ByteBuffer(string: body))) }
            try self.channel.writeInbound(HTTPRequestPart.end(nil))
        }

        /// Bodies of the requests that went on to the router, by path.
        func passed() throws -> [String] {
            var passed: [String] = []
            while let part = try self.channel.readInbound(as: HTTPRequestPart.self) {
                switch part {
                case .head(let head): passed.append(head.path ?? "")
                case .body(let bytes): passed[passed.count - 1] += " " + String(buffer: bytes)
                case .end: passed[passed.count - 1] += "."
                }
            }
            return passed
        }

        /// What was answered.
        func answers() throws -> [String] {
            var answers: [String] = []
            while let part = try self.channel.readOutbound(as: HTTPResponsePart.self) {
                switch part {
                case .head(let head): answers.append("\(head.status.code)")
                case .body(let bytes): answers[answers.count - 1] += " " + String(buffer: bytes)
                case .end: answers[answers.count - 1] += "."
                }
            }
            return answers
        }

        /// As the router would.
        func routerAnswers(_ text: String) throws {
            try self.channel.writeOutbound(HTTPResponsePart.head(HTTPResponse(status: .ok)))
            try self.channel.writeOutbound(HTTPResponsePart.body(ByteBuffer(string: text)))
            try self.channel.writeOutbound(HTTPResponsePart.end(nil))
        }
    }

    @Test("a usual request is answered and goes no further, with the headers and metrics of any other")
    func answered() throws {
        let connection = try Connection()
        try connection.ask("a")
        #expect(try connection.passed().isEmpty && connection.route.bodies == ["a"])
        connection.route.answer(0, "{}")
        let head = try #require(try connection.channel.readOutbound(as: HTTPResponsePart.self))
        guard case .head(let response) = head else { return #expect(Bool(false), "\(head)") }
        #expect(response.status == .ok && response.headerFields[.contentType] == "application/json" && response.headerFields[.contentLength] == "2")
        #expect(response.headerFields[.traceparent].flatMap(TraceParent.init) != nil && response.headerFields[.server] == "test")
        #expect(response.headerFields[.date] != nil && response.headerFields[.connection] == nil)
        let exposed = String(decoding: connection.registry.expose(), as: UTF8.self)
        #expect(exposed.contains(#"http_requests_total{method="POST",route="/quick",code="200",status="200"} 1"#), "\(exposed)")
    }

    @Test("while the service closes, an answer ends its connection")
    func closing() throws {
        let connection = try Connection()
        connection.drain.close()
        try connection.ask("a")
        connection.route.answer(0, "{}")
        guard case .head(let response) = try connection.channel.readOutbound(as: HTTPResponsePart.self) else { return #expect(Bool(false)) }
        #expect(response.headerFields[.connection] == "close")
    }

    static let unusual: [(HTTPFields, String, HTTPRequest.Method, String)] = [
        (HTTPFields(), "/quick", .post, "a"),
        (Connection.usual, "/other", .post, "a"),
        (Connection.usual, "/quick?x=1", .post, "a"),
        (Connection.usual, "/quick", .put, "a"),
        (Connection.usual, "/quick", .post, String(repeating: "a", count: 65)),
        ([.cacheControl: "no-cache", .authorization: "Bearer x"], "/quick", .post, "a"),
        ([.cacheControl: "no-store"], "/quick", .post, "a"),
        ([.cacheControl: "no-cache", .accept: "text/event-stream"], "/quick", .post, "a"),
        ([.cacheControl: "no-cache", .contentType: "text/plain"], "/quick", .post, "a"),
        ([.cacheControl: "no-cache", .origin: "x"], "/quick", .post, "a"),
        ([.cacheControl: "no-cache", .connection: "close"], "/quick", .post, "a"),
        ([.cacheControl: "no-cache", .expect: "100-continue"], "/quick", .post, "a"),
        ([.cacheControl: "no-cache", .transferEncoding: "chunked"], "/quick", .post, "a"),
        (Connection.usual, "/quick", .post, "refuse"),
    ]

    @Test("what is not usual goes on whole", arguments: Self.unusual)
    func plain(fields: HTTPFields, path: String, method: HTTPRequest.Method, body: String) throws {
        let connection = try Connection()
        try connection.ask(body, path: path, method: method, fields)
        #expect(try connection.passed() == ["\(path) \(body)."] && connection.route.bodies.isEmpty)
    }

    @Test("a body beyond MAX_BODY_BYTES is for the router to refuse") func largest() throws {
        let connection = try Connection(maxBodyBytes: 8)
        try connection.ask("123456789")
        #expect(try connection.passed() == ["/quick 123456789."] && connection.route.bodies.isEmpty)
        let other = try Connection(maxBodyBytes: 8)
        try other.ask("12345678")
        #expect(other.route.bodies == ["12345678"])
    }

    @Test("nobody from elsewhere is answered past the guards") func remote() throws {
        let connection = try Connection(from: "192.0.2.1")
        try connection.ask("a")
        #expect(try connection.passed() == ["/quick a."] && connection.route.bodies.isEmpty)
    }

    @Test("given up, the request goes on as it came") func givenUp() throws {
        let connection = try Connection()
        try connection.ask("a")
        #expect(try connection.passed().isEmpty)
        connection.route.answer(0, nil)
        #expect(try connection.passed() == ["/quick a."] && connection.answers().isEmpty)
        try connection.routerAnswers("late")
        try connection.ask("b")
        connection.route.answer(1, "quick")
        #expect(try connection.answers() == ["200 late.", "200 quick."])
    }

    @Test("requests sent without waiting are answered in their order, whichever way they go") func pipelined() throws {
        let connection = try Connection()
        try connection.ask("a")
        try connection.ask("b")
        try connection.ask("c", path: "/other")
        try connection.ask("d")
        #expect(connection.route.bodies == ["a"])
        connection.route.answer(0, "A")
        #expect(connection.route.bodies == ["a", "b"])
        #expect(try connection.passed().isEmpty)
        connection.route.answer(1, "B")
        // The router has one to answer: the next is not answered before it.
        #expect(try connection.passed() == ["/other c.", "/quick d."] && connection.route.bodies == ["a", "b"])
        try connection.routerAnswers("C")
        try connection.routerAnswers("D")
        #expect(try connection.answers() == ["200 A.", "200 B.", "200 C.", "200 D."])
        try connection.ask("e")
        #expect(connection.route.bodies == ["a", "b", "e"])
    }

    @Test("a client that closes its side first still gets its answer; one that is gone gets none") func closed() throws {
        let connection = try Connection()
        try connection.ask("a")
        connection.channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        connection.route.answer(0, "A")
        #expect(try connection.answers() == ["200 A."])
        try connection.ask("b")
        _ = try connection.channel.finish(acceptAlreadyClosed: true)
        connection.route.answer(1, "B")
        #expect(try connection.answers().isEmpty)
    }
}
