import DequeModule

/// Fingerprints of keys that were evicted lately, oldest first; remembers that a key was here, not what it held.
struct GhostQueue {
    private var order: Deque<(fingerprint: Int, ticket: UInt64)> = []
    private var tickets: [Int: UInt64] = [:]
    private var lastTicket: UInt64 = 0

    var count: Int { self.tickets.count }

    mutating func insert(_ fingerprint: Int, limit: Int) {
        self.lastTicket += 1
        self.order.append((fingerprint, self.lastTicket))
        self.tickets[fingerprint] = self.lastTicket
        while self.order.count > max(limit, 1), let oldest = self.order.popFirst() {
            // A key that came back and left again has a newer ticket further behind.
            if self.tickets[oldest.fingerprint] == oldest.ticket { self.tickets[oldest.fingerprint] = nil }
        }
    }

    /// True if the key was remembered; it no longer is.
    mutating func take(_ fingerprint: Int) -> Bool { self.tickets.removeValue(forKey: fingerprint) != nil }

    mutating func removeAll() {
        self.order.removeAll()
        self.tickets.removeAll()
    }
}
