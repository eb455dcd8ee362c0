import IntentModel
import RedisClient

extension Ledger {
    /// Keeps work that was given up, with its error, for people to look at.
    func keepDeadLetter(_ lease: Lease, error: String) async throws(LedgerError) {
        let work = lease.work
        do throws(RedisError) {
            _ = try await self.redis.send(
                RedisCommand("XADD", lease.partition.dead(work.stage), "MAXLEN", "~", 10_000, "*", "work", work.member, "error", error)
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
                LedgerScripts.bury, keys: [partition.dead(stage)], arguments: [partition.queue(stage, lane), stage.rawValue, message] + letter)
        } catch {
            throw LedgerError(error)
        }
    }
}
