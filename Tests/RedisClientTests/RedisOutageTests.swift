import RedisClient
import TestSupport
import Testing

@Suite struct RedisOutageTests {
    @Test("nobody listening is a disconnected error at the deadline, and the command has not run") func nobody() async throws {
        let redis = RedisClient(try RedisConfiguration(url: "redis://127.0.0.1:\(try FreePort.next())"), label: "test")
        let error = await redisError { _ = try await redis.send(RedisCommand("PING"), timeout: .milliseconds(100)) }
        #expect(error?.code == .disconnected)
        #expect(error?.mayHaveRun == false)
        #expect(error?.message.contains("Connection refused") == true, "\(error?.message ?? "")")
        #expect(!redis.isConnected)
    }

    @Test("when the server is killed, written commands fail at once; after its restart all is there again") func killed() async throws {
        let server = try await RedisServer.start()
        let redis = try server.client()
        _ = try await redis.send(RedisCommand("SET", "kept", "yes"))
        let observer = try server.client()
        async let failure = redisError { _ = try await redis.send(RedisCommand("BLPOP", "nothing", 0), timeout: .seconds(60)) }
        try await eventually("the command blocks") { try await observer.info("blocked_clients") == 1 }

        server.kill()
        let error = await failure
        #expect(error?.code == .disconnected)
        #expect(error?.mayHaveRun == true)
        await eventually("the client notices") { !redis.isConnected }

        // A command that cannot be written yet waits for the server.
        async let waiting = redis.send(RedisCommand("GET", "kept"), timeout: .seconds(20))
        try await server.restart()
        #expect(try await waiting.string == "yes")
        #expect(redis.isConnected)
    }

    @Test("no command is repeated and none that was confirmed is lost across a kill") func exactlyOnce() async throws {
        let server = try await RedisServer.start()
        let redis = try server.client()
        let (confirmed, uncertain) = try await withThrowingTaskGroup(of: Bool?.self) { group in
            for index in 0..<400 {
                group.addTask {
                    do throws(RedisError) {
                        _ = try await redis.send(RedisCommand("RPUSH", "list", index), timeout: .seconds(20))
                        return true
                    } catch { return error.mayHaveRun ? false : nil }
                }
            }
            server.kill()
            try await server.restart()
            return try await group.reduce(into: (0, 0)) { counts, outcome in
                if outcome == true { counts.0 += 1 } else if outcome == false { counts.1 += 1 }
            }
        }
        let stored = try await redis.send(RedisCommand("LRANGE", "list", 0, -1)).array?.compactMap(\.int) ?? []
        #expect(Set(stored).count == stored.count)
        #expect((confirmed...confirmed + uncertain).contains(stored.count))
    }
}
