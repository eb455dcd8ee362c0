package import IntentModel
import RedisClient

extension Ledger {
    /// Records newest first, merged from all partitions.
    ///
    /// - Parameters:
    ///   - phase: only intents in this phase.
    ///   - tenant: only intents of this tenant; nil for all.
    ///   - limit: 1…500.
    ///   - before: only intents older than this one (the last of the page before).
    package func list(phase: Phase?, tenant: String? = nil, limit: Int, before: IntentID?) async throws(LedgerError) -> [RecordSnapshot] {
        try await self.page(phase: phase, tenant: tenant, limit: limit, before: before).snapshots
    }

    /// … and the oldest intent that was looked at, when there are older ones: a record may have expired since its index was read.
    package func page(
        phase: Phase?, tenant: String? = nil, limit: Int, before: IntentID?
    ) async throws(LedgerError) -> (snapshots: [RecordSnapshot], next: IntentID?) {
        // Every intent is in the index of exactly one phase.
        let indexes = self.indexes(phase.map { [$0] } ?? Phase.allCases, of: tenant)
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
        var snapshots = try await self.read(Array(newestFirst.prefix(limit))).compactMap { $0 }.filter(\.isReadable)
        // The own tenant's are found among all.
        if let tenant {
            var own: [RecordSnapshot] = []
            for snapshot in snapshots where try snapshot.request().tenant == tenant { own.append(snapshot) }
            snapshots = own
        }
        return (snapshots, newestFirst.count > limit ? newestFirst[limit - 1] : nil)
    }

    private func indexes(_ phases: [Phase], of tenant: String?) -> [String] {
        self.partitions.flatMap { partition in
            phases.map { phase in
                guard let tenant, tenant != Self.ownTenant else { return partition.phase(phase) }
                return partition.phase(phase, of: tenant)
            }
        }
    }

    /// How many intents of a tenant are in these phases. The own tenant's are counted as all without those of the others.
    package func count(_ phases: [Phase], of tenant: String?) async throws(LedgerError) -> Int {
        do throws(RedisError) {
            func sum(_ tenant: String?) async throws(RedisError) -> Int {
                try await self.pipeline(self.indexes(phases, of: tenant).map { RedisCommand("ZCARD", $0) }).reduce(0) { $0 + Int($1.int ?? 0) }
            }
            guard tenant == Self.ownTenant else { return try await sum(tenant) }
            var others: Set<String> = []
            for reply in try await self.pipeline(self.partitions.map { RedisCommand("SMEMBERS", $0.tenants) }) {
                others.formUnion((reply.array ?? []).compactMap(\.string))
            }
            var count = try await sum(nil)
            for other in others { count -= try await sum(other) }
            return max(0, count)
        } catch {
            throw LedgerError(error)
        }
    }

    /// Counts one more intent of a tenant on a day (since 1970, UTC). Returns how many there are now, this one included.
    package func countAccepted(of tenant: String, day: Int64) async throws(LedgerError) -> Int {
        let key = "nephoran:accepted:\(tenant):\(day)"
        do throws(RedisError) {
            let replies = try await self.pipeline([RedisCommand("INCR", key), RedisCommand("EXPIRE", key, 172_800)])
            return Int(replies.first?.int ?? 0)
        } catch {
            throw LedgerError(error)
        }
    }

    /// Takes back what ``countAccepted(of:day:)`` counted: the intent was not accepted.
    package func uncountAccepted(of tenant: String, day: Int64) async {
        _ = try? await self.redis.send(RedisCommand("DECR", "nephoran:accepted:\(tenant):\(day)"))
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
