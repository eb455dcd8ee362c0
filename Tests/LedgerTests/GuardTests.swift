import IntentModel
import RedisClient
import Testing

@testable import Ledger

/// Each guard of the scripts, taken out: the law it keeps must be seen to break, or no test would notice its loss.
@Suite(.serialized) struct GuardTests {
    struct Guard: Sendable, CustomTestStringConvertible {
        var name: String
        var script: any WritableKeyPath<LedgerScripts, RedisScript> & Sendable
        /// What is in the script, and what is in its place when the guard is out.
        var text: String
        var without: String
        /// Whether the law holds on this ledger.
        var law: @Sendable (Ledger) async throws -> Bool

        var testDescription: String { self.name }
    }

    static let guards: [Guard] = [
        Guard(name: "a step is taken once", script: \.step, text: "current[1] ~= expected", without: "false") { ledger in
            let id = try await TrackTests.fork(ledger)
            let lease = try await TrackTests.lease(ledger, .publish, id)
            var step = Step(by: "test")
            step.outcome = TrackOutcome(.succeeded, "")
            _ = try await ledger.step(step, finishing: lease, phase: .executing)
            return try await ledger.step(step, finishing: lease, phase: .executing) == .stale
        },
        Guard(name: "a step acknowledges its delivery", script: \.step, text: "acknowledge()\nreturn {'taken'", without: "return {'taken'") { ledger in
            let id = try await TrackTests.fork(ledger)
            _ = try await TrackTests.finish(ledger, id, .publish, .succeeded)
            return try await TrackTests.depth(ledger, .publish) == 0
        },
        Guard(name: "an old epoch takes no step", script: \.step, text: "return {'fenced'}", without: "tag = tag") { ledger in
            let id = try await ledger.submit("x")
            let snapshot = try #require(try await ledger.read(id))
            _ = try await ledger.redis.send(RedisCommand("SET", "\(ledger.partitions[id.partition].tag):epoch", 1))
            return try await ledger.step(Step(phase: .failed, by: "test"), on: snapshot) == .fenced
        },
        Guard(
            name: "a colour that does not rule takes no step of its work", script: \.step, text: "colour ~= (isPreview and roles[2] or roles[1])",
            without: "false"
        ) { ledger in
            let id = try await TrackTests.fork(ledger)
            let lease = try await TrackTests.lease(ledger, .publish, id)
            _ = try await ledger.redis.send(RedisCommand("HSET", ledger.partitions[id.partition].roles, "active", "other", "activeEpoch", 0))
            var step = Step(by: "test")
            step.outcome = TrackOutcome(.succeeded, "")
            return try await ledger.step(step, finishing: lease, phase: .executing) == .fenced
        },
        Guard(name: "only the active colour can be replaced", script: \.rule, text: "if active and active ~= former then", without: "if false then") {
            ledger in
            _ = try await ledger.promote("green", over: "blue")
            return try await ledger.promote("red", over: "blue") != .made
        },
        Guard(name: "a promotion takes an epoch", script: \.rule, text: "redis.call('SET', tag .. ':epoch', epoch)", without: "") { ledger in
            _ = try await ledger.promote("green", over: "")
            return try await ledger.redis.send(RedisCommand("GET", ledger.partitions[0].epoch)).string == "1"
        },
        Guard(name: "nothing goes on while a track is open", script: \.step, text: "if not isOpen() then settle() end\nelseif", without: "settle()\nelseif") {
            ledger in
            let id = try await TrackTests.fork(ledger)
            return try await TrackTests.finish(ledger, id, .publish, .succeeded) == .taken(.executing)
        },
        Guard(name: "what took effect is undone before the end", script: \.step, text: "if #undone > 0 and undoes then", without: "if false then") { ledger in
            let id = try await TrackTests.fork(ledger)
            _ = try await TrackTests.finish(ledger, id, .publish, .succeeded)
            return try await TrackTests.finish(ledger, id, .policy, .failed) == .taken(.executing)
        },
        Guard(name: "an end under way is not overtaken by success", script: \.step, text: "if ended == '' and went then", without: "if went then") { ledger in
            let id = try await TrackTests.fork(ledger, [(.delivery, .publish)])
            _ = try await TrackTests.end(ledger, id, .superseded)
            return try await TrackTests.finish(ledger, id, .publish, .succeeded) == .taken(.superseded)
        },
        Guard(
            name: "a decision on what was seen before the tracks ended is stale", script: \.step,
            text: "mainVersion = mainVersion + 1\n  set('v', mainVersion)", without: ""
        ) {
            ledger in
            let id = try await TrackTests.fork(ledger, [(.ran, .policy)])
            let seen = try #require(try await ledger.read(id))
            _ = try await TrackTests.finish(ledger, id, .policy, .succeeded)
            return try await ledger.step(Step(phase: .failed, by: "person"), on: seen) == .stale
        },
        Guard(name: "a key stands for one intent", script: \.accept, text: "if known[1] then", without: "if false then") { ledger in
            let first = try await ledger.submit("x", key: "k")
            return try await ledger.submit("x", key: "k") == first
        },
        Guard(name: "work that somebody else has taken over is not postponed", script: \.postpone, text: "if removed == 0 then", without: "if false then") {
            ledger in
            let id = try await TrackTests.fork(ledger)
            let lease = try await TrackTests.lease(ledger, .publish, id)
            var step = Step(by: "test")
            step.outcome = TrackOutcome(.succeeded, "")
            _ = try await ledger.step(step, finishing: lease, phase: .executing)
            try await ledger.postpone(lease, by: .seconds(60))
            return try await ledger.delayedCount() == 0
        },
        Guard(name: "one at a time has an object", script: \.reserve, text: "if first[1] ~= id then", without: "if false then") { ledger in
            let reservations = Reservations(ledger: ledger)
            let ids = (0..<2).map { IntentID(partition: 0, milliseconds: 1_000 + Int64($0)) }
            _ = try await reservations.claim(["a"], for: ids[0])
            if case .granted = try await reservations.claim(["a"], for: ids[1]) { return false }
            return true
        },
        Guard(
            name: "who wants other objects gives up those before", script: \.reserve,
            text: "for _, object in ipairs(held) do redis.call('ZREM', '{reservations}:o:' .. object, id) end",
            without: ""
        ) { ledger in
            let reservations = Reservations(ledger: ledger)
            let ids = (0..<2).map { IntentID(partition: 0, milliseconds: 1_000 + Int64($0)) }
            _ = try await reservations.claim(["a"], for: ids[0])
            _ = try await reservations.claim(["b"], for: ids[0])
            if case .granted = try await reservations.claim(["a"], for: ids[1]) { return true }
            return false
        },
        Guard(name: "only the claim that was seen is taken away", script: \.release, text: "~= place then return {} end", without: "~= place then tag = 0 end")
        { ledger in
            let reservations = Reservations(ledger: ledger)
            let ids = (0..<2).map { IntentID(partition: 0, milliseconds: 1_000 + Int64($0)) }
            _ = try await reservations.claim(["a"], for: ids[0])
            guard case .waits(_, _, let place) = try await reservations.claim(["a"], for: ids[1]) else { return false }
            _ = try await reservations.claim(["a", "b"], for: ids[0])
            try await reservations.release(ids[0], place: place, at: "a")
            if case .granted = try await reservations.claim(["b"], for: ids[1]) { return false }
            return true
        },
        Guard(name: "an older one that stands there is judged first", script: \.reserve, text: "if mode == 'try' and older then", without: "if false then") {
            ledger in
            let reservations = Reservations(ledger: ledger)
            let ids = (0..<2).map { IntentID(partition: 0, milliseconds: 1_000 + Int64($0)) }
            _ = try await reservations.stand([.init(object: "a", wish: [1])], for: ids[0])
            return try await reservations.claim([.init(object: "a", wish: [2])], for: ids[1], insisting: false).claim == .judge
        },
        Guard(name: "only an older one is waited for", script: \.reserve, text: "(from == 'p' and other < id)", without: "(from == 'p')") { ledger in
            let reservations = Reservations(ledger: ledger)
            let ids = (0..<2).map { IntentID(partition: 0, milliseconds: 1_000 + Int64($0)) }
            _ = try await reservations.stand([.init(object: "a", wish: [1])], for: ids[1])
            return try await reservations.claim([.init(object: "a", wish: [2])], for: ids[0], insisting: false).claim != .judge
        },
        Guard(
            name: "who claims stands there no longer", script: \.reserve,
            text: "redis.call('ZREM', '{reservations}:p:' .. object, id)", without: ""
        ) { ledger in
            let reservations = Reservations(ledger: ledger)
            let ids = (0..<2).map { IntentID(partition: 0, milliseconds: 1_000 + Int64($0)) }
            _ = try await reservations.stand([.init(object: "a", wish: [1])], for: ids[0])
            _ = try await reservations.claim([.init(object: "a", wish: [1])], for: ids[0], insisting: true)
            return try await reservations.claim([.init(object: "a", wish: [2])], for: ids[1], insisting: false).claim != .judge
        },
        Guard(name: "only planning is woken", script: \.wake, text: "if current[1] ~= 'planning' then return 0 end", without: "") { ledger in
            let reservations = Reservations(ledger: ledger)
            let id = try await ledger.submit("x")
            let first = IntentID(partition: 0, milliseconds: 1)
            _ = try await reservations.claim(["a"], for: first)
            _ = try await reservations.claim(["a"], for: id)
            try await reservations.release(first)
            return try await TrackTests.depth(ledger, .plan) == 0
        },
    ]

    @Test("with its guard the law holds, without it is broken", arguments: guards)
    func matters(_ guarded: Guard) async throws {
        try await withLedger(partitions: 1, appendOnly: false, adjust: { $0.allowsVolatile = true }) { ledger, _ in
            try await ledger.open()
            #expect(try await guarded.law(ledger))
        }
        var scripts = LedgerScripts.standard
        let whole = scripts[keyPath: guarded.script].source
        #expect(whole.contains(guarded.text), "the guard is no longer there as this test knows it")
        scripts[keyPath: guarded.script] = RedisScript(whole.replacing(guarded.text, with: guarded.without), needsWholeSlot: true)
        try await withLedger(partitions: 1, appendOnly: false, scripts: scripts, adjust: { $0.allowsVolatile = true }) { ledger, _ in
            try await ledger.open()
            // A script that breaks down altogether keeps no law either.
            #expect(await (try? guarded.law(ledger)) != true, "nothing is lost without it")
        }
    }
}
