import Foundation
import Testing

@testable import Nephoran

@Suite struct UpPlanTests {
    func plan(
        redis: String? = nil, config: String? = nil, environment: [String: String] = [:], redisServer: String? = "/usr/bin/redis-server", path: String = "/data"
    ) throws -> UpPlan {
        try UpPlan(
            portBase: 9000, redis: redis, config: try config.map { try ConfigurationFile(path: "/c.yaml", text: $0) }, directory: DataDirectory(planned: path),
            release: Release(colour: "blue", directory: "/bin"), redisServer: redisServer, environment: environment
        )
    }

    @Test("six services on ports that follow each other, and two stores")
    func processes() throws {
        let plan = try self.plan()
        #expect(
            plan.processes.map(\.name) == ["redis", "cache", "api-gateway", "llm-processor", "rag-api", "manifest-generator", "oran-adaptor", "nephio-bridge"])
        #expect(plan.processes.compactMap(\.address) == (9000...9005).map { "http://127.0.0.1:\($0)" })
        #expect(plan.gateway == "http://127.0.0.1:9000")
        #expect(plan.processes.filter { $0.isBackground }.map(\.name) == ["llm-processor", "rag-api", "manifest-generator", "oran-adaptor", "nephio-bridge"])
    }

    @Test("services are told where everything is, below the data directory and on loopback")
    func settings() throws {
        let gateway = try #require(try self.plan().processes.first { $0.name == "api-gateway" })
        let expected = [
            "HOST": "127.0.0.1", "PORT": "9000", "REDIS_URL": "redis+unix:///data/redis/redis.sock", "CACHE_REDIS_URL": "redis+unix:///data/cache/redis.sock",
            "KNOWLEDGE_STORE": "/data/knowledge.sqlite", "GIT_REPO_URL": "/data/gitops.git", "AUTH_TOKEN_FILE": "/data/token",
            "LLM_PROCESSOR_URL": "http://127.0.0.1:9001", "RAG_API_URL": "http://127.0.0.1:9002", "MANIFEST_GENERATOR_URL": "http://127.0.0.1:9003",
            "ORAN_ADAPTOR_URL": "http://127.0.0.1:9004", "NEPHIO_BRIDGE_URL": "http://127.0.0.1:9005",
        ]
        #expect(try self.plan().keyFile == "/data/token")
        #expect(try self.plan(environment: ["AUTH_TOKEN_FILE": "/mine"]).keyFile == "/mine")
        for (name, value) in expected { #expect(gateway.environment[name] == value, "\(name)") }
    }

    @Test(
        "what the operator says wins over what up would say",
        arguments: [("GIT_REPO_URL", "https://git/x"), ("AUTH_TOKEN", "mine"), ("CACHE_REDIS_URL", "redis://c"), ("DRAIN_TIMEOUT", "3s")])
    func given(_ name: String, _ value: String) throws {
        let fromEnvironment = try self.plan(environment: [name: value])
        #expect(fromEnvironment.processes.last?.environment[name] == value)
        let fromFile = try self.plan(config: "\(name.lowercased()): \(value)")
        #expect(fromFile.processes.last?.environment[name] == nil)
        #expect(fromFile.processes.last?.environment["CONFIG_FILE"] == "/c.yaml")
        if name == "AUTH_TOKEN" { #expect(fromEnvironment.processes.last?.environment["AUTH_TOKEN_FILE"] == nil) }
        #expect((fromEnvironment.keyFile == nil) == (name == "AUTH_TOKEN") && (fromFile.keyFile == nil) == (name == "AUTH_TOKEN"))
        if name == "CACHE_REDIS_URL" { #expect(!fromFile.processes.contains { $0.name == "cache" }) }
    }

    @Test("a Redis that is named is used and none of our own is started for the ledger")
    func namedRedis() throws {
        for plan in [try self.plan(redis: "redis://r:1"), try self.plan(environment: ["REDIS_URL": "redis://r:1"])] {
            #expect(!plan.processes.contains { $0.name == "redis" })
            #expect(plan.processes.last?.environment["REDIS_URL"] == "redis://r:1")
        }
        let flagWins = try self.plan(redis: "redis://r:1", environment: ["REDIS_URL": "redis://other"])
        #expect(flagWins.processes.last?.environment["REDIS_URL"] == "redis://r:1")
    }

    @Test("the password of another Redis is not shown to our own; a named one gets it, and so does a rollout")
    func redisPassword() throws {
        let given = ["REDIS_PASSWORD_FILE": "/p", "CACHE_REDIS_PASSWORD": "of-a-cache", "CACHE_REDIS_URL": "redis://c"]
        let own = try #require(try self.plan(environment: given).processes.last?.environment)
        #expect(own["REDIS_PASSWORD"] == "" && own["CACHE_REDIS_PASSWORD"] == "of-a-cache")
        #expect(RolloutLedger.password(own) == nil)
        #expect(try self.plan().processes.last?.environment["REDIS_PASSWORD"] == nil)
        let named = try #require(try self.plan(redis: "redis://r:1", environment: given).processes.last?.environment)
        #expect(named["REDIS_PASSWORD"] == nil && named["REDIS_PASSWORD_FILE"] == "/p")
        let file = FileManager.default.temporaryDirectory.path + "/password-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: file) }
        try "first\n".write(toFile: file, atomically: true, encoding: .utf8)
        let password = try #require(RolloutLedger.password(["REDIS_PASSWORD_FILE": file]))
        #expect(password.value == "first")
        try "second\n".write(toFile: file, atomically: true, encoding: .utf8)
        #expect(password.value == "second")
        #expect(RolloutLedger.password(["REDIS_PASSWORD": "in-the-environment"])?.value == "in-the-environment")
    }

    @Test("without redis-server a Redis must be named, the cache may be missing")
    func noServer() throws {
        let failure = #expect(throws: CommandFailure.self) { try self.plan(redisServer: nil) }
        #expect(failure?.status == .usage)
        #expect(try self.plan(redis: "redis://r", redisServer: nil).processes.count == 6)
    }

    @Test("the ledger is durable and never evicts, the cache is bounded and may vanish")
    func stores() throws {
        let directory = DataDirectory(planned: "/data")
        let ledger = RedisStore.ledger(in: directory).configuration
        for line in ["appendonly yes", "appendfsync always", "maxmemory-policy noeviction", "port 0", "unixsocketperm 600"] {
            #expect(ledger.contains(line + "\n"))
        }
        let cache = RedisStore.cache(in: directory).configuration
        for line in ["appendonly no", "maxmemory 64mb", "maxmemory-policy allkeys-lru"] { #expect(cache.contains(line + "\n")) }
    }

    @Test("a path too long for a socket means loopback with a password")
    func longPath() {
        let store = RedisStore.ledger(in: DataDirectory(planned: "/" + String(repeating: "x", count: 100)))
        guard case .loopback(let port, let password) = store.endpoint else { return #expect(Bool(false), "a socket") }
        #expect(port > 0 && password.count == 64)
        #expect(store.configuration.contains("requirepass \(password)\n") && store.configuration.contains("bind 127.0.0.1\n"))
        #expect(store.url == "redis://:\(password)@127.0.0.1:\(port)")
    }

    @Test(
        "settings of a file are found in every spelling and in sections of services",
        arguments: [
            "gitRepoUrl: x", "git_repo_url: x", "git: {repoUrl: x}", "nephio-bridge: {gitRepoUrl: x}", "GIT_REPO_URL: x",
        ])
    func spellings(_ text: String) throws {
        let file = try ConfigurationFile(path: "/c", text: text)
        #expect(file.holds("GIT_REPO_URL") && !file.holds("GIT_BRANCH"))
    }
}
