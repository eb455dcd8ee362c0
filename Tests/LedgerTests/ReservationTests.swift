import IntentModel
import RedisClient
import Synchronization
import TestSupport
import Testing

@testable import Ledger

@Suite(.serialized) struct ReservationTests {
    private static func ids(_ count: Int) -> [IntentID] { (0..<count).map { IntentID(partition: $0 % 4, milliseconds: 1_000 + Int64($0)) } }

    @Test("the first has its turn, the others theirs in the order in which they came")
    func order() async throws {
        try await withLedger { ledger, _ in
            let reservations = Reservations(ledger: ledger)
            let ids = Self.ids(3)
            #expect(try await reservations.claim(["a"], for: ids[0]) == .granted(released: 0))
            #expect(try await reservations.claim(["a"], for: ids[0]) == .granted(released: 0))
            for id in ids[1...] {
                guard case .waits("a", ids[0], _) = try await reservations.claim(["a"], for: id) else {
                    Issue.record("\(id) does not wait for the first")
                    return
                }
            }
            try await reservations.release(ids[0])
            guard case .waits("a", ids[1], _) = try await reservations.claim(["a"], for: ids[2]) else {
                Issue.record("the third overtook")
                return
            }
            guard case .granted(let released) = try await reservations.claim(["a"], for: ids[1]) else {
                Issue.record("the second has no turn")
                return
            }
            #expect(released > 0)
            #expect(try await reservations.mark() >= released)
        }
    }

    @Test("who is in line learns where it waits longest, and nothing once it is its turn")
    func line() async throws {
        try await withLedger { ledger, _ in
            let reservations = Reservations(ledger: ledger)
            let ids = Self.ids(4)
            for id in ids { _ = try await reservations.claim(id == ids[1] ? ["a"] : ["a", "b"], for: id) }
            #expect(try await reservations.line(of: ids[0]) == nil)
            let last = try #require(try await reservations.line(of: ids[3]))
            #expect(last.object == "a" && last.holder == ids[0] && last.before == 3)
            try await reservations.release(ids[0], place: last.place, at: last.object)
            try await reservations.release(ids[1])
            let next = try #require(try await reservations.line(of: ids[3]))
            #expect(next.holder == ids[2] && next.before == 1)
            try await reservations.release(ids[2])
            #expect(try await reservations.line(of: ids[3]) == nil)
            _ = try await reservations.stand([.init(object: "a", wish: [1])], for: ids[3])
            #expect(try await reservations.line(of: ids[3]) == nil, "who stands there is not in line")
            #expect(try await reservations.line(of: Self.ids(5)[4]) == nil)
        }
    }

    @Test("a mark tells releases before it from those after")
    func marks() async throws {
        try await withLedger { ledger, _ in
            let reservations = Reservations(ledger: ledger)
            let ids = Self.ids(3)
            _ = try await reservations.claim(["a"], for: ids[0])
            let before = try await reservations.mark()
            try await reservations.release(ids[0])
            let after = try await reservations.mark()
            guard case .granted(let released) = try await reservations.claim(["a"], for: ids[1]) else {
                Issue.record("not granted")
                return
            }
            #expect(released > before && released <= after)
        }
    }

    @Test("two intents that want the same two objects in any order never wait for each other", arguments: 1...5 as ClosedRange<UInt64>)
    func noCircle(seed: UInt64) async throws {
        try await withLedger { ledger, _ in
            let reservations = Reservations(ledger: ledger)
            var random = LifePropertyTests.Seeded(state: seed)
            var waiting = Set(Self.ids(12))
            var wants: [IntentID: [String]] = [:]
            for id in waiting { wants[id] = Array(["a", "b", "c", "d"].shuffled(using: &random).prefix(Int.random(in: 1...3, using: &random))) }
            var turns: [IntentID] = []
            for _ in 0..<2_000 where !waiting.isEmpty {
                guard let id = waiting.sorted().randomElement(using: &random) else { break }
                // What an intent wants may be another thing when it looks again.
                if Int.random(in: 0..<8, using: &random) == 0 { wants[id] = Array(["a", "b", "c", "d"].shuffled(using: &random).prefix(2)) }
                if case .granted = try await reservations.claim(wants[id] ?? [], for: id) {
                    turns.append(id)
                    waiting.remove(id)
                    try await reservations.release(id)
                }
            }
            #expect(waiting.isEmpty && turns.count == 12)
        }
    }

