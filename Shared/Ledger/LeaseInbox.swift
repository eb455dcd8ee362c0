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
        /// Small batches with urgent work so far.
        var small = 0

        /// Of a batch with urgent work what is kept for the rest; of batches too small to be shared, every fourth.
        mutating func share(of limit: Int) -> Int {
            if limit >= 4 { return limit / 4 }
            self.small += 1
            return self.small.isMultiple(of: 4) ? limit : 0
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

    /// Adds deliveries; they are ours already, so they are always taken in.
    func put(_ leases: [Lease]) {
        guard !leases.isEmpty else { return }
        let takers = self.state.withLock { state in
            for lease in leases {
                state.lanes[lease.work.lane, default: []].append(lease)
                if lease.work.lane == .low { state.low[lease.partition.number, default: 0] += 1 }
            }
            defer { state.takers = [] }
            return state.takers
        }
        for taker in takers { taker.resume() }
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
            let (batch, room, isClosed) = self.state.withLock { state -> ([Lease], [CheckedContinuation<Void, Never>], Bool) in
                if state.isClosed { return ([], [], true) }
                let high = state.lanes[.high] ?? []
                let low = state.lanes[.low] ?? []
                let forLow = min(low.count, high.isEmpty ? limit : state.share(of: limit))
                let fromHigh = min(high.count, limit - forLow)
                state.lanes[.high] = Array(high.dropFirst(fromHigh))
                state.lanes[.low] = Array(low.dropFirst(forLow))
                for lease in low.prefix(forLow) { state.low[lease.partition.number, default: 1] -= 1 }
                var room: [CheckedContinuation<Void, Never>] = []
                if state.lanes[.high]?.count ?? 0 < self.highRoom { swap(&room, &state.room) }
                return (Array(high.prefix(fromHigh)) + Array(low.prefix(forLow)), room, false)
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

    /// Nothing is taken any more, and nobody waits.
    func close() {
        let waiting = self.state.withLock { state in
            state.isClosed = true
            defer { (state.room, state.takers) = ([], []) }
            return state.room + state.takers
        }
        for waiter in waiting { waiter.resume() }
    }

    /// What nobody has taken, and nobody will.
    func remains() -> [Lease] {
        self.state.withLock { state in
            defer { (state.lanes, state.low) = ([:], [:]) }
            return state.lanes.values.flatMap { $0 }
        }
    }
}
