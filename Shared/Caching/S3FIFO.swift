/// The S3-FIFO replacement policy over a byte limit (Yang et al., SOSP 2023).
///
/// New entries pass through a small queue, so that what is asked for once leaves quickly; what was asked for again moves
/// to the main queue, and so does at once what comes back shortly after it was evicted. A hit only raises a two-bit
/// counter. Pure: the caller provides the time.
struct S3FIFO<Key: Hashable, Value> {
    typealias Instant = ContinuousClock.Instant

    private enum Queue { case small, main }

    private struct Entry {
        let key: Key
        var value: Value
        var cost: Int
        var expiry: Instant
        var frequency: UInt8 = 0
        var queue: Queue
        var newer: Int?
        var older: Int?
    }

    /// A list through the slots, from the newest entry to the oldest.
    private struct List {
        var newest: Int?
        var oldest: Int?
        var bytes = 0
        var count = 0
    }

    /// An upper estimate of what an entry takes beside the bytes its owner counts: its slot, its place in the index, its ghost.
    static var overhead: Int { MemoryLayout<Entry?>.stride + 2 * (MemoryLayout<Key>.stride + 16) + 48 }

    let byteLimit: Int
    private(set) var evictions: UInt64 = 0
    private(set) var expirations: UInt64 = 0
    private var slots: [Entry?] = []
    private var free: [Int] = []
    private var index: [Key: Int] = [:]
    private var small = List()
    private var main = List()
    private var ghosts = GhostQueue()

    init(byteLimit: Int) { self.byteLimit = byteLimit }

    var count: Int { self.index.count }
    var bytes: Int { self.small.bytes + self.main.bytes }

    mutating func value(for key: Key, now: Instant) -> Value? {
        guard let slot = self.index[key], let entry = self.slots[slot] else { return nil }
        guard entry.expiry > now else {
            self.remove(slot)
            self.expirations += 1
            return nil
        }
        if entry.frequency < 3 { self.slots[slot]?.frequency += 1 }
        return entry.value
    }

    /// `cost` is the bytes of key and value. What does not fit into the whole cache is not kept, nor is an older value of its key.
    mutating func insert(_ value: Value, for key: Key, cost: Int, expiry: Instant, now: Instant) {
        let cost = max(0, cost) + Self.overhead
        let known = self.index[key]
        var frequency: UInt8 = 0
        var queue = Queue.small
        if let known, let entry = self.slots[known] {
            frequency = entry.frequency
            queue = entry.queue
            self.remove(known)
        } else if self.ghosts.take(key.hashValue) {
            queue = .main
        }
        guard cost <= self.byteLimit else { return }
        while self.bytes + cost > self.byteLimit { self.evictOne(now: now) }
        self.place(Entry(key: key, value: value, cost: cost, expiry: expiry, frequency: frequency, queue: queue))
    }

    mutating func removeValue(for key: Key) {
        if let slot = self.index[key] { self.remove(slot) }
    }

    /// Removes what has expired; returns how many.
    mutating func removeExpired(now: Instant) -> Int {
        let expired = self.slots.indices.filter { slot in self.slots[slot].map { $0.expiry <= now } ?? false }
        for slot in expired { self.remove(slot) }
        self.expirations += UInt64(expired.count)
        return expired.count
    }

    mutating func removeAll() {
        let (evictions, expirations) = (self.evictions, self.expirations)
        self = S3FIFO(byteLimit: self.byteLimit)
        self.evictions = evictions
        self.expirations = expirations
    }

    // MARK: Eviction

    /// Evicts one entry, unless moving one out of the small queue was all that could be done yet.
    private mutating func evictOne(now: Instant) {
        let mainLimit = self.byteLimit / 10 * 9
        if self.main.bytes > mainLimit || self.small.count == 0 { self.evictFromMain(now: now) } else { self.evictFromSmall(now: now) }
    }

    private mutating func evictFromSmall(now: Instant) {
        while let slot = self.small.oldest, let entry = self.slots[slot] {
            let isExpired = entry.expiry <= now
            if entry.frequency > 1, !isExpired {
                self.unlink(slot)
                self.slots[slot]?.frequency = 0
                self.link(slot, into: .main)
                if self.main.bytes > self.byteLimit / 10 * 9 { return }
                continue
            }
            self.evict(slot, isExpired: isExpired)
            if !isExpired { self.ghosts.insert(entry.key.hashValue, limit: max(self.main.count, self.small.count)) }
            return
        }
    }

    private mutating func evictFromMain(now: Instant) {
        while let slot = self.main.oldest, let entry = self.slots[slot] {
            let isExpired = entry.expiry <= now
            guard entry.frequency > 0, !isExpired else { return self.evict(slot, isExpired: isExpired) }
            self.unlink(slot)
            self.slots[slot]?.frequency = entry.frequency - 1
            self.link(slot, into: .main)
        }
    }

    private mutating func evict(_ slot: Int, isExpired: Bool) {
        self.remove(slot)
        if isExpired { self.expirations += 1 } else { self.evictions += 1 }
    }

    // MARK: Slots and lists

    private mutating func place(_ entry: Entry) {
        let slot = self.free.popLast() ?? self.slots.count
        if slot == self.slots.count { self.slots.append(entry) } else { self.slots[slot] = entry }
        self.index[entry.key] = slot
        self.link(slot, into: entry.queue)
    }

    private mutating func remove(_ slot: Int) {
        guard let key = self.slots[slot]?.key else { return }
        self.unlink(slot)
        self.slots[slot] = nil
        self.index[key] = nil
        self.free.append(slot)
    }

    private mutating func link(_ slot: Int, into queue: Queue) {
        var list = queue == .small ? self.small : self.main
        self.slots[slot]?.queue = queue
        self.slots[slot]?.newer = nil
        self.slots[slot]?.older = list.newest
        if let newest = list.newest { self.slots[newest]?.newer = slot } else { list.oldest = slot }
        list.newest = slot
        list.bytes += self.slots[slot]?.cost ?? 0
        list.count += 1
        if queue == .small { self.small = list } else { self.main = list }
    }

    private mutating func unlink(_ slot: Int) {
        guard let entry = self.slots[slot] else { return }
        var list = entry.queue == .small ? self.small : self.main
        if let newer = entry.newer { self.slots[newer]?.older = entry.older } else { list.newest = entry.older }
        if let older = entry.older { self.slots[older]?.newer = entry.newer } else { list.oldest = entry.newer }
        list.bytes -= entry.cost
        list.count -= 1
        if entry.queue == .small { self.small = list } else { self.main = list }
    }
}
