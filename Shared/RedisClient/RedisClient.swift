package import Logging
import ServiceLifecycle

/// Commands of many tasks over a few pipelined connections.
///
/// Usable as soon as it is made: the first command, or `run`, starts the one thread it needs. A command that was
/// written is never repeated; one that could not be written waits for a connection until its deadline.
/// Order is kept only within one ``RedisCommand`` pipeline and between a reply and the commands sent after it.
package final class RedisClient: Service, Sendable {
    package let configuration: RedisConfiguration
    private let label: String
    private let inbox: Inbox
    private let logger: Logger
    private let identifiers: Identifiers

    /// `label` names the client in logs, in the thread's name, and in the server's `CLIENT LIST`.
    package init(_ configuration: RedisConfiguration, label: String, logger: Logger = Logger(label: "redis")) {
        self.configuration = configuration
        self.label = label
        self.inbox = Inbox(configuration)
        self.logger = logger
        self.identifiers = Identifiers()
    }

    deinit { self.inbox.stop() }

    // MARK: Commands

    /// Sends one command and returns its reply.
    ///
    /// - Parameter timeout: until the reply; the configuration's `commandTimeout` if nil.
    /// - Throws: `.refused` for an error of the server; `.timeout`, `.disconnected`, `.overloaded`, `.stopped`.
    package func send(_ command: RedisCommand, timeout: Duration? = nil) async throws(RedisError) -> RedisValue {
        let value = try await self.submit(command.body, argumentCount: command.argumentCount, timeout: timeout)
        if case .error(let message) = value { throw RedisError(.refused, message) }
        return value
    }

    /// Sends commands in one write, on one connection and in order, and returns as many replies.
    ///
    /// An error of the server stands among them as `.error`; the commands after it have run all the same.
    package func pipeline(_ commands: [RedisCommand], timeout: Duration? = nil) async throws(RedisError) -> [RedisValue] {
        guard !commands.isEmpty else { return [] }
        var payload: [UInt8] = []
        payload.reserveCapacity(commands.reduce(0) { $0 + $1.body.count + 8 })
        for command in commands {
            payload.appendArrayHeader(count: command.argumentCount)
            payload.append(contentsOf: command.body)
        }
        let value = try await self.submit(payload, argumentCount: 0, gathers: commands.count, timeout: timeout)
        guard case .array(let replies) = value else { return [] }
        return replies
    }

    /// Runs a script by its digest. The source travels only when the server does not have it yet.
    package func evaluate(
        _ script: RedisScript, keys: [String], arguments: [any RedisArgument], timeout: Duration? = nil
    ) async throws(RedisError) -> RedisValue {
        do throws(RedisError) {
            return try await self.send(script.command(keys: keys, arguments: arguments), timeout: timeout)
        } catch {
            guard error.serverCode == "NOSCRIPT" else { throw error }
            return try await self.send(script.fullCommand(keys: keys, arguments: arguments), timeout: timeout)
        }
    }

    /// A connection of its own, for commands that block. `label` names it in the server's `CLIENT LIST`.
    package func consumer(label: String) -> RedisConsumer {
        let lane = self.identifiers.next()
        self.order(.openLane(id: lane, label: "\(self.label)-\(label)"))
        return RedisConsumer(client: self, lane: lane)
    }

    // MARK: Life

    /// Connects, and stays until the service group shuts down; then answers what is pending and ends.
    package func run() async {
        self.order(.connect)
        try? await gracefulShutdown()
        self.stop()
        await self.inbox.untilStopped()
    }

    /// Refuses new commands with `.stopped`. Commands that were written are still answered; blocking ones are not.
    package func stop() { self.inbox.stop() }

    /// Whether a command sent now would find a connection.
    package var isConnected: Bool { self.inbox.status.connected > 0 }

    package var poolStatus: RedisPoolStatus { self.inbox.status }

    // MARK: For consumers

    func submit(
        _ payload: [UInt8], argumentCount: Int, gathers: Int? = nil, timeout: Duration?, lane: Int = Lane.pool, token: UInt64 = 0
    ) async throws(RedisError) -> RedisValue {
        let deadline = MonotonicTime.now() + (timeout ?? self.configuration.commandTimeout)
        let result = await withUnsafeContinuation { (caller: Request.Caller) in
            let request = Request(
                payload: payload, argumentCount: argumentCount, gathers: gathers, deadline: deadline, lane: lane, token: token, caller: caller)
            switch self.inbox.submit(request) {
            case .accepted: break
            case .acceptedFirst: self.startLoop()
            case .rejected(let error): caller.resume(returning: .failure(error))
            }
        }
        return try result.get()
    }

    func order(_ order: Order) {
        if case .acceptedFirst = self.inbox.submit(order) { self.startLoop() }
    }

    func nextToken() -> UInt64 { UInt64(self.identifiers.next()) }

    private func startLoop() { EventLoop.start(inbox: self.inbox, label: self.label, logger: self.logger) }
}
