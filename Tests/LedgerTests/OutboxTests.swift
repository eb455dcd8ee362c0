import IntentModel
import RedisClient
import Synchronization
import TestSupport
import Testing

@testable import Ledger

/// The work that passes on what happened: appended with the event, done apart from the intent.
@Suite(.serialized) struct OutboxTests {
    private static let end = StageOutcome.step(Step(phase: .refused, by: "test", detail: "done"))

    private static func interpreting(_ ledger: Ledger, _ body: () async throws -> Void) async throws {
        try await withWorker(ledger, ClosureHandler(stage: .interpret) { $0.map { _ in Self.end } }, body)
    }

    @Test("every entry of the history of an intent with a callback is work of notify, and no other's is", arguments: [nil, "a-key"])
    func notifies(key: String?) async throws {
        try await withLedger { ledger, _ in
            try await ledger.open()
            let id = try await ledger.submit("watched", key: key, notifies: true)
            _ = try await ledger.submit("unwatched", key: key.map { $0 + "2" })
            let versions = Mutex<[Int]>([])
            let notify = ClosureHandler(stage: .notify) { batch in
                versions.withLock { versions in for leased in batch where leased.id == id { versions.append(leased.work.version) } }
                return batch.map { _ in .done }
            }
            try await withWorker(ledger, notify) {
                try await Self.interpreting(ledger) { try await eventually { try await ledger.count(.refused) == 2 } }
                try await eventually { try await ledger.queueStates().allSatisfy { $0.depth == 0 } }
            }
            let snapshot = try #require(try await ledger.read(id))
            #expect(versions.withLock { $0.sorted() } == Array(1...snapshot.sequence))
        }
    }

    @Test("work of the outbox that is given up is kept, and its intent stays as it is")
    func letters() async throws {
        try await withLedger(adjust: { $0.maxAttempts = 2 }) { ledger, _ in
            try await ledger.open()
            let id = try await ledger.submit("watched", notifies: true)
            let attempts = Mutex(0)
            let notify = ClosureHandler(stage: .notify) { batch in
                batch.map { leased in
                    attempts.withLock { $0 += 1 }
                    return leased.work.version == 1 ? .retry(reason: "refused", after: .milliseconds(1)) : .dead(reason: "too old")
                }
            }
            try await Self.interpreting(ledger) { try await eventually { try await ledger.read(id)?.phase == .refused } }
            let before = try #require(try await ledger.read(id))
            try await withWorker(ledger, notify) {
                try await eventually { try await ledger.queueStates().first { $0.stage == .notify }?.deadLetters == before.sequence }
            }
            #expect(attempts.withLock { $0 } == before.sequence + 1)
            let after = try #require(try await ledger.read(id))
            #expect(after.phase == .refused && after.sequence == before.sequence && after.updated == before.updated)
            #expect(try await ledger.queueStates().allSatisfy { $0.depth == 0 })
        }
    }

    @Test("postponed work of the outbox is not counted with what intents wait for")
    func waitsApart() async throws {
        try await withLedger { ledger, _ in
            try await ledger.open()
            let id = try await ledger.submit("watched", notifies: true)
            try await withWorker(ledger, ClosureHandler(stage: .notify) { $0.map { _ in .retry(reason: "later", after: .seconds(60)) } }) {
                try await eventually {
                    try await ledger.redis.send(RedisCommand("ZCARD", ledger.partitions[id.partition].delayed(.notify))).int == 1
                }
            }
            #expect(try await ledger.delayedCount() == 0)
        }
    }

    @Test("with an archive, a record expires once it is there, and its idempotency entry with it")
    func expiresWhenArchived() async throws {
        try await withLedger { ledger, _ in
            try await ledger.open()
            try await ledger.beginArchiving()
            let id = try await ledger.submit("kept", key: "k")
            let partition = try #require(ledger.partition(of: id))
            let keys = [partition.record(id), "\(partition.tag):k:7:default:k"]
            func expiries() async throws -> [Int] {
                let replies = try await ledger.redis.pipeline(keys.map { RedisCommand("PTTL", $0) })
                return replies.map { $0.int ?? -3 }
            }
            try await Self.interpreting(ledger) { try await eventually { try await ledger.read(id)?.phase == .refused } }
            #expect(try await expiries() == [-1, -1])
            let archived = Mutex<[IntentID]>([])
            let archive = ClosureHandler(stage: .archive) { batch in
                archived.withLock { $0 += batch.map(\.id) }
                return batch.map { _ in .archived }
            }
            try await withWorker(ledger, archive) { try await eventually { try await expiries().allSatisfy { $0 > 0 } } }
            #expect(archived.withLock { $0 } == [id])
            #expect(try await ledger.queueStates().allSatisfy { $0.depth == 0 })
        }
    }

