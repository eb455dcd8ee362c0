import Synchronization
import Testing

@testable import Resilience

@Suite(.timeLimit(.minutes(1))) struct BulkheadTests {
    @Test("places go to those who wait in order, and nobody overtakes")
    func order() {
        var queue = BulkheadQueue<String>(limit: 1, waitingLimit: 2)
        #expect(queue.enter(1, waiting: "a") == .inside)
        #expect(queue.enter(2, waiting: "b") == .queued)
        #expect(queue.enter(3, waiting: "c") == .queued)
        #expect(queue.enter(4, waiting: "d") == .full)
        #expect(queue.enter() == false)
        #expect(queue.withdraw(4) == nil)
        #expect(queue.leave() == "b")
        #expect(queue.withdraw(3) == "c")
        #expect(queue.leave() == nil)
        #expect(queue.inside == 0)
        #expect(queue.enter() == true)
    }

    @Test("never more than the limit are inside, and everybody gets a turn")
    func bounded() async throws {
        let bulkhead = Bulkhead(limit: 3, waitingLimit: 100, waitAtMost: .seconds(30))
        let crowd = Crowd()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<100 {
                group.addTask {
                    try await bulkhead.run {
                        crowd.come()
                        await Task.yield()
                        crowd.go()
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(crowd.most <= 3)
        #expect(crowd.total == 100)
        #expect(bulkhead.occupancy.inside == 0)
        #expect(bulkhead.occupancy.waiting == 0)
    }

    /// Counts who is inside at the same time.
    final class Crowd: Sendable {
        private let counts = Mutex((now: 0, most: 0, total: 0))

        func come() {
            self.counts.withLock { counts in
                counts.now += 1
                counts.most = max(counts.most, counts.now)
                counts.total += 1
            }
        }
        func go() { self.counts.withLock { $0.now -= 1 } }
        var most: Int { self.counts.withLock { $0.most } }
        var total: Int { self.counts.withLock { $0.total } }
    }

    /// Holds the only place of `bulkhead` while `body` runs.
    func whileOccupied(_ bulkhead: Bulkhead, _ body: () async throws -> Void) async throws {
        let (entered, enter) = AsyncStream.makeStream(of: Void.self)
        let (released, release) = AsyncStream.makeStream(of: Void.self)
        let holder = Task {
            try await bulkhead.run {
                enter.finish()
                for await _ in released {}
            }
        }
        for await _ in entered {}
        try await body()
        release.finish()
        try await holder.value
        #expect(bulkhead.occupancy.inside == 0)
        #expect(bulkhead.occupancy.waiting == 0)
    }

    @Test("beyond the waiting ones it refuses at once")
    func full() async throws {
        let bulkhead = Bulkhead(limit: 1, waitingLimit: 0, waitAtMost: .seconds(30))
        try await self.whileOccupied(bulkhead) {
            await #expect(throws: Bulkhead.Refusal.full) { try await bulkhead.run {} }
        }
    }

    @Test("waiting has an end", arguments: [Duration.zero, .milliseconds(5)])
    func timesOut(wait: Duration) async throws {
        let bulkhead = Bulkhead(limit: 1, waitingLimit: 1, waitAtMost: wait)
        try await self.whileOccupied(bulkhead) {
            await #expect(throws: Bulkhead.Refusal.timedOut) { try await bulkhead.run {} }
        }
    }

    @Test("a cancelled task stops waiting")
    func cancelled() async throws {
        let bulkhead = Bulkhead(limit: 1, waitingLimit: 1, waitAtMost: .seconds(30))
        try await self.whileOccupied(bulkhead) {
            let waiting = Task { try await bulkhead.run {} }
            while bulkhead.occupancy.waiting == 0 { await Task.yield() }
            waiting.cancel()
            await #expect(throws: Bulkhead.Refusal.cancelled) { try await waiting.value }
        }
    }

    @Test("an error of the body passes through and frees the place")
    func bodyThrows() async throws {
        struct Failed: Error {}
        let bulkhead = Bulkhead(limit: 1, waitingLimit: 0, waitAtMost: .zero)
        await #expect(throws: Failed.self) { try await bulkhead.run { throw Failed() } }
        #expect(try await bulkhead.run { 7 } == 7)
    }
}
