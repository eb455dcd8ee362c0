import IntentModel
import RedisClient

/// What the ledger takes in Redis.
package struct LedgerSize: Sendable, Equatable {
    /// Memory of the Redis, or of all servers of a cluster that take writes, in bytes.
    package var bytes: Int
    /// … of which its data take this; the rest are buffers of connections and the like.
    package var dataBytes: Int
    /// Records: of intents under way, and of ended ones until they expire.
    package var intents: Int

    package var bytesPerIntent: Double { Double(self.dataBytes) / Double(max(1, self.intents)) }
}

extension Ledger {
    package func size() async throws(LedgerError) -> LedgerSize {
        do throws(RedisError) {
            var infos: [String] = []
            for server in try await self.redis.primaries() { infos.append(try await server.send(RedisCommand("INFO", "memory")).string ?? "") }
            func figure(_ name: String) -> Int {
                infos.reduce(0) { sum, info in
                    sum + (info.split(whereSeparator: \.isNewline).first { $0.hasPrefix(name + ":") }.flatMap { Int($0.dropFirst(name.utf8.count + 1)) } ?? 0)
                }
            }
            let counts = try await self.pipeline(self.partitions.flatMap { partition in Phase.allCases.map { RedisCommand("ZCARD", partition.phase($0)) } })
            return LedgerSize(
                bytes: figure("used_memory"), dataBytes: figure("used_memory_dataset"), intents: counts.reduce(0) { $0 + Int($1.int ?? 0) })
        } catch {
            throw LedgerError(error)
        }
    }
}
