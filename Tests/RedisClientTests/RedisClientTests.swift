import RedisClient
import Synchronization
import TestSupport
import Testing

@Suite struct RedisClientTests {
    @Test("keys and values may hold any byte, and none") func bytes() async throws {
        let server = try await RedisServer.start()
        let redis = try server.client()
        let every = (0...255).map { UInt8($0) }
        #expect(try await redis.send(RedisCommand("SET", every, every + every)) == .status("OK"))
        #expect(try await redis.send(RedisCommand("GET", every)) == .bytes(every + every))
        #expect(try await redis.send(RedisCommand("SET", "", [] as [UInt8])) == .status("OK"))
        #expect(try await redis.send(RedisCommand("GET", "")) == .bytes([]))
        #expect(try await redis.send(RedisCommand("GET", "absent")) == .null)
    }

    @Test("a value of several megabytes passes in both directions") func large() async throws {
        let server = try await RedisServer.start(appendOnly: false)
        let redis = try server.client()
        let value = (0..<5_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        _ = try await redis.send(RedisCommand("SET", "large", value))
        let copy = try await redis.send(RedisCommand("GET", "large")).bytes
        #expect(copy == value)
    }

    @Test("a thousand commands at once share the pool, and each gets its own reply", arguments: [1, 2, 4])
    func concurrent(poolSize: Int) async throws {
        let server = try await RedisServer.start(appendOnly: false)
        let redis = try server.client { $0.poolSize = poolSize }
        let counts = try await withThrowingTaskGroup(of: Int?.self) { group in
            for index in 0..<1_000 {
                group.addTask {
                    #expect(try await redis.send(RedisCommand("ECHO", index)).int == index)
                    return try await redis.send(RedisCommand("INCR", "counter")).int
                }
            }
            return try await group.reduce(into: Set<Int>()) { $0.formUnion([$1 ?? -1]) }
        }
        #expect(counts == Set(1...1_000))
        let clients = try await redis.send(RedisCommand("CLIENT", "LIST")).string ?? ""
        #expect((1...poolSize).contains(clients.split(separator: "\n").count { $0.contains("name=test ") }))
        #expect(redis.poolStatus.connectionsLost == 0)
        await eventually("nothing stays pending") { redis.poolStatus.pendingCommands == 0 }
    }

    @Test("commands of one task take effect in their order") func order() async throws {
        let server = try await RedisServer.start(appendOnly: false)
        let redis = try server.client()
        for index in 0..<200 { _ = try await redis.send(RedisCommand("RPUSH", "list", index)) }
        #expect(try await redis.send(RedisCommand("LRANGE", "list", 0, -1)).array?.map(\.int) == Array(0..<200))
    }

    @Test("a refused command leaves the connection usable") func refused() async throws {
        let server = try await RedisServer.start()
        let redis = try server.client { $0.poolSize = 1 }
        _ = try await redis.send(RedisCommand("SET", "text", "abc"))
        let error = await redisError { _ = try await redis.send(RedisCommand("LPUSH", "text", "x")) }
        #expect(error?.code == .refused)
        #expect(error?.serverCode == "WRONGTYPE")
        #expect(try await redis.send(RedisCommand("GET", "text")).string == "abc")
        #expect(redis.poolStatus.connectionsMade == 1)
    }

    @Test("a pipeline is one transaction's worth of commands, and errors stand among its replies") func pipeline() async throws {
        let server = try await RedisServer.start()
        let redis = try server.client()
        let replies = try await redis.pipeline([
            RedisCommand("MULTI"), RedisCommand("SET", "a", 1), RedisCommand("INCR", "a"), RedisCommand("LPUSH", "a", "x"), RedisCommand("EXEC"),
            RedisCommand("NOSUCH"), RedisCommand("GET", "a"),
        ])
        #expect(replies.count == 7)
        #expect(replies[4][1] == .integer(2))
        guard case .error(let inside) = replies[4][2], case .error(let after) = replies[5] else {
            Issue.record("expected errors in \(replies)")
            return
        }
        #expect(inside.hasPrefix("WRONGTYPE"))
        #expect(after.hasPrefix("ERR unknown command"))
        #expect(replies[6].int == 2)
        #expect(try await redis.pipeline([]).isEmpty)
    }

    @Test("a pipeline of ten thousand keeps its order") func longPipeline() async throws {
        let server = try await RedisServer.start(appendOnly: false)
        let redis = try server.client()
        let replies = try await redis.pipeline((0..<10_000).map { RedisCommand("ECHO", $0) })
        #expect(replies.map(\.int) == Array(0..<10_000))
    }

    @Test("a script travels once and runs by its digest from then on") func script() async throws {
        let server = try await RedisServer.start()
        let redis = try server.client()
        let script = RedisScript("return {KEYS[1], ARGV[1], ARGV[2] + 1}")
        for number in 1...3 {
            let reply = try await redis.evaluate(script, keys: ["key"], arguments: [[0, 255] as [UInt8], number])
            #expect(reply == .array([.bytes(Array("key".utf8)), .bytes([0, 255]), .integer(Int64(number) + 1)]))
        }
        let statistics = try await redis.send(RedisCommand("INFO", "commandstats")).string ?? ""
        #expect(statistics.contains("cmdstat_eval:calls=1,"))
        _ = try await redis.send(RedisCommand("SCRIPT", "FLUSH"))
        #expect(try await redis.evaluate(script, keys: ["key"], arguments: ["", 1])[2] == .integer(2))
        let error = await redisError { _ = try await redis.evaluate(RedisScript("return redis.error_reply('MINE own')"), keys: [], arguments: []) }
        #expect(error?.serverCode == "MINE")
    }

    @Test("an overdue command fails its caller, and the next one still gets its own reply") func timeout() async throws {
        let server = try await RedisServer.start()
        let redis = try server.client { $0.poolSize = 1 }
        _ = try await redis.send(RedisCommand("PING"))
        let error = await redisError { _ = try await redis.send(RedisCommand("BLPOP", "nothing", 0.3), timeout: .milliseconds(30)) }
        #expect(error?.code == .timeout)
        #expect(error?.mayHaveRun == true)
        #expect(try await redis.send(RedisCommand("ECHO", "mine")).string == "mine")
        #expect(redis.poolStatus.connectionsMade == 1)
        #expect(redis.poolStatus.timedOut == 1)
    }

    @Test("a connection that answers nothing for the command timeout is closed and replaced") func stalled() async throws {
        let server = try await RedisServer.start()
        let redis = try server.client {
            $0.poolSize = 1
            // Long enough for the one behind to be sent on a busy machine.
            $0.commandTimeout = .seconds(3)
        }
        _ = try await redis.send(RedisCommand("PING"), timeout: .seconds(5))
        async let oldest = redisError { _ = try await redis.send(RedisCommand("BLPOP", "nothing", 0)) }
        await eventually("it is the oldest") { redis.poolStatus.pendingCommands == 1 }
        async let behind = redisError { _ = try await redis.send(RedisCommand("PING"), timeout: .seconds(20)) }
        #expect(await oldest?.code == .timeout)
        #expect(await behind?.code == .disconnected)
        #expect(try await redis.send(RedisCommand("PING"), timeout: .seconds(5)) == .status("PONG"))
        #expect(redis.poolStatus.connectionsMade == 2)
    }

    @Test("too many pending commands are refused at once") func overloaded() async throws {
        var configuration = try RedisConfiguration(url: "redis://127.0.0.1:\(try FreePort.next())")
        configuration.maxPendingCommands = 2
        configuration.maxPendingBytes = 1_000
        let redis = RedisClient(configuration, label: "test")
        let large = await redisError { _ = try await redis.send(RedisCommand("ECHO", [UInt8](repeating: 0, count: 1_001))) }
        #expect(large?.code == .overloaded)
        await withTaskGroup { group in
            for _ in 0..<2 { group.addTask { _ = try? await redis.send(RedisCommand("PING"), timeout: .milliseconds(500)) } }
            await eventually("both are pending") { redis.poolStatus.pendingCommands == 2 }
            let third = await redisError { _ = try await redis.send(RedisCommand("PING"), timeout: .seconds(3)) }
            #expect(third?.code == .overloaded)
        }
        await eventually("there is room again") { redis.poolStatus.pendingCommands == 0 }
        #expect(await redisError { _ = try await redis.send(RedisCommand("PING"), timeout: .milliseconds(1)) }?.code == .disconnected)
    }

    @Test("password, database and Unix socket come from the URL") func greeting() async throws {
        let server = try await RedisServer.start(password: "s3cret")
        let third = RedisClient(try RedisConfiguration(url: server.url + "/3"), label: "test")
        _ = try await third.send(RedisCommand("SET", "where", "third"))
        let local = RedisClient(try RedisConfiguration(url: server.unixURL + "?db=3"), label: "test")
        #expect(try await local.send(RedisCommand("GET", "where")).string == "third")
        #expect(try await server.client().send(RedisCommand("GET", "where")) == .null)
    }

    @Test("a wrong password is told at once, not after the deadline", arguments: ["wrong", nil]) func wrongPassword(password: String?) async throws {
        let server = try await RedisServer.start(password: "s3cret")
        let redis = try server.client { $0.password = password.map { RedisPassword($0) } }
        let error = await redisError { _ = try await redis.send(RedisCommand("PING"), timeout: .seconds(60)) }
        #expect(error?.code == .refused)
        #expect(error?.serverCode == (password == nil ? "NOAUTH" : "WRONGPASS"))
        #expect(!redis.isConnected)
    }

    @Test("a password that is replaced is shown by the next connection; those that are up go on") func replacedPassword() async throws {
        let server = try await RedisServer.start(password: "before")
        let shown = Mutex("before")
        let redis = try server.client {
            $0.password = RedisPassword(shown.withLock { $0 })
            $0.poolSize = 1
        }
        _ = try await redis.send(RedisCommand("SET", "k", "v"))
        _ = try await redis.send(RedisCommand("CONFIG", "SET", "requirepass", "after"))
        // The connection was let in, and stays.
        #expect(try await redis.send(RedisCommand("GET", "k")).string == "v")
        let own = try #require(try await redis.send(RedisCommand("CLIENT", "ID")).int)
        // Refused for as long as the old one is shown …
        _ = try? await redis.send(RedisCommand("CLIENT", "KILL", "ID", own, "SKIPME", "no"))
        await eventually("the old password is refused") {
            do throws(RedisError) { _ = try await redis.send(RedisCommand("GET", "k"), timeout: .milliseconds(200)) } catch {
                return error.serverCode == "WRONGPASS"
            }
            return false
        }
        // … and let in with the new one, without anybody's doing.
        shown.withLock { $0 = "after" }
        await eventually("the new password is shown") { (try? await redis.send(RedisCommand("GET", "k")))?.string == "v" }
        #expect(try await redis.send(RedisCommand("CLIENT", "ID")).int != own)
    }

    @Test("a host name may have an address where nobody listens") func localhost() async throws {
        let server = try await RedisServer.start()
        let redis = try server.client { $0.topology = .single(.tcp(host: "localhost", port: server.port)) }
        #expect(try await redis.send(RedisCommand("PING")) == .status("PONG"))
        let nowhere = try server.client { $0.topology = .single(.tcp(host: "no-such-host.invalid", port: server.port)) }
        let error = await redisError { _ = try await nowhere.send(RedisCommand("PING"), timeout: .milliseconds(500)) }
        #expect(error?.code == .disconnected)
    }

    @Test("a stopped client refuses commands but answers those that were written") func stop() async throws {
        let server = try await RedisServer.start()
        let (redis, other) = (try server.client(), try server.client())
        async let written = redis.send(RedisCommand("BLPOP", "gift", 5))
        try await eventually("the command blocks") { try await other.info("blocked_clients") == 1 }
        redis.stop()
        let error = await redisError { _ = try await redis.send(RedisCommand("PING")) }
        #expect(error?.code == .stopped)
        _ = try await other.send(RedisCommand("RPUSH", "gift", "x"))
        #expect(try await written[1].string == "x")
        try await eventually("the connections are closed") { try await other.info("connected_clients").map { $0 <= 2 } ?? false }
        let unused = try server.client()
        unused.stop()
        #expect(await redisError { _ = try await unused.send(RedisCommand("PING")) }?.code == .stopped)
    }

    @Test("run connects by itself, and a cancelled run stops the client") func run() async throws {
        let server = try await RedisServer.start()
        let redis = try server.client()
        let running = Task { await redis.run() }
        await eventually("connected") { redis.isConnected }
        running.cancel()
        await running.value
        #expect(!redis.isConnected)
        #expect(await redisError { _ = try await redis.send(RedisCommand("PING")) }?.code == .stopped)
    }
}
