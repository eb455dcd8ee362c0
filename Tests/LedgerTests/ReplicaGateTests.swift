import Glibc
import IntentModel
import RedisClient
import TestSupport
import Testing

@testable import Ledger

@Suite(.timeLimit(.minutes(2))) struct ReplicaGateTests {
    /// A primary and its replica, in step.
    static func pair() async throws -> (RedisServer, RedisServer) {
        let primary = try await RedisServer.start(options: ["--repl-diskless-sync-delay", "0"])
        let replica = try await RedisServer.start(options: ["--replicaof", "127.0.0.1 \(primary.port)"])
        try await RedisCluster.until { try await primary.send("INFO", "replication").string?.contains("state=online") == true }
        return (primary, replica)
    }

    static func ledger(on primary: RedisServer, waitReplicas: Int = 1, waitTimeout: Duration = .seconds(5)) throws -> Ledger {
        var configuration = LedgerConfiguration(redis: try RedisConfiguration(url: primary.url))
        configuration.partitions = 4
        configuration.waitReplicas = waitReplicas
        configuration.waitTimeout = waitTimeout
        return Ledger(configuration, redis: RedisClient(configuration.redis, label: "test"))
    }

    @Test("what is accepted is on the replica")
    func replicated() async throws {
        let (primary, replica) = try await Self.pair()
        let ledger = try Self.ledger(on: primary)
        try await ledger.open()
        for number in 0..<20 {
            let id = try await ledger.submit("intent", key: number % 2 == 0 ? "key \(number)" : nil)
            #expect(try await replica.send("EXISTS", Partition(id.partition).record(id)).int == 1)
        }
        ledger.redis.stop()
    }

    @Test("a replica that does not answer leaves the outcome unknown; repeated with the same key, the intent is the same")
    func unknownOutcome() async throws {
        let (primary, replica) = try await Self.pair()
        let ledger = try Self.ledger(on: primary, waitTimeout: .milliseconds(300))
        try await ledger.open()
        replica.signal(SIGSTOP)
        for key in ["key", nil] {
            let error = await #expect(throws: LedgerError.self) { try await ledger.submit("intent", key: key) }
            #expect(error?.code == .unknownOutcome && error?.message.contains("0 of 1 replicas") == true, "\(error?.message ?? "")")
        }
        // A repeat does not get by either.
        let repeated = await #expect(throws: LedgerError.self) { try await ledger.submit("intent", key: "key") }
        #expect(repeated?.code == .unknownOutcome)
        // Where nobody asks for replicas nobody waits for them.
        let careless = try Self.ledger(on: primary, waitReplicas: 0)
        let known = try await careless.submit("intent", key: "key")
        replica.signal(SIGCONT)
        try await eventually(within: .seconds(20)) { (try? await ledger.submit("intent", key: "key")) == known }
        careless.redis.stop()
        ledger.redis.stop()
    }

    @Test("callers who come while one waits share the next question")
    func shares() async throws {
        let (primary, replica) = try await Self.pair()
        let ledger = try Self.ledger(on: primary)
        try await ledger.open()
        let ids = try await withThrowingTaskGroup(of: IntentID.self) { group in
            for _ in 0..<300 { group.addTask { try await ledger.submit("intent") } }
            return try await group.reduce(into: Set()) { $0.insert($1) }
        }
        #expect(ids.count == 300)
        let statistics = try await primary.send("INFO", "commandstats").string ?? ""
        let line = try #require(statistics.split(separator: "\r\n").first { $0.hasPrefix("cmdstat_wait:calls=") })
        let calls = try #require(Int(line.dropFirst("cmdstat_wait:calls=".count).prefix { $0 != "," }))
        #expect((1...100).contains(calls))
        ledger.redis.stop()
        withExtendedLifetime(replica) {}
    }

    @Test("an acceptance whose primary was replaced by a replica without it is not confirmed by that one")
    func replaced() async throws {
        let (primary, replica) = try await Self.pair()
        let ledger = try Self.ledger(on: primary)
        try await ledger.open()
        let gate = ReplicaGate(redis: ledger.redis, replicas: 1, timeout: .seconds(5))
        let partition = ledger.partitions[0]
        // The record was taken by the one before, and never came here.
        let error = await #expect(throws: LedgerError.self) { try await gate.confirm("{p00}:i:gone", in: partition) }
        #expect(error?.code == .unknownOutcome && error?.message.contains("replaced") == true)
        ledger.redis.stop()
        withExtendedLifetime(replica) {}
    }
}
