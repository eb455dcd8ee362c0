import IntentModel
import RedisClient

extension Ledger {
    /// Keeps work that was given up, with its error, for people to look at.
    func keepDeadLetter(_ lease: Lease, error: String) async throws(LedgerError) {
        let work = lease.work
        do throws(RedisError) {
            _ = try await self.redis.evaluate(
                self.scripts.letter, keys: [lease.partition.dead(work.stage), lease.partition.record(work.id)],
                arguments: [work.stage.rawValue, work.member, error]
            )
        } catch {
            throw LedgerError(error)
        }
    }

    /// Takes leased work off its queue and keeps it among the dead letters, in one step; its intent goes on without it.
    func bury(_ lease: Lease, error: String) async throws(LedgerError) {
        try await self.bury(
            lease.message, of: lease.work.stage, lane: lease.work.lane, in: lease.partition, letter: ["work", lease.work.member, "error", error])
    }

    /// … for a message that is no work, with what it holds.
    func buryUnreadable(_ message: String, fields: [(name: String, value: String)], of stage: Stage, lane: Lane, in partition: Partition)
        async throws(LedgerError)
    {
        var raw: [UInt8] = [UInt8(ascii: "{")]
        for (index, field) in fields.enumerated() {
            if index > 0 { raw.append(UInt8(ascii: ",")) }
            raw.appendJSON(field.name)
            raw.append(UInt8(ascii: ":"))
            raw.appendJSON(field.value)
        }
        raw.append(UInt8(ascii: "}"))
        try await self.bury(message, of: stage, lane: lane, in: partition, letter: ["raw", raw, "error", "unreadable work"])
    }

    private func bury(_ message: String, of stage: Stage, lane: Lane, in partition: Partition, letter: [any RedisArgument]) async throws(LedgerError) {
        do throws(RedisError) {
            _ = try await self.redis.evaluate(
                self.scripts.bury, keys: [partition.dead(stage)], arguments: [partition.queue(stage, lane), stage.rawValue, message] + letter)
        } catch {
            throw LedgerError(error)
        }
    }
}

/// Work that was given up, with the reason.
package struct DeadLetter: Sendable, Equatable {
    package struct ID: Hashable, Sendable, CustomStringConvertible {
        package let partition: Int
        /// Stream entry id: Unix milliseconds and a number.
        let time: Int64
        let number: Int64

        /// `3.1780000000000-0`.
        package init?(_ text: some StringProtocol) {
            let parts = text.split(separator: ".", omittingEmptySubsequences: false)
            guard parts.count == 2, let partition = Int(parts[0]), partition >= 0 else { return nil }
            self.init(partition, String(parts[1]))
            guard self.description == text else { return nil }
        }

        init?(_ partition: Int, _ message: String) {
            let parts = message.split(separator: "-", omittingEmptySubsequences: false)
            guard parts.count == 2, let time = Int64(parts[0]), let number = Int64(parts[1]), time >= 0, number >= 0 else { return nil }
            (self.partition, self.time, self.number) = (partition, time, number)
        }

        var message: String { "\(self.time)-\(self.number)" }
        package var description: String { "\(self.partition).\(self.message)" }
        /// Unix milliseconds at which it was given up.
        package var milliseconds: Int64 { self.time }
        var order: (Int64, Int64, Int) { (self.time, self.number, self.partition) }
    }

    package let id: ID
    package let stage: Stage
    /// Nil for a message that was no work; ``raw`` holds it.
    package let work: Work?
    package let raw: String?
    package let error: String
}

package enum RedriveResult: Sendable, Equatable { case taken, gone, missing }

extension Ledger {
    /// Dead letters of a stage, newest first, merged from all partitions.
    ///
    /// - Parameter before: only letters older than this one (the last of the page before).
    package func deadLetters(_ stage: Stage, limit: Int, before: DeadLetter.ID?) async throws(LedgerError) -> [DeadLetter] {
        do throws(RedisError) {
            // With those of the cursor's own moment, since their order goes by partition.
            let newest = before.map { $0.message } ?? "+"
            let replies = try await self.pipeline(self.partitions.map { RedisCommand("XREVRANGE", $0.dead(stage), newest, "-", "COUNT", limit + 1) })
            var letters: [DeadLetter] = []
            for (partition, reply) in zip(self.partitions, replies) {
                letters += (reply.array ?? []).compactMap { Ledger.letter($0, stage, partition) }.filter { letter in
                    before.map { letter.id.order < $0.order } ?? true
                }
            }
            return Array(letters.sorted { $0.id.order > $1.id.order }.prefix(limit))
        } catch {
            throw LedgerError(error)
        }
    }

    /// Those of the letters that are there.
    package func deadLetters(_ stage: Stage, _ ids: [DeadLetter.ID]) async throws(LedgerError) -> [DeadLetter] {
        let ids = ids.filter { $0.partition < self.partitions.count }
        guard !ids.isEmpty else { return [] }
        do throws(RedisError) {
            let replies = try await self.pipeline(ids.map { RedisCommand("XRANGE", self.partitions[$0.partition].dead(stage), $0.message, $0.message) })
            return zip(ids, replies).compactMap { id, reply in Ledger.letter(reply[0], stage, self.partitions[id.partition]) }
        } catch {
            throw LedgerError(error)
        }
    }

    /// How many of the letters were there.
    package func removeDeadLetters(_ stage: Stage, _ ids: [DeadLetter.ID]) async throws(LedgerError) -> Int {
        let ids = ids.filter { $0.partition < self.partitions.count }
        guard !ids.isEmpty else { return 0 }
        do throws(RedisError) {
            let replies = try await self.pipeline(ids.map { RedisCommand("XDEL", self.partitions[$0.partition].dead(stage), $0.message) })
            return replies.reduce(0) { $0 + Int($1.int ?? 0) }
        } catch {
            throw LedgerError(error)
        }
    }

    /// Puts work back on its queue, which advances nothing by itself: that of the outbox.
    package func redrive(_ letter: DeadLetter) async throws(LedgerError) -> RedriveResult {
        guard let work = letter.work, let partition = self.partition(of: work.id) else { return .missing }
        do throws(RedisError) {
            let reply = try await self.redis.evaluate(
                self.scripts.redrive, keys: [partition.dead(letter.stage), partition.queue(work.stage, work.lane), partition.record(work.id)],
                arguments: [letter.id.message, work.id.description, work.track, work.version, work.colour, self.epoch(in: partition)]
            )
            switch reply[0].string {
            case "taken": return .taken
            case "gone": return .gone
            default: return .missing
            }
        } catch {
            throw LedgerError(error)
        }
    }

    private static func letter(_ entry: RedisValue, _ stage: Stage, _ partition: Partition) -> DeadLetter? {
        guard let id = entry[0].string.flatMap({ DeadLetter.ID(partition.number, $0) }) else { return nil }
        let fields = entry[1]
        return DeadLetter(
            id: id, stage: stage, work: fields["work"].string.flatMap { Work(member: $0) }, raw: fields["raw"].string, error: fields["error"].string ?? "")
    }
}
