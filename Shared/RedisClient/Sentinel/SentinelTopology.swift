import Logging
import Synchronization

/// One primary, whichever the sentinels name: its node asks them before each connection it makes, and leaves a server that turns out
/// to be a replica.
final class SentinelTopology: Topology {
    private let primary: RedisNode
    private let hasStopped = Atomic(false)

    init(_ configuration: RedisConfiguration, sentinels: [RedisConfiguration.Endpoint], name: String, label: String, logger: Logger) {
        let group = SentinelGroup(sentinels: sentinels, name: name, configuration: configuration, label: label)
        self.primary = RedisNode(configuration, .primary(of: group), label: label, logger: logger)
    }

    var isSharded: Bool { false }
    func node(for slot: Int?) async throws(RedisError) -> RedisNode { self.primary }
    func node(at endpoint: RedisConfiguration.Endpoint) -> RedisNode { self.primary }
    func primaries() async throws(RedisError) -> [RedisNode] { [self.primary] }
    func moved(_ slot: Int, to endpoint: RedisConfiguration.Endpoint) {}
    /// Nothing to do: the connection that had the bad news is gone already.
    func doubt() {}

    var isStopped: Bool { self.hasStopped.load(ordering: .relaxed) }
    var status: RedisPoolStatus { self.primary.status }
    func connect() { self.primary.connect() }

    func stop() {
        self.hasStopped.store(true, ordering: .relaxed)
        self.primary.stop()
    }

    func untilStopped() async { await self.primary.untilStopped() }
}
