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

    /// Whether a transfer may start that nobody waits before; it counts as active until ``release(origin:)``.
    mutating func admitAtOnce(origin: String) -> Bool {
        guard self.waiting.isEmpty, self.active < self.limit else { return false }
        let isAdmitted = Self.take(&self.lanes[origin, default: Lane()], self.limitPerOrigin)
        if isAdmitted { self.active += 1 }
        return isAdmitted
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
        if Self.giveBack(&self.lanes[origin]) { self.lanes[origin] = nil }
    }

    // One look-up of a lane each.

    private static func take(_ lane: inout Lane, _ limit: Int) -> Bool {
        guard lane.active < limit else { return false }
        lane.active += 1
        return true
    }

    /// Whether the lane is idle now.
    private static func giveBack(_ lane: inout Lane?) -> Bool {
        lane?.active -= 1
        return lane.map { $0.active == 0 && $0.waiting == 0 } ?? false
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
