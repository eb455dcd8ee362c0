import RedisClient
import TestSupport
import Testing

@Suite struct RedisConsumerTests {
    static let read = RedisCommand("XREADGROUP", "GROUP", "workers", "one", "COUNT", 10, "BLOCK", 30_000, "STREAMS", "work", ">")

    static func prepared() async throws -> (RedisServer, RedisClient) {
        let server = try await RedisServer.start()
        let redis = try server.client { _ in }  // with the label "test", which the server is asked for below
        _ = try await redis.send(RedisCommand("XGROUP", "CREATE", "work", "workers", "$", "MKSTREAM"))
        return (server, redis)
    }

    @Test("a blocked consumer wakes at once when work comes") func wakes() async throws {
        let (server, redis) = try await Self.prepared()
        let consumer = redis.consumer(label: "worker")
        for round in 1...20 {
            async let delivery = consumer.send(Self.read, timeout: .seconds(35))
            try await eventually("the consumer blocks") { try await redis.info("blocked_clients") == 1 }
            _ = try await redis.send(RedisCommand("XADD", "work", "*", "round", round))
            #expect(try await delivery[0][1][0][1]["round"].int == round)
        }
        let clients = try await redis.send(RedisCommand("CLIENT", "LIST")).string ?? ""
        #expect(clients.split(separator: "\n").count { $0.contains("name=test-worker ") } == 1)
        withExtendedLifetime(server) {}
    }

    @Test("other commands flow while a consumer blocks") func doesNotBlockOthers() async throws {
        let (server, redis) = try await Self.prepared()
        let consumer = redis.consumer(label: "worker")
        let blocked = Task { try await consumer.send(Self.read, timeout: .seconds(35)) }
        try await eventually("the consumer blocks") { try await redis.info("blocked_clients") == 1 }
        for index in 0..<100 { #expect(try await redis.send(RedisCommand("ECHO", index)).int == index) }
        blocked.cancel()
        _ = await blocked.result
        withExtendedLifetime(server) {}
    }

    @Test("cancelling the task ends the command here and on the server, and the consumer can be used again") func cancels() async throws {
        let (server, redis) = try await Self.prepared()
        let consumer = redis.consumer(label: "worker")
        for _ in 0..<5 {
            let task = Task { await redisError { _ = try await consumer.send(Self.read, timeout: .seconds(35)) } }
            try await eventually("the consumer blocks") { try await redis.info("blocked_clients") == 1 }
            task.cancel()
            #expect(await task.value?.code == .cancelled)
            try await eventually("the server has let go") { try await redis.info("blocked_clients") == 0 }
        }
        #expect(try await consumer.send(RedisCommand("PING")) == .status("PONG"))
        withExtendedLifetime(server) {}
    }

    @Test("a cancellation at any moment leaves the consumer usable") func cancelsAnytime() async throws {
        let server = try await RedisServer.start()
        let redis = try server.client { $0.connectTimeout = .seconds(30) }
        let consumer = redis.consumer(label: "worker")
        for _ in 0..<100 {
            let first = Task { try await consumer.send(RedisCommand("BLPOP", "nothing", 0), timeout: .seconds(20)) }
            let second = Task { try await consumer.send(RedisCommand("PING"), timeout: .seconds(20)) }
            first.cancel()
            #expect(await redisError { _ = try await first.value }?.code == .cancelled)
            // It shared the connection that was closed, or had a new one.
            switch await second.result {
            case .success(let value): #expect(value == .status("PONG"))
            case .failure(let error): #expect((error as? RedisError)?.code == .disconnected)
            }
        }
        #expect(try await consumer.send(RedisCommand("PING"), timeout: .seconds(20)) == .status("PONG"))
    }

    @Test("a task that is cancelled already sends nothing") func cancelledBefore() async throws {
        let (server, redis) = try await Self.prepared()
        let consumer = redis.consumer(label: "worker")
        let task = Task {
            await eventually("cancelled") { Task.isCancelled }
            return await redisError { _ = try await consumer.send(RedisCommand("SET", "sent", "yes")) }
        }
        task.cancel()
        let error = await task.value
        #expect(error?.code == .cancelled)
        #expect(error?.mayHaveRun == false)
        #expect(try await redis.send(RedisCommand("GET", "sent")) == .null)
        withExtendedLifetime(server) {}
    }

    @Test("a consumer survives the server's death: it fails at once and works after the restart") func outage() async throws {
        let (server, redis) = try await Self.prepared()
        let consumer = redis.consumer(label: "worker")
        async let failure = redisError { _ = try await consumer.send(Self.read, timeout: .seconds(35)) }
        try await eventually("the consumer blocks") { try await redis.info("blocked_clients") == 1 }
        server.kill()
        #expect(await failure?.code == .disconnected)
        try await server.restart()
        #expect(try await consumer.send(RedisCommand("PING")) == .status("PONG"))
    }

    @Test("stopping the client ends what blocks") func stops() async throws {
        let (server, redis) = try await Self.prepared()
        let consumer = redis.consumer(label: "worker")
        async let failure = redisError { _ = try await consumer.send(Self.read, timeout: .seconds(35)) }
        try await eventually("the consumer blocks") { try await redis.info("blocked_clients") == 1 }
        redis.stop()
        #expect(await failure?.code == .stopped)
        withExtendedLifetime(server) {}
    }

    @Test("a consumer that goes away closes its connection") func closes() async throws {
        let (server, redis) = try await Self.prepared()
        var consumer: RedisConsumer? = redis.consumer(label: "worker")
        _ = try await consumer?.send(RedisCommand("PING"))
        consumer = nil
        try await eventually("the connection is closed") {
            try await redis.send(RedisCommand("CLIENT", "LIST")).string?.contains("name=test-worker ") == false
        }
        withExtendedLifetime(server) {}
    }
}
