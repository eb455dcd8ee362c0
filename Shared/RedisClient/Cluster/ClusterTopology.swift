import Logging
import Synchronization

/// The nodes of a Redis Cluster, found through any of them, and who serves which slot.
///
/// The slots are asked for when they are first needed, when a node says that one has moved, and when a node is lost.
final class ClusterTopology: Topology {
    private struct State {
        var map: SlotMap?
        /// In the order of the map's primaries.
        var primaries: [RedisNode] = []
        /// Also those that only a redirection has named so far.
        var nodes: [RedisConfiguration.Endpoint: RedisNode] = [:]
        var asking: Task<RedisError?, Never>?
        var askedAt = MonotonicTime(nanoseconds: 0)
        /// Why the last question had no answer.
        var failure: RedisError?
        var isStopped = false
    }

    /// Redirections and losses come in swarms; one question answers them all.
    private static let interval: Duration = .milliseconds(50)
    private static let patience: Duration = .seconds(1)

    private let configuration: RedisConfiguration
    private let seeds: [RedisConfiguration.Endpoint]
    private let label: String
    private let logger: Logger
    private let state = Mutex(State())

    init(_ configuration: RedisConfiguration, seeds: [RedisConfiguration.Endpoint], label: String, logger: Logger) {
        self.configuration = configuration
        self.seeds = seeds
        self.label = label
        self.logger = logger
    }

    var isSharded: Bool { true }

    // MARK: Finding nodes

    func node(for slot: Int?) async throws(RedisError) -> RedisNode {
        if let node = self.known(slot) { return node }
        if let error = await self.ask() { throw error }
        if let node = self.known(slot) { return node }
        throw RedisError(.disconnected, "no node of the cluster serves slot \(slot ?? 0)")
    }

    private func known(_ slot: Int?) -> RedisNode? {
        self.state.withLock { state in
            guard let slot else { return state.primaries.first { $0.isConnected } ?? state.primaries.randomElement() }
            return state.map?.owner(of: slot).map { state.primaries[$0] }
        }
    }

    func node(at endpoint: RedisConfiguration.Endpoint) -> RedisNode { self.state.withLock { self.node(at: endpoint, &$0) } }

    private func node(at endpoint: RedisConfiguration.Endpoint, _ state: inout State) -> RedisNode {
        if let known = state.nodes[endpoint] { return known }
        let node = RedisNode(self.configuration, .fixed(endpoint), waitsForServer: false, label: self.label, logger: self.logger)
        if state.isStopped { node.stop() }
        state.nodes[endpoint] = node
        return node
    }

    func primaries() async throws(RedisError) -> [RedisNode] {
        if let error = await self.ask() { throw error }
        return self.state.withLock { $0.primaries }
    }

    // MARK: Keeping the map

    func moved(_ slot: Int, to endpoint: RedisConfiguration.Endpoint) {
        self.state.withLock { state in
            state.map?.assign(slot, to: endpoint)
            state.primaries = (state.map?.primaries ?? []).map { self.node(at: $0, &state) }
        }
        self.askSoon()
    }

    func doubt() { self.askSoon() }

    private func askSoon() {
        self.state.withLock { state in
            guard state.asking == nil, !state.isStopped, state.askedAt + Self.interval <= .now() else { return }
            self.beginAsking(&state)
        }
    }

    /// Joins whoever asks already. Nil when the map is fresh.
    private func ask() async -> RedisError? {
        let asking: Result<Task<RedisError?, Never>?, RedisError> = self.state.withLock { state in
            if state.isStopped { return .failure(Inbox.stopped) }
            if let asking = state.asking { return .success(asking) }
            if state.askedAt + Self.interval > .now() { return state.failure.map { .failure($0) } ?? .success(nil) }
            return .success(self.beginAsking(&state))
        }
        switch asking {
        case .failure(let error): return error
        case .success(let asking): return await asking?.value
        }
    }

    @discardableResult
    private func beginAsking(_ state: inout State) -> Task<RedisError?, Never> {
        let task = Task { await self.askNodes() }
        state.asking = task
        return task
    }

    /// Asks one node after the other, those first that are known to answer.
    private func askNodes() async -> RedisError? {
        let (connected, others) = self.state.withLock { state in
            let known = state.nodes.filter { $0.value.isConnected }.keys.shuffled()
            return (known, Set(state.nodes.keys).union(self.seeds).subtracting(known).shuffled())
        }
        var failure: RedisError?
        for endpoint in connected + others {
            do throws(RedisError) {
                let reply = try await self.ask(endpoint)
                guard let map = SlotMap(clusterSlots: reply, asked: endpoint) else {
                    throw RedisError(.disconnected, "\(endpoint) knows of no slot that is served")
                }
                self.adopt(map)
                return nil
            } catch {
                // A reason that an operator can do something about is worth more than that some node does not answer.
                if failure?.code != .refused { failure = error }
            }
        }
        let reason = failure ?? RedisError(.disconnected, "no node of the cluster is known")
        self.state.withLock { state in
            state.asking = nil
            state.askedAt = .now()
            state.failure = reason
        }
        return reason
    }

    private func ask(_ endpoint: RedisConfiguration.Endpoint) async throws(RedisError) -> RedisValue {
        let question = RedisCommand("CLUSTER", "SLOTS")
        do throws(RedisError) {
            if let known = self.state.withLock({ $0.nodes[endpoint] }) { return try await known.send(question, timeout: Self.patience) }
            return try await RedisNode.ask(endpoint, question, self.configuration, within: Self.patience, label: self.label)
        } catch {
            guard error.code == .refused, error.message.contains("cluster support disabled") else { throw error }
            throw RedisError(.refused, "\(endpoint) is no node of a cluster; a Redis of its own is named alone, as in redis://host:port")
        }
    }

    private func adopt(_ map: SlotMap) {
        let retired = self.state.withLock { state -> [RedisNode] in
            state.asking = nil
            state.askedAt = .now()
            state.failure = nil
            guard !state.isStopped else { return [] }
            let before = Set(state.map?.primaries ?? [])
            state.map = map
            state.primaries = map.primaries.map { self.node(at: $0, &state) }
            // Who was no primary before is only on its way to become one.
            return before.subtracting(map.primaries).compactMap { state.nodes.removeValue(forKey: $0) }
        }
        // What waits there for a connection is told, and goes to the new primary.
        for node in retired { node.stop() }
    }

    // MARK: Life

    var isStopped: Bool { self.state.withLock { $0.isStopped } }

    var status: RedisPoolStatus {
        self.state.withLock { Array($0.nodes.values) }.reduce(into: RedisPoolStatus(size: 0)) { $0.add($1.status) }
    }

    func connect() {
        Task {
            _ = await self.ask()
            for node in self.state.withLock({ $0.isStopped ? [] : $0.primaries }) { node.connect() }
        }
    }

    func stop() {
        let nodes = self.state.withLock { state in
            state.isStopped = true
            return Array(state.nodes.values)
        }
        for node in nodes { node.stop() }
    }

    func untilStopped() async {
        for node in self.state.withLock({ Array($0.nodes.values) }) { await node.untilStopped() }
    }
}
