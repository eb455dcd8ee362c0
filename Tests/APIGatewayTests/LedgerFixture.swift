import Foundation
import Hummingbird
import HummingbirdTesting
import IntentModel
import RedisClient
import ServiceLifecycle
import ServiceRuntime
import TestSupport

@testable import APIGateway
@testable import Ledger

/// A real Redis with a ledger on it, and the gateway's routes on that ledger, for the time of one test.
struct LedgerFixture: Sendable {
    let ledger: Ledger
    let server: RedisServer

    static func with(_ adjust: (inout LedgerConfiguration) -> Void = { _ in }, _ body: @Sendable (LedgerFixture) async throws -> Void) async throws {
        let server = try await RedisServer.start()
        defer { server.stop() }
        var configuration = LedgerConfiguration(redis: try RedisConfiguration(url: server.url))
        configuration.lease = .milliseconds(1_200)
        adjust(&configuration)
        let redis = RedisClient(configuration.redis, label: "test")
        defer { redis.stop() }
        let fixture = LedgerFixture(ledger: Ledger(configuration, redis: redis), server: server)
        try await fixture.ledger.open()
        try await body(fixture)
    }

    /// The gateway's routes, without its services, on this ledger.
    func gateway(_ values: [String: String] = [:], _ body: @Sendable (any TestClientProtocol) async throws -> Void) async throws {
        let keys = self.server.directory.file("keys.yaml")
        try Data(
            """
            keys:
              - {name: ops, key: ops-key, scopes: ["intents:read", "intents:write"]}
              - {name: root, key: root-key, scopes: [admin]}
              - {name: other, key: other-key, tenant: other, scopes: ["intents:read", "intents:write"]}
            """.utf8
        ).write(to: URL(filePath: keys))
        let context = try ServiceContext.forTesting(
            name: "api-gateway", declarations: GatewaySettings.declarations,
            values: ["AUTH_KEYS_FILE": keys, "REDIS_URL": self.server.url, "NEPHIO_BRIDGE_URL": "http://127.0.0.1:9"].merging(values) { $1 }
        )
        try await ServiceApplication.build(try await buildService(context), in: context).test(.router, body)
    }

    func submit(_ text: String, callbackUrl: String? = nil, tenant: String = "default") async throws -> IntentID {
        let request = IntentRequest(intent: text, callbackUrl: callbackUrl, tenant: tenant)
        let acceptance = try await self.ledger.accept(
            request: request.json, priority: .medium, tenant: tenant, by: "test", idempotencyKey: nil, digest: "", notifies: callbackUrl != nil)
        guard case .accepted(let id, _) = acceptance else { throw LedgerError(.corrupt, "not accepted") }
        return id
    }

    /// Runs a worker until `body` returns, then drains it.
    func working(_ handler: some StageHandler, _ body: () async throws -> Void) async throws {
        let group = ServiceGroup(configuration: .init(services: [StageWorker(ledger: self.ledger, handler: handler)], logger: .init(label: "test")))
        let running = Task { try await group.run() }
        let outcome: Result<Void, any Error>
        do { outcome = .success(try await body()) } catch { outcome = .failure(error) }
        await group.triggerGracefulShutdown()
        try await running.value
        try outcome.get()
    }

    /// Ends every intent that is submitted.
    func ending(_ phase: Phase = .refused, _ body: () async throws -> Void) async throws {
        try await self.working(TestStage(stage: .interpret) { _ in .step(Step(phase: phase, by: "test", detail: "done")) }, body)
    }
}

/// A handler made of a closure.
struct TestStage: StageHandler {
    var stage: Stage
    var name = "test"
    var batchSize = 8
    var concurrency = 2
    var maxAttempts: Int?
    let body: @Sendable (LeasedIntent) async -> StageOutcome

    func handle(_ batch: [LeasedIntent]) async -> [StageOutcome] {
        var outcomes: [StageOutcome] = []
        for leased in batch { outcomes.append(await self.body(leased)) }
        return outcomes
    }
}
