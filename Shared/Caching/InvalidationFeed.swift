package import Logging
package import RedisClient
import ServiceLifecycle

/// Hears which keys were changed or removed in Redis, by anyone: server-assisted invalidation
/// (https://redis.io/docs/latest/develop/reference/client-side-caching/) in its broadcasting form over two RESP2 connections, because
/// a subscribed one takes no other commands. What may have been missed while a connection was lost is told as a reset.
package struct InvalidationFeed: Service {
    private static let channel = "__redis__:invalidate"
    private static let probe: Duration = .seconds(2)
    private static let pause: Duration = .milliseconds(500)

    package enum Event: Sendable, Equatable {
        case changed([String])
        /// Anything may have changed.
        case reset
    }

    private let redis: RedisClient
    private let prefix: String
    private let logger: Logger
    private let handle: @Sendable (Event) -> Void

    /// - Parameters:
    ///   - prefix: of the keys that matter; on a cluster they must be in one slot, that of the prefix.
    ///   - handle: must not block.
    package init(_ redis: RedisClient, prefix: String, logger: Logger, handle: @escaping @Sendable (Event) -> Void) {
        self.redis = redis
        self.prefix = prefix
        self.logger = logger
        self.handle = handle
    }

    package func run() async {
        await cancelWhenGracefulShutdown {
            var wasHeard = true
            while !Task.isCancelled {
                var hears = false
                do throws(RedisError) {
                    try await self.follow {
                        wasHeard = true
                        hears = true
                    }
                } catch {
                    // Once is enough for an outage, which the client itself tells about.
                    self.logger.log(level: wasHeard ? .notice : .debug, "invalidations are not heard", metadata: ["error": .string(error.message)])
                    wasHeard = false
                }
                // Once when the connection is lost, not for each try to have it back: what is known need not be forgotten over and over.
                if hears { self.handle(.reset) }
                try? await Task.sleep(for: Self.pause)
            }
        }
    }

    /// Returns when a connection was replaced, throws when one cannot be had.
    private func follow(_ heard: () -> Void) async throws(RedisError) {
        let node = try await self.redis.primary(of: self.prefix)
        let handle = self.handle
        let listener = node.consumer(label: "invalidations") { message in
            guard message.channel == Self.channel else { return }
            handle(message.payload.array.map { .changed($0.compactMap(\.string)) } ?? .reset)
        }
        let replies = try await listener.pipeline([RedisCommand("CLIENT", "ID"), RedisCommand("SUBSCRIBE", Self.channel)])
        guard let id = replies.first?.int else { throw RedisError(.refused, "the server does not tell connections apart") }
        let tracker = node.consumer(label: "tracking")
        let tracking = try await tracker.pipeline([
            RedisCommand("CLIENT", "ID"), RedisCommand("CLIENT", "TRACKING", "ON", "REDIRECT", "\(id)", "BCAST", "PREFIX", self.prefix),
        ])
        if case .error(let message)? = tracking.last { throw RedisError(.refused, message) }
        heard()
        // What changed before is not told.
        handle(.reset)
        while (try? await Task.sleep(for: Self.probe)) != nil {
            // A connection that was made anew answers, too, but it is not subscribed and has another number.
            let pong = try await listener.pipeline([RedisCommand("PING")], timeout: Self.probe)
            let number = try await tracker.pipeline([RedisCommand("CLIENT", "ID")], timeout: Self.probe)
            guard pong.first?.array != nil, number.first?.int == tracking.first?.int else { return }
        }
    }
}