    @Test("a claim that is given up in another's name must be the one that was seen")
    func place() async throws {
        try await withLedger { ledger, _ in
            let reservations = Reservations(ledger: ledger)
            let ids = Self.ids(2)
            _ = try await reservations.claim(["a"], for: ids[0])
            guard case .waits(_, _, let place) = try await reservations.claim(["a"], for: ids[1]) else {
                Issue.record("no wait")
                return
            }
            // Meanwhile the first has come back for something else.
            _ = try await reservations.claim(["a", "b"], for: ids[0])
            try await reservations.release(ids[0], place: place, at: "a")
            guard case .waits = try await reservations.claim(["b"], for: ids[1]) else {
                Issue.record("a newer claim was taken away")
                return
            }
        }
    }

    @Test("who is gone leaves every line, also one that its own set of objects knows nothing of any more")
    func forgotten() async throws {
        try await withLedger { ledger, _ in
            let reservations = Reservations(ledger: ledger)
            let ids = Self.ids(2)
            _ = try await reservations.claim(["a"], for: ids[0])
            _ = try await ledger.redis.send(RedisCommand("DEL", "{reservations}:i:\(ids[0])"))
            // Released for other objects, as an intent is that was planned again.
            _ = try await reservations.claim(["b"], for: ids[0])
            guard case .waits("a", ids[0], let place) = try await reservations.claim(["a", "b"], for: ids[1]) else {
                Issue.record("no wait")
                return
            }
            try await reservations.release(ids[0], place: place, at: "a")
            guard case .granted = try await reservations.claim(["a", "b"], for: ids[1]) else {
                Issue.record("it waits for one that is gone")
                return
            }
        }
    }

    @Test("a claim outlives the retention: who waits for a server longer than that still has it")
    func lives() async throws {
        try await withLedger { ledger, _ in
            let reservations = Reservations(ledger: ledger)
            let ids = Self.ids(2)
            for id in ids { _ = try await reservations.claim(["a"], for: id) }
            for key in ["{reservations}:i:\(ids[0])", "{reservations}:o:a"] {
                let left = try await ledger.redis.send(RedisCommand("PTTL", key)).int ?? 0
                #expect(left > max(ledger.configuration.retention, .seconds(86_400)).milliseconds, "\(key)")
            }
        }
    }

