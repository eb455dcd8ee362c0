import AccessControl
import Foundation
import Hummingbird
import HummingbirdTesting
import Synchronization
import TestSupport
import Testing

@testable import ServiceRuntime

@Suite struct WebKeySourceTests {
    /// What a key set's address answers, and how often it was asked.
    private final class Answers: Sendable {
        private let state = Mutex<(status: HTTPResponse.Status, body: [UInt8], asked: Int)>((.ok, [], 0))
        func set(_ status: HTTPResponse.Status, _ body: [UInt8]) { self.state.withLock { ($0.status, $0.body) = (status, body) } }
        var asked: Int { self.state.withLock { $0.asked } }
        func answer() -> Response {
            self.state.withLock { state in
                state.asked += 1
                return Response(status: state.status, body: .init(byteBuffer: ByteBuffer(bytes: state.body)))
            }
        }
    }

    private func withServer(_ body: @Sendable (Answers, String) async throws -> Void) async throws {
        let answers = Answers()
        let router = Router(context: BasicRequestContext.self)
        router.get("/keys") { _, _ in answers.answer() }
        try await Application(router: router, configuration: .init(address: .hostname("127.0.0.1", port: 0))).test(.live) { client in
            try await body(answers, "http://127.0.0.1:\(client.port ?? 0)/keys")
        }
    }

    private static func token(_ issuer: TokenIssuer, _ header: [String: Any] = [:]) throws -> WebToken {
        try WebToken(issuer.token(header: header), maxBytes: 8_192, algorithms: Set(WebKey.Algorithm.allCases))
    }

    @Test("keys are read once, again for a key that is not among them, but not for every token that names one")
    func rollover() async throws {
        let (old, new) = (try TokenIssuer(), try TokenIssuer())
        try await self.withServer { answers, url in
            answers.set(.ok, try old.keySet())
            let source = WebKeySource(.url(url), maxAge: .seconds(600), minInterval: .seconds(3_600))
            let token = try Self.token(old)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<50 { group.addTask { () async throws in #expect(try await source.keys(for: token).names(token)) } }
                try await group.waitForAll()
            }
            #expect(answers.asked == 1)
            let unknown = try Self.token(new, ["kid": "f"])
            for _ in 0..<20 { #expect(try await !source.keys(for: unknown).names(unknown)) }
            #expect(answers.asked == 1)

            let eager = WebKeySource(.url(url), maxAge: .seconds(600), minInterval: .zero)
            _ = try await eager.keys(for: token)
            let rolled = String(decoding: try new.keySet(), as: UTF8.self).replacing("\"e\"", with: "\"f\"")
            answers.set(.ok, Array(rolled.utf8))
            #expect(try await eager.keys(for: unknown).names(unknown))
        }
    }

    @Test("an issuer that does not answer, or nonsense, is not taken for one without keys")
    func unavailable() async throws {
        let issuer = try TokenIssuer()
        let token = try Self.token(issuer)
        try await self.withServer { answers, url in
            for (status, body) in [(.internalServerError, try issuer.keySet()), (.ok, Array("{}".utf8)), (.ok, [UInt8](repeating: 0x20, count: 300_000))]
                as [(HTTPResponse.Status, [UInt8])]
            {
                answers.set(status, body)
                let source = WebKeySource(.url(url), maxAge: .seconds(600), minInterval: .zero)
                await #expect(throws: WebKeySource.Unavailable.self) { _ = try await source.keys(for: token) }
            }
            // What was known stays good while the issuer is away.
            answers.set(.ok, try issuer.keySet())
            let source = WebKeySource(.url(url), maxAge: .milliseconds(1), minInterval: .zero)
            _ = try await source.keys(for: token)
            answers.set(.internalServerError, [])
            #expect(try await source.keys(for: token).names(token))
        }
    }

    @Test(
        "settings that would take tokens from anybody are refused",
        arguments: [
            ["JWT_ISSUER": "https://id.example", "JWT_AUDIENCE": "n", "JWT_JWKS_URL": "http://id.example/keys"],
            ["JWT_ISSUER": "https://id.example", "JWT_JWKS_FILE": "/k"], ["JWT_ISSUER": "https://id.example", "JWT_AUDIENCE": "n"],
            ["JWT_ISSUER": "https://id.example", "JWT_AUDIENCE": "n", "JWT_JWKS_FILE": "/k", "JWT_JWKS_URL": "https://id.example/keys"],
            ["JWT_ISSUER": "https://id.example", "JWT_AUDIENCE": "n", "JWT_JWKS_FILE": "/k", "JWT_ALGORITHMS": "HS256"], ["JWT_JWKS_FILE": "/k"],
            ["JWT_ISSUER": "https://id.example", "JWT_AUDIENCE": "n", "JWT_JWKS_FILE": "/k", "JWT_ROLE_NAMES": "noc"],
            ["AUTH_PEPPER": "short"], ["POLICY_FILE": "/nowhere"], ["AUTH_KEYS_FILE": "/nowhere"],
        ])
    func settings(_ values: [String: String]) { #expect(throws: InvalidSetting.self) { try ServiceContext.forTesting(values: values) } }

    @Test("keys and policy are read again; what is wrong changes nothing")
    func reload() async throws {
        let directory = try TemporaryDirectory()
        func write(_ name: String, _ text: String) throws { try Data(text.utf8).write(to: URL(filePath: directory.file(name))) }
        try write("keys.yaml", "keys: [{name: a, key: one, roles: [viewer]}]")
        try write("policy.yaml", "roles: {}")
        let context = try ServiceContext.forTesting(values: ["AUTH_KEYS_FILE": directory.file("keys.yaml"), "POLICY_FILE": directory.file("policy.yaml")])
        let authenticator = context.authenticator
        #expect(authenticator.files.count == 2)
        #expect(try await authenticator.authenticate([.authorization: "Bearer one"]).scopes == [.intentsRead])
        try write("keys.yaml", "keys: [{name: a, key: two, roles: [viewer]}]")
        try write("policy.yaml", "roles: {viewer: [\"metrics:read\"]}")
        try authenticator.reload()
        await #expect(throws: ProblemError.self) { _ = try await authenticator.authenticate([.authorization: "Bearer one"]) }
        #expect(try await authenticator.authenticate([.authorization: "Bearer two"]).scopes == [.metricsRead])
        try write("keys.yaml", "keys: [{name: a, roles: [viewer]}]")
        #expect(throws: InvalidSetting.self) { try authenticator.reload() }
        #expect(try await authenticator.authenticate([.authorization: "Bearer two"]).name == "a")
        // A role that there is none of is no reason to leave the others as they were: one of them may have been taken out.
        try write("keys.yaml", "keys: [{name: a, key: three, roles: [unheard-of]}]")
        try authenticator.reload()
        await #expect(throws: ProblemError.self) { _ = try await authenticator.authenticate([.authorization: "Bearer two"]) }
        #expect(try await authenticator.authenticate([.authorization: "Bearer three"]).scopes == [])
    }
}
