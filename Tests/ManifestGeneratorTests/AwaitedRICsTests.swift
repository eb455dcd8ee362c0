import HTTPFetch
import IntentModel
import Ledger
import PackagePlanning
import RedisClient
import Resilience
import ServiceClient
import TestSupport
import Testing

@testable import ManifestGenerator

/// An intent for RICs that nobody has named yet.
@Suite struct AwaitedRICsTests {
    @Test("it waits and says for whom, as long as that may be a matter of time; then it fails with the reason, and may be retried")
    func bound() async throws {
        let server = try await RedisServer.start()
        let redis = RedisClient(try RedisConfiguration(url: server.url), label: "test")
        defer {
            redis.stop()
            server.stop()
        }
        let ledger = Ledger(LedgerConfiguration(redis: try RedisConfiguration(url: server.url)), redis: redis)
        guard
            case .accepted(let id, _) = try await ledger.accept(
                request: LedgerJSON.encode(IntentRequest(intent: "…")), priority: .medium, tenant: "default", by: "test", idempotencyKey: nil, digest: "",
                notifies: false), let snapshot = try await ledger.read(id)
        else { throw LedgerError(.corrupt, "not accepted") }
        let awaited = RICsAwaited(reason: "connection refused")

        guard case .step(let step) = try self.stage(ledger, at: snapshot.created + 299_999).waiting(awaited, snapshot) else {
            return #expect(Bool(false), "it does not wait")
        }
        #expect(step.next == [.plan] && step.detail?.contains("waits for the A1 policy management service (A1_PMS_URL)") == true)
        guard case .fail(let problem) = try self.stage(ledger, at: snapshot.created + 300_000).waiting(awaited, snapshot) else {
            return #expect(Bool(false), "it waits for ever")
        }
        #expect(problem.code == "rics_unknown" && problem.detail.contains("connection refused"))
    }

    private func stage(_ ledger: Ledger, at now: Int64) throws -> PlanStage {
        let nobody = ServiceClient(Upstream("nephio-bridge"), base: "http://127.0.0.1:1", token: nil, fetcher: HTTPFetcher())
        let planning = IntentPlanning(
            planners: CurrentPlanner(Planner(catalogue: try Catalogue.bundled())), inventory: PublishedInventory(client: nobody),
            rooms: RoomTaking(ledger: ledger, lasts: .seconds(600)))
        return PlanStage(planning: planning, turns: TurnTaking(ledger: ledger, now: { now }), onPartialFailure: .rollback)
    }
}