    @Test("giving up wakes the planning of the next one at once")
    func wakes() async throws {
        try await withLedger { ledger, _ in
            try await ledger.open()
            let reservations = Reservations(ledger: ledger)
            var ids: [IntentID] = []
            for number in 0..<2 {
                let id = try await ledger.submit("intent \(number)")
                var step = Step(phase: .planning, by: "test")
                step.via = [.interpreting]
                step.next = [.plan]
                if number == 1 { step.delay = .seconds(3600) }
                _ = try await ledger.step(step, on: try #require(try await ledger.read(id)))
                ids.append(id)
            }
            _ = try await reservations.claim(["a"], for: ids[0])
            _ = try await reservations.claim(["a"], for: ids[1])
            let turns = Mutex<[IntentID]>([])
            let handler = ClosureHandler(stage: .plan) { batch in
                turns.withLock { $0 += batch.map(\.id) }
                return batch.map { _ in .step(Step(phase: .refused, by: "test")) }
            }
            try await withWorker(ledger, handler) {
                try await eventually { turns.withLock { $0 } == [ids[0]] }
                try await reservations.release(ids[0])
                try await eventually { turns.withLock { $0 } == ids }
            }
        }
    }

    private static func wanted(_ object: String, _ wish: String) -> [Reservations.Wanted] { [.init(object: object, wish: Array(wish.utf8))] }

    @Test("who waits in line is told of the others' wishes, but not of those like its own")
    func rivals() async throws {
        try await withLedger { ledger, _ in
            let reservations = Reservations(ledger: ledger)
            let ids = Self.ids(3)
            #expect(try await reservations.claim(Self.wanted("a", "five"), for: ids[0], insisting: false).rivals.isEmpty)
            #expect(try await reservations.claim(Self.wanted("a", "five"), for: ids[1], insisting: false).rivals.isEmpty)
            let (claim, rivals) = try await reservations.claim(Self.wanted("a", "three"), for: ids[2], insisting: false)
            guard case .waits("a", ids[0], _) = claim else {
                Issue.record("\(claim)")
                return
            }
            #expect(rivals.map(\.intent) == [ids[0], ids[1]] && rivals.allSatisfy { !$0.stands && $0.wish == Array("five".utf8) })
            #expect(try await reservations.look(Self.wanted("a", "five")).map(\.intent) == [ids[2]])
            for id in ids { try await reservations.release(id) }
            #expect(try await reservations.look(Self.wanted("a", "x")).isEmpty)
        }
    }

    @Test("who stands there holds nobody up who wants the same or is older, and makes a younger one judge first")
    func standing() async throws {
        try await withLedger { ledger, _ in
            let reservations = Reservations(ledger: ledger)
            let ids = Self.ids(4)
            #expect(try await reservations.stand(Self.wanted("a", "five"), for: ids[1]).isEmpty)
            #expect(try await reservations.claim(Self.wanted("a", "five"), for: ids[2], insisting: false).claim == .granted(released: 0))
            try await reservations.release(ids[2])
            // The older one goes ahead, and is told.
            let older = try await reservations.claim(Self.wanted("a", "three"), for: ids[0], insisting: false)
            guard case .granted = older.claim else {
                Issue.record("\(older)")
                return
            }
            #expect(older.rivals.map(\.intent) == [ids[1]] && older.rivals.first?.stands == true)
            try await reservations.release(ids[0])
            // The younger one has to judge, and claims nothing by that.
            let younger = try await reservations.claim(Self.wanted("a", "three"), for: ids[3], insisting: false)
            #expect(younger.claim == .judge && younger.rivals.map(\.intent) == [ids[1]])
            #expect(try await ledger.redis.send(RedisCommand("EXISTS", "{reservations}:o:a")).int == 0)
            guard case .granted = try await reservations.claim(Self.wanted("a", "three"), for: ids[3], insisting: true).claim else {
                Issue.record("not granted")
                return
            }
            // What stands there can be claimed, and what is claimed can stand back, without being in both lists.
            let second = try await reservations.claim(Self.wanted("a", "five"), for: ids[1], insisting: false)
            guard case .waits("a", ids[3], _) = second.claim else {
                Issue.record("\(second)")
                return
            }
            #expect(try await ledger.redis.send(RedisCommand("EXISTS", "{reservations}:p:a")).int == 0)
            _ = try await reservations.stand(Self.wanted("a", "three"), for: ids[3])
            guard case .granted = try await reservations.claim(Self.wanted("a", "five"), for: ids[1], insisting: false).claim else {
                Issue.record("who stands back is still in line")
                return
            }
        }
    }

    @Test("standing back lets the next in line go on at once, and an end wakes those who stand there")
    func standingWakes() async throws {
        try await withLedger { ledger, _ in
            try await ledger.open()
            let reservations = Reservations(ledger: ledger)
            var ids: [IntentID] = []
            for number in 0..<3 {
                let id = try await ledger.submit("intent \(number)")
                var step = Step(phase: .planning, by: "test")
                step.via = [.interpreting]
                step.next = [.plan]
                step.delay = .seconds(3600)
                _ = try await ledger.step(step, on: try #require(try await ledger.read(id)))
                ids.append(id)
            }
            _ = try await reservations.claim(Self.wanted("a", "1"), for: ids[0], insisting: true)
            _ = try await reservations.claim(Self.wanted("a", "2"), for: ids[1], insisting: true)
            let turns = Mutex<[IntentID]>([])
            let handler = ClosureHandler(stage: .plan) { batch in
                turns.withLock { $0 += batch.map(\.id) }
                return batch.map { _ in .done }
            }
            try await withWorker(ledger, handler) {
                _ = try await reservations.stand(Self.wanted("a", "1"), for: ids[0])
                try await eventually { turns.withLock { $0 } == [ids[1]] }
                _ = try await reservations.stand(Self.wanted("b", "3"), for: ids[2])
                // Standing wakes nobody who stands: two of them would wake each other for ever.
                _ = try await reservations.stand(Self.wanted("a", "3"), for: ids[2])
                try await reservations.release(ids[1])
                try await eventually { Set(turns.withLock { $0 }.dropFirst()) == [ids[0], ids[2]] }
                #expect(turns.withLock { $0.count } == 3)
            }
        }
    }

    @Test("nothing is left of claims that were given up")
    func cleans() async throws {
        try await withLedger { ledger, _ in
            let reservations = Reservations(ledger: ledger)
            for id in Self.ids(5) {
                _ = try await reservations.claim(Self.wanted("a", "\(id)") + Self.wanted("b", "x"), for: id, insisting: true)
                _ = try await reservations.stand(Self.wanted("b", "y") + Self.wanted("c", "\(id)"), for: id)
                try await reservations.release(id)
            }
            let keys = try await ledger.redis.send(RedisCommand("KEYS", "{reservations}:*")).array?.compactMap(\.string) ?? []
            // What remembers the release forgets it by itself.
            for key in keys where key != "{reservations}:counter" { #expect(try await ledger.redis.send(RedisCommand("PTTL", key)).int ?? -1 > 0, "\(key)") }
            let lists = ["o", "p", "w", "i"].map { "{reservations}:\($0):" }
            #expect(!keys.contains { key in lists.contains { key.hasPrefix($0) } }, "\(keys)")
        }
    }
}
