package import IntentModel
import RedisClient

extension Ledger {
    /// Records newest first, merged from all partitions.
    ///
    /// - Parameters:
    ///   - phase: only intents in this phase.
    ///   - limit: 1…500.
    ///   - before: only intents older than this one (the last of the page before).
    package func list(phase: Phase?, limit: Int, before: IntentID?) async throws(LedgerError) -> [RecordSnapshot] {
        try await self.page(phase: phase, limit: limit, before: before).snapshots
    }

    /// … and the oldest intent that was looked at, when there are older ones: a record may have expired since its index was read.
    package func page(phase: Phase?, limit: Int, before: IntentID?) async throws(LedgerError) -> (snapshots: [RecordSnapshot], next: IntentID?) {
        // Every intent is in the index of exactly one phase.
        let indexes = self.partitions.flatMap { partition in (phase.map { [$0] } ?? Phase.allCases).map { partition.phase($0) } }
        let newest = before.map { String($0.milliseconds) } ?? "+inf"
        var ids: [IntentID] = []
        do throws(RedisError) {
            // Some more than wanted, since ids of the cursor's own millisecond are read again and left out.
            let replies = try await self.redis.pipeline(
                indexes.map { RedisCommand("ZREVRANGEBYSCORE", $0, newest, "-inf", "LIMIT", 0, limit + 64) }
            )
            for reply in replies {
                for value in reply.array ?? [] {
                    guard let id = value.string.flatMap({ IntentID($0) }) else { continue }
                    if let before, id >= before { continue }
                    ids.append(id)
                }
            }
        } catch {
            throw LedgerError(error)
        }
        // One that moved meanwhile may have been met in two indexes.
        let newestFirst = Set(ids).sorted(by: >)
        let snapshots = try await self.read(Array(newestFirst.prefix(limit))).compactMap { $0 }.filter(\.isReadable)
        return (snapshots, newestFirst.count > limit ? newestFirst[limit - 1] : nil)
    }

    /// Whether the records of `ids` are here, in their order.
    package func holds(_ ids: [IntentID]) async throws(LedgerError) -> [Bool] {
        do throws(RedisError) {
            let replies = try await self.pipeline(ids.map { RedisCommand("EXISTS", self.partitions[$0.partition % self.partitions.count].record($0)) })
            return replies.map { $0.int == 1 }
        } catch {
            throw LedgerError(error)
        }
    }

    /// Whose these intents are; those whose record is gone are left out.
    package func tenants(of ids: [IntentID]) async throws(LedgerError) -> [IntentID: String] {
        let known = ids.compactMap { id in self.partition(of: id).map { (id: id, command: RedisCommand("HGET", $0.record(id), "tenant")) } }
        guard !known.isEmpty else { return [:] }
        do throws(RedisError) {
            let replies = try await self.redis.pipeline(known.map(\.command))
            var tenants: [IntentID: String] = [:]
            for (entry, reply) in zip(known, replies) { if let tenant = reply.string { tenants[entry.id] = tenant } }
            return tenants
        } catch {
            throw LedgerError(error)
        }
    }
}
