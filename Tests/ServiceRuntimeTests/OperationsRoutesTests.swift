import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import Synchronization
import Telemetry
import Testing

@testable import ServiceRuntime

@Suite struct OperationsRoutesTests {
    struct Down: Error, CustomStringConvertible { var description: String { "refused by redis://:pw@host" } }

    final class Switch: Sendable {
        let isUp = Atomic<Bool>(false)
    }

    @Test("readiness lists what is missing and heals, liveness does not care")
    func readiness() async throws {
        let redis = Switch()
        let (_, app) = try TestService.application(healthChecks: [
            HealthCheck("ledger") { if !redis.isUp.load(ordering: .relaxed) { throw Down() } },
            HealthCheck("rag-api", isRequired: false) { throw Down() },
            HealthCheck("slow", isRequired: false, timeout: .milliseconds(10)) { try? await Task.sleep(for: .seconds(60)) },
        ])
        try await app.test(.live) { client in
            #expect(try await client.execute(uri: "/healthz", method: .get).status == .ok)
            let missing = try await client.execute(uri: "/readyz", method: .get)
            #expect(missing.status == .serviceUnavailable)
            #expect(missing.text.contains(#""missing":["ledger: refused by redis://[redacted]@host"]"#))
            redis.isUp.store(true, ordering: .relaxed)
            let deadline = ContinuousClock.now + .seconds(5)
            var status = HTTPResponse.Status.serviceUnavailable
            while status != .ok, ContinuousClock.now < deadline { status = try await client.execute(uri: "/readyz", method: .get).status }
            #expect(status == .ok)
            let ready = try await client.execute(uri: "/readyz", method: .get)
            #expect(ready.text.contains(#""impaired":["rag-api","slow"]"#), "\(ready.text)")

            let health = try JSONBody.decode(HealthReport.self, from: try await client.execute(uri: "/health", method: .get).body)
            #expect(health.status == "degraded" && health.colour == "blue" && health.version == BuildVersion.current)
            #expect(health.dependencies.map(\.name) == ["ledger", "rag-api", "slow"])
            #expect(health.dependencies.map(\.state) == [.up, .down, .down])
            #expect(health.dependencies[2].detail == "no answer within 10ms" && health.dependencies[2].latencyMs >= 10)
        }
    }

    @Test("no problem and no health answer quotes a secret that the process holds, whichever peer's it is")
    func quoted() async throws {
        KnownSecrets.shared.add("sk-shown-to-another-peer")
        struct Echo: Error, CustomStringConvertible { let description = "refused: sk-shown-to-another-peer" }
        let (_, app) = try TestService.application(healthChecks: [HealthCheck("peer", isRequired: false) { throw Echo() }])
        try await app.test(.live) { client in
            #expect(try await client.execute(uri: "/fails/quoting", method: .get).problem().detail == "It said [redacted].")
            let text = try await client.execute(uri: "/health", method: .get).text
            #expect(text.contains("refused: [redacted]") && !text.contains("sk-"))
        }
    }

    @Test("operators on the machine need no key, a browser or a proxy there does")
    func loopback() async throws {
        let (context, app) = try TestService.application()
        try await app.test(.live) { client in
            #expect(try await client.execute(uri: "/metrics", method: .get).status == .ok)
            #expect(try await client.execute(uri: "/admin/log-level", method: .get).status == .ok)
            for header in [HTTPField.Name.origin, .secFetchSite, .xForwardedFor, .forwarded] {
                let refused = try await client.execute(uri: "/shutdown", method: .post, headers: [header: "x"])
                #expect(refused.status == .unauthorized && refused.headers[.wwwAuthenticate] != nil)
            }
            #expect(!context.drain.isDraining)
            let stopped = try await client.execute(uri: "/shutdown", method: .post)
            #expect(stopped.status == .accepted && stopped.headers[.connection] == "close")
            #expect(context.drain.isDraining)
        }
    }

    @Test("from elsewhere a key with the scope is needed")
    func elsewhere() async throws {
        let (_, app) = try TestService.application()
        try await app.test(.router) { client async throws in
            #expect(try await client.execute(uri: "/metrics", method: .get).status == .unauthorized)
            #expect(try await client.execute(uri: "/metrics", method: .get, headers: [.authorization: "Bearer good-key"]).status == .ok)
        }
        let (_, open) = try TestService.application(["METRICS_OPEN": "true"])
        try await open.test(.router) { client in
            let metrics = try await client.execute(uri: "/metrics", method: .get)
            #expect(metrics.headers[.contentType] == "text/plain; version=0.0.4; charset=utf-8")
        }
    }

    @Test("a draining service is unready, then ends connections with their responses")
    func draining() async throws {
        let (context, app) = try TestService.application()
        try await app.test(.live) { client in
            #expect(try await client.execute(uri: "/readyz", method: .get).status == .ok)
            context.drain.begin()
            let response = try await client.execute(uri: "/readyz", method: .get)
            #expect(response.status == .serviceUnavailable && response.headers[.connection] == nil)
            await context.drain.wait()
            context.drain.close()
            #expect(try await client.execute(uri: "/readyz", method: .get).headers[.connection] == "close")
        }
    }

    @Test("the log level is read, changed and checked")
    func logLevel() async throws {
        let before = LogLevel.shared.value
        defer { LogLevel.shared.value = before }
        let (_, app) = try TestService.application()
        try await app.test(.live) { client in
            let changed = try await client.execute(
                uri: "/admin/log-level", method: .put, headers: [.contentType: "application/json"], body: ByteBuffer(string: #"{"level":"warning"}"#)
            )
            #expect(changed.status == .ok && LogLevel.shared.value == .warning)
            let refused = try await client.execute(
                uri: "/admin/log-level", method: .put, headers: [.contentType: "application/json"], body: ByteBuffer(string: #"{"level":"loud"}"#)
            )
            #expect(try refused.problem().errors?.first?.pointer == "/level")
        }
    }
}
