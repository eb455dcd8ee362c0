/// The servers behind a client, and which of them takes a command.
protocol Topology: Sendable {
    /// Whether keys are spread over the servers by their hash slot.
    var isSharded: Bool { get }

    /// The server for a slot, or any for nil.
    ///
    /// - Throws: `.disconnected` while it is not known.
    func node(for slot: Int?) async throws(RedisError) -> RedisNode
    /// The server at an address that another one named.
    func node(at endpoint: RedisConfiguration.Endpoint) -> RedisNode
    func primaries() async throws(RedisError) -> [RedisNode]

    func moved(_ slot: Int, to endpoint: RedisConfiguration.Endpoint)
    /// A server was lost, or says that it cannot serve.
    func doubt()

    var isStopped: Bool { get }
    var status: RedisPoolStatus { get }
    func connect()
    func stop()
    func untilStopped() async
}
