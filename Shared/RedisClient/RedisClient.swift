package import Logging
import ServiceLifecycle

/// Commands of many tasks, over a few pipelined connections to each server: one server, whichever the sentinels call primary, or a cluster.
///
/// Usable as soon as it is made. A command that was written is never repeated unless the server says that it did not execute it;
/// one that could not be written waits for a connection until its deadline.
/// Order is kept only within one pipeline, for keys of one slot, and between a reply and the commands sent after it.
package final class RedisClient: Service, Sendable {
    package let configuration: RedisConfiguration
    private let route: Route

    private enum Route {
        case node(RedisNode)
        case router(Router)
    }

    /// `label` names the client in logs, in the thread's name, and in the server's `CLIENT LIST`.
    package init(_ configuration: RedisConfiguration, label: String, logger: Logger = Logger(label: "redis")) {
        self.configuration = configuration
        self.route =
            switch configuration.topology {
            case .single(let endpoint): .node(RedisNode(configuration, .fixed(endpoint), label: label, logger: logger))
            case .cluster(let seeds): .router(Router(ClusterTopology(configuration, seeds: seeds, label: label, logger: logger), configuration))
            case .sentinel(let sentinels, let name):
                .router(Router(SentinelTopology(configuration, sentinels: sentinels, name: name, label: label, logger: logger), configuration))
            }
    }

    deinit { self.stop() }

    // MARK: Commands

    /// Sends one command and returns its reply.
    ///
    /// - Parameter timeout: until the reply; the configuration's `commandTimeout` if nil.
    /// - Throws: `.refused` for an error of the server; `.timeout`, `.disconnected`, `.overloaded`, `.stopped`.
    package func send(_ command: RedisCommand, timeout: Duration? = nil) async throws(RedisError) -> RedisValue {
        let value: RedisValue
        switch self.route {
        case .node(let node): value = try await node.submit(command.body, argumentCount: command.argumentCount, deadline: node.deadline(after: timeout))
        case .router(let router): value = try await router.send(command, timeout: timeout)
        }
        if case .error(let message) = value { throw self.refusal(message) }
        return value
    }

    /// Sends commands in one write to each server that is concerned, and returns as many replies in the order of the commands.
    ///
    /// An error of the server stands among them as `.error`; the commands after it have run all the same. What stands between `MULTI`
    /// and `EXEC` stays together.
    package func pipeline(_ commands: [RedisCommand], timeout: Duration? = nil) async throws(RedisError) -> [RedisValue] {
        guard !commands.isEmpty else { return [] }
        return switch self.route {
        case .node(let node): try await node.pipeline(commands, timeout: timeout)
        case .router(let router): try await router.pipeline(commands, timeout: timeout)
        }
    }

    /// Runs a script by its digest, on the server of its first key. The source travels only when the server does not have it yet.
    package func evaluate(
        _ script: RedisScript, keys: [String], arguments: [any RedisArgument], timeout: Duration? = nil
    ) async throws(RedisError) -> RedisValue {
        let keys = self.isCluster ? script.keysOnCluster(keys) : keys
        do throws(RedisError) {
            return try await self.send(script.command(keys: keys, arguments: arguments), timeout: timeout)
        } catch {
            guard error.serverCode == "NOSCRIPT" else { throw error }
            return try await self.send(script.fullCommand(keys: keys, arguments: arguments), timeout: timeout)
        }
    }

    /// A connection of its own, for commands that block. `label` names it in the server's `CLIENT LIST`.
    package func consumer(label: String) -> RedisConsumer {
        switch self.route {
        case .node(let node): RedisConsumer(.node(node.consumer(label: label)))
        case .router(let router): RedisConsumer(.routed(RoutedConsumer(router, label: label)))
        }
    }

    // MARK: Servers

    /// Whether keys are spread over servers, so that a command may touch only keys of one hash slot.
    package var isCluster: Bool {
        if case .cluster = self.configuration.topology { true } else { false }
    }

    /// Every server that takes writes: what concerns a server rather than a key has to be asked of each.
    package func primaries() async throws(RedisError) -> [RedisNode] {
        switch self.route {
        case .node(let node): [node]
        case .router(let router): try await router.primaries()
        }
    }

    /// The server that takes writes to `key` just now.
    package func primary(of key: String) async throws(RedisError) -> RedisNode {
        switch self.route {
        case .node(let node): node
        case .router(let router): try await router.primary(of: key)
        }
    }

    // MARK: Life

    /// Connects, and stays until the service group shuts down; then answers what is pending and ends.
    package func run() async {
        switch self.route {
        case .node(let node): node.connect()
        case .router(let router): router.connect()
        }
        try? await gracefulShutdown()
        self.stop()
        switch self.route {
        case .node(let node): await node.untilStopped()
        case .router(let router): await router.untilStopped()
        }
    }

    /// Refuses new commands with `.stopped`. Commands that were written are still answered; blocking ones are not.
    package func stop() {
        switch self.route {
        case .node(let node): node.stop()
        case .router(let router): router.stop()
        }
    }

    /// Whether a command sent now would find a connection.
    package var isConnected: Bool { self.poolStatus.connected > 0 }

    /// Of all servers together.
    package var poolStatus: RedisPoolStatus {
        switch self.route {
        case .node(let node): node.status
        case .router(let router): router.status
        }
    }

    /// One node of a cluster, named as if it were all there is, answers for its own keys and sends away the others.
    private func refusal(_ message: String) -> RedisError {
        guard case .single = self.configuration.topology, message.hasPrefix("MOVED ") || message.hasPrefix("ASK ") else { return RedisError(.refused, message) }
        return RedisError(
            .refused, "\(message): this Redis is one node of a cluster; name several of its nodes, as in redis://host:port,host:port")
    }
}
