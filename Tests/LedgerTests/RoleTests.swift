import IntentModel
import RedisClient
import ServiceLifecycle
import Synchronization
import TestSupport
import Testing

@testable import Ledger

/// Colours on one ledger: who may take which work, and whose steps are refused.
@Suite(.serialized) struct RoleTests {
    @Test("what a colour is, takes work from, and acts in")
    func rules() {
        let none = PartitionRoles()
        #expect(none.role(of: "blue") == .active && none.lanes(of: "green") == [.high, .low, .preview] && none.epoch(of: "x") == 0)
        let previewed = PartitionRoles(active: "blue", activeEpoch: 3, preview: "green", previewEpoch: 4)
        #expect(previewed.role(of: "blue") == .active && previewed.lanes(of: "blue") == [.high, .low] && previewed.epoch(of: "blue") == 3)
        #expect(previewed.role(of: "green") == .preview && previewed.lanes(of: "green") == [.preview] && previewed.epoch(of: "green") == 4)
        #expect(previewed.role(of: "red") == .draining && previewed.lanes(of: "red").isEmpty)
        let alone = PartitionRoles(active: "green", activeEpoch: 5)
        #expect(alone.role(of: "blue") == .draining && alone.lanes(of: "green") == [.high, .low, .preview])
    }

    /// A ledger for each colour, on one Redis.
    private func withColours(_ body: (_ blue: Ledger, _ green: Ledger) async throws -> Void) async throws {
        try await withLedger(adjust: { $0.colour = "blue" }) { blue, server in
            var configuration = blue.configuration
            configuration.colour = "green"
            let redis = RedisClient(configuration.redis, label: "green")
            defer { redis.stop() }
            try await blue.open()
            try await blue.refreshRoles()
            let green = Ledger(configuration, redis: redis)
            try await green.refreshRoles()
            try await body(blue, green)
        }
    }

    private func submit(_ ledger: Ledger, _ text: String, isPreview: Bool, key: String? = nil) async throws -> IntentID {
        let request = LedgerJSONText.request(text)
        switch try await ledger.accept(
            request: request, priority: .medium, tenant: "default", by: "test", idempotencyKey: key, digest: text, isPreview: isPreview)
        {
        case .accepted(let id, _), .repeated(let id, _), .conflict(let id): return id
        }
    }

    private static func handler(_ seen: Log, as name: String) -> ClosureHandler {
        ClosureHandler(stage: .interpret, name: name) { batch in
            seen.note(batch.map(\.id))
            return batch.map { _ in .step(Step(phase: .refused, by: name)) }
        }
    }

    @Test("a preview takes only what came through the preview path, the active colour only the rest; after the preview, all")
    func leasing() async throws {
        try await self.withColours { blue, green in
            #expect(try await blue.beginPreview("green", beside: "blue") == .made)
            try await green.refreshRoles(urgent: true)
            #expect(blue.role == .active && green.role == .preview)
            let (byBlue, byGreen) = (Log(), Log())
            var (ordinary, previews): (Set<IntentID>, Set<IntentID>) = ([], [])
            try await withWorker(blue, Self.handler(byBlue, as: "blue")) {
                try await withWorker(green, Self.handler(byGreen, as: "green")) {
                    for number in 0..<40 {
                        ordinary.insert(try await self.submit(blue, "ordinary \(number)", isPreview: false))
                        // With a key and without: two ways of accepting.
                        previews.insert(try await self.submit(green, "preview \(number)", isPreview: true, key: number % 2 == 0 ? "k\(number)" : nil))
                    }
                    try await eventually { byBlue.ids.count == 40 && byGreen.ids.count == 40 }
                }
            }
            #expect(Set(byBlue.ids) == ordinary && Set(byGreen.ids) == previews)
            let left = try await self.submit(green, "left over", isPreview: true)
            #expect(try await blue.endPreview("green") == .made)
            try await withWorker(blue, Self.handler(byBlue, as: "blue")) { try await eventually { byBlue.ids.contains(left) } }
        }
    }

