/// A connection of its own for commands that block, such as `XREADGROUP … BLOCK`.
///
/// It connects when it is first used and after a failure when it is used again. Commands run one after the other.
/// Cancelling the task that waits closes the connection, which ends the command on the server too.
package final class RedisConsumer: Sendable {
    private let client: RedisClient
    private let lane: Int

    init(client: RedisClient, lane: Int) {
        self.client = client
        self.lane = lane
    }

    deinit { self.client.order(.closeLane(id: self.lane)) }

    /// Sends one command and returns its reply.
    ///
    /// - Parameter timeout: until the reply, so it must exceed the time for which the server may block.
    /// - Throws: as `RedisClient.send` does, and `.cancelled`.
    package func send(_ command: RedisCommand, timeout: Duration? = nil) async throws(RedisError) -> RedisValue {
        let (client, lane, token) = (self.client, self.lane, self.client.nextToken())
        let result: Result<RedisValue, RedisError> = await withTaskCancellationHandler {
            do throws(RedisError) {
                return .success(
                    try await client.submit(command.body, argumentCount: command.argumentCount, timeout: timeout, lane: lane, token: token))
            } catch { return .failure(error) }
        } onCancel: {
            client.order(.cancel(lane: lane, token: token))
        }
        let value = try result.get()
        if case .error(let message) = value { throw RedisError(.refused, message) }
        return value
    }
}
