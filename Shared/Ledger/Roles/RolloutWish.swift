import RedisClient

/// What somebody asked over the API of whoever drives a rollout, who is elsewhere: `nephoran up`, for one. It is taken once, and is gone soon when
/// nobody takes it, so that an old wish is never followed by surprise.
package struct RolloutWish: Codable, Sendable, Equatable {
    package enum Verb: String, Codable, Sendable, CaseIterable {
        case promote, abort
    }

    /// Of the ``RolloutRun``.
    package var run: String
    package var verb: Verb
    /// Who asked.
    package var by: String
    /// RFC 3339 UTC.
    package var at: String

    package init(run: String, verb: Verb, by: String, at: String) {
        self.run = run
        self.verb = verb
        self.by = by
        self.at = at
    }
}

extension Ledger {
    private static let wishKey = "nephoran:rollout:wish"
    /// A driver looks every second.
    private static let wishSeconds = 30

    /// - Returns: what is wished now: this, or what was before and stays; an abort replaces whatever there is.
    package func wish(_ wish: RolloutWish) async throws(LedgerError) -> RolloutWish {
        do throws(RedisError) {
            let json: [UInt8]
            do { json = try LedgerJSON.encode(wish) } catch { throw RedisError(.protocolViolation, "the wish is not writable: \(error)") }
            let lifetime = "\(Self.wishSeconds)"
            let isUrgent = wish.verb == .abort
            let reply = try await self.redis.send(
                isUrgent ? RedisCommand("SET", Self.wishKey, json, "EX", lifetime) : RedisCommand("SET", Self.wishKey, json, "EX", lifetime, "NX"))
            if case .error(let message) = reply { throw RedisError(.refused, message) }
            if isUrgent || reply.string == "OK" { return wish }
            return try await self.readWish("GET") ?? wish
        } catch {
            throw LedgerError(error)
        }
    }

    package func rolloutWish() async throws(LedgerError) -> RolloutWish? {
        do throws(RedisError) { return try await self.readWish("GET") } catch { throw LedgerError(error) }
    }

    /// The wish, which is then no longer there.
    package func takeRolloutWish() async throws(LedgerError) -> RolloutWish? {
        do throws(RedisError) { return try await self.readWish("GETDEL") } catch { throw LedgerError(error) }
    }

    private func readWish(_ command: String) async throws(RedisError) -> RolloutWish? {
        guard case .bytes(let bytes) = try await self.redis.send(RedisCommand(command, Self.wishKey)) else { return nil }
        do { return try LedgerJSON.decode(RolloutWish.self, bytes) } catch { throw RedisError(.protocolViolation, "the wish is not readable: \(error)") }
    }
}
