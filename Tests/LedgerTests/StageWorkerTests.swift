import IntentModel
import RedisClient
import ServiceLifecycle
import Synchronization
import Telemetry
import TestSupport
import Testing

@testable import Ledger

/// What somebody waits for that another one decides.
private final class Gate: Sendable {
    private let state = Mutex(false)
    var isOpen: Bool { self.state.withLock { $0 } }
    func open() { self.state.withLock { $0 = true } }
}

@Suite(.serialized) struct StageWorkerTests {
    static let done = StageOutcome.step(Step(phase: .refused, by: "test", detail: "done"))

    @Test("each intent is handled once and its queue is empty afterwards")
    func handlesAll() async throws {
        try await withLedger { ledger, _ in
            try await ledger.open()
            let seen = Mutex<[IntentID: Int]>([:])
            let handler = ClosureHandler(stage: .interpret) { batch in
                seen.withLock { seen in for leased in batch { seen[leased.id, default: 0] += 1 } }
                return batch.map { _ in Self.done }
            }
            try await withWorker(ledger, handler) {
                for number in 0..<200 { _ = try await ledger.submit("intent \(number)") }
                try await eventually { try await ledger.count(.refused) == 200 }
            }
            #expect(seen.withLock { $0.count == 200 && $0.values.allSatisfy { $0 == 1 } })
            #expect(try await ledger.queueStates().allSatisfy { $0.depth == 0 })
        }
    }

    @Test("a failure that quotes a secret of this process is recorded without it")
    func secrets() async throws {
        KnownSecrets.shared.add("sk-quoted-by-an-upstream")
        try await withLedger { ledger, _ in
            try await ledger.open()
            let handler = ClosureHandler(stage: .interpret) { batch in
                batch.map { _ in .fail(Problem(status: 502, code: "upstream", title: "Bad", detail: "it said sk-quoted-by-an-upstream")) }
            }
            try await withWorker(ledger, handler) {
                let id = try await ledger.submit("a failure")
                try await eventually { try await ledger.read(id)?.phase == .failed }
                let record = try #require(try await ledger.read(id)?.record())
                #expect(record.problem?.detail == "it said [redacted]")
                #expect(record.history.last?.detail == "it said [redacted]")
            }
        }
    }

    @Test("work of a consumer that died is delivered again when its lease ends, and marked so")
    func takesOver() async throws {
        try await withLedger { ledger, _ in
            try await ledger.open()
            let id = try await ledger.submit("orphan")
            let partition = try #require(ledger.partition(of: id))
            _ = try await ledger.redis.send(
                RedisCommand("XREADGROUP", "GROUP", "interpret", "dead", "COUNT", 1, "STREAMS", partition.queue(.interpret, .low), ">")
            )
            let marks = Mutex<[Bool]>([])
            let handler = ClosureHandler(stage: .interpret) { batch in
                marks.withLock { $0 += batch.map(\.mayBeRepeat) }
                return batch.map { _ in Self.done }
            }
            try await withWorker(ledger, handler) {
                try await eventually { try await ledger.read(id)?.phase == .refused }
            }
            #expect(marks.withLock { $0 } == [true])
        }
    }

