import RedisClient

/// One rollout as whoever drives it tells of it, kept in the ledger so that it can be looked at from anywhere.
package struct RolloutRun: Codable, Sendable, Equatable {
    package enum State: String, Codable, Sendable, CaseIterable {
        /// The new colour's processes start beside the old.
        case starting
        /// Synthetic intents go through the preview, and are judged.
        case analysing
        /// The new colour does a share of the work, and is judged by it.
        case canary
        /// Services are replaced one after the other, in the colour they have.
        case rolling
        /// It passed and waits for `promote`.
        case waiting
        /// Partitions, then listeners, go over. The step that is finished whatever happens.
        case promoting
        /// The new colour is active and watched; the way back is open.
        case watching
        case done
        /// The way back after a promotion.
        case rollingBack
        case rolledBack
        /// Taken back before it was promoted.
        case aborted

        package var isOver: Bool { self == .done || self == .rolledBack || self == .aborted }
    }

    /// What an analysis saw.
    package struct Measurement: Codable, Sendable, Equatable {
        /// RFC 3339 UTC.
        package var at: String
        /// `preview`, `canary`, `promoted` or `rolled`.
        package var of: String
        package var requests: Int
        /// 0 to 1; of answers that are no 5xx, and of intents that came to a good end.
        package var successRate: Double
        package var p95Seconds: Double
        /// Why it is not good enough; nil when it is.
        package var fault: String?

        package init(at: String, of: String, requests: Int, successRate: Double, p95Seconds: Double, fault: String?) {
            self.at = at
            self.of = of
            self.requests = requests
            self.successRate = successRate
            self.p95Seconds = p95Seconds
            self.fault = fault
        }
    }

    package var id: String
    package var state: State
    /// Colour and directory of executables that were active before …
    package var from: String
    package var fromDirectory: String
    /// … and those that shall be.
    package var to: String
    package var toDirectory: String
    package var startedAt: String
    package var updatedAt: String
    package var measurements: [Measurement] = []
    /// `blue-green`, `canary`, `rolling`; nil is blue-green, of a version that knew no other.
    package var strategy: String?
    /// Percent of the work that the new colour does, while it is a canary.
    package var share: Int?
    /// Why it is in this state, for people.
    package var detail: String?

    package init(id: String, state: State, from: String, fromDirectory: String, to: String, toDirectory: String, startedAt: String) {
        self.id = id
        self.state = state
        self.from = from
        self.fromDirectory = fromDirectory
        self.to = to
        self.toDirectory = toDirectory
        self.startedAt = startedAt
        self.updatedAt = startedAt
    }

    /// Whether it can be asked for now.
    package func takes(_ verb: RolloutWish.Verb) -> Bool {
        switch verb {
        case .promote: self.state == .waiting
        case .abort: !self.state.isOver && self.state != .rollingBack
        }
    }
}

extension Ledger {
    private static let rolloutKey = "nephoran:rollout"

    /// The last rollout that was begun; nil when there never was one.
    package func rolloutRun() async throws(LedgerError) -> RolloutRun? {
        do throws(RedisError) {
            guard case .bytes(let bytes) = try await self.redis.send(RedisCommand("GET", Self.rolloutKey)) else { return nil }
            do { return try LedgerJSON.decode(RolloutRun.self, bytes) } catch { throw RedisError(.protocolViolation, "the rollout is not readable: \(error)") }
        } catch {
            throw LedgerError(error)
        }
    }

    package func keep(_ run: RolloutRun) async throws(LedgerError) {
        do throws(RedisError) {
            let json: [UInt8]
            do { json = try LedgerJSON.encode(run) } catch { throw RedisError(.protocolViolation, "the rollout is not writable: \(error)") }
            if case .error(let message) = try await self.redis.send(RedisCommand("SET", Self.rolloutKey, json)) { throw RedisError(.refused, message) }
        } catch {
            throw LedgerError(error)
        }
    }
}
