import IntentModel
import RedisClient
import Synchronization
import Testing
import TestSupport

@testable import Ledger

@Suite(.serialized) struct LedgerTests {
    @Test("an accepted intent has a record, one item of work and one event")
    func accepts() async throws {
        try await withLedger { ledger, _ in
            try await ledger.open()
            let id = try await ledger.submit("Deploy AMF")
            let snapshot = try #require(try await ledger.read(id))
            #expect(snapshot.phase == .received)
            #expect(try snapshot.request().intent == "Deploy AMF")
            #expect(try snapshot.record().history.map(\.phase) == [.received])
            let states = try await ledger.queueStates()
            #expect(states.first { $0.stage == .interpret }?.depth == 1)
            #expect(try await ledger.events(partition: id.partition, after: "0-0", limit: 10).map(\.id) == [id])
        }
    }

    @Test("an idempotency key stands for one intent, and for one body")
    func idempotency() async throws {
        try await withLedger { ledger, _ in
            try await ledger.open()
            let request = try LedgerJSON.encode(IntentRequest(intent: "x"))
            func accept(_ digest: String, tenant: String = "default") async throws -> Ledger.Acceptance {
                try await ledger.accept(request: request, priority: .medium, tenant: tenant, by: "test", idempotencyKey: "k", digest: digest)
            }
            guard case .accepted(let first, _) = try await accept("a") else { throw NotInTime() }
            guard case .repeated(let again, _) = try await accept("a") else { throw NotInTime() }
            guard case .conflict(let other) = try await accept("b") else { throw NotInTime() }
            guard case .accepted(let foreign, _) = try await accept("a", tenant: "other") else { throw NotInTime() }
            #expect(first == again && first == other && first != foreign)
            #expect(try await ledger.queueStates().reduce(0) { $0 + $1.depth } == 2)
        }
    }

    @Test("a step is taken once: the version it was made for is gone afterwards")
    func stepsOnce() async throws {
        try await withLedger { ledger, _ in
            try await ledger.open()
            let id = try await ledger.submit("Deploy AMF")
            let snapshot = try #require(try await ledger.read(id))
            var step = Step(phase: .planning, by: "test")
            step.via = [.interpreting]
            step.next = [.plan]
            #expect(try await ledger.step(step, on: snapshot) == .taken(.planning))
            #expect(try await ledger.step(step, on: snapshot) == .stale)
            let after = try #require(try await ledger.read(id))
            #expect(try after.record().history.map(\.phase) == [.received, .interpreting, .planning])
            #expect(try await ledger.queueStates().first { $0.stage == .plan }?.depth == 1)
            #expect(try await ledger.count(.planning) == 1)
            #expect(try await ledger.count(.received) == 0)
        }
    }

    @Test("an illegal move is refused before it reaches the store")
    func illegalMove() async throws {
        try await withLedger { ledger, _ in
            try await ledger.open()
            let id = try await ledger.submit("Deploy AMF")
            let snapshot = try #require(try await ledger.read(id))
            await #expect(throws: LedgerError.self) { try await ledger.step(Step(phase: .published, by: "test"), on: snapshot) }
            #expect(try await ledger.read(id)?.phase == .received)
        }
    }

    @Test("a newer epoch fences the older one off")
    func fencing() async throws {
        try await withLedger { ledger, _ in
            try await ledger.open()
            let id = try await ledger.submit("Deploy AMF")
            let snapshot = try #require(try await ledger.read(id))
            let partition = try #require(ledger.partition(of: id))
            _ = try await ledger.redis.send(RedisCommand("SET", partition.tag + ":epoch", 1))
            #expect(try await ledger.step(Step(phase: .cancelled, by: "test"), on: snapshot) == .fenced)
            #expect(try await ledger.read(id)?.phase == .received)
        }
    }

    @Test("a ledger that could lose intents is refused")
    func refusesVolatile() async throws {
        try await withLedger(appendOnly: false) { ledger, _ in
            let error = await #expect(throws: LedgerError.self) { try await ledger.open() }
            #expect(error?.code == .misconfigured)
            #expect(error?.message.contains("appendonly") == true)
        }
    }

