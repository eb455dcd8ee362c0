import Foundation
import LedgerRuntime
import RedisClient
import ServiceRuntime
import TestSupport
import Testing

@Suite struct LedgerPasswordTests {
    @Test("the ledger's password comes from its file, also when that changes while the service runs")
    func replaced() async throws {
        let server = try await RedisServer.start(password: "first-password")
        let file = server.directory.file("password")
        try "first-password\n".write(toFile: file, atomically: true, encoding: .utf8)
        let context = try ServiceContext.forTesting(
            declarations: LedgerSettings.declarations, values: ["REDIS_URL": "redis://default@127.0.0.1:\(server.port)", "REDIS_PASSWORD_FILE": file])
        let redis = RedisClient(try LedgerSettings.configuration(context).redis, label: "test")
        #expect(try await redis.send(RedisCommand("SET", "k", "v")) == .status("OK"))
        _ = try await redis.send(RedisCommand("CONFIG", "SET", "requirepass", "second-password"))
        try "second-password\n".write(toFile: file, atomically: true, encoding: .utf8)
        try context.settings.reload()
        // All connections but the one that says so, then that one, too.
        _ = try await redis.send(RedisCommand("CLIENT", "KILL", "TYPE", "normal"))
        _ = try? await redis.send(RedisCommand("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "no"))
        try await eventually { (try? await redis.send(RedisCommand("GET", "k")))?.string == "v" }
        redis.stop()
        server.stop()
    }

    @Test("a user without a password is refused, and is not told what else there is")
    func user() throws {
        let context = try ServiceContext.forTesting(declarations: LedgerSettings.declarations, values: ["REDIS_URL": "redis://default@127.0.0.1:1"])
        let error = #expect(throws: InvalidSetting.self) { try LedgerSettings.configuration(context) }
        #expect(error?.description.contains("REDIS_URL") == true)
    }
}
