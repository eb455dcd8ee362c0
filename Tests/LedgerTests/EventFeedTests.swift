import IntentModel
import RedisClient
import Testing

@testable import Ledger

@Suite(.serialized) struct EventFeedTests {
    @Test("who listens to a feed that has stopped is told the end", .timeLimit(.minutes(1)))
    func stopped() async throws {
        try await withLedger { ledger, _ in
            try await ledger.open()
            let feed = EventFeed(ledger: ledger)
            let id = try await ledger.submit("too late")
            feed.stop()
            for await _ in await feed.listen(to: id) {}
            for await _ in await feed.listenToAll().events {}
        }
    }

    @Test("a listener that falls far behind is told the end, after events without a gap", .timeLimit(.minutes(1)))
    func farBehind() async throws {
        try await withLedger(partitions: 1) { ledger, _ in
            try await ledger.open()
            let feed = EventFeed(ledger: ledger)
            let other = try await ledger.submit("other")
            let slow = await feed.listenToAll()
            let watch = await feed.listenToAll().events
            let stream = try #require(ledger.partition(of: other)).events
            let stranger = IntentID(partition: 0, milliseconds: 1).description
            for _ in 0..<10 {
                _ = try await ledger.redis.pipeline((0..<1000).map { RedisCommand("XADD", stream, "*", "i", stranger, "n", $0, "h", "{}") })
            }
            _ = try await ledger.redis.send(RedisCommand("XADD", stream, "*", "i", other.description, "n", 2, "h", "{}"))
            for await event in watch where event.id == other { break }  // by now everybody was offered all of them
            var positions: [String] = []
            for await event in slow.events { positions.append(event.position) }
            let known = try await ledger.events(partition: 0, after: try #require(slow.positions[0]), limit: positions.count).map(\.position)
            #expect(positions.count == 8192 && positions == known)
            feed.stop()
        }
    }

    @Test("nobody waits without end for a ledger that does not answer", .timeLimit(.minutes(1)))
    func unanswered() async throws {
        try await withLedger(partitions: 2) { ledger, server in
            try await ledger.open()
            server.kill()
            let feed = EventFeed(ledger: ledger)
            let events = await feed.listenToAll()
            for await _ in events.events {}
            #expect(events.positions.isEmpty)
            feed.stop()
        }
    }
}
