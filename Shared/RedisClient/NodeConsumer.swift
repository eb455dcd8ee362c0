/// A connection of its own to one server. Commands run one after the other.
///
/// It connects when it is first used and after a failure when it is used again.
package final class NodeConsumer: Sendable {
    private let node: RedisNode
    private let lane: Int

    init(node: RedisNode, lane: Int) {
        self.node = node
        self.lane = lane
    }

    deinit { self.node.order(.closeLane(id: self.lane)) }

    /// Sends commands in one write, and returns as many replies.
    package func pipeline(_ commands: [RedisCommand], timeout: Duration? = nil) async throws(RedisError) -> [RedisValue] {
        guard !commands.isEmpty else { return [] }
        let deadline = self.node.deadline(after: timeout)
        let value = try await self.cancellable { (node, lane, token) async throws(RedisError) in
            RedisValue.array(try await node.gather(commands.payload, count: commands.count, deadline: deadline, lane: lane, token: token))
        }
        return value.array ?? []
    }

    /// Cancelling the task that waits closes the connection, which ends the command on the server too.
    func exchange(_ command: RedisCommand, asking: Bool = false, deadline: MonotonicTime) async throws(RedisError) -> RedisValue {
        try await self.cancellable { (node, lane, token) async throws(RedisError) in
            try await node.exchange(command, asking: asking, deadline: deadline, lane: lane, token: token)
        }
    }

    func deadline(after timeout: Duration?) -> MonotonicTime { self.node.deadline(after: timeout) }

    private func cancellable(
        _ body: (RedisNode, Int, UInt64) async throws(RedisError) -> RedisValue
    ) async throws(RedisError) -> RedisValue {
        let (node, lane, token) = (self.node, self.lane, self.node.nextToken())
        let result: Result<RedisValue, RedisError> = await withTaskCancellationHandler {
            do throws(RedisError) { return .success(try await body(node, lane, token)) } catch { return .failure(error) }
        } onCancel: {
            node.order(.cancel(lane: lane, token: token))
        }
        return try result.get()
    }
}
