import RedisClient
import Synchronization
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(2))) struct RedisSentinelTests {
    /// A server that is promoted closes its connections: a command on its way then is not repeated by the client, but by whoever may.
    private func repeated(_ body: () async throws -> RedisValue) async throws -> RedisValue {
        for _ in 0..<20 {
            do { return try await body() } catch let error as RedisError where error.mayHaveRun { try await Task.sleep(for: .milliseconds(50)) }
        }
        return try await body()
    }

    @Test("the client finds the primary, follows its fail-over live, and does not go back to the old one")
    func followsFailover() async throws {
        let group = try await RedisSentinels.start()
        var configuration = try RedisConfiguration(url: group.url)
        configuration.commandTimeout = .seconds(20)
        let redis = RedisClient(configuration, label: "test")
        _ = try await redis.send(RedisCommand("SET", "before", "yes"))
        try await eventually("it is replicated") { try await group.servers[1].send("EXISTS", "before").int == 1 }

        let consumer = redis.consumer(label: "blocked")
        let blocked = Task { await redisError { _ = try await consumer.send(RedisCommand("BLPOP", "nothing", 0), timeout: .seconds(60)) } }
        try await eventually("it blocks") { group.servers[0].line("blocked_clients", of: try await group.servers[0].send("INFO", "clients")) == "1" }
        group.servers[0].kill()
        #expect(await blocked.value?.code == .disconnected)
        await eventually("the client notices") { !redis.isConnected }
        #expect(try await self.repeated { try await redis.send(RedisCommand("SET", "after", "yes")) } == .status("OK"))
        #expect(try await self.repeated { try await redis.send(RedisCommand("GET", "before")) }.string == "yes")
        try await eventually("the sentinels agree") { try await group.primary() == 1 }
        #expect(try await self.repeated { try await consumer.send(RedisCommand("GET", "after")) }.string == "yes")

        try await group.servers[0].restart()
        for number in 0..<50 { _ = try await self.repeated { try await redis.send(RedisCommand("SADD", "set", number)) } }
        try await eventually("the old primary follows") {
            group.servers[0].line("role", of: try await group.servers[0].send("INFO", "replication")) == "slave"
        }
        #expect(try await group.servers[1].send("SCARD", "set").int == 50)
        redis.stop()
        group.stop()
    }

    @Test("a primary that was demoted is left, and the command goes to the new one")
    func leavesReplica() async throws {
        let group = try await RedisSentinels.start()
        var configuration = try RedisConfiguration(url: group.url)
        configuration.commandTimeout = .seconds(20)
        let redis = RedisClient(configuration, label: "test")
        _ = try await redis.send(RedisCommand("SET", "key", 0))
        // As a fail-over ordered by an operator does, while commands flow.
        let done = Mutex(false)
        let counted = Task {
            var (confirmed, uncertain) = (0, 0)
            while !done.withLock({ $0 }) {
                do throws(RedisError) {
                    _ = try await redis.send(RedisCommand("INCR", "key"))
                    confirmed += 1
                } catch {
                    #expect(error.mayHaveRun, "\(error)")
                    uncertain += 1
                }
            }
            return (confirmed, uncertain)
        }
        try await group.failOver()
        try await RedisCluster.until { try await group.primary() == 1 }
        try await RedisCluster.until { try await group.servers[1].send("SET", "writable", 1) == .status("OK") }
        let start = try await group.servers[1].send("GET", "key").int ?? 0
        try await eventually("commands arrive at the new primary") { try await group.servers[1].send("GET", "key").int ?? 0 > start + 50 }
        done.withLock { $0 = true }
        let (confirmed, uncertain) = await counted.value
        #expect(confirmed > 50 && uncertain <= 2)
        redis.stop()
        group.stop()
    }

    @Test("a name that the sentinels do not know is said to be unknown")
    func unknownName() async throws {
        let group = try await RedisSentinels.start()
        let redis = RedisClient(try RedisConfiguration(url: group.url.replacing("/ledger", with: "/other")), label: "test")
        let error = await redisError { _ = try await redis.send(RedisCommand("PING"), timeout: .seconds(1)) }
        #expect(error?.code == .disconnected && error?.message.contains("no primary named other") == true, "\(error?.message ?? "")")
        redis.stop()
        group.stop()
    }
}
