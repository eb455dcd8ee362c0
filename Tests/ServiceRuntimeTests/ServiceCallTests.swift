import AccessControl
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import IntentModel
import NIOCore
import Synchronization
import TestSupport
import Testing

@testable import ServiceRuntime

@Suite("Calls between services") struct ServiceCallTests {
    private static let secret = String(repeating: "s", count: 32)

    final class Recorder: AccessLog {
        private let all = Mutex<[RefusedAccess]>([])
        func record(_ refused: RefusedAccess) { self.all.withLock { $0.append(refused) } }
        var refused: [RefusedAccess] { self.all.withLock { $0 } }
    }

    /// A service whose inner route is for its neighbours.
    private static func with(
        _ values: [String: String], _ body: @Sendable (any TestClientProtocol, ServiceContext, Recorder) async throws -> Void
    ) async throws {
        let context = try ServiceContext.forTesting(name: "rag-api", values: ["AUTH_TOKEN": "people"].merging(values) { $1 })
        var parts = ServiceParts(routes: { router in
            router.group().add(middleware: context.callers(.admin)).get("/inner") { _, context in
                Response.json(["who": context.principal?.identity ?? ""])
            }
            router.group().add(middleware: context.callers(.admin, installations: "All of it", recordsActs: true, sparesLocal: false)).post("/strict") { _, _ in
                Response.json(["done": true])
            }
        })
        let recorder = Recorder()
        parts.accessLog = recorder
        try await ServiceApplication.build(parts, in: context).test(.live) { client in try await body(client, context, recorder) }
    }

    private static func ask(_ client: any TestClientProtocol, _ bearer: String? = nil, _ path: String = "/inner", _ more: HTTPFields = [:]) async throws
        -> TestResponse
    {
        var headers = more
        headers[.authorization] = bearer.map { "Bearer \($0)" }
        return try await client.execute(uri: path, method: .get, headers: headers)
    }

    @Test("with a secret a neighbour must sign, on this machine too; whoever does not is refused and recorded")
    func signed() async throws {
        try await Self.with(["SERVICE_SECRET": Self.secret]) { client, context, recorder in
            let mine = try #require(context.authenticator.serviceToken(from: "api-gateway", to: "rag-api"))
            #expect(try await Self.ask(client, mine).text.contains("service:api-gateway"))
            #expect(try await Self.ask(client, "people").text.contains("key:token"))
            #expect(recorder.refused.isEmpty)
            let now = Timestamp.now() / 1_000
            let stranger = try ServiceSecret(String(repeating: "x", count: 32))
            let known = try ServiceSecret(Self.secret)
            let bad: [String?] = [
                nil, "wrong", known.token(from: "api-gateway", to: "oran-adaptor", now: now), known.token(from: "api-gateway", to: "rag-api", now: now - 120),
                known.token(from: "api-gateway", to: "rag-api", now: now + 60), stranger.token(from: "api-gateway", to: "rag-api", now: now), mine + "A",
            ]
            for (number, bearer) in bad.enumerated() {
                #expect(try await Self.ask(client, bearer).status == .unauthorized, "\(number)")
                #expect(recorder.refused.count == number + 1 && recorder.refused.last?.route == "/inner", "\(number)")
            }
            // What operators do on the machine itself stays as it is.
            #expect(try await Self.ask(client, nil, "/metrics").status == .ok)
            #expect(try await Self.ask(client, mine, "/metrics", [.xForwardedFor: "x"]).status == .ok)
        }
    }

    @Test("without a secret who is on this machine needs nothing, and a signature is no key")
    func unsigned() async throws {
        try await Self.with([:]) { client, context, _ in
            #expect(context.authenticator.serviceToken(from: "api-gateway", to: "rag-api") == nil)
            #expect(try await Self.ask(client).text.contains("none:local"))
            let token = try ServiceSecret(Self.secret).token(from: "api-gateway", to: "rag-api", now: Timestamp.now() / 1_000)
            #expect(try await Self.ask(client, token).status == .unauthorized)
        }
    }

