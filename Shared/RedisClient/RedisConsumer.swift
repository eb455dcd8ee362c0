/// A connection of its own for commands that block, such as `XREADGROUP … BLOCK`.
///
/// It connects when it is first used and after a failure when it is used again. Commands run one after the other.
/// In a cluster it follows the keys of its commands from node to node.
/// Cancelling the task that waits closes the connection, which ends the command on the server too.
package final class RedisConsumer: Sendable {
    private let seat: Seat

    enum Seat {
        case node(NodeConsumer)
        case routed(RoutedConsumer)
    }

    init(_ seat: Seat) { self.seat = seat }

    /// Sends one command and returns its reply.
    ///
    /// - Parameter timeout: until the reply, so it must exceed the time for which the server may block.
    /// - Throws: as `RedisClient.send` does, and `.cancelled`.
    package func send(_ command: RedisCommand, timeout: Duration? = nil) async throws(RedisError) -> RedisValue {
        let value: RedisValue
        switch self.seat {
        case .node(let consumer): value = try await consumer.exchange(command, deadline: consumer.deadline(after: timeout))
        case .routed(let consumer): value = try await consumer.send(command, timeout: timeout)
        }
        if case .error(let message) = value { throw RedisError(.refused, message) }
        return value
    }
}
