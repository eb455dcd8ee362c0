import IntentModel
import Ledger
import RedisClient

/// What each RIC is to hold, beside the ledger in its Redis: so that a RIC that lost its policies gets them again, whichever instance of
/// this service sees it first.
///
/// One hash for each RIC, `{ran}:desired:<ric>`, and one of the changes under way, `{ran}:changing:<ric>`: a change is announced before the
/// RIC is told and settled after, so that whoever compares meanwhile leaves the policy alone.
struct DesiredPolicies: Sendable {
    let redis: RedisClient
    /// An announcement that nobody settled is void after this.
    static let announcementAge = 600_000

    // MARK: Changes

    /// Announces changes, before they are made.
    func begin(_ changes: [PolicyChange], at now: Int64 = Timestamp.now()) async throws(RedisError) {
        try await self.write(changes) { change, ric in [RedisCommand("HSET", Self.changing(ric), Self.field(change), String(now))] }
    }

    /// After all changes were made: they are what is desired now.
    func settle(_ changes: [PolicyChange], origin: String) async throws(RedisError) {
        try await self.write(changes) { change, ric in
            let field = Self.field(change)
            let desired: RedisCommand
            if change.change == .delete {
                desired = RedisCommand("HDEL", Self.desired(ric), field)
            } else {
                let policy = DesiredPolicy(policyType: change.policyType, policyId: change.policyId, document: change.document, origin: origin)
                guard let json = try? LedgerJSON.encode(policy) else { return [] }
                desired = RedisCommand("HSET", Self.desired(ric), field, json)
            }
            // What was told of the document before says nothing of this one.
            return [desired, RedisCommand("HDEL", Self.changing(ric), field), RedisCommand("HDEL", UnenforcedPolicies.key(ric), field)]
        }
    }

    /// After changes were given up: what was desired before stays so.
    func abandon(_ changes: [PolicyChange]) async throws(RedisError) {
        try await self.write(changes) { change, ric in [RedisCommand("HDEL", Self.changing(ric), Self.field(change))] }
    }

    private func write(_ changes: [PolicyChange], _ commands: (PolicyChange, String) -> [RedisCommand]) async throws(RedisError) {
        let commands = changes.flatMap { change in change.ric.map { commands(change, $0) } ?? [] }
        for start in stride(from: 0, to: commands.count, by: 512) {
            for reply in try await self.redis.pipeline(Array(commands[start..<min(start + 512, commands.count)])) {
                if case .error(let message) = reply { throw RedisError(.refused, message) }
            }
        }
    }

    // MARK: Reading

    /// Everything desired of a RIC that nobody is changing right now.
    func policies(of ric: String, at now: Int64 = Timestamp.now()) async throws(RedisError) -> [DesiredPolicy] {
        let changing = try await self.changing(at: ric, now)
        guard let fields = try await self.redis.send(RedisCommand("HGETALL", Self.desired(ric))).array else { return [] }
        var policies: [DesiredPolicy] = []
        for index in stride(from: 0, to: fields.count - 1, by: 2) {
            guard let field = fields[index].string, !changing.contains(field), let bytes = fields[index + 1].bytes,
                let policy = try? LedgerJSON.decode(DesiredPolicy.self, bytes)
            else { continue }
            policies.append(policy)
        }
        return policies.sorted { ($0.policyType, $0.policyId) < ($1.policyType, $1.policyId) }
    }

    enum Now: Equatable {
        case desired(DesiredPolicy)
        case absent
        /// Somebody is changing it.
        case changing
    }

    /// One policy, as desired at this moment.
    func policy(_ policyId: String, of policyType: String, at ric: String, now: Int64 = Timestamp.now()) async throws(RedisError) -> Now {
        let field = "\(policyType) \(policyId)"
        if try await self.changing(at: ric, now).contains(field) { return .changing }
        guard let bytes = try await self.redis.send(RedisCommand("HGET", Self.desired(ric), field)).bytes,
            let policy = try? LedgerJSON.decode(DesiredPolicy.self, bytes)
        else { return .absent }
        return .desired(policy)
    }

    /// Whether this instance is the one that compares a RIC's policies for the next while.
    func claims(_ ric: String, as instance: String, for duration: Duration) async throws(RedisError) -> Bool {
        let milliseconds = max(1, Int(duration / .milliseconds(1)))
        let key = "{ran}:compares:\(ric)"
        if try await self.redis.send(RedisCommand("SET", key, instance, "NX", "PX", milliseconds)).string == "OK" { return true }
        return try await self.redis.send(RedisCommand("GET", key)).string == instance
    }

    private func changing(at ric: String, _ now: Int64) async throws(RedisError) -> Set<String> {
        guard let fields = try await self.redis.send(RedisCommand("HGETALL", Self.changing(ric))).array else { return [] }
        var changing: Set<String> = []
        for index in stride(from: 0, to: fields.count - 1, by: 2) {
            guard let field = fields[index].string, let since = fields[index + 1].int else { continue }
            if Int(now) - since < Self.announcementAge { changing.insert(field) }
        }
        return changing
    }

    private static func desired(_ ric: String) -> String { "{ran}:desired:\(ric)" }
    private static func changing(_ ric: String) -> String { "{ran}:changing:\(ric)" }
    private static func field(_ change: PolicyChange) -> String { "\(change.policyType) \(change.policyId)" }
}
