import Logging
package import RedisClient
import Synchronization

/// A real redis-server on a free loopback port, with its data in a temporary directory. It ends with this process at the latest.
package final class RedisServer: Sendable {
    package let port: Int
    package let password: String?
    package let directory: TemporaryDirectory
    private let arguments: [String]
    private let environment: [String: String]
    private let leash: Mutex<Leash>

    package var url: String {
        self.password.map { "redis://:\($0)@127.0.0.1:\(self.port)" } ?? "redis://127.0.0.1:\(self.port)"
    }

    /// Starts a server and returns when it answers.
    ///
    /// - Parameters:
    ///   - appendOnly: keep an append-only file that is synchronised before each reply, as in production.
    ///   - password: what clients have to authenticate with.
    ///   - options: further options of redis-server; they win over those above.
    ///   - environment: of the process.
    package static func start(
        appendOnly: Bool = true, password: String? = nil, options: [String] = [], environment: [String: String] = [:]
    ) async throws -> RedisServer {
        let server = try RedisServer(appendOnly: appendOnly, password: password, options: options, environment: environment)
        try await server.untilReady()
        return server
    }

    private init(appendOnly: Bool, password: String?, options: [String], environment: [String: String]) throws {
        self.port = try FreePort.next()
        self.password = password
        self.directory = try TemporaryDirectory()
        var arguments = ["redis-server", "--port", "\(self.port)", "--bind", "127.0.0.1", "--dir", self.directory.path, "--save", ""]
        arguments += ["--appendonly", appendOnly ? "yes" : "no", "--appendfsync", "always", "--enable-debug-command", "yes"]
        arguments += ["--unixsocket", self.directory.file("redis.sock")]
        if let password { arguments += ["--requirepass", password] }
        self.arguments = arguments + options
        self.environment = environment
        self.leash = Mutex(try Leash(self.arguments, environment: environment, log: self.directory.file("redis.log")))
    }

    package var unixURL: String { "redis+unix://\(self.password.map { ":\($0)@" } ?? "")\(self.directory.file("redis.sock"))" }

    /// SIGKILL. Returns when the process is gone; its port refuses connections from then on.
    package func kill() {
        self.leash.withLock { leash in
            leash.kill()
            leash.release()
        }
    }

    /// For SIGSTOP and SIGCONT: a server that is there and does not answer.
    package func signal(_ number: Int32) { self.leash.withLock { $0.signal(number) } }

    /// Whether it has neither ended nor been killed.
    package var isRunning: Bool { self.leash.withLock { $0.isRunning } }

    /// Starts the server again on the same port and directory, after `kill` or `stop`, and returns when it answers.
    package func restart() async throws {
        try self.leash.withLock { leash in
            leash.release()
            leash = try Leash(self.arguments, environment: self.environment, log: self.directory.file("redis.log"))
        }
        try await self.untilReady()
    }

    package func stop() { self.kill() }

    /// A client that says nothing of outages, which tests cause on purpose. Stop it in the end.
    package func client() throws -> RedisClient {
        RedisClient(try RedisConfiguration(url: self.url), label: "test-server", logger: Logger(label: "silent") { _ in SwiftLogNoOpLogHandler() })
    }

    /// One command over a connection of its own.
    @discardableResult
    package func send(_ name: String, _ arguments: any RedisArgument...) async throws -> RedisValue {
        let client = try self.client()
        defer { client.stop() }
        return try await client.send(RedisCommand(name, arguments: arguments), timeout: .seconds(10))
    }

    /// A line of `INFO` or `CLUSTER INFO`.
    package func line(_ field: String, of text: RedisValue) -> String? {
        let line = text.string?.split(separator: "\r\n").first { $0.hasPrefix("\(field):") }
        return line.map { String($0.dropFirst(field.utf8.count + 1)) }
    }

    private func untilReady() async throws {
        let client = try self.client()
        defer { client.stop() }
        _ = try await client.send(RedisCommand("PING"), timeout: .seconds(20))
    }
}
