/// What was published on a channel (https://redis.io/docs/latest/develop/interact/pubsub/, RESP2).
package struct RedisMessage: Sendable, Equatable {
    package let channel: String
    package let payload: RedisValue

    /// Nil for a value that is the reply to a command.
    init?(_ value: RedisValue) {
        guard case .array(let parts) = value, parts.count == 3, parts[0].string == "message", let channel = parts[1].string else { return nil }
        self.channel = channel
        self.payload = parts[2]
    }
}

package typealias RedisListener = @Sendable (RedisMessage) -> Void
