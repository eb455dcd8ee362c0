/// Decides which waiting transfer starts next: first come first served within an origin, origins in turn, so that
/// one slow upstream cannot hold up the others. Pure; the clock is the caller's.
///
/// libcurl has limits of its own, but a transfer it parks for one busy host can stand before those for idle ones.
struct AdmissionQueue {
    typealias Instant = ContinuousClock.Instant

    private struct Waiting {
        let origin: String
        let deadline: Instant
    }

    private struct Lane {
        var active = 0
        /// May hold ids that were withdrawn since; `head` is the first not yet considered.
        var queue: [UInt64] = []
        var head = 0
        var waiting = 0
    }

    private let limit: Int
    private let limitPerOrigin: Int
    private var active = 0
    private var lanes: [String: Lane] = [:]
    private var waiting: [UInt64: Waiting] = [:]
    /// Origins with someone waiting, the next to be served first.
    private var turns: [String] = []
    /// No waiting deadline is earlier; it may be that of one already admitted.
    private(set) var earliestDeadline: Instant?

    init(limit: Int, limitPerOrigin: Int) {
        self.limit = limit
        self.limitPerOrigin = limitPerOrigin
    }

    var waitingCount: Int { self.waiting.count }
    /// Origins that something is known about; none when idle.
    var laneCount: Int { self.lanes.count }

    mutating func enqueue(_ id: UInt64, origin: String, deadline: Instant) {
        self.waiting[id] = Waiting(origin: origin, deadline: deadline)
        self.earliestDeadline = min(self.earliestDeadline ?? deadline, deadline)
        self.lanes[origin, default: Lane()].queue.append(id)
        self.lanes[origin]?.waiting += 1
        if self.lanes[origin]?.waiting == 1 { self.turns.append(origin) }
    }

    /// The next transfer that may start now; it counts as active until ``release(origin:)``.
    mutating func admit() -> UInt64? {
        guard self.active < self.limit else { return nil }
        for turn in self.turns.indices {
            let origin = self.turns[turn]
            guard let lane = self.lanes[origin], lane.active < self.limitPerOrigin, let id = self.popFirst(of: origin) else { continue }
            self.turns.remove(at: turn)
            if self.lanes[origin]?.waiting ?? 0 > 0 { self.turns.append(origin) }
            self.lanes[origin]?.active += 1
            self.active += 1
            return id
        }
        return nil
    }

    /// An admitted transfer ended.
    mutating func release(origin: String) {
        self.active -= 1
        self.lanes[origin]?.active -= 1
        self.forgetIfIdle(origin)
    }

    /// Takes a waiting transfer out; false when it is not waiting.
    mutating func withdraw(_ id: UInt64) -> Bool {
        guard let entry = self.waiting.removeValue(forKey: id) else { return false }
        self.lanes[entry.origin]?.waiting -= 1
        if self.lanes[entry.origin]?.waiting == 0 {
            self.turns.removeAll { $0 == entry.origin }
            self.lanes[entry.origin]?.queue = []
            self.lanes[entry.origin]?.head = 0
            self.forgetIfIdle(entry.origin)
        }
        self.refreshDeadlineIfEmpty()
        return true
    }

    /// Takes out, and returns, every waiting transfer whose time is up.
    mutating func expire(at now: Instant) -> [UInt64] {
        guard let earliest = self.earliestDeadline, earliest <= now else { return [] }
        let expired = self.waiting.filter { $0.value.deadline <= now }.map(\.key).sorted()
        for id in expired { _ = self.withdraw(id) }
        self.earliestDeadline = self.waiting.values.lazy.map(\.deadline).min()
        return expired
    }

    private mutating func popFirst(of origin: String) -> UInt64? {
        guard var lane = self.lanes.removeValue(forKey: origin) else { return nil }
        defer { self.lanes[origin] = lane }
        while lane.head < lane.queue.count {
            let id = lane.queue[lane.head]
            lane.head += 1
            if lane.head == lane.queue.count || (lane.head >= 64 && lane.head * 2 >= lane.queue.count) {
                lane.queue.removeFirst(lane.head)
                lane.head = 0
            }
            guard self.waiting.removeValue(forKey: id) != nil else { continue }
            lane.waiting -= 1
            self.refreshDeadlineIfEmpty()
            return id
        }
        return nil
    }

    private mutating func forgetIfIdle(_ origin: String) {
        if let lane = self.lanes[origin], lane.active == 0, lane.waiting == 0 { self.lanes[origin] = nil }
    }

    private mutating func refreshDeadlineIfEmpty() {
        if self.waiting.isEmpty { self.earliestDeadline = nil }
    }
}
