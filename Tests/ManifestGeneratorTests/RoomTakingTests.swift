import IntentModel
import Ledger
import PackagePlanning
import RedisClient
import TestSupport
import Testing

@testable import ManifestGenerator

/// The order in which plans of several instances take room, on a real Redis.
@Suite(.serialized) struct RoomTakingTests {
    private func withRooms(_ body: (RoomTaking, Ledger) async throws -> Void) async throws {
        let server = try await RedisServer.start()
        var configuration = LedgerConfiguration(redis: try RedisConfiguration(url: server.url))
        configuration.partitions = 4
        let redis = RedisClient(configuration.redis, label: "test")
        defer {
            redis.stop()
            server.stop()
        }
        let ledger = Ledger(configuration, redis: redis)
        try await body(RoomTaking(ledger: ledger, lasts: .seconds(600)), ledger)
    }

    private func submit(_ ledger: Ledger) async throws -> IntentID {
        let request = IntentRequest(intent: "…")
        guard
            case .accepted(let id, _) = try await ledger.accept(
                request: LedgerJSON.encode(request), priority: .medium, tenant: "default", by: "test", idempotencyKey: nil, digest: "", notifies: false)
        else { throw LedgerError(.corrupt, "not accepted") }
        return id
    }

    private func brings(_ cores: Int, _ path: String = "edge01/default/amf") -> [String: (parts: [RoomHold.Part], reading: RoomHold.Reading?)] {
        let amounts = ClusterEntry.Amounts(cpu: cores * 1000, memory: 1024, storage: 0)
        return ["edge01": ([.init(path: path, base: nil, after: amounts, growth: amounts)], nil)]
    }

    @Test("of two that were planned at the same time the first has the room, and the second is planned again with what the first took")
    func race() async throws {
        try await self.withRooms { rooms, ledger in
            let ids = [try await self.submit(ledger), try await self.submit(ledger)]
            let views = ids.map(rooms.view)
            for view in views { #expect(try await view.holds(in: "edge01").isEmpty) }
            guard case .taken = try await rooms.take(self.brings(3), earlier: [], of: ids[0], with: views[0]) else {
                Issue.record("nobody was before the first")
                return
            }
            guard case .others(let more) = try await rooms.take(self.brings(3, "edge01/default/smf"), earlier: [], of: ids[1], with: views[1]) else {
                Issue.record("the second has not counted the first")
                return
            }
            let counted = try await more.holds(in: "edge01")
            #expect(counted.map(\.intent) == [ids[0]] && counted.first?.parts.first?.after.cpu == 3000)
            guard case .taken = try await rooms.take(self.brings(1, "edge01/default/smf"), earlier: ["edge01"], of: ids[1], with: more) else {
                Issue.record("it has counted it by now")
                return
            }
            #expect(try await rooms.view(for: ids[0]).holds(in: "edge01").map { $0.parts[0].after.cpu } == [1000], "its own entry was replaced")
            try await rooms.release(["edge01"], of: ids[1])
            #expect(try await rooms.view(for: nil).holds(in: "edge01").map(\.intent) == [ids[0]])
        }
    }

    @Test("an intent that came to nothing gives up its room when another has none; those on their way, or published, keep it")
    func failed() async throws {
        try await self.withRooms { rooms, ledger in
            let (failed, lives, asks) = (try await self.submit(ledger), try await self.submit(ledger), try await self.submit(ledger))
            let unknown = IntentID(partition: 1, milliseconds: 5)
            for id in [failed, lives, unknown] { _ = try await rooms.take(self.brings(1), earlier: [], of: id, with: rooms.view(for: id)) }
            var step = Step(phase: .refused, by: "test")
            step.detail = "no"
            let snapshot = try #require(try await ledger.read(failed))
            guard case .taken = try await ledger.step(step, on: snapshot) else {
                Issue.record("the step was not taken")
                return
            }
            let view = rooms.view(for: asks)
            #expect(try await rooms.clears(view) == false, "nobody was counted, so nobody is looked at")
            #expect(try await view.holds(in: "edge01").count == 3)
            #expect(try await rooms.clears(view))
            let again = rooms.view(for: asks)
            #expect(try await again.holds(in: "edge01").map(\.intent) == [lives])
            #expect(try await rooms.clears(again) == false)
        }
    }

    @Test("an entry that this version cannot read is not counted")
    func unreadable() async throws {
        try await self.withRooms { rooms, ledger in
            _ = try await rooms.book.take([("edge01", Array("{}".utf8))], for: IntentID(partition: 1, milliseconds: 5))
            #expect(try await rooms.view(for: nil).holds(in: "edge01").isEmpty)
        }
    }
}
