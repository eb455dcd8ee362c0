import IntentModel
import Logging
import Metrics
import RedisClient
import ServiceLifecycle
import Synchronization

/// Leases the work of one stage, hands it to its handler in batches, and takes the steps the handler decides.
///
/// Readers (one blocking connection for each partition) fill an inbox; processors empty it; a ticker, twice a second,
/// takes over expired leases and moves due work back; long leases are renewed. On shutdown the readers stop, what was
/// begun is finished, and what was not is handed back.
package final class StageWorker<Handler: StageHandler>: Service {
    let ledger: Ledger
    let handler: Handler
    let inbox: LeaseInbox
    let held: Mutex<HeldLeases>
    /// Work whose outcome is still to come, see ``StageOutcome/later(_:)``.
    let late = Mutex<[Lease.Key: Task<Void, Never>]>([:])
    let consumer: String
    let logger: Logger
    let metrics: StageMetrics
    let isReadyFlag = Atomic<Bool>(false)
    let isStopping = Atomic<Bool>(false)

    /// A reader waits this long for work before it looks whether it is to stop.
    static var longestRead: Duration { .milliseconds(500) }
    /// … and this long for urgent work alone, while the inbox holds enough of the rest: before that is done, more must be asked for.
    static var longestReadWhileFull: Duration { .milliseconds(50) }

    package init(ledger: Ledger, handler: Handler) {
        self.ledger = ledger
        self.handler = handler
        self.inbox = LeaseInbox(high: 512, lowOfEach: max(1, 256 / ledger.partitions.count))
        self.held = Mutex(HeldLeases(lease: ledger.configuration.lease))
        self.consumer = "\(handler.name)-\(UInt64.random(in: 0...UInt64.max))"
        self.logger = Logger(label: "stage.\(handler.stage.rawValue)")
        self.metrics = StageMetrics(stage: handler.stage)
    }

    /// Work is being leased.
    package var isReady: Bool { self.isReadyFlag.load(ordering: .relaxed) }

    package func run() async throws {
        // Ends last: what is under way at shutdown stays ours until it is done.
        let renewing = Task { await self.renewing() }
        defer { renewing.cancel() }
        await withTaskGroup(of: Void.self) { group in
            let leasing = Task { await self.lease() }
            for _ in 0..<self.handler.concurrency { group.addTask { await self.process() } }
            // What waits for a processor is somebody else's as soon as we are told to stop, not when all that was begun is done.
            group.addTask {
                await self.inbox.untilClosed()
                await self.handBack(self.inbox.remains())
            }
            await withTaskCancellationOrGracefulShutdownHandler {
                await leasing.value
            } onCancelOrGracefulShutdown: {
                // Readers end by themselves: what Redis has given to one that does not listen any more would wait for its lease to end.
                self.isStopping.store(true, ordering: .relaxed)
                Task {
                    try? await Task.sleep(for: Self.longestRead * 3)
                    leasing.cancel()
                }
                // Now, and not when leasing has ended: a reader may be waiting for room that only more work begun would make.
                self.inbox.close()
            }
            self.isReadyFlag.store(false, ordering: .relaxed)
            self.inbox.close()
            await group.waitForAll()
        }
        while let task = self.late.withLock({ $0.values.first }) { await task.value }
    }
}
