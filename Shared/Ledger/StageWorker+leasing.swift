import IntentModel
import Logging
import RedisClient

/// How work comes to a worker, stays its own, and goes back.
extension StageWorker {
    func lease() async {
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

    func read(_ partition: Partition) async {
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

    func reading(_ lanes: [Lane], of partition: Partition) -> RedisCommand {
        let stage = self.handler.stage
        let longest = lanes == [.high] ? Self.longestReadWhileFull : Self.longestRead
        var arguments: [any RedisArgument] = ["GROUP", stage.rawValue, self.consumer, "COUNT", 32, "BLOCK", longest.milliseconds, "STREAMS"]
        for lane in lanes { arguments.append(partition.queue(stage, lane)) }
        for _ in lanes { arguments.append(">") }
        return RedisCommand("XREADGROUP", arguments: arguments)
    }

    func admit(_ entries: [RedisValue], partition: Partition, lane: Lane, isRedelivery: Bool) async {
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

    func tick() async {
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

    func renewing() async {
        // A lease may be shorter than the ticker's second.
        let interval = min(.seconds(1), self.ledger.configuration.lease / 4)
        while !Task.isCancelled {
            try? await Task.sleep(for: interval)
            await self.renew()
        }
    }

    /// Keeps what we are still working on ours.
    func renew() async {
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
    func handBack(_ leases: [Lease]) async {
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
}
