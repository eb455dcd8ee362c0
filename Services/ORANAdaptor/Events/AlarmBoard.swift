import IntentModel
import Ledger
package import RedisClient

/// The alarms of the managed elements, beside the ledger in its Redis: every instance of this service knows them, and a start forgets none.
///
/// One hash for each element, `{ran}:alarms:<element>`: the last event of each trouble, also that it is over, so that an event that was
/// overtaken on its way changes nothing. `{ran}:heard:<element>` is when it was last heard of.
package struct AlarmBoard: Sendable {
    /// What an event changed; the newest one of its trouble says the same as often as it comes.
    package enum Change: Sendable, Equatable {
        /// It says nothing new.
        case none
        /// It is not kept: the element has as many troubles as are kept, and none is over.
        case full
        /// From which severity to which.
        case severity(from: AlarmSeverity, to: AlarmSeverity)
    }

    private struct Kept: Codable {
        /// Microseconds and sequence, of fixed width: texts are compared.
        var order: String
        var alarm: Alarm
        /// The severity that it took the place of: an event that is sent again, since not all of it was done, is answered as the first time.
        var before: AlarmSeverity?
    }

    private let redis: RedisClient
    private let limit: Int
    private static let heardFor = 7 * 86_400
    /// How far an element's clock may be ahead of ours, in milliseconds. An event from farther is of a wrong clock: once that is right again, events
    /// are not older than it.
    private static let ahead: Int64 = 300_000

    /// - Parameter limit: troubles kept of one element; the ones that are over go first.
    package init(redis: RedisClient, limit: Int = 1_000) {
        self.redis = redis
        self.limit = limit
    }

    private static let script = RedisScript(
        """
        local old = redis.call('HGET', KEYS[1], ARGV[1])
        local before, new = 'NORMAL', cjson.decode(ARGV[2])
        if old then
          local last = cjson.decode(old)
          -- What came from a clock that was ahead is no later than what comes now.
          local wasAhead = last.order > ARGV[4] and new.order <= ARGV[4]
          if last.order > new.order and not wasAhead then return 'old' end
          if last.order == new.order then return last.alarm.severity == new.alarm.severity and last.before or 'old' end
          before = last.alarm.severity
          if before ~= 'NORMAL' then new.alarm.raisedAt = last.alarm.raisedAt end
          -- A change of a severity, or an end, need not say again what the trouble is.
          for _, name in ipairs({'condition', 'specificProblem', 'sourceType', 'interface'}) do
            if (new.alarm[name] or '') == '' then new.alarm[name] = last.alarm[name] end
          end
        elseif redis.call('HLEN', KEYS[1]) >= tonumber(ARGV[3]) then
          local all = redis.call('HGETALL', KEYS[1])
          local room = false
          for index = 1, #all, 2 do
            if cjson.decode(all[index + 1]).alarm.severity == 'NORMAL' then
              redis.call('HDEL', KEYS[1], all[index])
              room = true
            end
          end
          if not room then return 'full' end
        end
        new.before = before
        redis.call('HSET', KEYS[1], ARGV[1], cjson.encode(new))
        return before
        """)

    /// Takes a fault of an element down.
    package func record(
        _ fault: CommonEvent.Fault, of event: CommonEvent, at element: String, now: Int64 = Timestamp.now()
    ) async throws(RedisError) -> Change {
        let latest = Int(now + Self.ahead) * 1_000
        let time = Timestamp.text(Int64(min(event.at, latest) / 1_000))
        let alarm = Alarm(
            condition: String(fault.condition.prefix(500)), specificProblem: String(fault.problem.prefix(500)), severity: fault.severity,
            sourceType: String(fault.sourceType.prefix(200)), interface: fault.interface.map { String($0.prefix(200)) }, eventId: String(event.id.prefix(200)),
            raisedAt: time, changedAt: time)
        let order = Self.padded(event.at) + Self.padded(event.sequence)
        guard let json = try? LedgerJSON.encode(Kept(order: order, alarm: alarm)) else { return .none }
        let reply = try await self.redis.evaluate(
            Self.script, keys: ["{ran}:alarms:\(element)"],
            arguments: [Alarm.key(fault), json, self.limit, Self.padded(latest) + Self.padded(.max)] as [any RedisArgument])
        if case .error(let message) = reply { throw RedisError(.refused, message) }
        if reply.string == "full" { return .full }
        guard let before = reply.string.flatMap(AlarmSeverity.init(rawValue:)), before != fault.severity else { return .none }
        return .severity(from: before, to: fault.severity)
    }

    /// That an element was heard of, by a heartbeat or anything else.
    package func heard(_ element: String, at now: Int64 = Timestamp.now()) async throws(RedisError) {
        _ = try await self.redis.send(RedisCommand("SET", "{ran}:heard:\(element)", String(now), "EX", Self.heardFor))
    }

    /// RFC 3339; nil when it was not heard of for a week.
    package func lastHeard(_ element: String) async throws(RedisError) -> String? {
        try await self.redis.send(RedisCommand("GET", "{ran}:heard:\(element)")).string.flatMap { Int64($0) }.map { Timestamp.text($0) }
    }

    /// What is not over, the worst first.
    package func alarms(of element: String) async throws(RedisError) -> [Alarm] {
        guard let fields = try await self.redis.send(RedisCommand("HGETALL", "{ran}:alarms:\(element)")).array else { return [] }
        var alarms: [Alarm] = []
        for index in stride(from: 1, to: fields.count, by: 2) {
            guard let bytes = fields[index].bytes, let kept = try? LedgerJSON.decode(Kept.self, bytes), kept.alarm.severity != .normal else { continue }
            alarms.append(kept.alarm)
        }
        return alarms.sorted { ($1.severity, $0.raisedAt, $0.condition) < ($0.severity, $1.raisedAt, $1.condition) }
    }

    private static func padded(_ number: Int) -> String {
        let digits = String(max(0, number))
        return String(repeating: "0", count: max(0, 19 - digits.count)) + digits
    }
}
