import Logging
import RedisClient
import Synchronization
import TestSupport
import Testing

@testable import Caching

@Suite struct InvalidationFeedTests {
    private final class Heard: Sendable {
        let events = Mutex<[InvalidationFeed.Event]>([])
        func add(_ event: InvalidationFeed.Event) { self.events.withLock { $0.append(event) } }
        var all: [InvalidationFeed.Event] { self.events.withLock { $0 } }
    }

    /// Waits, for at most twenty seconds, until it holds.
    private func until(_ what: Comment, _ condition: () async throws -> Bool) async throws {
        let end = ContinuousClock.now + .seconds(20)
        while ContinuousClock.now < end {
            if try await condition() { return }
            try await Task.sleep(for: .milliseconds(20))
        }
        Issue.record(what)
    }

    @Test("a change of a key under the prefix is heard, others are not; after an outage everything counts as changed and changes are heard again")
    func feed() async throws {
        let server = try await RedisServer.start(appendOnly: false)
        let redis = try server.client()
        let heard = Heard()
        let feed = InvalidationFeed(redis, prefix: "{control}", logger: Logger(label: "silent") { _ in SwiftLogNoOpLogHandler() }) { heard.add($0) }
        let running = Task { await feed.run() }
        try await self.until("it begins with a reset") { heard.all == [.reset] }
        _ = try await redis.send(RedisCommand("SET", "other", "1"))
        _ = try await redis.send(RedisCommand("INCR", "{control}:cleared"))
        try await self.until("the key is named") { heard.all.contains(.changed(["{control}:cleared"])) }
        #expect(!heard.all.contains(.changed(["other"])))

        let before = heard.all.count
        server.stop()
        try await self.until("an outage is a reset") { heard.all.dropFirst(before).contains(.reset) }
        // Several tries to reach it later, nothing more was forgotten.
        try await Task.sleep(for: .seconds(3))
        #expect(heard.all.dropFirst(before) == [.reset])
        try await server.restart()
        try await self.until("changes are heard again") {
            _ = try? await redis.send(RedisCommand("INCR", "{control}:again"))
            return heard.all.contains(.changed(["{control}:again"]))
        }
        running.cancel()
        await running.value
        redis.stop()
        server.stop()
    }
}