    @Test("a promotion in the middle of the work: the old colour's step is refused and its work handed back, the new one does it once")
    func fencing() async throws {
        try await self.withColours { blue, green in
            let id = try await self.submit(blue, "slow", isPreview: false)
            #expect(try await blue.beginPreview("green", beside: "blue") == .made)
            let gate = Gate()
            let (begun, byGreen) = (Log(), Log())
            let slow = ClosureHandler(stage: .interpret, name: "blue") { batch in
                begun.note(batch.map(\.id))
                await gate.wait()
                return batch.map { _ in .step(Step(phase: .refused, by: "blue")) }
            }
            try await withWorker(blue, slow) {
                try await eventually { begun.ids == [id] }
                #expect(try await green.promote("green", over: "blue") == .made)
                gate.open()
                try await withWorker(green, Self.handler(byGreen, as: "green")) {
                    try await eventually { try await green.read(id)?.phase == .refused }
                }
            }
            #expect(byGreen.ids == [id] && begun.ids == [id])
            let history = try #require(try await green.read(id)).historyEntries()
            #expect(history.map(\.by) == ["test", "green"])
            try await eventually { try await green.queueStates().allSatisfy { $0.depth == 0 } }
            #expect(blue.role == .draining)
        }
    }

    @Test("a promotion that was cut short goes on where it was, and repeating it changes nothing")
    func resuming() async throws {
        try await self.withColours { blue, green in
            #expect(try await blue.beginPreview("green", beside: "blue") == .made)
            // As far as a process came that was killed after two partitions.
            for partition in blue.partitions.prefix(2) {
                _ = try await blue.redis.evaluate(blue.scripts.rule, keys: [partition.roles], arguments: [partition.tag, "promote", "green", "blue"])
            }
            try await green.refreshRoles(urgent: true)
            #expect(green.role == .draining && green.roleCounts == [.active: 2, .preview: 2])
            #expect(try await green.promote("green", over: "blue") == .made)
            let roles = try await green.currentRoles()
            #expect(roles.allSatisfy { $0 == PartitionRoles(active: "green", activeEpoch: 2) })
            #expect(try await green.promote("green", over: "blue") == .made)
            #expect(try await green.currentRoles() == roles)
            // Another way is no way: blue is not active any more.
            #expect(try await green.promote("red", over: "blue") == .refused(partition: 0, by: "green"))
            #expect(try await green.currentRoles() == roles)
            // The way back is the same step.
            #expect(try await green.beginPreview("blue", beside: "green") == .made)
            #expect(try await green.promote("blue", over: "green") == .made)
            try await blue.refreshRoles(urgent: true)
            #expect(blue.role == .active && blue.epoch(in: blue.partitions[0]) == 4)
        }
    }

    @Test("a canary rules a share of the partitions, and nobody leads but one; then all; the way back is to who had them before")
    func shares() async throws {
        try await self.withColours { blue, green in
            let all = blue.partitions.count
            #expect(try await green.promote("green", over: "blue", share: 0.5) == .made, "nobody ruled: the share is theirs all the same")
            #expect(try await blue.takeBack("green") == .made)
            #expect(try await blue.currentRoles().suffix(all / 2).allSatisfy { $0.active == "blue" })
            try await blue.claim()
            #expect(try await blue.currentRoles().allSatisfy { $0.active == "blue" })
            #expect(try await blue.beginPreview("green", beside: "blue") == .made)
            #expect(try await green.promote("green", over: "blue", share: 0.1) == .made)
            try await blue.refreshRoles(urgent: true)
            let count = Ledger.count(of: 0.1, in: all)
            #expect(count == max(1, (all + 9) / 10) && green.roleCounts == [.active: count, .preview: all - count])
            #expect(blue.leads && !green.leads && blue.role == .draining && green.role == .draining)
            // What comes through the preview path is the canary's everywhere, the rest where it rules.
            for partition in green.partitions.suffix(count) {
                #expect(green.lanes(in: partition) == [.high, .low, .preview] && blue.lanes(in: partition) == [])
            }
            for partition in green.partitions.dropLast(count) {
                #expect(green.lanes(in: partition) == [.preview] && blue.lanes(in: partition) == [.high, .low])
            }
            #expect(try await blue.takeBack("green") == .made)
            #expect(try await blue.currentRoles().allSatisfy { $0.active == "blue" && $0.preview == nil })
            #expect(try await blue.beginPreview("green", beside: "blue") == .made)
            #expect(try await green.promote("green", over: "blue", share: 0.1) == .made)
            #expect(try await green.promote("green", over: "blue") == .made)
            try await blue.refreshRoles(urgent: true)
            #expect(green.leads && !blue.leads && green.role == .active)
            // A preview is not lost by somebody's way back.
            #expect(try await green.beginPreview("red", beside: "green") == .made)
            #expect(try await blue.takeBack("green") == .refused(partition: 0, by: "red"))
            #expect(try await blue.takeBack("red") == .made)
            #expect(try await blue.takeBack("green") == .made)
            #expect(try await blue.currentRoles().allSatisfy { $0.active == "blue" && $0.preview == nil })
            #expect(try await blue.takeBack("blue") == .refused(partition: 0, by: "blue"), "there is one way back, not a way to and fro")
            #expect(try await blue.takeBack("red") == .made, "who is nobody is back already")
        }
    }

