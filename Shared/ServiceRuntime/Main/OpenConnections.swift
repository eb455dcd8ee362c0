import NIOCore
import Synchronization

/// The connections a service has accepted.
final class OpenConnections: Sendable {
    private struct State {
        /// Accepted and not at their end.
        var count = 0
        var channels: [ObjectIdentifier: any Channel] = [:]
        var isQuiescing = false
    }

    private let state = Mutex(State())
    private let limit: Int

    init(limit: Int) { self.limit = limit }

    var hasRoom: Bool { self.state.withLock { $0.count < self.limit } }
    var isEmpty: Bool { self.state.withLock { $0.count == 0 } }

    func claim() { self.state.withLock { $0.count += 1 } }
    func release() { self.state.withLock { $0.count -= 1 } }

    func add(_ channel: any Channel) {
        let id = ObjectIdentifier(channel)
        let isLate = self.state.withLock { state in
            state.channels[id] = channel
            return state.isQuiescing
        }
        channel.closeFuture.whenComplete { _ in self.state.withLock { $0.channels[id] = nil } }
        if isLate { Self.quiesce(channel) }
    }

    /// Closes each once its answer is written; at once when it has nothing to answer.
    func quiesce() {
        let channels = self.state.withLock { state in
            state.isQuiescing = true
            return Array(state.channels.values)
        }
        for channel in channels { Self.quiesce(channel) }
    }

    private static func quiesce(_ channel: any Channel) {
        channel.eventLoop.execute { channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent()) }
    }
}
