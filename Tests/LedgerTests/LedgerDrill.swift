import Foundation
import IntentModel
import RedisClient
import ServiceLifecycle
import Synchronization
import TestSupport
import Testing

@testable import Ledger

/// Intents on their way from acceptance to their end, through real queues and two workers of every stage, while something happens to
/// the ledger's Redis. The handlers keep a log of their own; that log is what tells whether a step was taken twice.
final class LedgerDrill: Sendable {
    static let isEndurance = ProcessInfo.processInfo.environment["NEPHORAN_ENDURANCE"] != nil

    private struct Effect: Hashable {
        let id: IntentID
        let stage: Stage
    }

    private struct Log {
        /// The versions for which a stage was asked to do its work. More than one would mean that the step before was taken twice.
        var versions: [Effect: Set<Int>] = [:]
        var deliveries = 0
        /// What every submission was told, by its idempotency key.
        var accepted: [String: Set<IntentID>] = [:]
        var refusals: [String: Int] = [:]
    }

    let configuration: LedgerConfiguration
    let ledger: Ledger
    private let log = Mutex(Log())
    private let isOver = Atomic(false)

    init(url: String, adjust: (inout LedgerConfiguration) -> Void = { _ in }) throws {
        var configuration = LedgerConfiguration(redis: try RedisConfiguration(url: url))
        configuration.partitions = 8
        configuration.lease = .milliseconds(1200)
        adjust(&configuration)
        self.configuration = configuration
        self.ledger = Ledger(configuration, redis: RedisClient(configuration.redis, label: "drill"))
    }

    /// Submits intents while `disturb` runs, and on until there are `count`; then waits until all have ended.
    func run(count: Int, _ disturb: () async throws -> Void) async throws {
        try await self.ledger.open()
        let workers = (0..<2).flatMap { number -> [any Service] in
            let ledger = Ledger(self.configuration, redis: RedisClient(self.configuration.redis, label: "worker-\(number)"))
            return [ledger.redis] + [Stage.interpret, .plan, .publish, .policy, .verify].map { StageWorker(ledger: ledger, handler: self.handler($0)) }
        }
        let group = ServiceGroup(configuration: .init(services: workers, logger: .init(label: "drill")))
        let running = Task { try await group.run() }
        let pause = Self.isEndurance ? Duration.milliseconds(2) : .milliseconds(20)
        let submitting = Task {
            await withTaskGroup(of: Void.self) { group in
                for worker in 0..<8 { group.addTask { await self.submit(worker, count: count / 8, pause: pause) } }
            }
        }
        do {
            try await eventually { self.log.withLock { $0.accepted.count >= 50 } }
            try await disturb()
        } catch {
            Issue.record(error)
        }
        self.isOver.store(true, ordering: .relaxed)
        await submitting.value
        let total = self.log.withLock { $0.accepted.count }
        do {
            try await eventually(within: .seconds(90)) { (try? await self.ledger.count(.published)) == total }
        } catch {
            var phases: [String: Int] = [:]
            for phase in Phase.allCases { phases[phase.rawValue] = (try? await self.ledger.count(phase)) ?? -1 }
            Issue.record("\(total) accepted, in the end: \(phases.filter { $0.value != 0 })")
        }
        await group.triggerGracefulShutdown()
        try await running.value
        try await self.judge()
        self.ledger.redis.stop()
    }

    /// As a careful caller does: with a key, and again with the same key until it is told.
    private func submit(_ worker: Int, count: Int, pause: Duration) async {
        var number = 0
        while number < count || !self.isOver.load(ordering: .relaxed) {
            number += 1
            let key = "\(worker)-\(number)"
            while true {
                do {
                    let id = try await self.ledger.submit("intent \(key)", key: key)
                    self.log.withLock { _ = $0.accepted[key, default: []].insert(id) }
                    break
                } catch {
                    let code = (error as? LedgerError)?.code.rawValue ?? "\(error)"
                    self.log.withLock { $0.refusals[code, default: 0] += 1 }
                    try? await Task.sleep(for: .milliseconds(50))
                }
            }
            try? await Task.sleep(for: pause)
        }
    }

    private func handler(_ stage: Stage) -> ClosureHandler {
        ClosureHandler(stage: stage, name: "drill", batchSize: 16, concurrency: 2) { batch in
            self.log.withLock { log in
                log.deliveries += batch.count
                for leased in batch { log.versions[Effect(id: leased.id, stage: stage), default: []].insert(leased.work.version) }
            }
            return batch.map { _ in .step(Self.step(stage)) }
        }
    }

    private static func step(_ stage: Stage) -> Step {
        var step = Step(by: "drill")
        switch stage {
        case .interpret:
            (step.phase, step.via, step.next) = (.planning, [.interpreting], [.plan])
        case .plan:
            (step.phase, step.forks) = (.executing, [(.delivery, .publish), (.ran, .policy)])
        case .publish, .policy:
            step.outcome = TrackOutcome(.succeeded, "done")
        default:
            step.phase = .published
        }
        return step
    }

    private func judge() async throws {
        let log = self.log.withLock { $0 }
        let ids = log.accepted.values.reduce(into: Set<IntentID>()) { $0.formUnion($1) }
        #expect(log.accepted.values.allSatisfy { $0.count == 1 }, "a key stands for one intent")
        #expect(ids.count == log.accepted.count, "an intent stands for one key")
        for stage in [Stage.interpret, .plan, .publish, .policy, .verify] {
            let wrong = ids.filter { log.versions[Effect(id: $0, stage: stage)]?.count != 1 }
            #expect(wrong.isEmpty, "\(stage): \(wrong.count) intents were asked for at no version, or at several")
        }
        for batch in stride(from: 0, to: ids.count, by: 200).map({ Array(Array(ids)[$0..<min($0 + 200, ids.count)]) }) {
            for (id, snapshot) in zip(batch, try await self.ledger.read(batch)) {
                let phases = try snapshot?.record().history.map(\.phase) ?? []
                #expect(
                    phases.count { $0 == .planning } == 1 && phases.count { $0 == .verifying } == 1 && phases.count { $0 == .published } == 1,
                    "\(id): \(phases)")
            }
        }
        // Deliveries that came late for steps already taken are acknowledged as they come.
        try await eventually { try await self.ledger.queueStates().allSatisfy { $0.depth == 0 && $0.deadLetters == 0 } }
        #expect(try await self.ledger.delayedCount() == 0)
        print("drill: \(ids.count) intents, \(log.deliveries) deliveries, refused meanwhile: \(log.refusals)")
    }
}
