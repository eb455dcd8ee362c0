import HTTPTypes
import IntentModel
import Hummingbird
import HummingbirdTesting
import NIOCore
import Telemetry
import Testing

@testable import ServiceRuntime

@Suite struct RequestEdgeTests {
    @Test("an answer is JSON without escaped slashes and names the server", arguments: [true, false])
    func answer(live: Bool) async throws {
        let (_, app) = try TestService.application()
        try await app.test(live ? .live : .router) { client in
            let response = try await client.execute(uri: "/orders/7", method: .get)
            #expect(response.status == .ok)
            #expect(response.headers[.contentType] == "application/json")
            #expect(response.text.contains("\"path\":\"a/b\""))
            #expect(response.headers[.xContentTypeOptions] == "nosniff" && response.headers[.cacheControl] == "no-store")
            #expect(response.headers[.strictTransportSecurity] == nil, "nothing of the kind is said over a line that others read")
            if live { #expect(response.headers[.server] == "test-service") }
            let head = try await client.execute(uri: "/orders/7", method: .head)
            #expect(head.status == .ok && head.text.isEmpty)
        }
    }

    @Test(
        "a body that is wrong is refused with a code and a pointer",
        arguments: [
            ("{\"items\":[{\"name\":\"a\",\"count\":1}]}", "application/json", 201, "", nil),
            ("{\"items\":[]}", "text/plain; charset=utf-8", 201, "", nil),
            ("{\"items\":[{\"name\":\"a\",\"count\":\"x\"}]}", "application/json", 400, "invalid_body", "/items/0/count"),
            ("{\"items\":[{\"count\":1}]}", "application/json", 400, "invalid_body", "/items/0/name"),
            ("{\"items\":[],\"size\":\"huge\"}", "application/json", 400, "invalid_body", "/size"),
            ("{}", "application/json", 400, "invalid_body", "/items"),
            ("{\"items\":", "application/json", 400, "bad_json", ""),
            ("", "application/json", 400, "empty_body", nil),
            ("{\"items\":[]}", "text/html", 415, "unsupported_media_type", nil),
            ("{\"items\":[]}", "application/json; charset=latin1", 415, "unsupported_media_type", nil),
            (String(repeating: " ", count: 300), "application/json", 413, "body_too_large", nil),
        ] as [(String, String, Int, String, String?)])
    func bodies(_ body: String, _ type: String, _ status: Int, _ code: String, _ pointer: String?) async throws {
        let (_, app) = try TestService.application()
        try await app.test(.router) { client in
            let response = try await client.execute(uri: "/orders", method: .post, headers: [.contentType: type], body: ByteBuffer(string: body))
            #expect(response.status.code == status, "\(response.text)")
            guard status >= 400 else { return }
            #expect(response.headers[.contentType] == "application/problem+json")
            let problem = try response.problem()
            #expect(problem.code == code && problem.status == status && problem.instance == "/orders")
            #expect(problem.errors?.first?.pointer == pointer)
        }
    }

    @Test("a body that is not UTF-8 is refused before it is parsed")
    func utf8() async throws {
        let (_, app) = try TestService.application()
        try await app.test(.router) { client in
            let response = try await client.execute(
                uri: "/orders", method: .post, headers: [.contentType: "application/json"], body: ByteBuffer(bytes: [0x22, 0xff, 0x22]))
            #expect(try response.problem().code == "invalid_utf8")
        }
    }

    @Test(
        "every error is a problem",
        arguments: [
            ("/fails/unexpected", 500, "internal"), ("/fails/problem", 409, "wrong_phase"), ("/fails/bare", 422, "bare"), ("/fails/http", 403, "forbidden"),
            ("/fails/else", 404, "not_found"), ("/nowhere", 404, "not_found"),
        ])
    func errors(_ path: String, _ status: Int, _ code: String) async throws {
        let (_, app) = try TestService.application()
        try await app.test(.live) { client in
            let response = try await client.execute(uri: path, method: .get)
            let problem = try response.problem()
            #expect(response.status.code == status && problem.code == code && response.headers[.contentType] == "application/problem+json")
            #expect(!problem.detail.contains("Unexpected()"))
            if code == "wrong_phase" { #expect(response.headers[.retryAfter] == "3") }
            if code == "bare" { #expect(problem.instance == "/mine") }
        }
    }

    @Test(
        "a method that a path does not have is 405 and says which it has",
        arguments: [
            ("/orders", "OPTIONS, POST"), ("/orders/7", "GET, HEAD, OPTIONS"), ("/stock/all", "GET, HEAD, OPTIONS"), ("/stock/7", "OPTIONS, PUT"),
        ])
    func methods(_ path: String, _ allow: String) async throws {
        let (_, app) = try TestService.application()
        try await app.test(.router) { client in
            let response = try await client.execute(uri: path, method: .delete)
            #expect(response.status == .methodNotAllowed && response.headers[.allow] == allow)
            #expect(try response.problem().code == "method_not_allowed")
            let options = try await client.execute(uri: path, method: .options)
            #expect(options.status == .noContent && options.headers[.allow] == allow)
        }
    }

    @Test("requests are counted by template, method and code, whatever the path and the outcome")
    func metrics() async throws {
        let (context, app) = try TestService.application()
        try await app.test(.router) { client in
            for id in 1...3 { _ = try await client.execute(uri: "/orders/\(id)", method: .get) }
            _ = try await client.execute(uri: "/nowhere/\(UInt64.random(in: 0...UInt64.max))", method: .get)
            _ = try await client.execute(uri: "/fails/gone", method: .get)
            _ = try await client.execute(uri: "/orders/1", method: .delete)
        }
        let text = String(decoding: context.metrics.expose(), as: UTF8.self)
        let labels = "service=\"test-service\",colour=\"blue\""
        #expect(text.contains("http_requests_total{\(labels),method=\"GET\",route=\"/orders/{id}\",code=\"200\",status=\"200\"} 3"), "\(text)")
        #expect(text.contains("method=\"GET\",route=\"unmatched\",code=\"404\",status=\"404\"} 1"))
        #expect(text.contains("route=\"/fails/{how}\",code=\"499\",status=\"499\"} 1"))
        #expect(text.contains("method=\"DELETE\",route=\"/orders/{id}\",code=\"405\",status=\"405\"} 1"))
        #expect(text.contains("http_request_duration_seconds_count{\(labels),method=\"GET\",route=\"/orders/{id}\",code=\"200\",status=\"200\"} 3"))
    }

    @Test("the trace of the caller is continued, a bad one replaced")
    func trace() async throws {
        let (_, app) = try TestService.application()
        try await app.test(.router) { client in
            let given = TraceParent.generate()
            let response = try await client.execute(uri: "/orders/7", method: .get, headers: [.traceparent: given.description])
            let answered = try #require(response.headers[.traceparent].flatMap(TraceParent.init))
            #expect(answered.traceID == given.traceID && answered.span != given.span)
            let fresh = try await client.execute(uri: "/orders/7", method: .get, headers: [.traceparent: "nonsense"])
            #expect(fresh.headers[.traceparent].flatMap(TraceParent.init) != nil)
        }
    }

    @Test("work whose deadline has passed is not begun")
    func deadline() async throws {
        let (_, app) = try TestService.application()
        try await app.test(.router) { client in
            let late = try await client.execute(uri: "/orders/7", method: .get, headers: [.deadline: "\(Timestamp.now() - 1)"])
            #expect(late.status == .gatewayTimeout)
            #expect(try late.problem().code == "deadline_exceeded")
            let inTime = try await client.execute(uri: "/orders/7", method: .get, headers: [.deadline: "\(Timestamp.now() + 60_000)"])
            #expect(inTime.status == .ok)
        }
    }
}
