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
        let newest = before.map { String($0.milliseconds) } ?? "+inf"
        var ids: [IntentID] = []
        do throws(RedisError) {
            // Some more than wanted, since ids of the cursor's own millisecond are read again and left out.
            let replies = try await self.redis.pipeline(
                self.partitions.map {
                    RedisCommand("ZREVRANGEBYSCORE", phase.map($0.phase) ?? $0.all, newest, "-inf", "LIMIT", 0, limit + 64)
                }
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
        ids.sort(by: >)
        return try await self.read(Array(ids.prefix(limit))).compactMap { $0 }
    }
}
