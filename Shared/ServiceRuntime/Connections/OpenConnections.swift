import NIOCore
import Synchronization

/// The connections a service has accepted.
final class OpenConnections: Sendable {
    /// Whether somebody waits for something on a connection.
    final class Use: Sendable {
        /// Monotonic nanoseconds since which nothing was asked on it; 0 while a request is under way.
        private let waitingSince = Atomic<Int64>(OpenConnections.now)

        init() {}

        var isIdleSince: Int64? {
            let since = self.waitingSince.load(ordering: .relaxed)
            return since == 0 ? nil : since
        }

        func begin() { self.waitingSince.store(0, ordering: .relaxed) }
        func end() { self.waitingSince.store(OpenConnections.now, ordering: .relaxed) }
    }

    private struct Entry {
        let channel: any Channel
        let use: Use
    }

    private struct State {
        /// Accepted and not at their end.
        var count = 0
        var channels: [ObjectIdentifier: Entry] = [:]
        var perClient: [ClientAddress: Int] = [:]
        var isQuiescing = false
    }

    /// Who has just come may still be about to ask.
    private static let leastIdle = Int64(1_000_000_000)

    private let state = Mutex(State())
    private let limit: Int
    private let perClient: Int

    /// - Parameter perClient: connections of one address; 0 is no limit.
    init(limit: Int, perClient: Int = 0) {
        self.limit = limit
        self.perClient = perClient
    }

    private static var now: Int64 { Int64(clamping: NIODeadline.now().uptimeNanoseconds) }

    var hasRoom: Bool { self.state.withLock { $0.count < self.limit } }
    var isEmpty: Bool { self.state.withLock { $0.count == 0 } }

    /// False when this client has its share already.
    func claim(_ client: ClientAddress?) -> Bool {
        self.state.withLock { state in
            if let client, self.perClient > 0 {
                let count = state.perClient[client, default: 0]
                guard count < self.perClient else { return false }
                state.perClient[client] = count + 1
            }
            state.count += 1
            return true
        }
    }

    func release(_ client: ClientAddress?) {
        self.state.withLock { state in
            state.count -= 1
            guard let client, self.perClient > 0, let count = state.perClient[client] else { return }
            state.perClient[client] = count > 1 ? count - 1 : nil
        }
    }

    func add(_ channel: any Channel, _ use: Use) {
        let id = ObjectIdentifier(channel)
        let isLate = self.state.withLock { state in
            state.channels[id] = Entry(channel: channel, use: use)
            return state.isQuiescing
        }
        channel.closeFuture.whenComplete { _ in self.state.withLock { $0.channels[id] = nil } }
        if isLate { Self.quiesce(channel) }
    }

    /// Closes some of those on which nothing has been asked for the longest time, so that who asks does not wait behind who does not.
    func makeRoom() {
        let before = Self.now - Self.leastIdle
        let idle = self.state.withLock { state in
            state.channels.values.compactMap { entry in entry.use.isIdleSince.flatMap { $0 <= before ? (since: $0, channel: entry.channel) : nil } }
        }
        for entry in idle.sorted(by: { $0.since < $1.since }).prefix(max(1, self.limit / 50)) { entry.channel.close(promise: nil) }
    }

    /// Closes each once its answer is written; at once when it has nothing to answer.
    func quiesce() {
        let channels = self.state.withLock { state in
            state.isQuiescing = true
            return state.channels.values.map(\.channel)
        }
        for channel in channels { Self.quiesce(channel) }
    }

    private static func quiesce(_ channel: any Channel) {
        channel.eventLoop.execute { channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent()) }
    }
}