    @Test("a worker that stops while work pours in leaves no lease behind that somebody has to wait for")
    func leavesNothing() async throws {
        try await withLedger(adjust: { $0.lease = .seconds(60) }) { ledger, _ in
            try await ledger.open()
            let handler = ClosureHandler(stage: .interpret) { batch in batch.map { _ in Self.done } }
            for round in 0..<12 {
                let submitting = Task { for number in 0..<60 { _ = try await ledger.submit("intent \(round) \(number)") } }
                try await withWorker(ledger, handler) { try await eventually { try await ledger.count(.refused) > round * 60 } }
                try await submitting.value
                // What is leased looks as old as an expired lease: the next ticker, whosever it is, takes it over.
                for partition in ledger.partitions {
                    for lane in Lane.allCases {
                        let queue = partition.queue(.interpret, lane)
                        let pending = try await ledger.redis.send(RedisCommand("XPENDING", queue, "interpret", "-", "+", 1_000))
                        for entry in pending.array ?? [] { #expect(entry[2].int ?? 0 >= 60_000) }
                    }
                }
                try await withWorker(ledger, handler) { try await eventually { try await ledger.count(.refused) == (round + 1) * 60 } }
            }
        }
    }

    @Test("work longer than its lease is renewed, not delivered to another")
    func renews() async throws {
        try await withLedger { ledger, _ in
            try await ledger.open()
            let runs = Mutex(0)
            let slow = ClosureHandler(stage: .interpret) { batch in
                runs.withLock { $0 += batch.count }
                try? await Task.sleep(for: .milliseconds(3600))  // three leases long: the work itself, not a check
                return batch.map { _ in Self.done }
            }
            try await withWorker(ledger, slow) {
                try await withWorker(ledger, slow) {
                    let id = try await ledger.submit("long")
                    try await eventually { try await ledger.read(id)?.phase == .refused }
                }
            }
            #expect(runs.withLock { $0 } == 1)
        }
    }

    @Test("what is late keeps its lease and nobody else waiting; who is told to stop waits for it")
    func late() async throws {
        try await withLedger { ledger, _ in
            try await ledger.open()
            let runs = Mutex(0)
            let gate = Gate()
            let handler = ClosureHandler(stage: .interpret) { batch in
                runs.withLock { $0 += batch.count }
                return batch.map { leased in
                    guard (try? leased.snapshot.request().intent) == "slow" else { return Self.done }
                    return .later(
                        Task {
                            while !gate.isOpen { try? await Task.sleep(for: .milliseconds(10)) }
                            return Self.done
                        })
                }
            }
            let slow = try await ledger.submit("slow")
            try await withWorker(ledger, handler) {
                for number in 0..<20 { _ = try await ledger.submit("intent \(number)") }
                try await eventually { try await ledger.count(.refused) == 20 }
                // Another that would take it over when its lease ended.
                try await withWorker(ledger, handler) {
                    try await Task.sleep(for: .milliseconds(3_600))  // three leases long: the work itself, not a check
                    #expect(try await ledger.read(slow)?.phase == .received)
                }
                Task {
                    try await Task.sleep(for: .milliseconds(300))
                    gate.open()
                }
            }
            // It was stopped before the gate opened.
            #expect(try await ledger.read(slow)?.phase == .refused)
            #expect(runs.withLock { $0 } == 21)
        }
    }

    @Test("postponed work comes back, and is given up after the last attempt with a dead letter")
    func postpones() async throws {
        try await withLedger(adjust: { $0.maxAttempts = 3 }) { ledger, _ in
            try await ledger.open()
            let runs = Mutex(0)
            let handler = ClosureHandler(stage: .interpret) { batch in
                runs.withLock { $0 += batch.count }
                return batch.map { _ in .retry(reason: "not yet", after: .milliseconds(1)) }
            }
            let id = try await ledger.submit("poison")
            try await withWorker(ledger, handler) {
                try await eventually { try await ledger.read(id)?.phase == .failed }
            }
            #expect(runs.withLock { $0 } == 3)
            #expect(try await ledger.read(id)?.record().problem?.code == "attempts_exhausted")
            #expect(try await ledger.queueStates().first { $0.stage == .interpret }?.deadLetters == 1)
        }
    }

    @Test("postponed work is on no queue, and counted all the same")
    func countsDelayed() async throws {
        try await withLedger { ledger, _ in
            try await ledger.open()
            _ = try await ledger.submit("later")
            let handler = ClosureHandler(stage: .interpret) { batch in batch.map { _ in .retry(reason: "not yet", after: .seconds(60)) } }
            try await withWorker(ledger, handler) {
                try await eventually { try await ledger.delayedCount() == 1 }
            }
            #expect(try await ledger.queueStates().allSatisfy { $0.depth == 0 })
        }
    }

    @Test("work whose record cannot be read is kept until it can")
    func keepsUnreadable() async throws {
        try await withLedger { ledger, _ in
            try await ledger.open()
            let id = try await ledger.submit("hidden")
            let partition = try #require(ledger.partition(of: id))
            let (record, aside, queue) = (partition.record(id), partition.tag + ":aside", partition.queue(.interpret, .low))
            // A key of another type answers with an error, as Redis also does while it loads or a script keeps it busy.
            _ = try await ledger.redis.pipeline([RedisCommand("RENAME", record, aside), RedisCommand("SET", record, "x")])
            try await withWorker(ledger, ClosureHandler(stage: .interpret) { batch in batch.map { _ in Self.done } }) {
                try await eventually {
                    let pending = try await ledger.redis.send(RedisCommand("XPENDING", queue, "interpret", "-", "+", 1))
                    return pending[0][3].int ?? 0 >= 2
                }
                _ = try await ledger.redis.pipeline([RedisCommand("DEL", record), RedisCommand("RENAME", aside, record)])
                try await eventually { try await ledger.read(id)?.phase == .refused }
            }
        }
    }

    @Test("a worker that is told to stop finishes what it has begun, as its own, and hands the rest back at once")
    func handsBack() async throws {
        try await withLedger(partitions: 1, adjust: { $0.lease = .seconds(30) }) { ledger, _ in
            try await ledger.open()
            for number in 0..<5 { _ = try await ledger.submit("intent \(number)") }
            let begun = Mutex<[IntentID: Int]>([:])
            let mayEnd = Mutex(false)
            let handler = ClosureHandler(stage: .interpret, batchSize: 1) { batch in
                begun.withLock { begun in for leased in batch { begun[leased.id, default: 0] += 1 } }
                while !mayEnd.withLock({ $0 }) { try? await Task.sleep(for: .milliseconds(5)) }
                return batch.map { _ in Self.done }
            }
            let first = StageWorker(ledger: ledger, handler: handler)
            let group = ServiceGroup(configuration: .init(services: [first], logger: .init(label: "test")))
            let running = Task { try await group.run() }
            try await eventually { begun.withLock { $0.count == 1 } }
            await group.triggerGracefulShutdown()
            try await eventually { !first.isReady }
            mayEnd.withLock { $0 = true }
            try await running.value
            #expect(try await ledger.count(.refused) == 1)
            try await withWorker(ledger, handler) {
                try await eventually { try await ledger.count(.refused) == 5 }
            }
            #expect(begun.withLock { $0.count == 5 && $0.values.allSatisfy { $0 == 1 } })
        }
    }

    @Test("work under way at shutdown is renewed until it is done, however short its lease")
    func renewsAtShutdown() async throws {
        try await withLedger(adjust: { $0.lease = .milliseconds(500) }) { ledger, _ in
            try await ledger.open()
            let runs = Mutex(0)
            let slow = ClosureHandler(stage: .interpret) { batch in
                runs.withLock { $0 += batch.count }
                try? await Task.sleep(for: .milliseconds(2500))  // five leases long: the work itself, not a check
                return batch.map { _ in Self.done }
            }
            let group = ServiceGroup(configuration: .init(services: [StageWorker(ledger: ledger, handler: slow)], logger: .init(label: "test")))
            let running = Task { try await group.run() }
            let id = try await ledger.submit("long")
            try await eventually { runs.withLock { $0 == 1 } }
            await group.triggerGracefulShutdown()
            try await withWorker(ledger, slow) {
                try await eventually { try await ledger.read(id)?.phase == .refused }
            }
            try await running.value
            #expect(runs.withLock { $0 } == 1)
        }
    }

    @Test("consumers of processes long gone are forgotten, unless they hold work")
    func forgetsConsumers() async throws {
        try await withLedger(partitions: 1, adjust: { ($0.lease, $0.retention) = (.seconds(60), .milliseconds(200)) }) { ledger, _ in
            try await ledger.open()
            let queue = ledger.partitions[0].queue(.interpret, .low)
            _ = try await ledger.submit("held")
            _ = try await ledger.redis.send(RedisCommand("XREADGROUP", "GROUP", "interpret", "holder", "COUNT", 1, "STREAMS", queue, ">"))
            _ = try await ledger.redis.send(RedisCommand("XGROUP", "CREATECONSUMER", queue, "interpret", "gone"))
            func names() async throws -> [String] {
                try await ledger.redis.send(RedisCommand("XINFO", "CONSUMERS", queue, "interpret")).array?.compactMap { $0["name"].string } ?? []
            }
            try await withWorker(ledger, ClosureHandler(stage: .interpret) { batch in batch.map { _ in Self.done } }) {
                try await eventually { try await !names().contains("gone") }
                #expect(try await names().contains("holder"))
                _ = try await ledger.submit("new")
                try await eventually { try await ledger.count(.refused) == 1 }
            }
        }
    }

    @Test("high priority overtakes, and low does not starve")
    func priorities() async throws {
        try await withLedger(partitions: 1) { ledger, _ in
            try await ledger.open()
            for number in 0..<40 { _ = try await ledger.submit("low \(number)", priority: .low) }
            for number in 0..<40 { _ = try await ledger.submit("high \(number)", priority: .critical) }
            let order = Mutex<[Lane]>([])
            let handler = ClosureHandler(stage: .interpret) { batch in
                order.withLock { $0 += batch.map(\.work.lane) }
                return batch.map { _ in Self.done }
            }
            try await withWorker(ledger, handler) {
                try await eventually { try await ledger.count(.refused) == 80 }
            }
            let first = order.withLock { Array($0.prefix(40)) }
            #expect(first.count { $0 == .high } >= 25)
            #expect(first.contains(.low))
        }
    }

    @Test("an event feed delivers every transition after it began to listen")
    func feeds() async throws {
        try await withLedger { ledger, _ in
            try await ledger.open()
            let feed = EventFeed(ledger: ledger)
            let id = try await ledger.submit("watched")
            let events = await feed.listen(to: id)
            try await withWorker(ledger, ClosureHandler(stage: .interpret) { batch in batch.map { _ in Self.done } }) {
                var last: LedgerEvent?
                for await event in events {
                    last = event
                    break
                }
                #expect(last?.id == id)
                #expect(last.map { String(decoding: $0.entry, as: UTF8.self).contains("refused") } == true)
            }
            feed.stop()
        }
    }
}
