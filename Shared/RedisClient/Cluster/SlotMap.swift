/// Which primary serves which slot.
struct SlotMap: Equatable {
    private(set) var primaries: [RedisConfiguration.Endpoint] = []
    /// Index into `primaries`, or -1.
    private var owners = [Int16](repeating: -1, count: HashSlot.count)

    init() {}

    /// Reads a reply to `CLUSTER SLOTS`: `[first, last, [host, port, …], replicas…]` for each range.
    ///
    /// - Parameter asked: who replied; a node that does not know its own address leaves it out.
    init?(clusterSlots reply: RedisValue, asked: RedisConfiguration.Endpoint?) {
        guard let ranges = reply.array, !ranges.isEmpty else { return nil }
        for range in ranges {
            guard let first = range[0].int, let last = range[1].int, first <= last, (0..<HashSlot.count).contains(first), (0..<HashSlot.count).contains(last),
                let port = range[2][1].int, let host = RedisConfiguration.Endpoint.host(range[2][0].string, asked: asked)
            else { return nil }
            let index = Int16(self.index(of: .tcp(host: host, port: port)))
            for slot in first...last { self.owners[slot] = index }
        }
    }

    subscript(slot: Int) -> RedisConfiguration.Endpoint? {
        let index = self.owners[slot]
        return index < 0 ? nil : self.primaries[Int(index)]
    }

    /// Index of a slot's primary; nil where nobody serves it.
    func owner(of slot: Int) -> Int? {
        let index = self.owners[slot]
        return index < 0 ? nil : Int(index)
    }

    /// What a redirection told about one slot.
    mutating func assign(_ slot: Int, to endpoint: RedisConfiguration.Endpoint) {
        guard self.owners.indices.contains(slot) else { return }
        self.owners[slot] = Int16(self.index(of: endpoint))
    }

    private mutating func index(of endpoint: RedisConfiguration.Endpoint) -> Int {
        if let known = self.primaries.firstIndex(of: endpoint) { return known }
        self.primaries.append(endpoint)
        return self.primaries.count - 1
    }
}
