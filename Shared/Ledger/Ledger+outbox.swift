package import IntentModel
import RedisClient

extension Ledger {
    /// From now on what ends goes to the archive before it may expire.
    package func beginArchiving() async throws(LedgerError) {
        try await self.everywhere { RedisCommand("SET", $0.archive, 1) }
    }

    /// From now on what ends expires without having been archived.
    package func endArchiving() async throws(LedgerError) {
        try await self.everywhere { RedisCommand("DEL", $0.archive) }
    }

    package func isArchiving() async throws(LedgerError) -> Bool {
        do throws(RedisError) {
            return try await self.redis.send(RedisCommand("EXISTS", self.partitions[0].archive)).int == 1
        } catch {
            throw LedgerError(error)
        }
    }

    private func everywhere(_ command: (Partition) -> RedisCommand) async throws(LedgerError) {
        do throws(RedisError) {
            for case .error(let message) in try await self.redis.pipeline(self.partitions.map(command)) { throw RedisError(.refused, message) }
        } catch {
            throw LedgerError(error)
        }
    }

    /// No more of this intent is passed on: its receiver wants none.
    package func stopNotifying(_ id: IntentID) async throws(LedgerError) {
        guard let partition = self.partition(of: id) else { return }
        do throws(RedisError) {
            _ = try await self.redis.send(RedisCommand("HDEL", partition.record(id), "callback"))
        } catch {
            throw LedgerError(error)
        }
    }

    /// Acknowledges work of the archive whose record is there as of `snapshot`, and lets the record expire.
    func archived(_ lease: Lease, _ snapshot: RecordSnapshot) async throws(LedgerError) {
        let partition = lease.partition
        do throws(RedisError) {
            _ = try await self.redis.evaluate(
                self.scripts.archived, keys: [partition.record(snapshot.id)],
                arguments: [
                    partition.tag, snapshot.sequence, self.configuration.retention.milliseconds,
                    partition.queue(lease.work.stage, lease.work.lane), lease.work.stage.rawValue, lease.message,
                ]
            )
        } catch {
            throw LedgerError(error)
        }
    }

    /// Queues for the archive what has ended and is not in it: all that ended before there was one, and what a crash left behind.
    /// A partition whose archive queue is not empty is left alone, since what it lacks may be on it, and has to be looked at again.
    ///
    /// - Parameter partitions: where to look; everywhere unless they are given.
    /// - Returns: how many intents were queued, and the partitions that were left alone.
    @discardableResult
    package func sweepToArchive(_ partitions: [Partition]? = nil) async throws(LedgerError) -> (queued: Int, left: [Partition]) {
        var queued = 0
        var left: [Partition] = []
        do throws(RedisError) {
            for partition in partitions ?? self.partitions {
                let waiting = try await self.redis.pipeline(
                    Lane.ordinary.map { RedisCommand("XLEN", partition.queue(.archive, $0)) } + [RedisCommand("ZCARD", partition.delayed(.archive))])
                guard waiting.allSatisfy({ $0.int == 0 }) else {
                    left.append(partition)
                    continue
                }
                for phase in Phase.allCases where phase.isTerminal {
                    var cursor = "0"
                    repeat {
                        let page = try await self.redis.send(RedisCommand("ZSCAN", partition.phase(phase), cursor, "COUNT", 256))
                        cursor = page[0].string ?? "0"
                        let members = page[1].array ?? []
                        let ids = stride(from: 0, to: members.count, by: 2).compactMap { members[$0].string }
                        guard !ids.isEmpty else { continue }
                        let reply = try await self.redis.evaluate(
                            self.scripts.sweep, keys: [partition.queue(.archive, .low)],
                            arguments: [partition.tag, self.configuration.colour, self.epoch(in: partition)] + ids
                        )
                        queued += Int(reply.int ?? 0)
                    } while cursor != "0"
                }
            }
        } catch {
            throw LedgerError(error)
        }
        return (queued, left)
    }
}
