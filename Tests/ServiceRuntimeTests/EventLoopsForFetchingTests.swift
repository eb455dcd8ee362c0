import HTTPFetch
import Hummingbird
import NIOCore
import NIOPosix
import TestSupport
import Testing

@testable import ServiceRuntime

/// A server's event loops do the transfers that are asked for on them.
@Suite(.timeLimit(.minutes(1))) struct EventLoopsForFetchingTests {
    @Test("asked and answered on the same loop, one request after the other; elsewhere on the fetcher's thread") func sameLoop() async throws {
        let router = Router()
        router.get("/") { _, _ in "here" }
        let server = try await LoopbackServer.start(router)
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 2)
        let fetcher = HTTPFetcher(.init(), on: EventLoopsForFetching())
        let template = try FetchTemplate(url: server.url + "/")
        for loop in group.makeIterator() {
            for _ in 0..<10 {
                let (answer, isHere) = await withCheckedContinuation { (done: CheckedContinuation<(String?, Bool), Never>) in
                    loop.execute {
                        fetcher.send(template, body: nil, timeout: .seconds(5)) { result in
                            done.resume(returning: ((try? result.get()).map { String(decoding: $0.body, as: UTF8.self) }, loop.inEventLoop))
                        }
                    }
                }
                #expect(answer == "here" && isHere)
            }
        }
        let (answer, isThere) = await withCheckedContinuation { (done: CheckedContinuation<(Int?, Bool), Never>) in
            fetcher.send(template, body: nil, timeout: .seconds(5)) { result in
                done.resume(returning: (try? result.get().status, MultiThreadedEventLoopGroup.currentEventLoop == nil))
            }
        }
        #expect(answer == 200 && isThere)
        fetcher.stop()
        await server.stop()
        try await group.shutdownGracefully()
    }
}
