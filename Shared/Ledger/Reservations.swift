package import IntentModel
import Logging
import RedisClient

/// Who may act on which object: intents on the same one take their turns instead of racing.
///
/// An object is whatever two intents can fight over: a package's path, a policy at a RIC. Claims live under a hash slot of their own, apart from
/// the records, so taking and giving them up are no part of the atomic step; whoever waits looks after a holder that is gone.
package struct Reservations: Sendable {
    package enum Claim: Sendable, Equatable {
        /// All objects are ours. `released`: the ``mark()`` of the last time one of them was given up.
        case granted(released: Int64)
        /// Somebody was there before; `place` names that claim of theirs.
        case waits(object: String, holder: IntentID, place: String)
    }

    private static let counter = "{reservations}:counter"
    /// A release is remembered for longer than any planning takes.
    private static let memory = Duration.seconds(900)
    private let ledger: Ledger
    private let logger = Logger(label: "reservations")

    package init(ledger: Ledger) { self.ledger = ledger }

    /// Taken before looking at objects: a claim granted with a later release means that what was seen may have changed since.
    package func mark() async throws(LedgerError) -> Int64 {
        do throws(RedisError) {
            return try await self.ledger.redis.send(RedisCommand("GET", Self.counter)).string.flatMap { Int64($0) } ?? 0
        } catch {
            throw LedgerError(error)
        }
    }

    /// Claims all of `objects`, or queues for all of them. Repeating it changes nothing; other objects give up the earlier ones.
    package func claim(_ objects: [String], for id: IntentID) async throws(LedgerError) -> Claim {
        do throws(RedisError) {
            let reply = try await self.ledger.redis.evaluate(
                self.ledger.scripts.reserve, keys: [Self.counter, Self.objects(of: id)] + objects.map { "{reservations}:o:\($0)" },
                arguments: [id.description, self.ledger.configuration.retention.milliseconds] + objects
            )
            guard let parts = reply.array, parts.count >= 2 else { throw RedisError(.protocolViolation, "reserve answered \(reply)") }
            if parts[0].string == "granted" { return .granted(released: Int64(parts[1].int ?? 0)) }
            guard parts.count == 4, let object = parts[1].string, let holder = parts[2].string.flatMap({ IntentID($0) }), let place = parts[3].string else {
                throw RedisError(.protocolViolation, "reserve answered \(reply)")
            }
            return .waits(object: object, holder: holder, place: place)
        } catch {
            throw LedgerError(error)
        }
    }

    /// Gives up the claims of an intent and wakes who is next. With a `place`, only if they are still of that one.
    package func release(_ id: IntentID, place: String = "") async throws(LedgerError) {
        do throws(RedisError) {
            let next = try await self.ledger.redis.evaluate(
                self.ledger.scripts.release, keys: [Self.counter, Self.objects(of: id)], arguments: [id.description, place, Self.memory.milliseconds]
            )
            for id in Set((next.array ?? []).compactMap { $0.string.flatMap { IntentID($0) } }) {
                guard let partition = self.ledger.partition(of: id) else { continue }
                _ = try await self.ledger.redis.evaluate(
                    self.ledger.scripts.wake, keys: [partition.record(id)],
                    arguments: [partition.tag, id.description, self.ledger.configuration.colour, self.ledger.configuration.epoch]
                )
            }
        } catch {
            throw LedgerError(error)
        }
    }

    /// After an intent has ended, or waits for a person. A failure only costs the next one time: it finds out for itself.
    package func releaseQuietly(_ id: IntentID) async {
        do throws(LedgerError) { try await self.release(id) } catch {
            self.logger.warning("claims not given up", metadata: ["intentId": "\(id)", "error": "\(error)"])
        }
    }

    private static func objects(of id: IntentID) -> String { "{reservations}:i:\(id)" }
}

extension Plan {
    /// What carrying out this plan changes, as names that two plans share when they change the same thing.
    package var objects: [String] {
        let packages = self.packages.filter { $0.change != .none }.map { "package:\($0.path)" }
        let policies = self.policies.filter { $0.change == .put || $0.change == .delete }.map { "policy:\($0.ric ?? "*")/\($0.policyId)" }
        return Array(Set(packages + policies)).sorted()
    }
}
