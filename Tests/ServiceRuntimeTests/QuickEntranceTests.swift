import HTTPTypes
import NIOCore
import NIOEmbedded
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1
import Telemetry
import Testing

@testable import ServiceRuntime

/// The handler before the decoder, byte by byte.
@Suite struct QuickEntranceTests {
    struct Connection {
        let route = QuickRouteTests.Route()
        let registry = PrometheusRegistry()
        let drain = Drain()
        let use = OpenConnections.Use()
        let channel = EmbeddedChannel()

        /// - Parameter entrance: else the other quick way alone.
        init(from address: String = "127.0.0.1", idleTimeout: TimeAmount? = .seconds(60), entrance: Bool = true) throws {
            try self.channel.connect(to: SocketAddress(ipAddress: address, port: 1_000)).wait()
            let shared = QuickRouteHandler.Shared(
                route: self.route, maxBodyBytes: 1_024, metrics: RequestMetrics(self.registry), drain: self.drain, dates: HTTPDate(), server: "test")
            let pipeline = self.channel.pipeline.syncOperations
            let pace = RequestPace(.init(head: .seconds(5), body: .seconds(5)), self.use)
            try pipeline.addHandler(pace)
            if entrance { try pipeline.addHandler(QuickEntrance(shared, pace, idleTimeout: idleTimeout)) }
            try pipeline.configureHTTPServerPipeline(withPipeliningAssistance: false, withErrorHandling: false, withOutboundHeaderValidation: false)
            try pipeline.addHandler(HTTP1ToHTTPServerCodec(secure: false))
            try pipeline.addHandler(RequestMarks(pace))
            if !entrance { try pipeline.addHandler(QuickRouteHandler(shared)) }
        }

        static func usual(_ body: String, _ more: String = "") -> String {
            "POST /quick HTTP/1.1\r\nHost: here\r\nCache-Control: no-cache\r\nContent-Length: \(body.utf8.count)\r\n\(more)\r\n\(body)"
        }

        func send(_ text: String) throws {
            try self.channel.writeInbound(ByteBuffer(string: text))
            self.channel.embeddedEventLoop.run()
        }

        func answer(_ index: Int, _ json: String?) {
            self.route.answer(index, json)
            self.channel.embeddedEventLoop.run()
        }

        /// Requests that went on to the server, with their bodies.
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

        /// All that was sent so far.
        func sent() throws -> String {
            var sent = ""
            while let bytes = try self.channel.readOutbound(as: ByteBuffer.self) { sent += String(buffer: bytes) }
            return sent
        }

        func bodies() throws -> [String] {
            try self.sent().split(separator: "HTTP/1.1 200 OK\r\n").map { answer in
                answer.split(separator: "\r\n\r\n", maxSplits: 1).last.map(String.init) ?? ""
            }
        }

        /// As the router would.
        func routerAnswers(_ text: String) throws {
            try self.channel.writeOutbound(HTTPResponsePart.head(HTTPResponse(status: .ok, headerFields: [.contentLength: "\(text.utf8.count)"])))
            try self.channel.writeOutbound(HTTPResponsePart.body(ByteBuffer(string: text)))
            try self.channel.writeOutbound(HTTPResponsePart.end(nil))
        }
    }

    @Test("a usual request is answered and goes no further; the connection is in use meanwhile") func answered() throws {
        let connection = try Connection()
        try connection.send(Connection.usual("a"))
        #expect(try connection.passed().isEmpty && connection.route.bodies == ["a"] && connection.use.isIdleSince == nil)
        connection.answer(0, "{}")
        #expect(try connection.bodies() == ["{}"] && connection.use.isIdleSince != nil)
        let exposed = String(decoding: connection.registry.expose(), as: UTF8.self)
        #expect(exposed.contains(#"http_requests_total{method="POST",route="/quick",code="200",status="200"} 1"#), "\(exposed)")
    }

