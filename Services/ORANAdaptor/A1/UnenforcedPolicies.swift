import Ledger
import RedisClient

/// The policies of intents that RICs hold and do not enforce, beside the ledger in its Redis: one instance of this service hears that it is so, and
/// another that it is over.
///
/// One hash for each RIC, `{ran}:unenforced:<ric>`: policy → ``Entry``. Another document of the policy, or its end, takes the entry away.
struct UnenforcedPolicies: Sendable {
    struct Entry: Codable, Sendable, Equatable {
        /// Whose it is.
        let intent: String
        /// The RIC's, empty when it gives none.
        let reason: String
    }

    let redis: RedisClient

    static func key(_ ric: String) -> String { "{ran}:unenforced:\(ric)" }

    /// Nil when nothing is known against it.
    func entry(of policy: StatusBoard.Key) async throws(RedisError) -> Entry? {
        guard let bytes = try await self.redis.send(RedisCommand("HGET", Self.key(policy.ric), Self.field(policy))).bytes else { return nil }
        return try? LedgerJSON.decode(Entry.self, bytes)
    }

    func note(_ entry: Entry, of policy: StatusBoard.Key) async throws(RedisError) {
        guard let json = try? LedgerJSON.encode(entry) else { return }
        _ = try await self.redis.send(RedisCommand("HSET", Self.key(policy.ric), Self.field(policy), json))
    }

    func forget(_ policy: StatusBoard.Key) async throws(RedisError) {
        _ = try await self.redis.send(RedisCommand("HDEL", Self.key(policy.ric), Self.field(policy)))
    }

    private static func field(_ policy: StatusBoard.Key) -> String { "\(policy.type) \(policy.policy)" }
}
