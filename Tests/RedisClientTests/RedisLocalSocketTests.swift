import RedisClient
import TestSupport
import Testing

@Suite struct RedisLocalSocketTests {
    @Test("a local socket that answers nobody yet is tried until it does")
    func lateServer() async throws {
        let server = try await RedisServer.start()
        server.kill()
        let redis = RedisClient(try RedisConfiguration(url: server.unixURL), label: "late")
        defer { redis.stop() }
        // The first attempt fails at once; nothing but the client's own next attempt brings the connection.
        await #expect(throws: RedisError.self) { try await redis.send(RedisCommand("PING"), timeout: .milliseconds(200)) }
        try await server.restart()
        #expect(try await redis.send(RedisCommand("PING"), timeout: .seconds(10)) == .status("PONG"))
    }
}
