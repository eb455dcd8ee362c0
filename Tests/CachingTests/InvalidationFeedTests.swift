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

    /// Counts what is logged.
    private struct Count: LogHandler {
        let messages: Tries
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { self.metadata[key] }
            set { self.metadata[key] = newValue }
        }

        func log(event: LogEvent) { self.messages.count.withLock { $0 += 1 } }
    }

    private final class Tries: Sendable {
        let count = Mutex(0)
        var failed: Int { self.count.withLock { $0 } }
    }

    /// Waits, for at most a minute, until it holds.
    private func until(_ what: Comment, _ condition: () async throws -> Bool) async throws {
        let end = ContinuousClock.now + .seconds(60)
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
        let (heard, tries) = (Heard(), Tries())
        let feed = InvalidationFeed(redis, prefix: "{control}", logger: Logger(label: "counting") { _ in Count(messages: tries) }) { heard.add($0) }
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
        let failed = tries.failed
        try await self.until("it is tried again and again") { tries.failed >= failed + 3 }
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