    @Test("a ledger that does not sync while it rewrites its file is refused, too")
    func refusesUnsyncedRewrite() async throws {
        try await withLedger { ledger, _ in
            _ = try await ledger.redis.send(RedisCommand("CONFIG", "SET", "no-appendfsync-on-rewrite", "yes"))
            let error = await #expect(throws: LedgerError.self) { try await ledger.open() }
            #expect(error?.message.contains("no-appendfsync-on-rewrite") == true)
        }
    }

    @Test("an idempotency key lives as long as its intent: for ever while it is open, and no longer than it when it has ended")
    func keyLifetime() async throws {
        try await withLedger { ledger, _ in
            try await ledger.open()
            let id = try await ledger.submit("once", key: "k")
            let partition = try #require(ledger.partition(of: id))
            let entry = "\(partition.tag):k:7:default:k"
            func lifetimes() async throws -> [Int] {
                try await ledger.redis.pipeline([RedisCommand("PTTL", entry), RedisCommand("PTTL", partition.record(id))]).compactMap(\.int)
            }
            func step(_ step: Step) async throws { _ = try await ledger.step(step, on: try #require(try await ledger.read(id))) }
            #expect(try await lifetimes() == [-1, -1])
            try await step(Step(phase: .failed, by: "test"))
            #expect(try await lifetimes().allSatisfy { $0 > 0 })
            try await step(Step(phase: .interpreting, by: "test"))
            #expect(try await lifetimes() == [-1, -1])
            try await step(Step(phase: .cancelled, by: "test"))
            #expect(try await lifetimes().allSatisfy { $0 > 0 })
            #expect(try await ledger.submit("once", key: "k") == id)
        }
    }

    @Test("planning is given the answers to its own questions only")
    func planningAnswers() throws {
        func answers(_ fields: [(RecordField, [UInt8])]) throws -> [String] {
            let fields = [(name: Array("phase".utf8), value: Array("planning".utf8))] + fields.map { (name: Array($0.0.rawValue.utf8), value: $0.1) }
            let snapshot = try #require(RecordSnapshot(id: IntentID(partition: 0, milliseconds: 1), fields: fields))
            return try snapshot.planningAnswers().map(\.field)
        }
        let both = try LedgerJSON.encode([
            ClarificationAnswer(expectation: "e1", field: "confirm", value: .text("yes")),
            ClarificationAnswer(expectation: "e1", field: "context.cluster", value: .text("edge")),
        ])
        #expect(try answers([]) == [])
        #expect(try answers([(.answers, both)]) == ["confirm", "context.cluster"])
        #expect(try answers([(.answers, both), (.answersRead, try LedgerJSON.encode(1))]) == ["context.cluster"])
    }

    @Test("pages list every intent once, newest first, over all partitions")
    func lists() async throws {
        try await withLedger { ledger, _ in
            try await ledger.open()
            var submitted: Set<IntentID> = []
            for number in 0..<50 { submitted.insert(try await ledger.submit("intent \(number)")) }
            var seen: [IntentID] = []
            while true {
                let page = try await ledger.list(phase: .received, limit: 7, before: seen.last)
                if page.isEmpty { break }
                seen += page.map(\.id)
            }
            #expect(seen == seen.sorted(by: >))
            #expect(Set(seen) == submitted && seen.count == submitted.count)
            #expect(try await ledger.list(phase: .failed, limit: 7, before: nil).isEmpty)
        }
    }

    @Test("acknowledged intents survive kill -9 of Redis")
    func survivesKill() async throws {
        try await withLedger { ledger, server in
            try await ledger.open()
            var ids: [IntentID] = []
            for number in 0..<100 { ids.append(try await ledger.submit("intent \(number)")) }
            server.kill()
            try await server.restart()
            try await eventually { (try? await ledger.read(ids[0])) != nil }
            let found = try await ledger.read(ids)
            #expect(found.compactMap { $0 }.count == 100)
        }
    }
}
