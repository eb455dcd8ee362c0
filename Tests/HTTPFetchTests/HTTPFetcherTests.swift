import Foundation
import Logging
import ServiceLifecycle
import Testing

@testable import HTTPFetch

@Suite(.timeLimit(.minutes(1))) final class HTTPFetcherTests {
    let server: LoopbackServer
    let fetcher = HTTPFetcher()

    init() throws { self.server = try LoopbackServer() }
    deinit { self.server.stop() }

    func url(_ path: String) -> String { self.server.url + path }

    /// What `/echo` saw: the request line's method, then header lines, then the body.
    func seen(_ request: FetchRequest) async throws -> (method: String, headers: [String], body: String) {
        let text = String(decoding: try await self.fetcher.fetch(request).body, as: UTF8.self)
        let (head, body) = text.range(of: "\n\n").map { (text[..<$0.lowerBound], text[$0.upperBound...]) } ?? (text[...], "")
        let lines = head.split(separator: "\n").map(String.init)
        return (lines[0], lines.dropFirst().map { $0.lowercased() }, String(body))
    }

    @Test("method, headers and body arrive as given", arguments: ["GET", "POST", "PUT", "PATCH", "DELETE", "REPORT"])
    func request(method: String) async throws {
        let request = FetchRequest(
            method: method, url: self.url("/echo"), headers: [("X-One", "1"), ("X-Empty", ""), ("Content-Type", "application/json")], body: Array("{}".utf8))
        let seen = try await self.seen(request)
        #expect(seen.method == method)
        #expect(seen.body == "{}")
        for line in ["x-one: 1", "x-empty:", "content-type: application/json", "content-length: 2", "user-agent: nephoran"] {
            #expect(seen.headers.contains(line), "\(seen.headers)")
        }
        #expect(!seen.headers.contains { $0.hasPrefix("expect") })
    }

    @Test(
        "without a body nothing is said about one, except where an empty one is meant",
        arguments: [("GET", false), ("DELETE", false), ("POST", true), ("PUT", true)])
    func noBody(method: String, announces: Bool) async throws {
        let seen = try await self.seen(FetchRequest(method: method, url: self.url("/echo")))
        #expect(seen.method == method)
        #expect(seen.headers.contains("content-length: 0") == announces)
        #expect(!seen.headers.contains { $0.hasPrefix("content-type") })
    }

    @Test("a large body is sent without waiting for 100 Continue")
    func largeBody() async throws {
        let body = [UInt8](repeating: 0x62, count: 3 << 20)
        let response = try await self.fetcher.fetch(FetchRequest(method: "POST", url: self.url("/echo"), body: body))
        #expect(response.body.suffix(body.count).elementsEqual(body))
        #expect(!String(decoding: response.body.prefix(500), as: UTF8.self).lowercased().contains("expect"))
    }

    @Test("an address that is not admitted is not connected to, by whatever name", arguments: ["127.0.0.1", "localhost", "127.1", "[::ffff:127.0.0.1]"])
    func admits(host: String) async throws {
        let url = "http://\(host):\(self.server.port)/echo"
        await #expect(throws: FetchError.refusedAddress) { try await self.fetcher.fetch(FetchRequest(url: url, admits: { _ in false })) }
        #expect(self.server.connections == 0)
        let admitted = FetchRequest(url: "http://127.0.0.1:\(self.server.port)/echo", admits: { $0 == IPAddress("127.0.0.1") })
        #expect(try await self.fetcher.fetch(admitted).status == 200)
    }

    @Test("every status is a response, and redirects are not followed", arguments: [200, 302, 404, 429, 503])
    func status(status: Int) async throws {
        let response = try await self.fetcher.fetch(FetchRequest(url: self.url("/status/\(status)")))
        #expect(response.status == status)
        #expect(response.header("LOCATION") == self.url("/echo"))
        #expect(self.server.requests == 1)
    }

    @Test("interim responses are skipped and header values trimmed")
    func earlyHints() async throws {
        let response = try await self.fetcher.fetch(FetchRequest(url: self.url("/early")))
        #expect(response.status == 200)
        #expect(response.headers.map(\.0) == ["x-final", "x-empty", "content-length"])
        #expect(response.header("x-final") == "yes")
        #expect(response.header("x-empty") == "")
    }

    @Test("HEAD has headers, no body, and leaves the connection usable")
    func head() async throws {
        let response = try await self.fetcher.fetch(FetchRequest(method: "HEAD", url: self.url("/bytes/99999999")))
        #expect(response.header("content-length") == "99999999")
        #expect(response.body.isEmpty)
        #expect(try await self.fetcher.fetch(FetchRequest(url: self.url("/bytes/3"))).body == Array("aaa".utf8))
        #expect(self.server.connections == 1)
    }

    @Test("one request after another uses one connection")
    func reuse() async throws {
        for _ in 0..<50 { _ = try await self.fetcher.fetch(FetchRequest(method: "POST", url: self.url("/echo"), body: [1])) }
        #expect(self.server.connections == 1)
        #expect(self.server.requests == 50)
    }

    @Test("a connection the server closed is replaced without an error")
    func serverCloses() async throws {
        for _ in 0..<5 { #expect(try await self.fetcher.fetch(FetchRequest(url: self.url("/close"))).status == 200) }
        #expect(self.server.connections == 5)
    }

    @Test("two hundred at once all get their own answer over no more connections than allowed")
    func concurrent() async throws {
        let fetcher = HTTPFetcher(.init(maxConnections: 32, maxConnectionsPerHost: 16))
        let base = self.url("/echo")
        try await withThrowingTaskGroup(of: Void.self) { group in
            for n in 0..<200 {
                group.addTask {
                    let response = try await fetcher.fetch(FetchRequest(method: "POST", url: base, body: Array("number \(n)".utf8)))
                    #expect(String(decoding: response.body, as: UTF8.self).hasSuffix("\nnumber \(n)"))
                }
            }
            try await group.waitForAll()
        }
        #expect(self.server.requests == 200)
        #expect(self.server.mostOpen <= 16)
        #expect(self.server.connections <= 16)
    }

    @Test("nobody listening is a connect error that may be retried")
    func refused() async throws {
        let closed = try LoopbackServer()
        let url = closed.url
        closed.stop()
        for await _ in closed.events {}
        let error = await #expect(throws: FetchError.self) { try await self.fetcher.fetch(FetchRequest(url: url)) }
        guard case .connect = error else { Issue.record("\(error as Any)"); return }
        #expect(error?.mayRetry == true)
        #expect(error?.wasNotSent == true)
    }

    @Test("an unknown host is a connect error")
    func unknownHost() async throws {
        let error = await #expect(throws: FetchError.self) { try await self.fetcher.fetch(FetchRequest(url: "http://does-not-exist.invalid/")) }
        guard case .connect = error else { Issue.record("\(error as Any)"); return }
    }

    @Test("the total time ends a transfer whose server never answers, and the connection")
    func deadline() async throws {
        let took = await ContinuousClock().measure {
            await #expect(throws: FetchError.timedOut) { try await self.fetcher.fetch(FetchRequest(url: self.url("/hang"), timeout: .milliseconds(50))) }
        }
        #expect(took >= .milliseconds(50))
        #expect(await self.server.event { $0 == .abandoned("/hang") } != nil)
    }

    @Test("no time at all is a time-out", arguments: [Duration.zero, .seconds(-5)])
    func noTime(timeout: Duration) async throws {
        await #expect(throws: FetchError.timedOut) { try await self.fetcher.fetch(FetchRequest(url: self.url("/echo"), timeout: timeout)) }
        #expect(self.server.requests == 0)
    }

    @Test("the wait for a connection counts, and is ended by deadline or cancellation")
    func waiting() async throws {
        let fetcher = HTTPFetcher(.init(maxConnections: 1))
        let (hang, echo) = (self.url("/hang"), self.url("/echo"))
        let holder = Task { try await fetcher.fetch(FetchRequest(url: hang)) }
        await self.server.event { $0 == .requested("/hang") }
        await #expect(throws: FetchError.timedOut) { try await fetcher.fetch(FetchRequest(url: echo, timeout: .milliseconds(20))) }
        let queued = Task { try await fetcher.fetch(FetchRequest(url: echo)) }
        queued.cancel()
        await #expect(throws: FetchError.cancelled) { try await queued.value }
        #expect(self.server.requests == 1)
        holder.cancel()
        await #expect(throws: FetchError.cancelled) { try await holder.value }
        #expect(try await fetcher.fetch(FetchRequest(url: echo)).status == 200)
    }

    @Test("beyond the bound a request is refused at once")
    func overloaded() async throws {
        let fetcher = HTTPFetcher(.init(maxOutstanding: 1))
        let (hang, echo) = (self.url("/hang"), self.url("/echo"))
        let holder = Task { try await fetcher.fetch(FetchRequest(url: hang)) }
        await self.server.event { $0 == .requested("/hang") }
        await #expect(throws: FetchError.overloaded(limit: 1)) { try await fetcher.fetch(FetchRequest(url: echo)) }
        holder.cancel()
        await #expect(throws: FetchError.cancelled) { try await holder.value }
        #expect(try await fetcher.fetch(FetchRequest(url: echo)).status == 200)
    }

    @Test("a slow host does not keep another waiting")
    func fairness() async throws {
        let other = try LoopbackServer()
        defer { other.stop() }
        let fetcher = HTTPFetcher(.init(maxConnections: 8, maxConnectionsPerHost: 1))
        let hang = self.url("/hang")
        let slow = (0..<10).map { _ in Task { try await fetcher.fetch(FetchRequest(url: hang)) } }
        await self.server.event { $0 == .requested("/hang") }
        #expect(try await fetcher.fetch(FetchRequest(url: other.url + "/echo")).status == 200)
        #expect(self.server.requests == 1)
        for task in slow { task.cancel() }
        for task in slow { await #expect(throws: FetchError.cancelled) { try await task.value } }
    }

    @Test("cancelling the task breaks the transfer off, as the server sees")
    func cancellation() async throws {
        let (fetcher, hang) = (self.fetcher, self.url("/hang"))
        let task = Task { try await fetcher.fetch(FetchRequest(url: hang)) }
        await self.server.event { $0 == .requested("/hang") }
        task.cancel()
        await #expect(throws: FetchError.cancelled) { try await task.value }
        #expect(await self.server.event { $0 == .abandoned("/hang") } != nil)
        #expect(try await fetcher.fetch(FetchRequest(url: self.url("/echo"))).status == 200)
    }

    @Test("a task cancelled before it starts sends nothing")
    func cancelledBefore() async throws {
        let (fetcher, echo) = (self.fetcher, self.url("/echo"))
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await fetcher.fetch(FetchRequest(url: echo))
        }
        await #expect(throws: FetchError.cancelled) { try await task.value }
        #expect(self.server.connections == 0)
    }

    @Test("cancelling at any moment answers every caller exactly once")
    func cancellationRace() async throws {
        let (fetcher, echo) = (self.fetcher, self.url("/echo"))
        await withTaskGroup(of: Void.self) { group in
            for n in 0..<300 {
                group.addTask {
                    let task = Task { try await fetcher.fetch(FetchRequest(url: echo)) }
                    for _ in 0..<(n % 7) { await Task.yield() }
                    task.cancel()
                    _ = await task.result
                }
            }
        }
        #expect(try await fetcher.fetch(FetchRequest(url: echo)).status == 200)
    }

    @Test("a body over the cap is refused, announced or not", arguments: ["/bytes/1001", "/flood/1001", "/flood/50000000"])
    func tooLarge(path: String) async throws {
        await #expect(throws: FetchError.tooLarge(limit: 1000)) { try await self.fetcher.fetch(FetchRequest(url: self.url(path), maxResponseBytes: 1000)) }
        #expect(try await self.fetcher.fetch(FetchRequest(url: self.url("/bytes/1000"), maxResponseBytes: 1000)).body.count == 1000)
    }

    @Test("a head without end is refused")
    func headTooLarge() async throws {
        await #expect(throws: FetchError.tooLarge(limit: 65536)) { try await self.fetcher.fetch(FetchRequest(url: self.url("/head/90000"))) }
    }

    @Test("a broken response is an error that may be retried", arguments: ["/cut", "/drop"])
    func broken(path: String) async throws {
        let error = await #expect(throws: FetchError.self) { try await self.fetcher.fetch(FetchRequest(url: self.url(path))) }
        guard case .transfer = error else { Issue.record("\(error as Any)"); return }
        #expect(error?.mayRetry == true)
        #expect(error?.wasNotSent == false)
    }

    @Test("stopping fails what is in flight, what waits, and what comes after")
    func stop() async throws {
        let fetcher = HTTPFetcher(.init(maxConnections: 1))
        let hang = self.url("/hang")
        let tasks = (0..<3).map { _ in Task { try await fetcher.fetch(FetchRequest(url: hang)) } }
        await self.server.event { $0 == .requested("/hang") }
        fetcher.stop()
        fetcher.stop()
        for task in tasks { await #expect(throws: FetchError.stopped) { try await task.value } }
        await #expect(throws: FetchError.stopped) { try await fetcher.fetch(FetchRequest(url: hang)) }
        await #expect(throws: FetchError.stopped) { try await fetcher.stream(FetchRequest(url: hang)) }
        #expect(await self.server.event { $0 == .abandoned("/hang") } != nil)
    }

    @Test("stopped before it ever ran, it refuses")
    func stoppedIdle() async throws {
        let fetcher = HTTPFetcher()
        fetcher.stop()
        await #expect(throws: FetchError.stopped) { try await fetcher.fetch(FetchRequest(url: self.url("/echo"))) }
    }

    @Test("a service group shuts it down")
    func service() async throws {
        let fetcher = HTTPFetcher()
        let (started, start) = AsyncStream.makeStream(of: Void.self)
        let services: [any Service] = [fetcher, Starting(signal: start)]
        let group = ServiceGroup(configuration: .init(services: services.map { .init(service: $0) }, logger: Logger(label: "test")))
        async let running: Void = group.run()
        for await _ in started {}
        #expect(try await fetcher.fetch(FetchRequest(url: self.url("/echo"))).status == 200)
        await group.triggerGracefulShutdown()
        try await running
        await #expect(throws: FetchError.stopped) { try await fetcher.fetch(FetchRequest(url: self.url("/echo"))) }
    }

    /// Says that its group is running: a group that is shut down before that never runs.
    struct Starting: Service {
        let signal: AsyncStream<Void>.Continuation
        func run() async throws {
            self.signal.finish()
            try await gracefulShutdown()
        }
    }

    @Test(
        "what is wrong with a request is said, and nothing is sent",
        arguments: [
            FetchRequest(method: "GE T", url: "http://h/"), FetchRequest(method: "", url: "http://h/"), FetchRequest(url: "file:///etc/passwd"),
            FetchRequest(url: "http://h/", headers: [("X-A", "1\r\nX-B: 2")]), FetchRequest(url: "http://h/", headers: [("X A", "1")]),
            FetchRequest(url: "http://h/", headers: [("content-length", "1")]), FetchRequest(url: "http://h/", maxResponseBytes: -1),
        ])
    func invalid(request: FetchRequest) async throws {
        let error = await #expect(throws: FetchError.self) { try await self.fetcher.fetch(request) }
        guard case .invalid = error else { Issue.record("\(error as Any)"); return }
    }
}
