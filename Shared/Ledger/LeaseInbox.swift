import Synchronization

/// Leased work waiting for a handler: bounded, `high` before `low`, a quarter of each batch kept for `low`.
///
/// A batch with urgent work in it is not filled up with the rest beyond that quarter, so that it is done soon.
///
/// Each partition has room of its own for `low`, and all share that for `high`: work that can wait is left where everybody may take it, and
/// what is urgent never waits for room that ordinary work fills.
final class LeaseInbox: Sendable {
    /// What a reader may ask for.
    enum Room { case bothLanes, highOnly, none }

    private struct State {
        var lanes: [Lane: [Lease]] = [.high: [], .low: []]
        /// Of each partition in the low lane.
        var low: [Int: Int] = [:]
        var room: [CheckedContinuation<Void, Never>] = []
        var takers: [CheckedContinuation<Void, Never>] = []
        var isClosed = false
        var watcher: CheckedContinuation<Void, Never>?
        /// Small batches with urgent work so far.
        var small = 0

        /// Of a batch with urgent work what is kept for the rest; of batches too small to be shared, every fourth.
        mutating func share(of limit: Int) -> Int {
            if limit >= 4 { return limit / 4 }
            self.small += 1
            return self.small.isMultiple(of: 4) ? limit : 0
        }

        /// What is next, and who waits for the room that this makes.
        mutating func take(_ limit: Int, highRoom: Int) -> (batch: [Lease], room: [CheckedContinuation<Void, Never>]) {
            let high = self.lanes[.high] ?? []
            let low = self.lanes[.low] ?? []
            let forLow = min(low.count, high.isEmpty ? limit : self.share(of: limit))
            let fromHigh = min(high.count, limit - forLow)
            self.lanes[.high] = Array(high.dropFirst(fromHigh))
            self.lanes[.low] = Array(low.dropFirst(forLow))
            for lease in low.prefix(forLow) { self.low[lease.partition.number, default: 1] -= 1 }
            var room: [CheckedContinuation<Void, Never>] = []
            if self.lanes[.high]?.count ?? 0 < highRoom { swap(&room, &self.room) }
            return (Array(high.prefix(fromHigh)) + Array(low.prefix(forLow)), room)
        }

        var count: Int { (self.lanes[.high]?.count ?? 0) + (self.lanes[.low]?.count ?? 0) }
    }

    private let state = Mutex(State())
    private let highRoom: Int
    private let lowRoom: Int

    /// - Parameters:
    ///   - high: items of all partitions together, beyond which no more are read.
    ///   - low: items of each partition, likewise.
    init(high: Int, lowOfEach low: Int) {
        self.highRoom = high
        self.lowRoom = low
    }

    /// Adds deliveries, beyond its room, too: they are ours already.
    ///
    /// - Returns: those that nobody will take, because the inbox is closed.
    func put(_ leases: [Lease]) -> [Lease] {
        guard !leases.isEmpty else { return [] }
        let takers: [CheckedContinuation<Void, Never>]? = self.state.withLock { state in
            if state.isClosed { return nil }
            for lease in leases {
                // Previews wait with what can wait.
                let lane: Lane = lease.work.lane == .high ? .high : .low
                state.lanes[lane, default: []].append(lease)
                if lane == .low { state.low[lease.partition.number, default: 0] += 1 }
            }
            defer { state.takers = [] }
            return state.takers
        }
        guard let takers else { return leases }
        for taker in takers { taker.resume() }
        return []
    }

    /// What there is room for, as soon as there is any; none once the inbox is closed.
    func room(for partition: Partition) async -> Room {
        while true {
            let room = self.state.withLock { state -> Room? in
                if state.isClosed { return Room.none }
                guard state.lanes[.high]?.count ?? 0 < self.highRoom else { return nil }
                return state.low[partition.number] ?? 0 < self.lowRoom ? .bothLanes : .highOnly
            }
            if let room { return room }
            await withCheckedContinuation { continuation in
                let now = self.state.withLock { state in
                    if state.isClosed || state.lanes[.high]?.count ?? 0 < self.highRoom { return true }
                    state.room.append(continuation)
                    return false
                }
                if now { continuation.resume() }
            }
        }
    }

    /// Up to `limit` deliveries as soon as there is one; nil once closed.
    func take(_ limit: Int) async -> [Lease]? {
        while true {
            let (batch, room, isClosed) = self.state.withLock { state in
                if state.isClosed { return ([Lease](), [CheckedContinuation<Void, Never>](), true) }
                let (batch, room) = state.take(limit, highRoom: self.highRoom)
                return (batch, room, false)
            }
            for waiter in room { waiter.resume() }
            if !batch.isEmpty { return batch }
            if isClosed { return nil }
            await withCheckedContinuation { continuation in
                let now = self.state.withLock { state in
                    if state.isClosed || state.count > 0 { return true }
                    state.takers.append(continuation)
                    return false
                }
                if now { continuation.resume() }
            }
        }
    }

    /// Up to `limit` deliveries that are there now.
    func takeNow(_ limit: Int) -> [Lease] {
        let (batch, room) = self.state.withLock { $0.isClosed ? ([], []) : $0.take(limit, highRoom: self.highRoom) }
        for waiter in room { waiter.resume() }
        return batch
    }

    /// Nothing is taken any more, and nobody waits.
    func close() {
        let waiting = self.state.withLock { state in
            state.isClosed = true
            defer { (state.room, state.takers, state.watcher) = ([], [], nil) }
            return state.room + state.takers + (state.watcher.map { [$0] } ?? [])
        }
        for waiter in waiting { waiter.resume() }
    }

    /// Returns once it is closed. For one caller.
    func untilClosed() async {
        await withCheckedContinuation { continuation in
            let now = self.state.withLock { state in
                if !state.isClosed { state.watcher = continuation }
                return state.isClosed
            }
            if now { continuation.resume() }
        }
    }

    /// What nobody has taken, and nobody will.
    func remains() -> [Lease] {
        self.state.withLock { state in
            defer { (state.lanes, state.low) = ([:], [:]) }
            return state.lanes.values.flatMap { $0 }
        }
    }
}
