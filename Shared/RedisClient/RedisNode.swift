import Logging

/// Commands of many tasks over a few pipelined connections to one server.
///
/// Usable as soon as it is made: the first command, or `connect`, starts the one thread it needs. A command that was
/// written is never repeated; one that could not be written waits for a connection until its deadline.
package final class RedisNode: Sendable {
    let destination: Destination
    private let configuration: RedisConfiguration
    private let waitsForServer: Bool
    private let label: String
    private let inbox: Inbox
    private let logger: Logger
    private let identifiers = Identifiers()

    /// - Parameter waitsForServer: whether a command outlives an attempt to connect that failed. It need not where another server may
    ///   have taken over meanwhile.
    init(_ configuration: RedisConfiguration, _ destination: Destination, waitsForServer: Bool = true, label: String, logger: Logger) {
        self.configuration = configuration
        self.destination = destination
        self.waitsForServer = waitsForServer
        self.label = label
        self.inbox = Inbox(configuration)
        self.logger = logger
    }

    deinit { self.inbox.stop() }

    /// Its address, for people.
    package var name: String { self.destination.description }

    /// Its address where that is always the same.
    var endpoint: RedisConfiguration.Endpoint? {
        if case .fixed(let endpoint) = self.destination { endpoint } else { nil }
    }

    // MARK: Commands

    /// Sends one command to this very server and returns its reply, as `RedisClient.send` does.
    package func send(_ command: RedisCommand, timeout: Duration? = nil) async throws(RedisError) -> RedisValue {
        let value = try await self.submit(command.body, argumentCount: command.argumentCount, deadline: self.deadline(after: timeout))
        if case .error(let message) = value { throw RedisError(.refused, message) }
        return value
    }

    /// Sends commands to this very server in one write, as `RedisClient.pipeline` does.
    package func pipeline(_ commands: [RedisCommand], timeout: Duration? = nil) async throws(RedisError) -> [RedisValue] {
        guard !commands.isEmpty else { return [] }
        return try await self.gather(commands.payload, count: commands.count, deadline: self.deadline(after: timeout))
    }

    /// A connection of its own to this very server.
    ///
    /// - Parameter listener: given what is published on the channels that the connection subscribes to, on the client's thread: it must not
    ///   block. A subscription ends with the connection, which is noticed by the next command.
    package func consumer(label: String, listener: RedisListener? = nil) -> NodeConsumer {
        let lane = self.identifiers.next()
        self.order(.openLane(id: lane, label: "\(self.label)-\(label)", listener: listener))
        return NodeConsumer(node: self, lane: lane)
    }

    /// Sends one command, behind `ASKING` for a slot that is just being moved to this node.
    func exchange(
        _ command: RedisCommand, asking: Bool, deadline: MonotonicTime, lane: Int = Lane.pool, token: UInt64 = 0
    ) async throws(RedisError) -> RedisValue {
        guard asking else {
            return try await self.submit(command.body, argumentCount: command.argumentCount, deadline: deadline, lane: lane, token: token)
        }
        let replies = try await self.gather([.asking, command].payload, count: 2, deadline: deadline, lane: lane, token: token)
        return replies.last ?? .null
    }

    func gather(
        _ payload: [UInt8], count: Int, deadline: MonotonicTime, lane: Int = Lane.pool, token: UInt64 = 0
    ) async throws(RedisError) -> [RedisValue] {
        let value = try await self.submit(payload, argumentCount: 0, gathers: count, deadline: deadline, lane: lane, token: token)
        guard case .array(let replies) = value else { return [] }
        return replies
    }

    func submit(
        _ payload: [UInt8], argumentCount: Int, gathers: Int? = nil, deadline: MonotonicTime, lane: Int = Lane.pool, token: UInt64 = 0
    ) async throws(RedisError) -> RedisValue {
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

    /// The configuration's `commandTimeout` from now, if `timeout` is nil.
    func deadline(after timeout: Duration?) -> MonotonicTime { MonotonicTime.now() + (timeout ?? self.configuration.commandTimeout) }

    func order(_ order: Order) {
        if case .acceptedFirst = self.inbox.submit(order) { self.startLoop() }
    }

    func nextToken() -> UInt64 { UInt64(self.identifiers.next()) }

    // MARK: Life

    func connect() { self.order(.connect) }

    /// Refuses new commands with `.stopped`. Commands that were written are still answered; blocking ones are not.
    func stop() { self.inbox.stop() }

    func untilStopped() async { await self.inbox.untilStopped() }

    var status: RedisPoolStatus { self.inbox.status }

    var isConnected: Bool { self.status.connected > 0 }

    private func startLoop() {
        EventLoop.start(inbox: self.inbox, destination: self.destination, waitsForServer: self.waitsForServer, label: self.label, logger: self.logger)
    }
}
