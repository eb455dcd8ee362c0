/// What a worker has leased and not finished. Pure: times are its caller's.
struct HeldLeases {
    private var leases: [Lease.Key: Lease] = [:]
    /// A lease is renewed once it is this old, and again with every look.
    let renewAfter: Duration

    init(lease: Duration) { self.renewAfter = lease / 4 }

    var count: Int { self.leases.count }

    /// Of these deliveries those that are not held already: a renewal that came late may give us again what we still work on.
    mutating func admit(_ deliveries: [Lease]) -> [Lease] {
        deliveries.filter { lease in
            guard self.leases[lease.key] == nil else { return false }
            self.leases[lease.key] = lease
            return true
        }
    }

    /// Those that would end if nobody renewed them.
    func due(at now: ContinuousClock.Instant) -> [Lease] {
        let limit = now - self.renewAfter
        return self.leases.values.filter { $0.takenAt < limit }
    }

    /// Done, or handed back.
    mutating func end(_ leases: [Lease]) { for lease in leases { self.leases[lease.key] = nil } }
}

extension Lease {
    /// Stream entry ids are unique within a stream only.
    struct Key: Hashable {
        var partition: Int
        var lane: Lane
        var message: String
    }

    var key: Key { Key(partition: self.partition.number, lane: self.work.lane, message: self.message) }
}
