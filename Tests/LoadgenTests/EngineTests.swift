import Foundation
import Hummingbird
import Synchronization
import TestSupport
import Testing

@testable import Loadgen

/// Drives `url` once; what a command line would.
func drive(
    _ url: String, pace: Pace, connections: Int = 8, threads: Int = 1, method: String = "GET", body: String? = nil, keepsAlive: Bool = true,
    timeout: Double = 20, keepsSamples: Bool = false, control: RunControl? = nil
) async throws -> (figures: FlowFigures, samples: [FlowRecorder.Sample]) {
    let target = try Target(url)
    let plan = FlowPlan(
        name: "requests", address: try target.resolve(),
        request: RequestTemplate(
            method: method, path: Template(literal: target.path), host: target.authority, headers: [],
            body: .template(try Template(body ?? "") { _ in [] }), keepsAlive: keepsAlive),
        pace: pace, connections: connections, keepsAlive: keepsAlive, timeout: timeout, keepsSamples: keepsSamples)
    let measured = try await LoadTest(name: "t", target: target, threads: threads).measure([plan], control ?? RunControl(threads: threads, flows: 1))
    return (try #require(measured.flows.first), measured.samples)
}

/// A server that counts, echoes, and stands still when told.
final class StallingServer: Sendable {
    let bodies = Mutex<[String]>([])
    private let stalls = Mutex<(from: ContinuousClock.Instant, until: ContinuousClock.Instant)?>(nil)
    private let server = Mutex<LoopbackServer?>(nil)

    var url: String { self.server.withLock { $0?.url ?? "" } }

    static func start() async throws -> StallingServer {
        let stalling = StallingServer()
        let router = Router()
        router.get("/") { _, _ in
            await stalling.wait()
            return "ok"
        }
        router.post("/") { request, _ in
            let bytes = try await request.body.collect(upTo: 1 << 16)
            stalling.bodies.withLock { $0.append(String(buffer: bytes)) }
            return Response(
                status: .accepted,
                body: ResponseBody { writer in
                    // Without a length: chunks.
                    try await writer.write(ByteBuffer(string: "{\"id\":"))
                    try await writer.write(ByteBuffer(string: "1}"))
                    try await writer.finish(nil)
                })
        }
        router.get("/never") { _, _ in
            try await Task.sleep(for: .seconds(30))
            return "late"
        }
        let server = try await LoopbackServer.start(router)
        stalling.server.withLock { $0 = server }
        return stalling
    }

    /// Requests that come between `from` and `until` are answered then.
    func stall(from: Duration, until: Duration) {
        let now = ContinuousClock.now
        self.stalls.withLock { $0 = (now + from, now + until) }
    }

    private func wait() async {
        guard let stall = self.stalls.withLock({ $0 }), ContinuousClock.now >= stall.from else { return }
        try? await Task.sleep(until: stall.until)
    }

    func stop() async { await self.server.withLock { $0 }?.stop() }
}

struct EngineTests {
    @Test(arguments: [(1, true), (2, true), (1, false)]) func aClosedLoopSendsWhatItIsTold(threads: Int, keepsAlive: Bool) async throws {
        let server = try await StallingServer.start()
        let (figures, samples) = try await drive(
            server.url, pace: .closed(requests: 200, seconds: nil, perConnection: nil), threads: threads, method: "POST", body: "b{{seq}}",
            keepsAlive: keepsAlive, keepsSamples: true)
        #expect(figures.answers == 200 && figures.errors == 0 && figures.statuses == ["202": 200])
        #expect(figures.bytes == 200 * #"{"id":1}"#.utf8.count)
        // Every body once, whoever sent it.
        #expect(Set(server.bodies.withLock { $0 }) == Set((0..<200).map { "b\($0)" }))
        #expect(server.bodies.withLock { $0.count } == 200)
        #expect(samples.count == 200 && samples.allSatisfy { $0.status == 202 && $0.response > 0 })
        let dials = samples.count { $0.dial > 0 }
        #expect(keepsAlive ? dials <= 8 : dials == 200)
        await server.stop()
    }

    @Test func connectionsMayBeHeldBack() async throws {
        let server = try await StallingServer.start()
        let (figures, _) = try await drive(server.url, pace: .closed(requests: nil, seconds: 1, perConnection: 20), connections: 4)
        // 4 connections at 20 a second for one second; the last tick may fall on either side of the end.
        #expect((72...84).contains(figures.answers), "\(figures.answers)")
        await server.stop()
    }

    @Test(arguments: [1, 8]) func anOpenLoopSendsWhatIsDue(connections: Int) async throws {
        let server = try await StallingServer.start()
        let schedule = ArrivalSchedule([.init(duration: 0.5, from: 0, to: 400), .init(duration: 0.5, from: 400, to: 400)])
        let (figures, _) = try await drive(server.url, pace: .open(schedule), connections: connections, threads: 2)
        #expect(figures.answers == schedule.total && figures.errors == 0)
        #expect(figures.asked == 300)
        await server.stop()
    }

    /// A server that stands still for a second of four: a quarter of the requests that were due are late by up to that second. Who waits for
    /// answers before sending again sees a handful of slow ones and a p95 as if nothing had been.
    @Test func aStallShowsInAnOpenLoopAndHidesInAClosedOne() async throws {
        let server = try await StallingServer.start()
        server.stall(from: .milliseconds(1_020), until: .milliseconds(2_020))
        let (open, _) = try await drive(server.url, pace: .open(.constant(rate: 200, for: 4)), connections: 4)
        #expect(open.answers == 800 && open.errors == 0)
        #expect(open.latency.p99 > 900, "p99 \(open.latency.p99) ms")
        #expect(open.latency.p90 > 400, "p90 \(open.latency.p90) ms")
        // From sending only four were slow.
        #expect(open.service.p95 < 300, "p95 from sending \(open.service.p95) ms")

        server.stall(from: .milliseconds(1_020), until: .milliseconds(2_020))
        let (closed, _) = try await drive(server.url, pace: .closed(requests: nil, seconds: 4, perConnection: 50), connections: 4)
        #expect(closed.latency.p95 < 300, "closed p95 \(closed.latency.p95) ms")
        await server.stop()
    }

    @Test func whatNeverAnswersIsGivenUpAndCounted() async throws {
        let server = try await StallingServer.start()
        let (figures, _) = try await drive(server.url + "/never", pace: .open(.constant(rate: 20, for: 0.5)), connections: 2, timeout: 0.4)
        #expect(figures.answers == 0 && figures.requests == 10 && figures.errors == 10)
        #expect(figures.faults["no answer in time", default: 0] >= 2)
        #expect(figures.latency.max >= 400)
        await server.stop()
    }

    @Test func anAnswerThatEndsWithItsConnectionIsAnAnswer() async throws {
        let server = try ClosingServer(answer: "HTTP/1.0 200 OK\r\n\r\nhi")
        defer { server.stop() }
        let (figures, _) = try await drive(server.url, pace: .closed(requests: 20, seconds: nil, perConnection: nil), connections: 2, timeout: 10)
        #expect(figures.answers == 20 && figures.errors == 0 && figures.bytes == 40, "\(figures.faults)")
        #expect(figures.latency.max < 9_000)
    }

    @Test func nobodyThere() async throws {
        let port = try FreePort.next()
        let (figures, _) = try await drive("http://127.0.0.1:\(port)", pace: .closed(requests: 4, seconds: nil, perConnection: nil), connections: 2)
        #expect(figures.answers == 0 && figures.faults == ["connect: Connection refused": 4])
    }

    @Test func aServerThatGoesAwayMidwayIsSurvived() async throws {
        let server = try await StallingServer.start()
        let control = RunControl(threads: 1, flows: 1)
        let stopping = Task {
            try await Task.sleep(for: .milliseconds(400))
            await server.stop()
        }
        let (figures, _) = try await drive(server.url, pace: .closed(requests: nil, seconds: 1, perConnection: nil), connections: 4, control: control)
        try await stopping.value
        #expect(figures.statuses["200", default: 0] > 0 && figures.errors > 0)
    }

    @Test func aRunCanBeStopped() async throws {
        let server = try await StallingServer.start()
        let control = RunControl(threads: 1, flows: 1)
        let stopping = Task {
            try await Task.sleep(for: .milliseconds(300))
            control.stop()
        }
        let start = ContinuousClock.now
        let (figures, _) = try await drive(server.url, pace: .open(.constant(rate: 100, for: 60)), control: control)
        #expect(ContinuousClock.now - start < .seconds(5))
        #expect(figures.answers > 0 && figures.errors == 0)
        try await stopping.value
        await server.stop()
    }

    @Test(arguments: ["https://127.0.0.1/", "127.0.0.1:8080", "http://", "ftp://x/"]) func otherURLsAreRefused(text: String) {
        #expect(throws: LoadError.self) { try Target(text) }
    }

    @Test func partsOfAURL() throws {
        let target = try Target("http://localhost:81/a%20b?c=d")
        #expect(target.host == "localhost" && target.port == 81 && target.path == "/a%20b?c=d" && target.authority == "localhost:81")
        #expect(try Target("http://h").path == "/")
    }
}
