import Foundation
import RedisClient

/// A real primary, its replica, and three sentinels that watch them, on loopback.
package final class RedisSentinels: Sendable {
    /// The primary in the beginning, then its replica.
    package let servers: [RedisServer]
    private let ports: [Int]
    private let leashes: [Leash]
    private let directory: TemporaryDirectory

    package static let name = "ledger"

    package var url: String { "redis+sentinel://" + self.ports.map { "127.0.0.1:\($0)" }.joined(separator: ",") + "/" + Self.name }

    /// Returns when the sentinels know each other and the replica.
    package static func start() async throws -> RedisSentinels {
        let primary = try await RedisServer.start(options: ["--repl-diskless-sync-delay", "0"])
        let replica = try await RedisServer.start(options: ["--repl-diskless-sync-delay", "0", "--replicaof", "127.0.0.1 \(primary.port)"])
        let sentinels = try RedisSentinels([primary, replica])
        try await sentinels.untilWhole()
        return sentinels
    }

    private init(_ servers: [RedisServer]) throws {
        self.servers = servers
        let directory = try TemporaryDirectory()
        self.directory = directory
        let ports = try (0..<3).map { _ in try FreePort.next() }
        self.ports = ports
        self.leashes = try ports.map { port in
            let file = directory.file("\(port).conf")
            let lines = [
                "port \(port)", "bind 127.0.0.1", "dir \(directory.path)", "sentinel monitor \(Self.name) 127.0.0.1 \(servers[0].port) 2",
                "sentinel down-after-milliseconds \(Self.name) 1000", "sentinel failover-timeout \(Self.name) 5000",
            ]
            try (lines.joined(separator: "\n") + "\n").write(toFile: file, atomically: true, encoding: .utf8)
            return try Leash(["redis-server", file, "--sentinel"], log: directory.file("sentinel.log"))
        }
    }

    private func untilWhole() async throws {
        for port in self.ports {
            let client = RedisClient(RedisConfiguration(endpoint: .tcp(host: "127.0.0.1", port: port)), label: "test-sentinel")
            defer { client.stop() }
            try await RedisCluster.until {
                let primary = try await client.send(RedisCommand("SENTINEL", "MASTER", Self.name))
                return primary["num-other-sentinels"].int == self.ports.count - 1 && primary["num-slaves"].int == 1
            }
        }
    }

    /// Index of the server that the sentinels call primary.
    package func primary() async throws -> Int? {
        let client = RedisClient(RedisConfiguration(endpoint: .tcp(host: "127.0.0.1", port: self.ports[0])), label: "test-sentinel")
        defer { client.stop() }
        let address = try await client.send(RedisCommand("SENTINEL", "GET-MASTER-ADDR-BY-NAME", Self.name))
        return self.servers.firstIndex { $0.port == address[1].int }
    }

    /// What an operator orders before maintenance.
    package func failOver() async throws {
        let client = RedisClient(RedisConfiguration(endpoint: .tcp(host: "127.0.0.1", port: self.ports[0])), label: "test-sentinel")
        defer { client.stop() }
        _ = try await client.send(RedisCommand("SENTINEL", "FAILOVER", Self.name))
    }

    package func stop() {
        for leash in self.leashes { leash.release() }
        for server in self.servers { server.stop() }
    }
}
