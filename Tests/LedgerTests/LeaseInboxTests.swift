import IntentModel
import Testing

@testable import Ledger

@Suite struct LeaseInboxTests {
    private static func leases(_ count: Int, _ lane: Lane, in partition: Int, from first: Int = 0) -> [Lease] {
        (first..<first + count).map { number in
            let work = Work(
                id: IntentID(partition: partition, milliseconds: 0), stage: .plan, lane: lane, track: "main", version: 1, attempt: 0, colour: "", epoch: 0)
            return Lease(work: work, partition: Partition(partition), message: "\(number)-0", isRedelivery: false, takenAt: .now)
        }
    }

    private static func count(_ lane: Lane, _ leases: [Lease]?) -> Int { leases?.count { $0.work.lane == lane } ?? -1 }

    @Test("what ordinary work fills is no room that urgent work waits for, and each partition has its own")
    func room() async {
        let inbox = LeaseInbox(high: 4, lowOfEach: 2)
        _ = inbox.put(Self.leases(2, .low, in: 0))
        #expect(await inbox.room(for: Partition(0)) == .highOnly)
        #expect(await inbox.room(for: Partition(1)) == .bothLanes)
        _ = inbox.put(Self.leases(3, .high, in: 0))
        #expect(await inbox.room(for: Partition(0)) == .highOnly)
        #expect(await inbox.take(8)?.count == 5)
        #expect(await inbox.room(for: Partition(0)) == .bothLanes)
    }

    @Test("beyond its bound urgent work waits until some is taken, or the inbox closes")
    func bound() async {
        let inbox = LeaseInbox(high: 2, lowOfEach: 2)
        _ = inbox.put(Self.leases(2, .high, in: 0))
        async let room = inbox.room(for: Partition(1))
        #expect(await inbox.take(1)?.count == 1)
        #expect(await room == .bothLanes)
        _ = inbox.put(Self.leases(1, .high, in: 0, from: 5))
        async let closed = inbox.room(for: Partition(1))
        inbox.close()
        #expect(await closed == .none)
    }

    @Test("a batch with urgent work has a quarter of its places for the rest and stays short; without, it is filled", arguments: [(32, 8), (4, 1)])
    func shares(limit: Int, share: Int) async {
        let inbox = LeaseInbox(high: 1_000, lowOfEach: 1_000)
        _ = inbox.put(Self.leases(3 * limit, .low, in: 0) + Self.leases(2, .high, in: 0))
        let mixed = await inbox.take(limit)
        #expect(Self.count(.high, mixed) == 2 && Self.count(.low, mixed) == share)
        #expect(Self.count(.low, await inbox.take(limit)) == limit)
        _ = inbox.put(Self.leases(2 * limit, .high, in: 1))
        let urgent = await inbox.take(limit)
        #expect(Self.count(.high, urgent) == limit - share && Self.count(.low, urgent) == share)
    }

    @Test("who gathers gets what is there now, waits for nothing, and makes room")
    func gathering() async {
        let inbox = LeaseInbox(high: 2, lowOfEach: 2)
        #expect(inbox.takeNow(4).isEmpty)
        _ = inbox.put(Self.leases(2, .high, in: 0) + Self.leases(3, .low, in: 1))
        async let room = inbox.room(for: Partition(0))
        #expect(inbox.takeNow(4).count == 3, "two that are urgent, and their quarter")
        #expect(await room == .bothLanes)
        #expect(inbox.takeNow(4).count == 2)
        _ = inbox.put(Self.leases(1, .low, in: 0))
        inbox.close()
        #expect(inbox.takeNow(4).isEmpty && inbox.remains().count == 1)
    }

    @Test("whether intents flood in is asked now and then, and each time while they do")
    func flood() {
        let look = FloodLook()
        let now = ContinuousClock.now
        #expect(look.isDue(at: now))
        look.saw(isFlood: false, at: now)
        #expect(!look.isDue(at: now + .milliseconds(49)) && look.isDue(at: now + .milliseconds(50)))
        look.saw(isFlood: true, at: now)
        #expect(look.isDue(at: now))
    }

    @Test("where a batch is one item, every fourth is for the rest")
    func single() async {
        let inbox = LeaseInbox(high: 1_000, lowOfEach: 1_000)
        _ = inbox.put(Self.leases(10, .low, in: 0) + Self.leases(30, .high, in: 0))
        var low = 0
        for _ in 0..<20 { low += Self.count(.low, await inbox.take(1)) }
        #expect(low == 5)
    }

    @Test("what nobody has taken is handed out once at the end")
    func remains() async {
        let inbox = LeaseInbox(high: 4, lowOfEach: 4)
        _ = inbox.put(Self.leases(3, .low, in: 0) + Self.leases(1, .high, in: 0))
        inbox.close()
        #expect(await inbox.take(8) == nil)
        #expect(inbox.remains().count == 4 && inbox.remains().isEmpty)
        #expect(inbox.put(Self.leases(2, .low, in: 0)).count == 2)
    }
}
