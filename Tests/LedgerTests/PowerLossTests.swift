import Foundation
import IntentModel
import RedisClient
import Synchronization
import TestSupport
import Testing

@testable import Ledger

/// What is left after a power cut: the append-only file as far as it was synchronised.
@Suite(.serialized, .timeLimit(.minutes(5))) struct PowerLossTests {
    /// How the file ends. A disk may have kept a part of what was never synchronised.
    enum Tail: CaseIterable { case exact, midRecord }

    @Test("with appendfsync always, no acknowledged intent is lost", arguments: Tail.allCases)
    func always(_ tail: Tail) async throws {
        for _ in 0..<(LedgerDrill.isEndurance ? 20 : 2) {
            let (acknowledged, lost) = try await Self.cutPower(appendfsync: "always", tail)
            #expect(acknowledged >= 100)
            #expect(lost == 0, "of \(acknowledged)")
        }
    }

    @Test("the same with everysec loses some: the test would notice", arguments: Tail.allCases)
    func everySecond(_ tail: Tail) async throws {
        let (acknowledged, lost) = try await Self.cutPower(appendfsync: "everysec", tail)
        #expect(acknowledged >= 100)
        #expect(lost > 0, "of \(acknowledged)")
    }

    /// Submits intents, cuts the power in the middle, and counts what is missing when it is back.
    static func cutPower(appendfsync: String, _ tail: Tail) async throws -> (acknowledged: Int, lost: Int) {
        let recorder = try await SyncRecorder()
        let server = try await RedisServer.start(options: ["--appendfsync", appendfsync, "--aof-load-truncated", "yes"], environment: recorder.environment)
        defer { server.stop() }
        let file = server.directory.file("appendonlydir/appendonly.aof.1.incr.aof")
        var configuration = LedgerConfiguration(redis: try RedisConfiguration(url: server.url))
        configuration.partitions = 4
        configuration.allowsVolatile = appendfsync != "always"
        let ledger = Ledger(configuration, redis: RedisClient(configuration.redis, label: "test"))
        try await ledger.open()
        // Redis synchronises when the second changes: just after that, most of a second is left.
        let before = recorder.count(file)
        try await eventually {
            _ = try await ledger.submit("warm up")
            return recorder.count(file) > before
        }

        let acknowledged = SharedIDs()
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<400 {
                group.addTask {
                    if let id = try? await ledger.submit("intent \(number)", key: number % 2 == 0 ? "key \(number)" : nil) { acknowledged.append(id) }
                    if acknowledged.count == 100 { server.kill() }
                }
            }
        }
        ledger.redis.stop()

        var contents = try Data(contentsOf: URL(fileURLWithPath: file))
        let (written, synchronised) = (contents.count, recorder.synchronised(file))
        #expect(synchronised > 0 && synchronised <= written)
        contents.removeLast(written - synchronised)
        if tail == .midRecord { contents.append(Data("*4\r\n$4\r\nHSET\r\n$40\r\n{p00}:i:0190".utf8)) }
        try contents.write(to: URL(fileURLWithPath: file))

        try await server.restart()
        let after = Ledger(configuration, redis: RedisClient(configuration.redis, label: "test"))
        defer { after.redis.stop() }
        let ids = acknowledged.all
        let queued = try await Self.queued(after)
        // An intent is there when its record is, and the work that moves it.
        let lost = zip(ids, try await after.read(ids)).count { id, snapshot in snapshot == nil || !queued.contains(id) }
        return (ids.count, lost)
    }

    static func queued(_ ledger: Ledger) async throws -> Set<IntentID> {
        let streams = ledger.partitions.flatMap { partition in Lane.allCases.map { partition.queue(.interpret, $0) } }
        let replies = try await ledger.redis.pipeline(streams.map { RedisCommand("XRANGE", $0, "-", "+") })
        return Set(replies.flatMap { $0.array ?? [] }.compactMap { $0[1]["i"].string.flatMap { IntentID($0) } })
    }
}

private final class SharedIDs: Sendable {
    private let ids = Mutex<[IntentID]>([])

    func append(_ id: IntentID) { self.ids.withLock { $0.append(id) } }
    var count: Int { self.ids.withLock { $0.count } }
    var all: [IntentID] { self.ids.withLock { $0 } }
}
