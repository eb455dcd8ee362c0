package import IntentModel
import Logging
import RedisClient

/// Who may act on which object: intents on the same one take their turns instead of racing, and know what the others want of it.
///
/// An object is whatever two intents can fight over: a package's path, a policy at a RIC. Claims live under a hash slot of their own, apart from
/// the records, so taking and giving them up are no part of the atomic step; whoever waits looks after a holder that is gone.
package struct Reservations: Sendable {
    package enum Claim: Sendable, Equatable {
        /// All objects are ours. `released`: the ``mark()`` of the last time one of them was given up.
        case granted(released: Int64)
        /// Somebody was there before; `place` names that claim of theirs.
        case waits(object: String, holder: IntentID, place: String)
        /// Nothing is claimed: an older intent stands there that wants something else. Claim again, `insisting`, if both can be had.
        case judge
    }

    /// A live intent that wants something else of one of the objects.
    package struct Rival: Sendable, Equatable {
        package var object: String
        package var intent: IntentID
        /// As it was given, see ``Wanted``.
        package var wish: [UInt8]
        /// It stands there without a claim: it waits for a person, or for another that does.
        package var stands: Bool
        /// Names this entry of it.
        package var place: String
    }

    /// An object and, as bytes that equal wishes have alike, what the intent wants of it; empty for nothing that others need to know.
    package struct Wanted: Sendable {
        package var object: String
        package var wish: [UInt8]

        package init(object: String, wish: [UInt8] = []) {
            self.object = object
            self.wish = wish
        }
    }

    /// Where an intent in line waits longest.
    package struct Line: Sendable, Equatable {
        package var object: String
        package var holder: IntentID
        /// Names the holder's claim.
        package var place: String
        /// Intents that come first there, at least one.
        package var before: Int
    }

    private enum Mode: String { case look, stand, claim, `try` }
    private static let counter = "{reservations}:counter"
    /// Claims are given up when their intent ends; what a crash leaves behind expires. Longer than anything waits for a server that is away: a claim
    /// that expired before its intent ended would let a second one in.
    private static let shortestLife = Duration.seconds(30 * 86_400)
    /// A release is remembered for longer than any planning takes.
    private static let memory = Duration.seconds(900)
    /// On each object so many others in line are looked at, those who came first; the next are seen when these are gone. Of those who stand
    /// there eight times as many, the oldest.
    private static let sight = 16
    private let ledger: Ledger
    private let logger = Logger(label: "reservations")

    package init(ledger: Ledger) { self.ledger = ledger }

    /// Milliseconds.
    private var life: Int64 { max(self.ledger.configuration.retention, Self.shortestLife).milliseconds }

    /// Taken before looking at objects: a claim granted with a later release means that what was seen may have changed since.
    package func mark() async throws(LedgerError) -> Int64 {
        do throws(RedisError) {
            return try await self.ledger.redis.send(RedisCommand("GET", Self.counter)).string.flatMap { Int64($0) } ?? 0
        } catch {
            throw LedgerError(error)
        }
    }

    /// Claims all of `objects`, or queues for all of them, whatever others want of them. Repeating it changes nothing; other objects give up the
    /// earlier ones.
    package func claim(_ objects: [String], for id: IntentID) async throws(LedgerError) -> Claim {
        try await self.claim(objects.map { Wanted(object: $0) }, for: id, insisting: true).claim
    }

    /// The same with wishes, and the others who want something else: all who stand there and, where it has to wait, those in line.
    package func claim(_ wanted: [Wanted], for id: IntentID, insisting: Bool) async throws(LedgerError) -> (claim: Claim, rivals: [Rival]) {
        let answer = try await self.reserve(wanted, for: id, insisting ? .claim : .try)
        let parts = answer.parts
        switch (answer.outcome, parts.count) {
        case ("granted", 4): return (.granted(released: Int64(parts[3].int ?? 0)), answer.rivals)
        case ("judge", _): return (.judge, answer.rivals)
        case ("waits", 6):
            guard let object = parts[3].string, let holder = parts[4].string.flatMap({ IntentID($0) }), let place = parts[5].string else { break }
            return (.waits(object: object, holder: holder, place: place), answer.rivals)
        default: break
        }
        throw LedgerError(.corrupt, "reserve answered \(parts)")
    }

    /// Says what an intent wants of objects that it does not claim (any more), and who else wants something else of them.
    package func stand(_ wanted: [Wanted], for id: IntentID) async throws(LedgerError) -> [Rival] {
        try await self.reserve(wanted, for: id, .stand).rivals
    }

    /// Who wants something else of these objects; changes nothing.
    package func look(_ wanted: [Wanted]) async throws(LedgerError) -> [Rival] { try await self.reserve(wanted, for: nil, .look).rivals }

    private func reserve(_ wanted: [Wanted], for id: IntentID?, _ mode: Mode) async throws(LedgerError) -> (
        outcome: String, parts: [RedisValue], rivals: [Rival]
    ) {
        var arguments: [any RedisArgument] = [
            id?.description ?? "", self.life, Self.memory.milliseconds, mode.rawValue, Self.sight,
        ]
        for want in wanted { arguments += [want.object, want.wish] as [any RedisArgument] }
        do throws(RedisError) {
            let reply = try await self.ledger.redis.evaluate(
                self.ledger.scripts.reserve, keys: [Self.counter, id.map(Self.objects) ?? Self.counter], arguments: arguments)
            guard let parts = reply.array, parts.count >= 2, let outcome = parts[0].string else {
                throw RedisError(.protocolViolation, "reserve answered \(reply)")
            }
            if parts.count > 2 { try await self.wake(parts[2]) }
            return (outcome, parts, (parts[1].array ?? []).compactMap(Self.rival))
        } catch {
            throw LedgerError(error)
        }
    }

    /// Where an intent that has claimed waits; nil when it is first everywhere or not in line. Cheap, so that who waits need not be planned to
    /// find out that it still does.
    package func line(of id: IntentID) async throws(LedgerError) -> Line? {
        do throws(RedisError) {
            let reply = try await self.ledger.redis.evaluate(
                self.ledger.scripts.line, keys: [Self.objects(of: id)],
                arguments: [id.description, self.life])
            guard let parts = reply.array, parts.count == 4 else { return nil }
            guard let object = parts[0].string, let holder = parts[1].string.flatMap({ IntentID($0) }), let place = parts[2].string, let before = parts[3].int
            else { throw RedisError(.protocolViolation, "line answered \(reply)") }
            return Line(object: object, holder: holder, place: place, before: before)
        } catch {
            throw LedgerError(error)
        }
    }

    private static func rival(_ value: RedisValue) -> Rival? {
        guard let parts = value.array, parts.count == 5, let object = parts[0].string, let id = parts[1].string.flatMap({ IntentID($0) }),
            let wish = parts[2].string, let from = parts[3].string, let place = parts[4].string
        else { return nil }
        return Rival(object: object, intent: id, wish: Array(wish.utf8), stands: from == "p", place: place)
    }

    /// Gives up the claims and wishes of an intent and wakes who is next.
    package func release(_ id: IntentID) async throws(LedgerError) { try await self.release(id, place: "", at: "") }

    /// The same for one that is gone, by whoever met it at an object; only if it still has that place there.
    package func release(_ id: IntentID, place: String, at object: String) async throws(LedgerError) {
        do throws(RedisError) {
            let next = try await self.ledger.redis.evaluate(
                self.ledger.scripts.release, keys: [Self.counter, Self.objects(of: id)],
                arguments: [id.description, place, Self.memory.milliseconds, Self.sight, object]
            )
            try await self.wake(next)
        } catch {
            throw LedgerError(error)
        }
    }

    private func wake(_ ids: RedisValue) async throws(RedisError) {
        for id in Set((ids.array ?? []).compactMap { $0.string.flatMap { IntentID($0) } }) {
            guard let partition = self.ledger.partition(of: id) else { continue }
            _ = try await self.ledger.redis.evaluate(
                self.ledger.scripts.wake, keys: [partition.record(id)],
                arguments: [partition.tag, id.description, self.ledger.configuration.colour, self.ledger.epoch(in: partition)]
            )
        }
    }

    /// After an intent has ended. A failure only costs the next one time: it finds out for itself.
    package func releaseQuietly(_ id: IntentID) async {
        do throws(LedgerError) { try await self.release(id) } catch {
            self.logger.warning("claims not given up", metadata: ["intentId": "\(id)", "error": "\(error)"])
        }
    }

    private static func objects(of id: IntentID) -> String { "{reservations}:i:\(id)" }
}

extension Plan {
    /// What carrying out this plan changes, as names that two plans share when they change the same thing.
    package var objects: [String] { self.wishes.map(\.object) }
}
