import AccessControl
import Hummingbird
import HummingbirdTesting
import IntentModel
import Ledger
import ServiceRuntime
import Testing

@testable import APIGateway

@Suite struct GatewayEdgeTests {
    /// The edge before a route that reads and one that writes. The limiter's time stands still.
    func withEdge(
        _ values: [String: String] = [:], notices: NoticeBoard = NoticeBoard(), _ body: @Sendable (any TestClientProtocol) async throws -> Void
    ) async throws {
        let context = try ServiceContext.forTesting(declarations: GatewaySettings.declarations, values: ["AUTH_TOKEN": "good"].merging(values) { $1 })
        let start = ContinuousClock.now
        let limiter = RateLimiter(rate: context.settings[GatewaySettings.rateLimit]) { start }
        let edge = GatewayEdge(authenticator: context.authenticator, limiter: limiter, settings: context.settings, notices: notices)
        let parts = ServiceParts(routes: { router in
            let api = router.group().add(middleware: edge)
            api.get("/things") { _, context in Response.text(try context.requirePrincipal(.intentsRead).name) }
            api.post("/things") { _, context in Response.text(try context.requirePrincipal(.intentsWrite).name) }
        })
        try await ServiceApplication.build(parts, in: context).test(.router, body)
    }

    static let key: HTTPFields = [.authorization: "Bearer good"]

    @Test("without a key that is known nothing is answered", arguments: ["", "Bearer bad", "Bearer ", "Basic good", "good"])
    func unauthorized(_ header: String) async throws {
        try await self.withEdge { client in
            let response = try await client.execute(uri: "/things", method: .get, headers: header.isEmpty ? [:] : [.authorization: header])
            #expect(response.status == .unauthorized && response.headers[.wwwAuthenticate]?.hasPrefix("Bearer realm=\"nephoran\"") == true)
            #expect(response.headers[.contentType] == "application/problem+json" && response.text.contains(#""code":"unauthorized""#))
            #expect(response.headers[HeaderName.rateLimit] == nil)
        }
    }

    @Test(
        "a principal without the scope is told which one it lacks",
        arguments: [
            ([.intentsRead], .intentsWrite), ([.intentsRead, .intentsWrite], .intentsApprove), ([.metricsRead], .intentsRead), ([], .admin),
        ] as [(Set<Scope>, Scope)])
    func scopes(_ scopes: Set<Scope>, _ wanted: Scope) {
        let error = #expect(throws: ProblemError.self) { try Principal(name: "reader", tenant: "default", scopes: scopes).require(wanted) }
        #expect(error?.problem.status == 403 && error?.problem.code == "forbidden" && error?.problem.detail.contains(wanted.rawValue) == true)
    }

    @Test("every answer says what is left of the limit")
    func limits() async throws {
        try await self.withEdge(["RATE_LIMIT_RPS": "1000"]) { client in
            let response = try await client.execute(uri: "/things", method: .get, headers: Self.key)
            #expect(response.status == .ok && response.text == "token")
            #expect(
                response.headers[HeaderName.rateLimit] == "1000" && response.headers[HeaderName.rateRemaining] == "999"
                    && response.headers[HeaderName.rateReset] == "0")
        }
    }

    @Test("whoever asks too often is told when to come back")
    func tooMany() async throws {
        try await self.withEdge(["RATE_LIMIT_RPS": "1"]) { client in
            #expect(try await client.execute(uri: "/things", method: .get, headers: Self.key).status == .ok)
            let response = try await client.execute(uri: "/things", method: .get, headers: Self.key)
            #expect(response.status == .tooManyRequests && response.text.contains(#""code":"rate_limited""#))
            #expect(response.headers[.retryAfter] == "1" && response.headers[HeaderName.rateLimit] == "1" && response.headers[HeaderName.rateRemaining] == "0")
        }
    }

    @Test("without a limit there are no limit headers")
    func unlimited() async throws {
        try await self.withEdge(["RATE_LIMIT_RPS": "0"]) { client in
            let response = try await client.execute(uri: "/things", method: .get, headers: Self.key)
            #expect(response.status == .ok && response.headers[HeaderName.rateLimit] == nil)
        }
    }

    @Test(
        "maintenance refuses writes, or only says so",
        arguments: [
            ("off", 200, nil), ("false", 200, nil), ("notice", 200, "notice"), ("read-only", 503, nil), ("true", 503, nil),
        ] as [(String, Int, String?)])
    func maintenance(_ mode: String, _ status: Int, _ notice: String?) async throws {
        try await self.withEdge(["MAINTENANCE_MODE": mode]) { client in
            let write = try await client.execute(uri: "/things", method: .post, headers: Self.key)
            #expect(write.status.code == status && write.headers[HeaderName.maintenance] == notice)
            if status == 503 { #expect(write.headers[.retryAfter] == "60" && write.text.contains(#""code":"maintenance""#)) }
            let read = try await client.execute(uri: "/things", method: .get, headers: Self.key)
            #expect(read.status == .ok && read.headers[HeaderName.maintenance] == (mode == "off" || mode == "false" ? nil : mode))
        }
    }
}

extension GatewayEdgeTests {
    @Test("what operators announce is said with every answer, and refuses nothing; a setting says more than that")
    func announced() async throws {
        let board = NoticeBoard()
        board.learn(MaintenanceNotice(text: "upgrade to 1.1.0", by: "ops"))
        try await self.withEdge(["MAINTENANCE_MODE": "off"], notices: board) { client in
            let write = try await client.execute(uri: "/things", method: .post, headers: Self.key)
            #expect(write.status == .ok && write.headers[HeaderName.maintenance] == "notice" && write.headers[HeaderName.notice] == "upgrade to 1.1.0")
            board.learn(nil)
            let after = try await client.execute(uri: "/things", method: .get, headers: Self.key)
            #expect(after.headers[HeaderName.maintenance] == nil && after.headers[HeaderName.notice] == nil)
        }
        board.learn(MaintenanceNotice(text: "upgrade to 1.1.0", by: "ops"))
        try await self.withEdge(["MAINTENANCE_MODE": "read-only"], notices: board) { client in
            let write = try await client.execute(uri: "/things", method: .post, headers: Self.key)
            let read = try await client.execute(uri: "/things", method: .get, headers: Self.key)
            #expect(write.status == .serviceUnavailable && read.headers[HeaderName.maintenance] == "read-only")
        }
    }
}

extension TestResponse {
    var text: String { String(buffer: self.body) }
}
