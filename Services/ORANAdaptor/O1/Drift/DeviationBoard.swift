import Ledger
import JSONSchema
package import RedisClient

/// What an element has otherwise than an intent configured it.
package struct Deviation: Sendable, Equatable, Codable {
    package let managedClass: String
    package let object: String
    package let difference: Difference
    package let intent: String
    /// RFC 3339: when it was seen first.
    package let since: String
    /// Why it was not put back; nil where nobody tried.
    package var refusal: String?

    func says(the other: Deviation) -> Bool {
        self.difference == other.difference && self.intent == other.intent && self.refusal == other.refusal
    }
}

/// The deviations of the managed elements, beside the ledger in its Redis: one instance of this service sees them, and every one shows them.
///
/// One hash for each element, `{ran}:o1:deviating:<element>`: field of a ``DesiredObject/Key`` → ``Deviation``.
package struct DeviationBoard: Sendable {
    private let redis: RedisClient

    package init(redis: RedisClient) { self.redis = redis }

    func all(of element: String) async throws(RedisError) -> [DesiredObject.Key: Deviation] {
        guard let fields = try await self.redis.send(RedisCommand("HGETALL", Self.key(element))).array else { return [:] }
        var deviations: [DesiredObject.Key: Deviation] = [:]
        for index in stride(from: 0, to: fields.count - 1, by: 2) {
            guard let key = fields[index].string.flatMap({ DesiredObject.Key(field: $0) }), let bytes = fields[index + 1].bytes else { continue }
            deviations[key] = try? LedgerJSON.decode(Deviation.self, bytes)
        }
        return deviations
    }

    /// In the order of their objects.
    package func deviations(of element: String) async throws(RedisError) -> [Deviation] {
        try await self.all(of: element).sorted { $0.key.field < $1.key.field }.map(\.value)
    }

    func note(_ deviation: Deviation, of key: DesiredObject.Key, at element: String) async throws(RedisError) {
        guard let json = try? LedgerJSON.encode(deviation) else { return }
        _ = try await self.redis.send(RedisCommand("HSET", Self.key(element), key.field, json))
    }

    func forget(_ key: DesiredObject.Key, at element: String) async throws(RedisError) {
        _ = try await self.redis.send(RedisCommand("HDEL", Self.key(element), key.field))
    }

    private static func key(_ element: String) -> String { "{ran}:o1:deviating:\(element)" }
}
