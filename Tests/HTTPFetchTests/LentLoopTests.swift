import Synchronization
import Testing

@testable import HTTPFetch

/// Transfers on a loop that is somebody else's: the same answers, and the loop goes on.
@Suite(.timeLimit(.minutes(1))) final class LentLoopTests {
    let server: LoopbackServer
    let loop = LendingLoop()
    let fetcher: HTTPFetcher

    init() throws {
        self.server = try LoopbackServer()
        self.fetcher = HTTPFetcher(.init(), on: self.loop)
    }

    deinit {
        self.fetcher.stop()
        self.server.stop()
        self.loop.end()
    }

    func url(_ path: String) -> String { self.server.url + path }

    @Test("what was sent arrives, what is answered comes back, over one connection, and by the loop") func echo() async throws {
        for n in 0..<50 {
            let response = try await self.fetcher.fetch(FetchRequest(method: "POST", url: self.url("/echo"), body: Array("number \(n)".utf8)))
            #expect(response.status == 200 && String(decoding: response.body, as: UTF8.self).hasSuffix("\nnumber \(n)"))
        }
        #expect(self.server.connections == 1 && self.loop.watched == 1)
        #expect(self.loop.signals >= 50)
    }

    @Test("an answer on the loop may lead to the next request, at once") func chain() async throws {
        let template = try FetchTemplate(method: "POST", url: self.url("/echo"))
        let fetcher = self.fetcher
        let order = Mutex<[String]>([])
        await withCheckedContinuation { (done: CheckedContinuation<Void, Never>) in
            @Sendable func ask(_ left: Int) {
                if left == 0 { return done.resume() }
                fetcher.send(template, body: Array("\(left)".utf8), timeout: .seconds(5)) { result in
                    order.withLock { $0.append((try? result.get()).map { String(decoding: $0.body.suffix(2), as: UTF8.self) } ?? "none") }
                    ask(left - 1)
                }
            }
            self.loop.run { ask(9) }
        }
        #expect(order.withLock { $0 } == (1...9).reversed().map { "\n\($0)" })
    }

    @Test("two hundred at once, from anywhere, all get their own answer over no more connections than allowed") func concurrent() async throws {
        let fetcher = HTTPFetcher(.init(maxConnections: 32, maxConnectionsPerHost: 16), on: self.loop)
        defer { fetcher.stop() }
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
        #expect(self.server.requests == 200 && self.server.mostOpen <= 16)
    }

    @Test("time-outs, of who is being answered and of who waits for a connection") func timeouts() async throws {
        let fetcher = HTTPFetcher(.init(maxConnectionsPerHost: 1), on: self.loop)
        defer { fetcher.stop() }
        let url = self.url("/hang")
        async let one = fetcher.result(of: FetchRequest(url: url, timeout: .milliseconds(300)))
        async let other = fetcher.result(of: FetchRequest(url: url, timeout: .milliseconds(200)))
        for result in await [one, other] {
            guard case .failure(.timedOut) = result else { Issue.record("\(result)"); continue }
        }
        #expect(try await fetcher.fetch(FetchRequest(url: self.url("/status/200"))).status == 200)
    }

    @Test("a cancelled task breaks its transfer off, and no other") func cancelled() async throws {
        let fetcher = self.fetcher
        let url = self.url("/hang")
        let task = Task { await fetcher.result(of: FetchRequest(url: url)) }
        for await event in self.server.events where event == .requested("/hang") { break }
        task.cancel()
        guard case .failure(.cancelled) = await task.value else { Issue.record("not cancelled"); return }
        #expect(try await self.fetcher.fetch(FetchRequest(url: self.url("/status/204"))).status == 204)
    }

    @Test("a stream is read as it comes") func stream() async throws {
        let stream = try await self.fetcher.stream(FetchRequest(url: self.url("/bytes/3000000")))
        var count = 0
        for try await chunk in stream { count += chunk.count }
        #expect(count == 3_000_000)
    }

    @Test("servers that close, cut and drop: the same errors as ever") func faults() async throws {
        for _ in 0..<5 { #expect(try await self.fetcher.fetch(FetchRequest(url: self.url("/close"))).status == 200) }
        for path in ["/cut", "/drop"] {
            let error = await #expect(throws: FetchError.self) { try await self.fetcher.fetch(FetchRequest(url: self.url(path))) }
            #expect(error?.mayRetry == true, "\(path): \(error as Any)")
        }
        let closed = try LoopbackServer()
        closed.stop()
        for await _ in closed.events {}
        let error = await #expect(throws: FetchError.self) { try await self.fetcher.fetch(FetchRequest(url: closed.url)) }
        #expect(error?.wasNotSent == true)
    }

    @Test("stopped, it answers what is under way, and leaves the loop") func stopped() async throws {
        let fetcher = self.fetcher
        let url = self.url("/hang")
        async let result = fetcher.result(of: FetchRequest(url: url))
        for await event in self.server.events where event == .requested("/hang") { break }
        fetcher.stop()
        guard case .failure(.stopped) = await result else { Issue.record("not stopped"); return }
        guard case .failure(.stopped) = await fetcher.result(of: FetchRequest(url: url)) else { Issue.record("not stopped"); return }
        while self.loop.watched > 0 { try await Task.sleep(for: .milliseconds(5)) }
    }

    @Test("what computes for long, TLS, is done on a thread") func encrypted() async throws {
        _ = await self.fetcher.result(of: FetchRequest(url: "https://127.0.0.1:\(self.server.port)/", timeout: .milliseconds(200)))
        #expect(self.loop.watched == 0)
    }
}
