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
    private let ledger: Ledger
    private let handler: Handler
    private let inbox: LeaseInbox
    private let held: Mutex<HeldLeases>
    private let consumer: String
    private let logger: Logger
    private let metrics: StageMetrics
    private let isReadyFlag = Atomic<Bool>(false)
    private let isStopping = Atomic<Bool>(false)

    /// A reader waits this long for work before it looks whether it is to stop.
    private static var longestRead: Duration { .milliseconds(500) }
    /// … and this long for urgent work alone, while the inbox holds enough of the rest: before that is done, more must be asked for.
    private static var longestReadWhileFull: Duration { .milliseconds(50) }

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
    }

    // MARK: Leasing

    private func lease() async {
        var attempt = 0
        while self.goesOn {
            do throws(LedgerError) {
                try await self.ledger.open()
                break
            } catch {
                self.logger.warning("ledger not open", metadata: ["error": "\(error)"])
                attempt += 1
                try? await Task.sleep(for: .milliseconds(min(2000, 50 << min(attempt, 6))))
            }
        }
        await withTaskGroup(of: Void.self) { group in
            // Nothing is taken before it is known whose it is.
            group.addTask {
                while self.goesOn {
                    if (try? await self.ledger.refreshRoles()) != nil, self.ledger.role != nil { self.isReadyFlag.store(true, ordering: .relaxed) }
                    try? await Task.sleep(for: Ledger.roleInterval)
                }
            }
            for partition in self.ledger.partitions { group.addTask { await self.read(partition) } }
            group.addTask { await self.tick() }
        }
    }

    private var goesOn: Bool { !Task.isCancelled && !self.isStopping.load(ordering: .relaxed) }

    private func read(_ partition: Partition) async {
        let connection = self.ledger.redis.consumer(label: self.consumer)
        let stage = self.handler.stage
        var failures = 0
        while self.goesOn {
            let entitled = self.ledger.lanes(in: partition)
            guard !entitled.isEmpty else {
                try? await Task.sleep(for: Self.longestReadWhileFull)
                continue
            }
            let room = await self.inbox.room(for: partition)
            guard self.goesOn, room != .none else { break }
            let lanes = room == .bothLanes ? entitled : entitled.filter { $0 == .high }
            guard !lanes.isEmpty else {
                try? await Task.sleep(for: Self.longestReadWhileFull)
                continue
            }
            do throws(RedisError) {
                let reply = try await connection.send(self.reading(lanes, of: partition), timeout: .seconds(5))
                failures = 0
                for stream in reply.array ?? [] {
                    guard let parts = stream.array, parts.count == 2, let name = parts[0].string else { continue }
                    guard let lane = lanes.first(where: { partition.queue(stage, $0) == name }) else { continue }
                    await self.admit(parts[1].array ?? [], partition: partition, lane: lane, isRedelivery: false)
                }
            } catch {
                if Task.isCancelled { break }
                failures += 1
                if error.message.hasPrefix("NOGROUP") { try? await self.ledger.open() }
                if error.code != .disconnected || failures > 3 {
                    self.logger.warning("queue not readable", metadata: ["partition": "\(partition.number)", "error": "\(error)"])
                }
                try? await Task.sleep(for: .milliseconds(Int.random(in: 20...(50 << min(failures, 5)))))
            }
        }
    }

    private func reading(_ lanes: [Lane], of partition: Partition) -> RedisCommand {
        let stage = self.handler.stage
        let longest = lanes == [.high] ? Self.longestReadWhileFull : Self.longestRead
        var arguments: [any RedisArgument] = ["GROUP", stage.rawValue, self.consumer, "COUNT", 32, "BLOCK", longest.milliseconds, "STREAMS"]
        for lane in lanes { arguments.append(partition.queue(stage, lane)) }
        for _ in lanes { arguments.append(">") }
        return RedisCommand("XREADGROUP", arguments: arguments)
    }

    private func admit(_ entries: [RedisValue], partition: Partition, lane: Lane, isRedelivery: Bool) async {
        var leases: [Lease] = []
        leases.reserveCapacity(entries.count)
        let now = ContinuousClock.now
        let epoch = self.ledger.epoch(in: partition)
        for entry in entries {
            guard let parts = entry.array, parts.count == 2, let message = parts[0].string, let values = parts[1].array else { continue }
            var fields: [String: String] = [:]
            var index = 0
            while index + 1 < values.count {
                if let name = values[index].string, let value = values[index + 1].string { fields[name] = value }
                index += 2
            }
            guard let id = fields["i"].flatMap({ IntentID($0) }), let track = fields["t"], let version = fields["v"].flatMap({ Int($0) }) else {
                self.logger.error("unreadable work", metadata: ["message": "\(message)", "partition": "\(partition.number)"])
                // Not buried, it stays pending and comes again.
                try? await self.ledger.buryUnreadable(
                    message, fields: fields.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }, of: self.handler.stage, lane: lane, in: partition)
                continue
            }
            let work = Work(
                id: id, stage: self.handler.stage, lane: lane, track: track, version: version,
                attempt: fields["a"].flatMap { Int($0) } ?? 0, colour: fields["c"] ?? "", epoch: fields["e"].flatMap { Int($0) } ?? 0
            )
            leases.append(Lease(work: work, partition: partition, message: message, isRedelivery: isRedelivery, takenAt: now, epoch: epoch))
        }
        // The role may have changed while Redis was waited for.
        guard self.ledger.lanes(in: partition).contains(lane) else { return await self.handBack(leases) }
        await self.handBack(self.inbox.put(self.held.withLock { $0.admit(leases) }))
    }

    private func tick() async {
        let configuration = self.ledger.configuration
        let stage = self.handler.stage
        var isFirst = true
        while self.goesOn {
            // With a lease of 3 s, what a killed worker held is somebody else's within 4 s. Nobody waits for the outbox.
            try? await Task.sleep(for: .milliseconds(Int.random(in: 850...1000) * (stage.isOutbox ? 2 : 1)))
            guard self.goesOn else { return }
            let retention = configuration.retention.milliseconds
            let forgetting = isFirst ? retention : 0
            isFirst = false
            await withTaskGroup(of: Void.self) { group in
                for partition in self.ledger.partitions {
                    let lanes = self.ledger.lanes(in: partition)
                    guard !lanes.isEmpty else { continue }
                    group.addTask {
                        do throws(RedisError) {
                            let streams: [any RedisArgument] = lanes.map { partition.queue(stage, $0) }
                            let reply = try await self.ledger.redis.evaluate(
                                self.ledger.scripts.tick, keys: [partition.delayed(stage)],
                                arguments: [
                                    partition.tag, configuration.lease.milliseconds, stage.rawValue, self.consumer,
                                    stage == .interpret ? retention : 0, forgetting,
                                ] + streams
                            )
                            for (lane, entries) in zip(lanes, reply.array ?? []) {
                                await self.admit(entries.array ?? [], partition: partition, lane: lane, isRedelivery: true)
                            }
                        } catch {
                            self.logger.warning("tick failed", metadata: ["partition": "\(partition.number)", "error": "\(error)"])
                        }
                    }
                }
            }
        }
    }

    private func renewing() async {
        // A lease may be shorter than the ticker's second.
        let interval = min(.seconds(1), self.ledger.configuration.lease / 4)
        while !Task.isCancelled {
            try? await Task.sleep(for: interval)
            await self.renew()
        }
    }

    /// Keeps what we are still working on ours.
    private func renew() async {
        let stage = self.handler.stage
        let old = self.held.withLock { $0.due(at: .now) }
        guard !old.isEmpty else { return }
        let commands = old.map {
            RedisCommand("XCLAIM", $0.partition.queue(stage, $0.work.lane), stage.rawValue, self.consumer, 0, $0.message, "JUSTID")
        }
        _ = try? await self.ledger.redis.pipeline(commands)
    }

    /// Items of work on a queue that are no backlog yet: what is handed back waits no longer behind them than for the next ticker.
    private static var backlog: Int { 32 }

    /// Gives back work that was not begun: to whoever is idle, or to the next ticker, whosever it is; as never delivered.
    private func handBack(_ leases: [Lease]) async {
        guard !leases.isEmpty else { return }
        self.held.withLock { $0.end(leases) }
        let stage = self.handler.stage
        let expired = self.ledger.configuration.lease.milliseconds
        await withTaskGroup(of: Void.self) { group in
            for lease in leases {
                let queue = lease.partition.queue(stage, lease.work.lane)
                group.addTask {
                    // Somebody may have begun it before: whoever gets it must know, so it keeps its place and name.
                    let room = lease.isRedelivery ? -1 : Self.backlog
                    _ = try? await self.ledger.redis.evaluate(
                        self.ledger.scripts.handback, keys: [queue], arguments: [stage.rawValue, self.consumer, lease.message, expired, room])
                }
            }
        }
    }

    // MARK: Processing

    private func process() async {
        while let leases = await self.inbox.take(self.handler.batchSize) {
            // Others pause once a batch and go on; the archive can wait for the end of it.
            while await self.ledger.giveWay(leases), self.handler.stage == .archive {}
            await self.process(leases)
            self.held.withLock { $0.end(leases) }
        }
    }

    private func process(_ all: [Lease]) async {
        let leases = all.filter { self.ledger.isEntitled(to: $0) }
        // Promoted, or replaced, since they were taken.
        if leases.count < all.count { await self.handBack(all.filter { !self.ledger.isEntitled(to: $0) }) }
        let redelivered = leases.filter(\.isRedelivery)
        guard !redelivered.isEmpty else { return await self.handle(leases) }
        do throws(LedgerError) {
            let deliveries = Redeliveries(zip(redelivered, try await self.ledger.deliveries(redelivered)), limit: self.ledger.configuration.maxDeliveries)
            await self.handle(leases.filter { !$0.isRedelivery } + (try await self.ledger.begin(deliveries.together, as: self.consumer)))
            for lease in deliveries.alone { await self.handle(try await self.ledger.begin([lease], as: self.consumer)) }
            for lease in deliveries.poison { await self.giveUp(lease) }
        } catch {
            // The leases expire and the work is delivered again.
            self.logger.warning("deliveries not counted", metadata: ["error": "\(error)"])
            try? await Task.sleep(for: .milliseconds(100))
        }
    }

    private func handle(_ leases: [Lease]) async {
        guard !leases.isEmpty else { return }
        let start = ContinuousClock.now
        var batch: [LeasedIntent] = []
        do throws(LedgerError) {
            let snapshots = try await self.ledger.read(leases.map(\.work.id))
            let files = self.handler.needsFiles ? try await self.ledger.files(leases.map(\.work.id)) : []
            for (index, lease) in leases.enumerated() {
                if let snapshot = snapshots[index], !snapshot.isReadable {
                    // While versions are mixed; a newer worker takes it.
                    try await self.ledger.postpone(lease, by: .milliseconds(500), isAttempt: false)
                    continue
                }
                guard let snapshot = snapshots[index], lease.work.isCurrent(snapshot) else {
                    await self.acknowledge(lease)
                    continue
                }
                if snapshot.ending != nil, snapshot.tracks[lease.work.track]?.state == .pending {
                    await self.skip(lease, snapshot)
                    continue
                }
                batch.append(LeasedIntent(lease: lease, snapshot: snapshot, files: files.isEmpty ? nil : files[index]))
            }
        } catch {
            // The leases expire and the work is delivered again.
            self.logger.warning("records not read", metadata: ["error": "\(error)"])
            try? await Task.sleep(for: .milliseconds(100))
            return
        }
        guard !batch.isEmpty else { return }
        self.ledger.fail(at: .leased, self.handler.stage)
        let outcomes = await self.handler.handle(batch)
        self.ledger.fail(at: .handled, self.handler.stage)
        let took = ContinuousClock.now - start
        await withTaskGroup(of: Void.self) { group in
            for (leased, outcome) in zip(batch, outcomes) {
                group.addTask { await self.conclude(leased, outcome, took: took) }
            }
        }
    }

    /// Ends what was begun too often without an end.
    private func giveUp(_ lease: Lease) async {
        do throws(LedgerError) {
            guard let snapshot = try await self.ledger.read(lease.work.id), lease.work.isCurrent(snapshot) else { return await self.acknowledge(lease) }
            await self.bury(lease, snapshot, error: "begun \(self.ledger.configuration.maxDeliveries) times without an end")
        } catch {
            self.logger.warning("poison not buried", metadata: ["intentId": "\(lease.work.id)", "error": "\(error)"])
        }
    }

    /// Its end was asked for before this work was begun.
    private func skip(_ lease: Lease, _ snapshot: RecordSnapshot) async {
        var step = Step(by: self.handler.name, detail: "\(lease.work.track) not begun")
        step.outcome = TrackOutcome(.skipped, "not begun")
        await self.take(step, LeasedIntent(lease: lease, snapshot: snapshot, files: nil))
    }

    private func conclude(_ leased: LeasedIntent, _ outcome: StageOutcome, took: Duration) async {
        self.metrics.processed(took)
        switch outcome {
        case .step(let step): await self.take(step, leased)
        case .done: await self.acknowledge(leased.lease)
        case .archived:
            do throws(LedgerError) {
                try await self.ledger.archived(leased.lease, leased.snapshot)
            } catch {
                self.logger.warning("archiving not acknowledged", metadata: ["intentId": "\(leased.id)", "error": "\(error)"])
            }
        case .dead(let reason):
            self.metrics.failed("dead")
            await self.keep(leased.lease, error: reason)
        case .fail(let problem) where leased.work.track == Work.event:
            self.metrics.failed(problem.code)
            await self.keep(leased.lease, error: problem.detail)
        case .fail(let problem):
            self.metrics.failed(problem.code)
            let failure = Step.failure(problem, by: self.handler.name, work: leased.work, on: leased.snapshot, inPart: self.handler.mayFailInPart)
            await self.take(failure, leased)
        case .wait(let time):
            do throws(LedgerError) {
                try await self.ledger.postpone(leased.lease, by: time, isAttempt: false)
            } catch {
                self.logger.warning("work not postponed", metadata: ["intentId": "\(leased.id)", "error": "\(error)"])
            }
        case .retry(let reason, let after):
            self.metrics.failed("retry")
            if leased.work.attempt + 1 >= self.handler.maxAttempts ?? self.ledger.configuration.maxAttempts {
                await self.bury(leased.lease, leased.snapshot, error: reason)
                return
            }
            let backoff = after ?? .milliseconds(Int.random(in: 100...(200 << min(leased.work.attempt, 7))))
            self.logger.info("work postponed", metadata: ["intentId": "\(leased.id)", "attempt": "\(leased.work.attempt)", "reason": "\(reason)"])
            do throws(LedgerError) {
                try await self.ledger.postpone(leased.lease, by: backoff)
            } catch {
                self.logger.warning("work not postponed", metadata: ["intentId": "\(leased.id)", "error": "\(error)"])
            }
        }
    }

    /// Ends an intent whose work cannot be done, and keeps the work among the dead letters.
    private func bury(_ lease: Lease, _ snapshot: RecordSnapshot, error: String) async {
        guard lease.work.track != Work.event else {
            self.metrics.failed("attempts_exhausted")
            return await self.keep(lease, error: error)
        }
        let problem = Problem(status: 500, code: "attempts_exhausted", title: "Gave up", detail: "\(self.handler.stage.rawValue): \(error)")
        self.metrics.failed("attempts_exhausted")
        do throws(LedgerError) {
            let failure = Step.failure(problem, by: self.handler.name, work: lease.work, on: snapshot, inPart: self.handler.mayFailInPart)
            let result = try await self.ledger.step(failure, finishing: lease, phase: snapshot.phase)
            guard case .taken(let phase) = result else { return }
            await self.came(to: phase, from: snapshot)
            // The intent has failed whether or not its letter is kept: `retry` needs only the record.
            try await self.ledger.keepDeadLetter(lease, error: error)
        } catch {
            self.logger.warning("dead letter not kept", metadata: ["intentId": "\(lease.work.id)", "error": "\(error)"])
        }
    }

    /// Keeps work among the dead letters without ending its intent.
    private func keep(_ lease: Lease, error: String) async {
        do throws(LedgerError) {
            try await self.ledger.bury(lease, error: error)
        } catch {
            self.logger.warning("dead letter not kept", metadata: ["intentId": "\(lease.work.id)", "error": "\(error)"])
        }
    }

    private func take(_ step: Step, _ leased: LeasedIntent) async {
        do throws(LedgerError) {
            if let phase = step.phase, phase != leased.snapshot.phase, !leased.snapshot.phase.mayBecome(step.via.first ?? phase) {
                throw LedgerError(.corrupt, "no way from \(leased.snapshot.phase.rawValue) to \(phase.rawValue)")
            }
            if case .acknowledgeBeforeStep = self.ledger.configuration.fault {
                await self.acknowledge(leased.lease)
                try? await Task.sleep(for: .milliseconds(200))
            }
            let result = try await self.ledger.step(step, finishing: leased.lease, phase: leased.snapshot.phase)
            self.ledger.fail(at: .stepped, self.handler.stage)
            switch result {
            case .taken(let phase): await self.came(to: phase, from: leased.snapshot)
            case .fenced: await self.giveBackFenced(leased.lease)
            case .stale, .gone: break
            }
        } catch {
            // Unacknowledged, it is delivered again when its lease ends.
            self.logger.warning("step not taken", metadata: ["intentId": "\(leased.id)", "error": "\(error)"])
        }
    }

    /// Another colour rules now, which finds by itself what of the effect is there.
    private func giveBackFenced(_ lease: Lease) async {
        self.metrics.failed("fenced")
        var lease = lease
        lease.isRedelivery = true
        try? await self.ledger.refreshRoles(urgent: true)
        await self.handBack([lease])
    }

    /// Nobody needs to wait for an intent that has ended. One that waits for a person has seen to its claims before.
    private func came(to phase: Phase, from snapshot: RecordSnapshot) async {
        self.metrics.ended(phase, snapshot)
        if snapshot.mayHoldReservations, phase.isTerminal { await Reservations(ledger: self.ledger).releaseQuietly(snapshot.id) }
    }

    /// For work that was taken already.
    private func acknowledge(_ lease: Lease) async {
        let stream = lease.partition.queue(lease.work.stage, lease.work.lane)
        _ = try? await self.ledger.redis.pipeline([
            RedisCommand("XACK", stream, lease.work.stage.rawValue, lease.message), RedisCommand("XDEL", stream, lease.message),
        ])
    }
}
