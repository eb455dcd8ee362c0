import Ledger
import RedisClient

/// The RICs that the A1 Policy Management Service named last, beside the ledger (`{ran}:pms:rics`): so that another instance, and this one after
/// a restart, knows them while the service does not answer.
package struct RICMemory: Sendable {
    private struct Entry: Codable {
        /// Those of a service at another address are none of this one.
        let service: String
        let names: [String]
    }

    private static let key = "{ran}:pms:rics"
    let redis: RedisClient
    /// Its URL.
    let service: String

    /// Empty when nobody was told any.
    func names() async throws(RedisError) -> [String] {
        guard let bytes = try await self.redis.send(RedisCommand("GET", Self.key)).bytes, let entry = try? LedgerJSON.decode(Entry.self, bytes),
            entry.service == self.service
        else { return [] }
        return entry.names
    }

    func keep(_ names: [String]) async throws(RedisError) {
        guard let bytes = try? LedgerJSON.encode(Entry(service: self.service, names: names)) else { return }
        _ = try await self.redis.send(RedisCommand("SET", Self.key, bytes))
    }
}
