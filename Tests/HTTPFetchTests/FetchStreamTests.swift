import Glibc
import Testing

@testable import HTTPFetch

@Suite(.timeLimit(.minutes(1))) final class FetchStreamTests {
    let server: LoopbackServer
    let fetcher = HTTPFetcher(.init(streamBufferBytes: 64 << 10))

    init() throws { self.server = try LoopbackServer() }
    deinit { self.server.stop() }

    func stream(_ path: String, timeout: Duration = .seconds(30), maxResponseBytes: Int = 1 << 30) async throws(FetchError) -> FetchStream {
        try await self.fetcher.stream(FetchRequest(url: self.server.url + path, timeout: timeout, maxResponseBytes: maxResponseBytes))
    }

    @Test("chunks arrive as they are sent, after the head")
    func chunks() async throws {
        let stream = try await self.stream("/gated")
        #expect(stream.status == 200)
        #expect(stream.header("Content-Type") == "text/event-stream")
        var iterator = stream.makeAsyncIterator()
        for text in ["one", "two", "three"] {
            self.server.release(text)
            #expect(try await iterator.next() == Array(text.utf8))
        }
        self.server.release("")
        #expect(try await iterator.next() == nil)
        #expect(try await iterator.next() == nil)
        #expect(try await self.fetcher.fetch(FetchRequest(url: self.server.url + "/echo")).status == 200)
        #expect(self.server.connections == 1)
    }

    @Test("a slow consumer stops the sender, and nothing is lost")
    func backPressure() async throws {
        let total = 48 << 20
        let stream = try await self.stream("/flood/\(total)")
        let stalled = await self.server.event { if case .stalled = $0 { true } else { false } }
        guard case .stalled(let sent) = stalled else { Issue.record("the sender never had to wait"); return }
        #expect(sent < total / 2)
        var received = 0
        for try await chunk in stream {
            #expect(chunk.count <= 64 << 10)
            #expect(chunk.first == UInt8(truncatingIfNeeded: received >> 16))
            received += chunk.count
        }
        #expect(received == total)
    }

    @Test("a stream that is dropped is broken off")
    func dropped() async throws {
        do { _ = try await self.stream("/gated") }
        #expect(await self.server.event { $0 == .abandoned("/gated") } != nil)
    }

    @Test("a process that was started meanwhile does not keep a dropped stream open")
    func droppedBesideAProcess() async throws {
        var child: pid_t = 0
        do {
            let stream = try await self.stream("/gated")
            var arguments: [UnsafeMutablePointer<CChar>?] = [strdup("sleep"), strdup("120"), nil]
            defer { for argument in arguments { free(argument) } }
            #expect(posix_spawnp(&child, "sleep", nil, nil, &arguments, nil) == 0)
            _ = stream.status
        }
        #expect(await self.server.event { $0 == .abandoned("/gated") } != nil)
        kill(child, SIGKILL)
        waitpid(child, nil, 0)
    }

    @Test("a paused stream that is dropped is broken off")
    func droppedWhilePaused() async throws {
        do {
            let stream = try await self.stream("/flood/50000000")
            await self.server.event { if case .stalled = $0 { true } else { false } }
            _ = stream.status
        }
        #expect(await self.server.event { $0 == .abandoned("/flood/50000000") } != nil)
    }

    @Test("cancelling the reading task ends the read and the transfer")
    func cancelled() async throws {
        let stream = try await self.stream("/gated")
        let reader = Task { for try await _ in stream {} }
        reader.cancel()
        await #expect(throws: FetchError.cancelled) { try await reader.value }
        #expect(await self.server.event { $0 == .abandoned("/gated") } != nil)
    }

    @Test("cancelling before the head ends the wait for it")
    func cancelledBeforeHead() async throws {
        let (fetcher, hang) = (self.fetcher, self.server.url + "/hang")
        let task = Task { _ = try await fetcher.stream(FetchRequest(url: hang)) }
        await self.server.event { $0 == .requested("/hang") }
        task.cancel()
        await #expect(throws: FetchError.cancelled) { try await task.value }
        #expect(await self.server.event { $0 == .abandoned("/hang") } != nil)
    }

    @Test("the total time ends a stream in the middle, after what had arrived")
    func deadline() async throws {
        let stream = try await self.stream("/gated", timeout: .seconds(2))
        var iterator = stream.makeAsyncIterator()
        self.server.release("some")
        #expect(try await iterator.next() == Array("some".utf8))
        await #expect(throws: FetchError.timedOut) { try await iterator.next() }
    }

    @Test("the total time ends a stream that nobody reads")
    func deadlineWhilePaused() async throws {
        let stream = try await self.stream("/flood/50000000", timeout: .seconds(2))
        #expect(await self.server.event { $0 == .abandoned("/flood/50000000") } != nil)
        await #expect(throws: FetchError.timedOut) { for try await _ in stream {} }
    }

    @Test("a cut body is an error, not an end")
    func cut() async throws {
        let stream = try await self.stream("/cut")
        var received: [UInt8] = []
        let error = await #expect(throws: FetchError.self) { for try await chunk in stream { received += chunk } }
        guard case .transfer(18, _) = error else { Issue.record("\(error as Any)"); return }
        #expect(received == Array("half".utf8))
    }

    @Test("a stream over its cap is broken off")
    func tooLarge() async throws {
        let stream = try await self.stream("/flood/5000000", maxResponseBytes: 1 << 20)
        await #expect(throws: FetchError.tooLarge(limit: 1 << 20)) { for try await _ in stream {} }
    }

    @Test("stopping the fetcher, or letting go of it, ends its streams", arguments: [true, false])
    func stopped(explicitly: Bool) async throws {
        var fetcher: HTTPFetcher? = HTTPFetcher()
        let stream = try await fetcher?.stream(FetchRequest(url: self.server.url + "/gated"))
        if explicitly { fetcher?.stop() }
        fetcher = nil
        await #expect(throws: FetchError.stopped) { if let stream { for try await _ in stream {} } }
        #expect(await self.server.event { $0 == .abandoned("/gated") } != nil)
    }
}