    @Test(
        "where it is asked for, being on this machine does not count, nor the admin of one tenant; what a person does there is told, and what a service does is not"
    )
    func strict() async throws {
        let directory = try TemporaryDirectory()
        let keys = "keys:\n  - {name: chief, key: chief-key, tenant: north, roles: [admin]}\n  - {name: viewer, key: viewer-key, roles: [viewer]}\n"
        try keys.write(toFile: directory.file("keys.yaml"), atomically: true, encoding: .utf8)
        for secret in [nil, Self.secret] {
            var values = ["AUTH_KEYS_FILE": directory.file("keys.yaml")]
            values["SERVICE_SECRET"] = secret
            try await Self.with(values) { client, context, recorder async throws in
                let acts = Mutex<[AccessEntry]>([])
                context.acts.follow { act in acts.withLock { $0.append(act) } }
                func post(_ bearer: String?) async throws -> Int {
                    try await client.execute(uri: "/strict?x=1", method: .post, headers: bearer.map { [.authorization: "Bearer \($0)"] } ?? [:]).status.code
                }
                #expect(try await post(nil) == 401)
                #expect(try await post("viewer-key") == 403)
                #expect(try await post("chief-key") == 403)
                #expect(recorder.refused.map(\.principal?.name) == [nil, "viewer", "chief"])
                #expect(try await post("people") == 200)
                if let token = context.authenticator.serviceToken(from: "api-gateway", to: "rag-api") { #expect(try await post(token) == 200) }
                let told = acts.withLock { $0 }
                #expect(told.map(\.who) == ["token"] && told.map(\.verb) == ["POST"] && told.map(\.object) == ["/strict"] && told.map(\.outcome) == ["200"])
                #expect(told.first?.detail == "from 127.0.0.1")
            }
        }
    }

    @Test("while AUTH_TOKEN is replaced both are good, and services show the first")
    func twoTokens() async throws {
        let (new, old) = (String(repeating: "n", count: 32), String(repeating: "o", count: 32))
        try await Self.with(["AUTH_TOKEN": "\(new)\n\(old)"]) { client, context, _ in
            #expect(context.authenticator.bearer(of: "api-gateway", to: "rag-api") == new)
            for token in [new, old] { #expect(try await Self.ask(client, token).text.contains("key:token")) }
            #expect(try await Self.ask(client, "\(new) \(old)").status == .unauthorized)
        }
    }

    @Test("a secret that is replaced in its file counts at once; one that is too short changes nothing")
    func replaced() async throws {
        let directory = try TemporaryDirectory()
        let file = directory.file("secret")
        func write(_ text: String) throws { try Data(text.utf8).write(to: URL(filePath: file)) }
        try write(Self.secret + "\n")
        let context = try ServiceContext.forTesting(name: "rag-api", values: ["AUTH_TOKEN": "people", "SERVICE_SECRET_FILE": file])
        let now = Timestamp.now() / 1_000
        func isBelieved(_ secret: String) async throws -> Bool {
            let token = try ServiceSecret(secret).token(from: "api-gateway", to: "rag-api", now: now)
            return (try? await context.authenticator.authenticate([.authorization: "Bearer \(token)"], callOf: "rag-api")) != nil
        }
        #expect(try await isBelieved(Self.secret))
        let next = String(repeating: "n", count: 40)
        try write("\(next)\n\(Self.secret)")
        try context.settings.reload()
        let both = [try await isBelieved(next), try await isBelieved(Self.secret)]
        #expect(both == [true, true])
        try write("short")
        try? context.settings.reload()
        #expect(try await isBelieved(next))
        try write(next)
        try context.settings.reload()
        let last = [try await isBelieved(next), try await isBelieved(Self.secret)]
        #expect(last == [true, false])
    }

    @Test("details of a service's health are for those with a key, its neighbours, and this machine")
    func health() async throws {
        try await Self.with(["SERVICE_SECRET": Self.secret]) { client, context, _ in
            let outside: HTTPFields = [.xForwardedFor: "203.0.113.7"]
            for bearer in [nil, "wrong"] {
                let told = try await Self.ask(client, bearer, "/health", outside)
                #expect(told.status == .ok && told.text.contains(#""service":"rag-api""#) && told.text.split(separator: ":").count == 3, "\(told.text)")
            }
            let signed = context.authenticator.serviceToken(from: "api-gateway", to: "rag-api")
            for bearer in ["people", signed] { #expect(try await Self.ask(client, bearer, "/health", outside).text.contains(#""dependencies""#)) }
            #expect(try await Self.ask(client, nil, "/health").text.contains(#""version""#))
        }
    }

    @Test("a flood of failures from one address is bounded and counted; who has a key is not held up")
    func flood() async throws {
        try await Self.with(["AUTH_FAILURES_PER_MINUTE": "5", "SERVICE_SECRET": Self.secret]) { client, context, recorder in
            var statuses: [Int] = []
            for _ in 0..<20 { statuses.append(Int(try await Self.ask(client, "wrong").status.code)) }
            #expect(statuses.prefix(5).allSatisfy { $0 == 401 } && statuses.count { $0 == 429 } >= 14, "\(statuses)")
            #expect(recorder.refused.count == statuses.count { $0 == 401 })
            let told = try await Self.ask(client, "wrong")
            #expect(told.text.contains(#""code":"too_many_failures""#) && told.headers[.retryAfter] != nil)
            #expect(try await Self.ask(client, "people").status == .ok)
            let metrics = String(decoding: context.metrics.expose(), as: UTF8.self)
            #expect(metrics.contains(#"result="throttled""#))
        }
        let limit = FailureLimit(perMinute: 2)
        let (one, two) = (
            FailureLimit.Origin(try SocketAddress(ipAddress: "192.0.2.1", port: 1)), FailureLimit.Origin(try SocketAddress(ipAddress: "2001:db8::1", port: 1))
        )
        let start = ContinuousClock.now
        let first = (0..<3).map { _ in limit.refusal(of: one, now: start) }
        #expect(first == [nil, nil, 30])
        #expect(limit.refusal(of: two, now: start) == nil)
        #expect(FailureLimit.Origin(try SocketAddress(ipAddress: "2001:db8::2", port: 9)) == two)
        #expect(limit.refusal(of: one, now: start + .seconds(31)) == nil)
    }
}
