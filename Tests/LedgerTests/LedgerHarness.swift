import IntentModel
import RedisClient
import ServiceLifecycle
import Synchronization
import TestSupport

@testable import Ledger

/// A real Redis with a ledger on it, for the time of one test.
func withLedger(
    partitions: Int = 4, appendOnly: Bool = true, scripts: LedgerScripts = .standard, adjust: (inout LedgerConfiguration) -> Void = { _ in },
    _ body: (Ledger, RedisServer) async throws -> Void
) async throws {
    let server = try await RedisServer.start(appendOnly: appendOnly)
    var configuration = LedgerConfiguration(redis: try RedisConfiguration(url: server.url))
    configuration.partitions = partitions
    configuration.lease = .milliseconds(1200)
    adjust(&configuration)
    let redis = RedisClient(configuration.redis, label: "test")
    do {
        try await body(Ledger(configuration, redis: redis, scripts: scripts), server)
    } catch {
        redis.stop()
        server.stop()
        throw error
    }
    redis.stop()
    server.stop()
}

extension Ledger {
    func submit(_ text: String, priority: Priority = .medium, key: String? = nil, notifies: Bool = false) async throws -> IntentID {
        let request = IntentRequest(intent: text, priority: priority)
        switch try await self.accept(
            request: LedgerJSON.encode(request), priority: priority, tenant: "default", by: "test", idempotencyKey: key, digest: text, notifies: notifies
        ) {
        case .accepted(let id, _), .repeated(let id, _), .conflict(let id): return id
        }
    }
}

/// A handler made of a closure.
struct ClosureHandler: StageHandler {
    var stage: Stage
    var name = "test"
    var batchSize = 8
    var concurrency = 1
    var endsItsWork = false
    let body: @Sendable ([LeasedIntent]) async -> [StageOutcome]

    func handle(_ batch: [LeasedIntent]) async -> [StageOutcome] { await self.body(batch) }
}

/// Runs a worker until `body` returns, then drains it.
func withWorker<Handler: StageHandler>(_ ledger: Ledger, _ handler: Handler, _ body: () async throws -> Void) async throws {
    let worker = StageWorker(ledger: ledger, handler: handler)
    let group = ServiceGroup(configuration: .init(services: [worker], logger: .init(label: "test")))
    let running = Task { try await group.run() }
    do { try await body() } catch {
        await group.triggerGracefulShutdown()
        try await running.value
        throw error
    }
    await group.triggerGracefulShutdown()
    try await running.value
}
