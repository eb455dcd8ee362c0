import IntentModel
import RedisClient
import ServiceLifecycle
import Synchronization
import TestSupport
import Testing

@testable import Ledger

@Suite(.serialized) struct PoisonTests {
    private static let done = StageOutcome.step(Step(phase: .refused, by: "test", detail: "done"))

    /// Runs a worker with a Redis client of its own until its handler meets `poison`: then it is cut off from Redis and never concludes, as if its
    /// process had died. Returns how many batches it was handed; nil when it met none before `condition` held.
    private static func life(of configuration: LedgerConfiguration, poison: IntentID, until condition: @escaping @Sendable () async throws -> Bool) async throws
        -> Bool
    {
        let redis = RedisClient(configuration.redis, label: "mortal")
        let ledger = Ledger(configuration, redis: redis)
        let (deaths, death) = AsyncStream.makeStream(of: Void.self)
        let handler = ClosureHandler(stage: .interpret, batchSize: 16) { batch in
            guard batch.contains(where: { $0.id == poison }) else { return batch.map { _ in Self.done } }
            redis.stop()
            death.yield()
            return batch.map { _ in Self.done }
        }
        let group = ServiceGroup(configuration: .init(services: [StageWorker(ledger: ledger, handler: handler)], logger: .init(label: "test")))
        let running = Task { try await group.run() }
        let died = try await withThrowingTaskGroup(of: Bool.self) { race in
            race.addTask {
                for await _ in deaths { return true }
                return false
            }
            race.addTask {
                try await eventually(within: .seconds(20)) { try await condition() }
                return false
            }
            let first = try await race.next() ?? false
            race.cancelAll()
            return first
        }
        await group.triggerGracefulShutdown()
        try? await running.value
        redis.stop()
        return died
    }

    @Test("what kills its worker is given up after its last delivery, and takes none of its batch with it")
    func buriesPoisonAlone() async throws {
        try await withLedger(partitions: 1, adjust: { ($0.lease, $0.maxDeliveries) = (.milliseconds(500), 4) }) { ledger, _ in
            try await ledger.open()
            var ids: [IntentID] = []
            for number in 0..<12 { ids.append(try await ledger.submit("intent \(number)")) }
            let poison = ids[3]
            var deaths = 0
            while try await ledger.read(poison)?.phase.isTerminal == false {
                let died = try await Self.life(of: ledger.configuration, poison: poison) { try await ledger.read(poison)?.phase.isTerminal == true }
                if died { deaths += 1 }
                try #require(deaths < 10)
            }
            #expect(deaths == 4)
            #expect(try await ledger.read(poison)?.phase == .failed)
            #expect(try await ledger.count(.refused) == 11)
            #expect(try await ledger.queueStates().first { $0.stage == .interpret } == QueueState(stage: .interpret, deadLetters: 1))
        }
    }

    @Test("a message that is no work goes to the dead letters with what it holds")
    func buriesUnreadable() async throws {
        try await withLedger(partitions: 1) { ledger, _ in
            try await ledger.open()
            let partition = ledger.partitions[0]
            _ = try await ledger.redis.send(RedisCommand("XADD", partition.queue(.interpret, .low), "*", "i", "no \"id\"", "x", "y"))
            let id = try await ledger.submit("fine")
            try await withWorker(ledger, ClosureHandler(stage: .interpret) { $0.map { _ in Self.done } }) {
                try await eventually { try await ledger.read(id)?.phase == .refused }
                try await eventually { try await ledger.queueStates().first { $0.stage == .interpret }?.deadLetters == 1 }
            }
            let letter = try await ledger.redis.send(RedisCommand("XRANGE", partition.dead(.interpret), "-", "+"))
            #expect(letter[0][1].array?.compactMap(\.string) == ["raw", #"{"i":"no \"id\"","x":"y"}"#, "error", "unreadable work"])
            #expect(try await ledger.queueStates().first { $0.stage == .interpret }?.depth == 0)
        }
    }

    @Test("work handed back unbegun counts as never delivered")
    func handedBackIsFresh() {
        let lease = { (number: Int) in
            Lease(
                work: Work(
                    id: IntentID(partition: 0, milliseconds: 1), stage: .plan, lane: .low, track: "main", version: number, attempt: 0, colour: "", epoch: 0),
                partition: Partition(0), message: "\(number)-0", isRedelivery: true, takenAt: .now)
        }
        let split = Redeliveries([(lease(1), 5), (lease(2), 0), (lease(3), 2), (lease(4), 1), (lease(5), 20)], limit: 20)
        #expect(split.together.map(\.work.version) == [2, 4])
        #expect(split.alone.map(\.work.version) == [3, 1])
        #expect(split.poison.map(\.work.version) == [5])
    }
}
