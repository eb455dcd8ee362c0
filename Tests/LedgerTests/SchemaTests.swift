import IntentModel
import RedisClient
import Synchronization
import TestSupport
import Testing

@testable import Ledger

/// Versions of this program that work side by side on one ledger.
@Suite(.serialized) struct SchemaTests {
    /// As version 1 wrote it while both tracks of an execution were open.
    private static func first(_ id: IntentID, _ partition: Partition) -> [RedisCommand] {
        let name = id.description
        return [
            RedisCommand(
                "HSET", partition.record(id), "schema", 1, "phase", "executing", "created", 1_780_000_000_000, "updated", 1_780_000_000_500, "v", 3, "n", 2,
                "colour", "", "epoch", 0, "lane", "low", "priority", "medium", "tenant", "default", "tracks", "delivery,ran", "t:delivery:v", 1,
                "t:delivery:s", "pending", "t:ran:v", 1, "t:ran:s", "succeeded", "history",
                #"{"phase":"received","at":"2026-05-28T20:26:40.000Z","by":"ops"}"# + "\n"
                    + #"{"phase":"executing","at":"2026-05-28T20:26:40.500Z","by":"manifest-generator"}"#,
                "request", #"{"approval":"auto","intent":"Deploy AMF","priority":"medium","requestedBy":"ops","tenant":"default"}"#
            ),
            RedisCommand("ZADD", partition.phase(.executing), 1_780_000_000_000, name),
            RedisCommand("XADD", partition.queue(.publish, .low), "*", "i", name, "t", "delivery", "v", 1, "a", 0, "c", "", "e", 0),
        ]
    }

    @Test("an intent that an older version began is brought to its end")
    func older() async throws {
        try await withLedger { ledger, _ in
            try await ledger.open()
            let partition = ledger.partitions[1]
            let id = IntentID(partition: 1, milliseconds: 1_780_000_000_000)
            for reply in try await ledger.redis.pipeline(Self.first(id, partition)) { if case .error(let text) = reply { Issue.record("\(text)") } }
            let record = try #require(try await ledger.read(id)?.record())
            #expect(record.phase == .executing && record.request.intent == "Deploy AMF" && record.tracks["ran"]?.state == .succeeded)
            let handler = ClosureHandler(stage: .publish) { batch in
                batch.map { _ in
                    var step = Step(by: "test")
                    step.outcome = TrackOutcome(.succeeded, "")
                    return .step(step)
                }
            }
            try await withWorker(ledger, handler) { try await eventually { try await ledger.read(id)?.phase == .verifying } }
            #expect(try await ledger.redis.send(RedisCommand("HGET", partition.record(id), "schema")).string == "2")
        }
    }

    @Test("work on what a newer version wrote is left to it: neither done, nor lost, nor counted as a failure", arguments: ["schema", "phase"])
    func newer(_ field: String) async throws {
        try await withLedger(partitions: 1) { ledger, _ in
            try await ledger.open()
            let id = try await ledger.submit("from the future")
            let record = ledger.partitions[0].record(id)
            _ = try await ledger.redis.send(RedisCommand("HSET", record, field, field == "schema" ? "\(RecordSnapshot.schema + 1)" : "negotiating"))
            let other = try await ledger.submit("of today")
            let handled = Mutex<[IntentID]>([])
            let handler = ClosureHandler(stage: .interpret) { batch in
                handled.withLock { $0 += batch.map(\.id) }
                return batch.map { _ in StageWorkerTests.done }
            }
            try await withWorker(ledger, handler) {
                try await eventually { try await ledger.read(other)?.phase == .refused }
                try await eventually { try await ledger.delayedCount() == 1 }
                await #expect(throws: LedgerError.self) { try await ledger.read(id) }
                #expect(try await ledger.list(phase: nil, limit: 10, before: nil).map(\.id) == [other])
                // The newer version has its turn (here: it writes what we understand).
                _ = try await ledger.redis.send(RedisCommand("HSET", record, field, field == "schema" ? "2" : "received"))
                try await eventually { try await ledger.read(id)?.phase == .refused }
            }
            #expect(handled.withLock { $0 } == [other, id])
        }
    }
}
