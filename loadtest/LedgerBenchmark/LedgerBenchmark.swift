import Foundation
import IntentModel
import Ledger
import Logging
import RedisClient
import ServiceLifecycle
import Synchronization

/// Fills a ledger with intents that have ended, through the ledger's own scripts, and measures both ways: `LedgerBenchmark REDIS_URL COUNT`.
/// First all are accepted, from 256 at once; then one worker takes each to an end that needs no work. Prints one line of JSON.
@main
struct LedgerBenchmark {
    private static let atOnce = 256

    static func main() async {
        let arguments = CommandLine.arguments.dropFirst()
        guard arguments.count == 2, let url = arguments.first, let count = arguments.last.flatMap({ Int($0) }), count > 0 else {
            print("usage: LedgerBenchmark REDIS_URL COUNT")
            exit(2)
        }
        LoggingSystem.bootstrap { _ in SwiftLogNoOpLogHandler() }
        do { try await self.run(url, count) } catch {
            print("\(error)")
            exit(1)
        }
    }

    private static func run(_ url: String, _ count: Int) async throws {
        var configuration = LedgerConfiguration(redis: try RedisConfiguration(url: url))
        configuration.redis.commandTimeout = .seconds(30)
        let redis = RedisClient(configuration.redis, label: "benchmark")
        let ledger = Ledger(configuration, redis: redis)
        try await ledger.open()

        let (start, used) = (ContinuousClock.now, self.processorTime())
        try await self.accept(count, ledger)
        let accepting = self.seconds(since: start), acceptingUsed = self.processorTime() - used

        let ended = Tally()
        let handler = EndingHandler(ended: ended)
        let worker = StageWorker(ledger: ledger, handler: handler)
        let group = ServiceGroup(configuration: .init(services: [worker], logger: Logger(label: "benchmark")))
        let (drainStart, drainUsed) = (ContinuousClock.now, self.processorTime())
        let running = Task { try await group.run() }
        while try await self.isWorking(ledger, ended.count, of: count) {
            try await Task.sleep(for: .milliseconds(5))
            guard self.seconds(since: drainStart) < 1_800 else { throw Late() }
        }
        let draining = self.seconds(since: drainStart), drainingUsed = self.processorTime() - drainUsed
        await group.triggerGracefulShutdown()
        try await running.value
        redis.stop()
        print(
            #"{"intents":\#(count),"acceptedPerSecond":\#(Int(Double(count) / accepting)),"acceptMicroseconds":\#(self.micro(acceptingUsed, count)),"#
                + #""drainedPerSecond":\#(Int(Double(count) / draining)),"drainMicroseconds":\#(self.micro(drainingUsed, count))}"#)
    }

    /// What was handed over is done once no work is left; the queues are asked only then, so that asking costs nothing before.
    private static func isWorking(_ ledger: Ledger, _ handed: Int, of count: Int) async throws -> Bool {
        if handed < count { return true }
        return try await ledger.queueStates().contains { $0.stage == .interpret && $0.depth > 0 }
    }

    private struct Late: Error, CustomStringConvertible { let description = "the worker did not come to an end in half an hour" }

    private static func accept(_ count: Int, _ ledger: Ledger) async throws {
        let next = Tally()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<self.atOnce {
                group.addTask {
                    while true {
                        let number = next.add(1)
                        guard number < count else { return }
                        let request =
                            #"{"approval":"auto","intent":"Deploy SMF named smf-\#(number) in namespace load-\#(number % 20) with 2 replicas","priority":"medium","requestedBy":"benchmark","tenant":"default"}"#
                        _ = try await ledger.accept(
                            request: Array(request.utf8), priority: .medium, tenant: "default", by: "benchmark", idempotencyKey: nil, digest: "")
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    private static func seconds(since start: ContinuousClock.Instant) -> Double { start.duration(to: .now) / .seconds(1) }

    private static func micro(_ seconds: Double, _ count: Int) -> String { String(format: "%.1f", seconds * 1e6 / Double(count)) }

    /// Of this process.
    private static func processorTime() -> Double {
        var usage = rusage()
        getrusage(RUSAGE_SELF.rawValue, &usage)
        return [usage.ru_utime, usage.ru_stime].reduce(0) { $0 + Double($1.tv_sec) + Double($1.tv_usec) / 1e6 }
    }
}

/// A number that many tasks add to.
private final class Tally: Sendable {
    private let number = Atomic<Int>(0)

    var count: Int { self.number.load(ordering: .relaxed) }

    /// Returns what it was before.
    @discardableResult func add(_ more: Int) -> Int { self.number.add(more, ordering: .relaxed).oldValue }
}

/// Ends every intent, in the phases that a received one may end in, by turns.
private struct EndingHandler: StageHandler {
    let stage = Stage.interpret
    let name = "benchmark"
    let batchSize = 16
    let concurrency = 8
    let ended: Tally

    private static let phases: [Phase] = [.refused, .failed, .cancelled]

    func handle(_ batch: [LeasedIntent]) async -> [StageOutcome] {
        self.ended.add(batch.count)
        return batch.map { .step(Step(phase: Self.phases[Int($0.id.milliseconds % 3)], by: self.name)) }
    }
}
