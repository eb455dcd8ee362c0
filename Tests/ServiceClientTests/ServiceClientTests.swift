import HTTPFetch
import HTTPTypes
import Hummingbird
import IntentModel
import Resilience
import Synchronization
import Telemetry
import TestSupport
import Testing

@testable import ServiceClient

@Suite struct ServiceClientTests {
    struct Thing: Codable, Equatable { var name: String }

    /// What the other service was asked, and what it says.
    private final class Peer: Sendable {
        struct Answer {
            var status = 200
            var body = #"{"name":"amf"}"#
            var type = "application/json"
            var retryAfter: Int?
        }

        private let state: Mutex<(answers: [Answer], requests: [Request])>

        /// - Parameter answers: one for each request, the last one for all that follow.
        init(_ answers: [Answer]) { self.state = Mutex((answers, [])) }

        var requests: [Request] { self.state.withLock { $0.requests } }

        func answer(_ request: Request) -> Response {
            let answer = self.state.withLock { state in
                state.requests.append(request)
                return state.answers.count > 1 ? state.answers.removeFirst() : state.answers[0]
            }
            var headers: HTTPFields = [.contentType: answer.type]
            if let seconds = answer.retryAfter { headers[.retryAfter] = "\(seconds)" }
            return Response(status: .init(code: answer.status), headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(string: answer.body)))
        }
    }

    private func withUpstream(
        _ answers: [Peer.Answer], token: String? = "secret", _ change: (inout Upstream.Configuration) -> Void = { _ in },
        _ body: (ServiceClient, Peer) async throws -> Void
    ) async throws {
        var configuration = Upstream.Configuration()
        configuration.timeout = .seconds(5)
        change(&configuration)
        let upstream = Peer(answers)
        let router = Router()
        router.get("/**") { request, _ in upstream.answer(request) }
        router.post("/**") { request, _ in upstream.answer(request) }
        let server = try await LoopbackServer.start(router)
        let fetcher = HTTPFetcher()
        do {
            try await body(ServiceClient(Upstream("upstream", configuration), base: server.url + "/", token: token, fetcher: fetcher), upstream)
        } catch {
            fetcher.stop()
            await server.stop()
            throw error
        }
        fetcher.stop()
        await server.stop()
    }

    private static let deadline = HTTPField.Name(Correlation.deadlineHeader) ?? .age
    private static let traceparent = HTTPField.Name("traceparent") ?? .age

    @Test("key, trace and a deadline travel along")
    func headers() async throws {
        try await self.withUpstream([.init()]) { client, upstream in
            let trace = TraceParent.generate()
            let thing = try await Correlation.$current.withValue(Correlation(trace: trace)) {
                try await client.get(Thing.self, "/things/amf?full=1", headers: [("if-none-match", "\"x\"")])
            }
            #expect(thing == Thing(name: "amf"))
            let request = try #require(upstream.requests.first)
            #expect(request.uri.path == "/things/amf" && request.uri.query == "full=1" && request.headers[.ifNoneMatch] == "\"x\"")
            #expect(request.headers[.authorization] == "Bearer secret" && request.headers[.contentType] == nil)
            let passed = try #require(request.headers[Self.traceparent].flatMap { TraceParent($0) })
            #expect(passed.traceID == trace.traceID && passed.span != trace.span)
            let deadline = try #require(request.headers[Self.deadline].flatMap { Int64($0) })
            #expect((1...5_000).contains(deadline - Timestamp.now()))
        }
    }

    @Test("without key and trace none is made up; a body is sent as JSON")
    func query() async throws {
        try await self.withUpstream([.init()], token: nil) { client, upstream in
            let thing = try await client.query(Thing.self, "/things", Thing(name: "smf"))
            #expect(thing == Thing(name: "amf"))
            let request = try #require(upstream.requests.first)
            #expect(request.method == .post && request.headers[.contentType] == "application/json")
            #expect(request.headers[.authorization] == nil && request.headers[Self.traceparent] == nil)
        }
    }

    @Test("the caller's deadline is passed on when it is nearer than the timeout")
    func callersDeadline() async throws {
        try await self.withUpstream([.init()]) { client, upstream in
            let deadline = Timestamp.now() + 2_000
            _ = try await Correlation.$current.withValue(Correlation(deadline: deadline)) { try await client.get(Thing.self, "/things") }
            let passed = try #require(upstream.requests.first?.headers[Self.deadline].flatMap { Int64($0) })
            #expect(abs(passed - deadline) <= 50)
        }
    }

    @Test("when the caller's deadline has passed nothing is sent")
    func tooLate() async throws {
        try await self.withUpstream([.init()]) { client, upstream in
            await #expect(throws: ServiceCallError.self) {
                try await Correlation.$current.withValue(Correlation(deadline: Timestamp.now() - 1)) { try await client.get(Thing.self, "/things") }
            }
            #expect(upstream.requests.isEmpty)
        }
    }

    @Test("what is not there is nil")
    func notFound() async throws {
        try await self.withUpstream([.init(status: 404, body: "{}")]) { client, _ in
            let thing = try await client.get(Thing.self, "/things/none")
            #expect(thing == nil)
        }
    }

    @Test("a problem is handed on as it was said, and not asked again", arguments: [400, 404, 409, 422, 429])
    func refused(_ status: Int) async throws {
        let body =
            #"{"type":"urn:nephoran:problem:no","title":"No","status":\#(status),"detail":"Not so.","code":"no","errors":[{"pointer":"/a","detail":"b"}]}"#
        try await self.withUpstream([.init(status: status, body: body, type: "application/problem+json")]) { client, upstream in
            do throws(ServiceCallError) {
                _ = try await client.query(Thing.self, "/things", Thing(name: "smf"))
                Issue.record("no error")
            } catch {
                guard case .refused(let name, let problem) = error else { throw error }
                #expect(
                    name == "upstream" && problem.status == status && problem.code == "no" && problem.detail == "Not so."
                        && problem.errors?.first?.pointer == "/a")
            }
            #expect(upstream.requests.count == 1)
        }
    }

    @Test("an answer that is not what was agreed is nonsense", arguments: [(200, "<html>"), (200, "{}"), (400, "bad"), (302, "")])
    func nonsense(_ status: Int, _ body: String) async throws {
        try await self.withUpstream([.init(status: status, body: body)]) { client, _ in
            do throws(ServiceCallError) {
                _ = try await client.get(Thing.self, "/things")
                Issue.record("no error")
            } catch {
                guard case .nonsense(let name, _) = error else { throw error }
                #expect(name == "upstream")
            }
        }
    }

    @Test("a service that is busy for a moment is asked again", arguments: [502, 503])
    func repeated(_ status: Int) async throws {
        try await self.withUpstream([.init(status: status, body: "busy"), .init()]) { client, upstream in
            let thing = try await client.get(Thing.self, "/things")
            #expect(thing == Thing(name: "amf"))
            #expect(upstream.requests.count == 2)
        }
    }

    @Test(
        "a call is made three times at most, and once when it may not be repeated or the service is broken",
        arguments: [(503, true, 3), (503, false, 1), (500, true, 1)])
    func attempts(_ status: Int, _ mayRepeat: Bool, _ count: Int) async throws {
        try await self.withUpstream([.init(status: status, body: "no")]) { client, upstream in
            do throws(ServiceCallError) {
                _ = try await client.call("POST", "/things", body: [], mayRepeat: mayRepeat)
                Issue.record("no error")
            } catch {
                guard case .failed(_, let answered, let text) = error else { throw error }
                #expect(answered == status && text == "no")
            }
            #expect(upstream.requests.count == count)
        }
    }

    @Test("a service that fails again and again is left alone for a while")
    func breaker() async throws {
        try await self.withUpstream([.init(status: 500, body: "no")]) { client, upstream in
            var refusal: Duration?
            for _ in 0..<40 where refusal == nil {
                do throws(ServiceCallError) {
                    _ = try await client.get(Thing.self, "/things")
                } catch {
                    if case .open(_, let retryAfter) = error { refusal = retryAfter }
                }
            }
            #expect(refusal.map { $0 > .zero } == true)
            #expect(client.upstream.breaker.state == .open)
            #expect(upstream.requests.count == 5)
            await #expect(throws: ServiceCallError.self) { _ = try await client.get(Thing.self, "/things") }
            #expect(upstream.requests.count == 5)
        }
    }

    @Test("without its breaker it is asked every time")
    func withoutBreaker() async throws {
        try await self.withUpstream([.init(status: 500, body: "no")], { $0.breaker.isEnabled = false }) { client, upstream in
            for _ in 0..<40 { await #expect(throws: ServiceCallError.self) { _ = try await client.get(Thing.self, "/things") } }
            #expect(upstream.requests.count == 40)
        }
    }

    @Test("a service that asks to be left alone is, for as long as it asked, and its breaker stays closed")
    func pause() async throws {
        let body = #"{"type":"about:blank","title":"No","status":429,"detail":"Slowly.","code":"rate_limited"}"#
        try await self.withUpstream([.init(status: 429, body: body, retryAfter: 60)]) { client, upstream in
            do throws(ServiceCallError) {
                _ = try await client.get(Thing.self, "/things")
            } catch {
                guard case .refused = error else { throw error }
            }
            for _ in 0..<10 {
                do throws(ServiceCallError) {
                    _ = try await client.get(Thing.self, "/things")
                    Issue.record("no error")
                } catch {
                    guard case .open(_, let retryAfter) = error else { throw error }
                    #expect((.seconds(50)...(.seconds(60))).contains(retryAfter))
                }
            }
            #expect(upstream.requests.count == 1)
            #expect(client.upstream.breaker.state == .closed)
        }
    }

    @Test("a read that takes much longer than usual is asked again, and the first answer counts", arguments: [true, false])
    func hedged(isEnabled: Bool) async throws {
        let count = Atomic<Int>(0)
        let router = Router()
        router.get("/") { _, _ -> Response in
            // One in a hundred hangs.
            if count.add(1, ordering: .relaxed).newValue == 101 { try await Task.sleep(for: .seconds(60)) }
            return Response(status: .ok, body: ResponseBody(byteBuffer: ByteBuffer(string: #"{"name":"amf"}"#)))
        }
        let server = try await LoopbackServer.start(router)
        let fetcher = HTTPFetcher()
        var configuration = Upstream.Configuration()
        configuration.timeout = .seconds(3)
        configuration.hedge.isEnabled = isEnabled
        let client = ServiceClient(Upstream("hanging", configuration), base: server.url, token: nil, fetcher: fetcher)
        var failures = 0
        for _ in 0..<120 { do { _ = try await client.get(Thing.self, "/") } catch { failures += 1 } }
        #expect(failures == (isEnabled ? 0 : 1))
        #expect((client.upstream.hedge.won >= 1) == isEnabled)
        fetcher.stop()
        await server.stop()
    }

    @Test("a service that is not there is said to be unreachable, and after some calls not asked any more")
    func unreachable() async throws {
        let fetcher = HTTPFetcher()
        defer { fetcher.stop() }
        let client = ServiceClient(Upstream("nobody"), base: "http://127.0.0.1:9", token: nil, fetcher: fetcher)
        var wasOpen = false
        for _ in 0..<40 {
            do throws(ServiceCallError) {
                _ = try await client.get(String.self, "/")
            } catch .open {
                wasOpen = true
                break
            } catch .unreachable {
                continue
            }
        }
        #expect(wasOpen)
    }

    @Test("a service that does not answer in time is not asked again")
    func timeOut() async throws {
        let router = Router()
        router.get("/") { _, _ -> String in
            try await Task.sleep(for: .seconds(60))
            return ""
        }
        let server = try await LoopbackServer.start(router)
        let fetcher = HTTPFetcher()
        var configuration = Upstream.Configuration()
        configuration.timeout = .milliseconds(200)
        let client = ServiceClient(Upstream("slow", configuration), base: server.url, token: nil, fetcher: fetcher)
        let start = ContinuousClock.now
        do throws(ServiceCallError) {
            _ = try await client.get(Thing.self, "/")
            Issue.record("no error")
        } catch {
            guard case .timedOut(let name) = error else { throw error }
            #expect(name == "slow")
        }
        #expect(start.duration(to: .now) < .seconds(2))
        fetcher.stop()
        await server.stop()
    }
}
