import RedisClient

/// A real Redis Cluster on loopback: primaries that share the slots evenly, and one replica for each.
package final class RedisCluster: Sendable {
    /// The primaries as they were in the beginning, then their replicas in the same order.
    package let nodes: [RedisServer]
    private let ids: [String]
    private let primaryCount: Int

    package static let slots = 16_384

    package var url: String { "redis://" + self.nodes.map { "127.0.0.1:\($0.port)" }.joined(separator: ",") }

    /// Starts the nodes and returns when every slot is served and every replica follows.
    ///
    /// - Parameter nodeTimeout: milliseconds after which a node that does not answer is taken for dead. Long, unless one is to die: a
    ///   machine with much to do makes nodes slow.
    package static func start(primaries: Int = 3, nodeTimeout: Int = 15_000) async throws -> RedisCluster {
        let nodes = try await withThrowingTaskGroup(of: RedisServer.self) { group in
            for _ in 0..<2 * primaries {
                group.addTask {
                    try await RedisServer.start(
                        options: [
                            "--cluster-enabled", "yes", "--cluster-port", "\(try FreePort.next())", "--cluster-node-timeout", "\(nodeTimeout)",
                            "--cluster-allow-replica-migration", "no", "--repl-diskless-sync-delay", "0", "--cluster-replica-validity-factor", "0",
                        ])
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        var ids: [String] = []
        for (index, node) in nodes.enumerated() {
            ids.append(try await node.send("CLUSTER", "MYID").string ?? "")
            try await node.send("CLUSTER", "SET-CONFIG-EPOCH", index + 1)
            if index < primaries {
                try await node.send("CLUSTER", "ADDSLOTSRANGE", index * Self.slots / primaries, (index + 1) * Self.slots / primaries - 1)
            }
        }
        let cluster = RedisCluster(nodes: nodes, ids: ids, primaryCount: primaries)
        try await cluster.join()
        return cluster
    }

    private init(nodes: [RedisServer], ids: [String], primaryCount: Int) {
        self.nodes = nodes
        self.ids = ids
        self.primaryCount = primaryCount
    }

    private func join() async throws {
        for node in self.nodes.dropFirst() {
            let bus = try await self.nodes[0].send("CONFIG", "GET", "cluster-port")[1].int ?? 0
            try await node.send("CLUSTER", "MEET", "127.0.0.1", self.nodes[0].port, bus)
        }
        for node in self.nodes {
            try await Self.until { node.line("cluster_known_nodes", of: try await node.send("CLUSTER", "INFO")) == "\(self.nodes.count)" }
        }
        for index in self.primaryCount..<self.nodes.count {
            try await self.nodes[index].send("CLUSTER", "REPLICATE", self.ids[index - self.primaryCount])
        }
        try await self.untilWhole()
    }

    /// Every slot is served by a node that runs, and every node that runs knows by which; replicas follow their primaries.
    package func untilWhole(except dead: Set<Int> = []) async throws {
        for (index, node) in self.nodes.enumerated() where !dead.contains(index) {
            try await Self.until { node.line("cluster_state", of: try await node.send("CLUSTER", "INFO")) == "ok" }
            try await Self.until {
                let replication = try await node.send("INFO", "replication")
                return node.line("role", of: replication) == "master" || node.line("master_link_status", of: replication) == "up"
            }
        }
        for (index, _) in self.nodes.enumerated() where !dead.contains(index) {
            try await Self.until { try await self.owners(by: index).allSatisfy { owner in owner.map { !dead.contains($0) } ?? false } }
        }
    }

    // MARK: Slots

    /// Index of the node that serves a slot.
    package func owner(of slot: Int, by index: Int = 0) async throws -> Int? { try await self.owners(by: index)[slot] }

    private func owners(by index: Int) async throws -> [Int?] {
        var owners = [Int?](repeating: nil, count: Self.slots)
        for range in try await self.nodes[index].send("CLUSTER", "SLOTS").array ?? [] {
            guard let first = range[0].int, let last = range[1].int, let id = range[2][2].string else { continue }
            for slot in first...last { owners[slot] = self.ids.firstIndex(of: id) }
        }
        return owners
    }

    package func slot(of key: String) async throws -> Int { try await self.nodes[0].send("CLUSTER", "KEYSLOT", key).int ?? 0 }

    /// Moves a slot as `redis-cli --cluster reshard` does: both sides are told, the keys go over a few at a time, everyone is told.
    ///
    /// - Parameter between: called after each handful of keys.
    package func move(
        _ slot: Int, from source: Int, to target: Int, keysAtOnce: Int = 10, between: () async throws -> Void = {}
    ) async throws {
        try await self.open(slot, from: source, to: target)
        while case let keys = try await self.nodes[source].send("CLUSTER", "GETKEYSINSLOT", slot, keysAtOnce).array?.compactMap(\.string) ?? [], !keys.isEmpty {
            try await self.carry(keys, from: source, to: target)
            try await between()
        }
        try await self.close(slot, from: source, to: target)
    }

    /// The slot is in between from now on.
    package func open(_ slot: Int, from source: Int, to target: Int) async throws {
        try await self.nodes[target].send("CLUSTER", "SETSLOT", slot, "IMPORTING", self.ids[source])
        try await self.nodes[source].send("CLUSTER", "SETSLOT", slot, "MIGRATING", self.ids[target])
    }

    package func carry(_ keys: [String], from source: Int, to target: Int) async throws {
        let arguments: [any RedisArgument] = ["127.0.0.1", self.nodes[target].port, "", 0, 5000, "KEYS"] + keys
        let client = try self.nodes[source].client()
        defer { client.stop() }
        // On a busy machine a node may think for a moment that the others are gone.
        let deadline = ContinuousClock.now + .seconds(20)
        while true {
            let reply = try await client.pipeline([RedisCommand("MIGRATE", arguments: arguments)], timeout: .seconds(10)).first ?? .null
            guard case .error(let message) = reply else { return }
            guard message.contains("CLUSTERDOWN"), ContinuousClock.now < deadline else { throw RedisError(.refused, message) }
            try await Task.sleep(for: .milliseconds(100))
        }
    }

    package func close(_ slot: Int, from source: Int, to target: Int) async throws {
        try await self.nodes[target].send("CLUSTER", "SETSLOT", slot, "NODE", self.ids[target])
        try await self.nodes[source].send("CLUSTER", "SETSLOT", slot, "NODE", self.ids[target])
    }

    /// Carries each of `slots` to another primary that serves one of them.
    package func reshard(_ slots: [Int]) async throws {
        for slot in slots {
            let owners = try await self.owners(by: 0)
            guard let source = owners[slot], let target = Set(slots.compactMap { owners[$0] }).filter({ $0 != source }).randomElement() else { continue }
            try await self.move(slot, from: source, to: target)
        }
    }

    /// SIGKILL to a primary that serves one of `slots`. Returns when its replica has taken its place and it has come back as the replica of that.
    package func replacePrimary(serving slots: [Int]) async throws {
        let owners = try await self.owners(by: 0)
        // The node that is asked about the others stays.
        guard let victim = slots.compactMap({ owners[$0] }).filter({ $0 != 0 }).randomElement() else { throw NotInTime() }
        self.nodes[victim].kill()
        try await self.untilWhole(except: [victim])
        try await self.nodes[victim].restart()
        try await Self.until {
            let replication = try await self.nodes[victim].send("INFO", "replication")
            return self.nodes[victim].line("role", of: replication) == "slave" && self.nodes[victim].line("master_link_status", of: replication) == "up"
        }
    }

    package func stop() { for node in self.nodes { node.stop() } }

    package static func until(within limit: Duration = .seconds(30), _ condition: () async throws -> Bool) async throws {
        let deadline = ContinuousClock.now + limit
        while ContinuousClock.now < deadline {
            if (try? await condition()) == true { return }
            try await Task.sleep(for: .milliseconds(20))
        }
        throw NotInTime()
    }

    package struct NotInTime: Error {
        package init() {}
    }
}