    @Test("a record that went on while it was archived stays, and is archived again at its next end")
    func archivesAgain() async throws {
        try await withLedger { ledger, _ in
            try await ledger.open()
            try await ledger.beginArchiving()
            let id = try await ledger.submit("retried")
            let partition = try #require(ledger.partition(of: id))
            let failing = ClosureHandler(stage: .interpret) { batch in
                batch.map { _ in .fail(Problem(status: 500, code: "x", title: "x", detail: "x")) }
            }
            try await withWorker(ledger, failing) { try await eventually { try await ledger.read(id)?.phase == .failed } }
            let sequences = Mutex<[Int]>([])
            let archive = ClosureHandler(stage: .archive) { batch in
                if sequences.withLock({ $0.isEmpty }), let snapshot = try? await ledger.read(id) {
                    var again = Step(phase: .interpreting, by: "someone")
                    again.next = [.interpret]
                    _ = try? await ledger.step(again, on: snapshot)
                }
                sequences.withLock { $0 += batch.map(\.snapshot.sequence) }
                return batch.map { _ in .archived }
            }
            try await withWorker(ledger, archive) {
                try await eventually { sequences.withLock { $0.count == 1 } }
                try await eventually { try await ledger.queueStates().first { $0.stage == .archive }?.depth == 0 }
                #expect(try await ledger.redis.send(RedisCommand("PTTL", partition.record(id))).int == -1)
                try await Self.interpreting(ledger) { try await eventually { try await ledger.read(id)?.phase == .refused } }
                try await eventually { try await ledger.redis.send(RedisCommand("PTTL", partition.record(id))).int ?? -1 > 0 }
            }
            #expect(sequences.withLock { $0 } == [2, 4])
        }
    }

    @Test("a sweep queues what ended before there was an archive, once")
    func sweeps() async throws {
        try await withLedger { ledger, _ in
            try await ledger.open()
            for number in 0..<40 { _ = try await ledger.submit("intent \(number)") }
            try await Self.interpreting(ledger) { try await eventually { try await ledger.count(.refused) == 40 } }
            _ = try await ledger.submit("still open")
            try await ledger.beginArchiving()
            let first = try await ledger.sweepToArchive()
            #expect(first.queued == 40 && first.left == [])
            // They are on the queue: there, nobody can tell yet what is not.
            let second = try await ledger.sweepToArchive()
            #expect(second.queued == 0 && !second.left.isEmpty)
            let archived = Mutex<[IntentID: Int]>([:])
            let archive = ClosureHandler(stage: .archive) { batch in
                archived.withLock { archived in for leased in batch { archived[leased.id, default: 0] += 1 } }
                return batch.map { _ in .archived }
            }
            try await withWorker(ledger, archive) {
                try await eventually { try await ledger.queueStates().first { $0.stage == .archive }?.depth == 0 }
            }
            #expect(archived.withLock { $0.count == 40 && $0.values.allSatisfy { $0 == 1 } })
            let third = try await ledger.sweepToArchive(second.left)
            #expect(third.queued == 0 && third.left == [], "they are in it")
        }
    }

    @Test("what ended before there was an archive is found also where others are on their way into it just then")
    func sweepsBeside() async throws {
        try await withLedger { ledger, _ in
            try await ledger.open()
            let early = try await ledger.submit("before")
            try await Self.interpreting(ledger) { try await eventually { try await ledger.read(early)?.phase == .refused } }
            try await ledger.beginArchiving()
            var late = try await ledger.submit("after")
            while late.partition != early.partition { late = try await ledger.submit("after") }
            try await Self.interpreting(ledger) { try await eventually { try await ledger.read(late)?.phase == .refused } }
            let (_, left) = try await ledger.sweepToArchive()
            #expect(left.map(\.number).contains(early.partition))
            let archived = Mutex<Set<IntentID>>([])
            let archive = ClosureHandler(stage: .archive) { batch in
                archived.withLock { archived in archived.formUnion(batch.map(\.id)) }
                return batch.map { _ in .archived }
            }
            try await withWorker(ledger, archive) {
                try await eventually { try await ledger.queueStates().first { $0.stage == .archive }?.depth == 0 }
                #expect(archived.withLock { $0.contains(late) && !$0.contains(early) })
                #expect(try await ledger.sweepToArchive(left).queued == 1)
                try await eventually { archived.withLock { $0.contains(early) } }
            }
        }
    }
}
