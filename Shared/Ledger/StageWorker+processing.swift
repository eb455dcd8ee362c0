import IntentModel
import Logging
import RedisClient

/// What becomes of leased work: batches for the handler, and the steps of their outcomes.
extension StageWorker {
    func process() async {
        while var leases = await self.inbox.take(self.handler.batchSize) {
            if self.handler.gathersFor > .zero, leases.count < self.handler.batchSize {
                try? await Task.sleep(for: self.handler.gathersFor)
                leases += self.inbox.takeNow(self.handler.batchSize - leases.count)
            }
            // Others pause once a batch and go on; the archive can wait for the end of it.
            while await self.ledger.giveWay(leases), self.handler.stage == .archive {}
            await self.process(leases)
            let late = self.late.withLock { Set($0.keys) }
            self.held.withLock { $0.end(leases.filter { !late.contains($0.key) }) }
        }
    }

    func process(_ all: [Lease]) async {
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

    func handle(_ leases: [Lease]) async {
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
                if !self.handler.endsItsWork, snapshot.ending != nil, snapshot.tracks[lease.work.track]?.state == .pending {
                    await self.skip(lease, snapshot)
                    continue
                }
                let span = Ledger.processing(lease, snapshot)
                batch.append(LeasedIntent(lease: lease, snapshot: snapshot, files: files.isEmpty ? nil : files[index], span: span))
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
                if case .later(let task) = outcome {
                    self.follow(leased, task, since: start)
                } else {
                    group.addTask { await self.end(leased, outcome, took: took) }
                }
            }
        }
    }

    /// Ends work when its outcome is there. Its lease is kept until then.
    private func follow(_ leased: LeasedIntent, _ task: Task<StageOutcome, Never>, since start: ContinuousClock.Instant) {
        let key = leased.lease.key
        self.late.withLock { late in
            late[key] = Task {
                await self.end(leased, await task.value, took: start.duration(to: .now))
                self.held.withLock { $0.end([leased.lease]) }
                self.late.withLock { $0[key] = nil }
            }
        }
    }

    private func end(_ leased: LeasedIntent, _ outcome: StageOutcome, took: Duration) async {
        guard let span = leased.span else { return await self.conclude(leased, outcome, took: took) }
        await span.within { await self.conclude(leased, outcome, took: took) }
        // Only waiting on is nothing to tell.
        if case .wait = outcome { return span.discard() }
        if let error = outcome.error { span.fail(error) }
        span.end()
    }

    /// Ends what was begun too often without an end.
    func giveUp(_ lease: Lease) async {
        do throws(LedgerError) {
            guard let snapshot = try await self.ledger.read(lease.work.id), lease.work.isCurrent(snapshot) else { return await self.acknowledge(lease) }
            await self.bury(lease, snapshot, error: "begun \(self.ledger.configuration.maxDeliveries) times without an end")
        } catch {
            self.logger.warning("poison not buried", metadata: ["intentId": "\(lease.work.id)", "error": "\(error)"])
        }
    }

    /// Its end was asked for before this work was begun.
    func skip(_ lease: Lease, _ snapshot: RecordSnapshot) async {
        var step = Step(by: self.handler.name, detail: "\(lease.work.track) not begun")
        step.outcome = TrackOutcome(.skipped, "not begun")
        await self.take(step, LeasedIntent(lease: lease, snapshot: snapshot, files: nil))
    }

    func conclude(_ leased: LeasedIntent, _ outcome: StageOutcome, took: Duration) async {
        self.metrics.processed(took)
        switch outcome.withoutSecrets {
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
        case .later(let task): await self.conclude(leased, await task.value, took: took)
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
    func bury(_ lease: Lease, _ snapshot: RecordSnapshot, error: String) async {
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
    func keep(_ lease: Lease, error: String) async {
        do throws(LedgerError) {
            try await self.ledger.bury(lease, error: error)
        } catch {
            self.logger.warning("dead letter not kept", metadata: ["intentId": "\(lease.work.id)", "error": "\(error)"])
        }
    }

    func take(_ step: Step, _ leased: LeasedIntent) async {
        do throws(LedgerError) {
            if let phase = step.phase, phase != leased.snapshot.phase, !leased.snapshot.phase.mayBecome(step.via.first ?? phase) {
                throw LedgerError(.corrupt, "no way from \(leased.snapshot.phase.rawValue) to \(phase.rawValue)")
            }
            if case .acknowledgeBeforeStep = self.ledger.configuration.fault {
                await self.acknowledge(leased.lease)
                try? await Task.sleep(for: .milliseconds(200))
            }
            let result = try await self.ledger.step(step, finishing: leased.lease, phase: leased.snapshot.phase, trace: leased.span)
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
    func giveBackFenced(_ lease: Lease) async {
        self.metrics.failed("fenced")
        var lease = lease
        lease.isRedelivery = true
        try? await self.ledger.refreshRoles(urgent: true)
        await self.handBack([lease])
    }

    /// Nobody needs to wait for an intent that has ended. One that waits for a person has seen to its claims before.
    func came(to phase: Phase, from snapshot: RecordSnapshot) async {
        self.metrics.ended(phase, snapshot)
        if snapshot.mayHoldReservations, phase.isTerminal { await Reservations(ledger: self.ledger).releaseQuietly(snapshot.id) }
    }

    /// For work that was taken already.
    func acknowledge(_ lease: Lease) async {
        let stream = lease.partition.queue(lease.work.stage, lease.work.lane)
        _ = try? await self.ledger.redis.pipeline([
            RedisCommand("XACK", stream, lease.work.stage.rawValue, lease.message), RedisCommand("XDEL", stream, lease.message),
        ])
    }
}
