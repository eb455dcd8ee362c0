import IntentModel
import RedisClient
import TestSupport
import Testing

@testable import Ledger

/// The ledger on every kind of Redis it may live on, while that changes under it.
@Suite(.serialized, .timeLimit(.minutes(30))) struct TopologyTests {
    @Test("on a cluster whose slots move and whose primary dies, no accepted intent is lost and no step is taken twice")
    func cluster() async throws {
        let cluster = try await RedisCluster.start(nodeTimeout: 3000)
        let drill = try LedgerDrill(url: cluster.url) { $0.waitReplicas = 1 }
        let slots = try await drill.ledger.partitions.asyncMap { try await cluster.slot(of: $0.tag) }
        try await drill.run(count: LedgerDrill.isEndurance ? 20_000 : 200) {
            for _ in 0..<(LedgerDrill.isEndurance ? 20 : 1) {
                try await cluster.reshard(slots)
                try await cluster.replacePrimary(serving: slots)
                try await cluster.reshard(slots)
            }
        }
        cluster.stop()
    }

    @Test("behind sentinels whose primary dies, no accepted intent is lost and no step is taken twice")
    func sentinel() async throws {
        let group = try await RedisSentinels.start()
        let drill = try LedgerDrill(url: group.url) { $0.waitReplicas = 1 }
        try await drill.run(count: 200) {
            group.servers[0].kill()
            try await RedisCluster.until { try await group.primary() == 1 }
            try await RedisCluster.until { try await group.servers[1].send("ROLE")[0].string == "master" }
            try await group.servers[0].restart()
            try await RedisCluster.until(within: .seconds(60)) { try await group.servers[0].send("ROLE")[0].string == "slave" }
        }
        group.stop()
    }

    @Test("a Redis that is killed and started again loses nothing")
    func restart() async throws {
        let server = try await RedisServer.start()
        let drill = try LedgerDrill(url: server.url)
        try await drill.run(count: 200) {
            for _ in 0..<(LedgerDrill.isEndurance ? 30 : 3) {
                try await Task.sleep(for: .milliseconds(400))  // so that there is work under way
                server.kill()
                try await Task.sleep(for: .milliseconds(200))
                try await server.restart()
            }
        }
        server.stop()
    }

    @Test("every primary is checked for persistence, and the one that is at fault is named")
    func checksEveryPrimary() async throws {
        let cluster = try await RedisCluster.start()
        let drill = try LedgerDrill(url: cluster.url)
        try await drill.ledger.open()
        try await cluster.nodes[2].send("CONFIG", "SET", "appendfsync", "everysec")
        let error = await #expect(throws: LedgerError.self) { try await drill.ledger.open() }
        #expect(error?.code == .misconfigured && error?.message.contains("127.0.0.1:\(cluster.nodes[2].port) has appendfsync everysec") == true)
        try await cluster.nodes[2].send("CONFIG", "SET", "appendfsync", "always")
        try await cluster.nodes[0].send("CONFIG", "SET", "maxmemory-policy", "allkeys-lru")
        let other = await #expect(throws: LedgerError.self) { try await drill.ledger.open() }
        #expect(other?.code == .misconfigured && other?.message.contains("maxmemory-policy allkeys-lru") == true)
        drill.ledger.redis.stop()
        cluster.stop()
    }
}

extension Array {
    func asyncMap<Mapped>(_ transform: (Element) async throws -> Mapped) async rethrows -> [Mapped] {
        var mapped: [Mapped] = []
        for element in self { mapped.append(try await transform(element)) }
        return mapped
    }
}