    @Test("shares of partitions, rounded up", arguments: [(0.01, 16, 1), (0.1, 16, 2), (0.5, 16, 8), (0.99, 16, 16), (1.0, 16, 16), (0.1, 1, 1)])
    func count(_ share: Double, _ partitions: Int, _ count: Int) { #expect(Ledger.count(of: share, in: partitions) == count) }

    @Test("the first of colours that follow each other is the active one; the next finds it so, and waits to be told")
    func claiming() async throws {
        try await withLedger(adjust: {
            $0.colour = "r1"
            $0.claims = true
        }) { first, _ in
            try await first.open()
            #expect(first.leads == false)
            try await self.watching(first) { try await eventually { first.role == .active } }
            #expect(try await first.currentRoles().allSatisfy { $0.active == "r1" && $0.activeEpoch == 1 })
            var configuration = first.configuration
            configuration.colour = "r2"
            let redis = RedisClient(configuration.redis, label: "r2")
            defer { redis.stop() }
            let next = Ledger(configuration, redis: redis)
            try await self.watching(next) { try await eventually { next.role != nil } }
            #expect(next.role == .draining && next.partitions.allSatisfy { next.lanes(in: $0).isEmpty })
            #expect(try await first.currentRoles().allSatisfy { $0.active == "r1" && $0.activeEpoch == 1 })
        }
    }

    private func watching(_ ledger: Ledger, _ body: () async throws -> Void) async throws {
        let watch = Task { try await RoleWatch(ledger: ledger).run() }
        do { try await body() } catch {
            watch.cancel()
            throw error
        }
        watch.cancel()
        try await watch.value
    }

    @Test("a notice is told until it is ended; what does not fit into a header is none")
    func notices() async throws {
        try await self.withColours { blue, green in
            #expect(try await blue.notice() == nil)
            let notice = try #require(MaintenanceNotice(text: "upgrade to 1.1.0", by: "ops"))
            try await blue.announce(notice, for: 60)
            #expect(try await green.notice() == notice)
            guard case .integer(let left) = try await blue.redis.send(RedisCommand("TTL", "nephoran:notice")) else {
                throw RedisError(.protocolViolation, "no time to live")
            }
            #expect((50...60).contains(left))
            try await green.endNotice()
            #expect(try await blue.notice() == nil)
        }
        for text in ["", "a\r\nx: y", "Wartung läuft", String(repeating: "x", count: 201)] { #expect(MaintenanceNotice(text: text, by: "ops") == nil) }
    }

    @Test("a preview decides nothing about what is not a preview; the old colour's people are served until it has gone")
    func deciding() async throws {
        try await self.withColours { blue, green in
            let ordinary = try await self.submit(blue, "ordinary", isPreview: false)
            #expect(try await blue.beginPreview("green", beside: "blue") == .made)
            try await green.refreshRoles(urgent: true)
            let snapshot = try #require(try await green.read(ordinary))
            #expect(try await green.step(Step(phase: .cancelled, by: "person"), on: snapshot) == .fenced)
            #expect(try await green.promote("green", over: "blue") == .made)
            // It has not heard of it yet.
            #expect(try await blue.step(Step(phase: .cancelled, by: "person"), on: snapshot) == .taken(.cancelled))
        }
    }

    @Test("a preview ended and begun again is another one: who slept meanwhile takes no step")
    func previewAgain() async throws {
        try await self.withColours { blue, green in
            #expect(try await blue.beginPreview("green", beside: "blue") == .made)
            try await green.refreshRoles(urgent: true)
            let id = try await self.submit(green, "preview", isPreview: true)
            let partition = try #require(green.partition(of: id))
            let snapshot = try #require(try await green.read(id))
            let work = Work(id: id, stage: .interpret, lane: .preview, track: "main", version: 1, attempt: 0, colour: "green", epoch: 0)
            let lease = Lease(
                work: work, partition: partition, message: "0-1", isRedelivery: false, takenAt: .now, epoch: green.epoch(in: partition))
            #expect(try await blue.endPreview("green") == .made)
            #expect(try await blue.beginPreview("green", beside: "blue") == .made)
            #expect(try await green.step(Step(phase: .refused, by: "green"), finishing: lease, phase: snapshot.phase) == .fenced)
            var new = lease
            try await green.refreshRoles(urgent: true)
            new.epoch = green.epoch(in: partition)
            #expect(try await green.step(Step(phase: .refused, by: "green"), finishing: new, phase: snapshot.phase) == .taken(.refused))
        }
    }

    @Test("ordinary records stay readable to the version before, previews never were; the same key is another intent there")
    func forms() async throws {
        try await self.withColours { blue, _ in
            let ordinary = try await self.submit(blue, "x", isPreview: false, key: "k")
            let preview = try await self.submit(blue, "x", isPreview: true, key: "k")
            #expect(ordinary != preview)
            for (id, form) in [(ordinary, "2"), (preview, "3")] {
                let partition = try #require(blue.partition(of: id))
                func schema() async throws -> String? { try await blue.redis.send(RedisCommand("HGET", partition.record(id), "schema")).string }
                #expect(try await schema() == form)
                let snapshot = try #require(try await blue.read(id))
                let record = try snapshot.record()
                #expect(snapshot.isPreview == (form == "3") && record.preview == (form == "3" ? true : nil))
                _ = try await blue.step(Step(phase: .cancelled, by: "person"), on: snapshot)
                #expect(try await schema() == form)
            }
        }
    }

    @Test("a rollout is kept as it was written")
    func run() async throws {
        try await self.withColours { blue, _ in
            #expect(try await blue.rolloutRun() == nil)
            var run = RolloutRun(
                id: "r1", state: .analysing, from: "blue", fromDirectory: "/a", to: "green", toDirectory: "/b", startedAt: "2026-11-27T00:00:00.000Z")
            run.measurements = [.init(at: "2026-11-27T00:00:01.000Z", of: "preview", requests: 20, successRate: 0.95, p95Seconds: 0.2, fault: nil)]
            try await blue.keep(run)
            #expect(try await blue.rolloutRun() == run)
        }
    }

    @Test("a wish is taken once; an abort comes before a promotion, and not the other way round")
    func wish() async throws {
        try await self.withColours { blue, green in
            func wish(_ verb: RolloutWish.Verb) -> RolloutWish { RolloutWish(run: "r1", verb: verb, by: "nora", at: "2026-11-27T00:00:00.000Z") }
            #expect(try await blue.takeRolloutWish() == nil)
            #expect(try await blue.wish(wish(.promote)) == wish(.promote))
            #expect(try await blue.wish(wish(.promote)) == wish(.promote))
            #expect(try await green.rolloutWish() == wish(.promote))
            #expect(try await blue.wish(wish(.abort)) == wish(.abort))
            #expect(try await blue.wish(wish(.promote)) == wish(.abort))
            #expect(try await green.takeRolloutWish() == wish(.abort))
            #expect(try await green.takeRolloutWish() == nil)
            #expect(try await blue.redis.send(RedisCommand("EXISTS", "nephoran:rollout:wish")).int == 0)
            _ = try await blue.wish(wish(.promote))
            #expect((1...30).contains(try await blue.redis.send(RedisCommand("TTL", "nephoran:rollout:wish")).int ?? -1))
        }
    }
}

private enum LedgerJSONText {
    static func request(_ text: String) -> [UInt8] { (try? LedgerJSON.encode(IntentRequest(intent: text, priority: .medium))) ?? [] }
}

private final class Log: Sendable {
    private let all = Mutex<[IntentID]>([])
    var ids: [IntentID] { self.all.withLock { $0 } }
    func note(_ ids: [IntentID]) { self.all.withLock { $0 += ids } }
}

private final class Gate: Sendable {
    private let isOpen = Atomic(false)
    func open() { self.isOpen.store(true, ordering: .relaxed) }
    func wait() async { while !self.isOpen.load(ordering: .relaxed) { try? await Task.sleep(for: .milliseconds(5)) } }
}