    @Test("what is sent is what the encoder makes of the other quick way's answer, letter by letter", arguments: [false, true]) func bytes(closes: Bool) throws
    {
        func sent(entrance: Bool) throws -> String {
            let connection = try Connection(entrance: entrance)
            if closes { connection.drain.close() }
            try connection.send(Connection.usual("a"))
            connection.answer(0, #"{"a":1}"#)
            return try connection.sent().replacing(/Traceparent: 00-[0-9a-f]{32}-[0-9a-f]{16}-01/, with: "trace")
                .replacing(/Date: [A-Za-z0-9:, ]+GMT/, with: "Date")
        }
        let quick = try sent(entrance: true)
        #expect(try quick == sent(entrance: false) && quick.hasSuffix("\r\n\r\n{\"a\":1}") && quick.contains("close") == closes)
    }

    @Test("not begun, or given up, it goes on as it came, and the next one is quick again", arguments: [false, true]) func plain(begins: Bool) throws {
        let connection = try Connection()
        try connection.send(Connection.usual(begins ? "a" : "refuse"))
        if begins { connection.answer(0, nil) }
        #expect(try connection.passed() == [begins ? "/quick a." : "/quick refuse."] && connection.use.isIdleSince == nil)
        // Nobody overtakes it.
        try connection.send(Connection.usual("b"))
        #expect(try connection.passed() == ["/quick b."])
        try connection.routerAnswers("late")
        #expect(connection.use.isIdleSince == nil)
        try connection.routerAnswers("later")
        #expect(connection.use.isIdleSince != nil)
        try connection.send(Connection.usual("c"))
        connection.answer(begins ? 1 : 0, "quick")
        #expect(try connection.bodies() == ["late", "later", "quick"])
    }

    @Test("in pieces it goes to the decoder; the next one that is whole does not") func pieces() throws {
        let connection = try Connection()
        let whole = Connection.usual("abc")
        for piece in [String(whole.dropLast(3)), "a", "bc"] { try connection.send(piece) }
        #expect(try connection.passed() == ["/quick a bc."])
        try connection.routerAnswers("1")
        try connection.send(Connection.usual("d"))
        #expect(connection.route.bodies == ["d"])
    }

    @Test(
        "where it is not known where the next one begins, all go to the decoder",
        arguments: [
            Connection.usual("a") + Connection.usual("b"), Connection.usual("a") + "POST", Connection.usual("a", "Origin: x\r\n"),
            "GET /other HTTP/1.1\r\nHost: here\r\n\r\n", "POST /qu",
        ])
    func unaligned(first: String) throws {
        let connection = try Connection()
        try connection.send(first)
        // What the decoder makes of it is its own affair.
        try? connection.send(Connection.usual("c"))
        #expect(connection.route.bodies.isEmpty)
    }

    @Test("sent without waiting, they are answered in their order; who sends early is not taken for slow") func pipelined() throws {
        let connection = try Connection()
        try connection.send(Connection.usual("a"))
        try connection.send(Connection.usual("b"))
        try connection.send("GET /other HTTP/1.1\r\nHost: here\r\n\r\n")
        connection.channel.embeddedEventLoop.advanceTime(by: .seconds(30))
        #expect(connection.channel.isActive && connection.route.bodies == ["a"])
        connection.answer(0, "A")
        #expect(connection.route.bodies == ["a", "b"])
        connection.answer(1, "B")
        #expect(try connection.passed() == ["/other."])
        try connection.routerAnswers("C")
        #expect(try connection.bodies() == ["A", "B", "C"])
    }

    @Test("who closes waits until the answer is written", arguments: [false, true]) func closing(isLate: Bool) throws {
        let connection = try Connection()
        try connection.send(Connection.usual("a"))
        if isLate {
            connection.route.answer(0, "A")
            connection.channel.close(promise: nil)
        } else {
            connection.channel.close(promise: nil)
            #expect(connection.channel.isActive)
            connection.route.answer(0, "A")
        }
        connection.channel.embeddedEventLoop.run()
        #expect(try connection.bodies() == ["A"] && !connection.channel.isActive)
    }

    @Test("an answer for who is gone is nobody's") func gone() throws {
        let connection = try Connection()
        try connection.send(Connection.usual("a"))
        connection.channel.pipeline.fireChannelInactive()
        connection.answer(0, "A")
        #expect(try connection.sent().isEmpty)
        _ = try? connection.channel.finish(acceptAlreadyClosed: true)
    }

    @Test("nobody from elsewhere is answered past the guards") func remote() throws {
        let connection = try Connection(from: "192.0.2.1")
        try connection.send(Connection.usual("a"))
        #expect(try connection.passed() == ["/quick a."] && connection.route.bodies.isEmpty)
    }

    @Test("every so often one goes by the server, which would take the connection for idle") func detour() throws {
        let connection = try Connection(idleTimeout: .nanoseconds(8))
        try connection.send(Connection.usual("a"))
        #expect(try connection.passed() == ["/quick a."])
    }

    @Test("a body beyond what the route takes is for the router") func largest() throws {
        let connection = try Connection()
        let body = String(repeating: "a", count: 65)
        try connection.send(Connection.usual(body))
        #expect(try connection.passed() == ["/quick \(body)."] && connection.route.bodies.isEmpty)
    }
}
