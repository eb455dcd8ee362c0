import Synchronization

/// Leased work waiting for a handler: bounded, `high` before `low`, a quarter of each batch kept for `low`.
final class LeaseInbox: Sendable {
    private struct State {
        var lanes: [Lane: [Lease]] = [.high: [], .low: []]
        var room: [CheckedContinuation<Void, Never>] = []
        var takers: [CheckedContinuation<Void, Never>] = []
        var isClosed = false

        var count: Int { (self.lanes[.high]?.count ?? 0) + (self.lanes[.low]?.count ?? 0) }
    }

    private let state = Mutex(State())
    private let capacity: Int

    init(capacity: Int) { self.capacity = capacity }

    /// Adds deliveries; they are ours already, so they are always taken in.
    func put(_ leases: [Lease]) {
        guard !leases.isEmpty else { return }
        let takers = self.state.withLock { state in
            for lease in leases { state.lanes[lease.work.lane, default: []].append(lease) }
            defer { state.takers = [] }
            return state.takers
        }
        for taker in takers { taker.resume() }
    }

    /// Returns once there is room for more, or the inbox is closed.
    func waitForRoom() async {
        await withCheckedContinuation { continuation in
            let now = self.state.withLock { state in
                if state.isClosed || state.count < self.capacity { return true }
                state.room.append(continuation)
                return false
            }
            if now { continuation.resume() }
        }
    }

    /// Up to `limit` deliveries as soon as there is one; nil once closed.
    func take(_ limit: Int) async -> [Lease]? {
        while true {
            let (batch, room, isClosed) = self.state.withLock { state -> ([Lease], [CheckedContinuation<Void, Never>], Bool) in
                if state.isClosed { return ([], [], true) }
                let high = state.lanes[.high] ?? []
                let low = state.lanes[.low] ?? []
                let forLow = min(low.count, max(limit / 4, limit - high.count))
                let fromHigh = min(high.count, limit - forLow)
                state.lanes[.high] = Array(high.dropFirst(fromHigh))
                state.lanes[.low] = Array(low.dropFirst(forLow))
                var room: [CheckedContinuation<Void, Never>] = []
                if state.count < self.capacity { swap(&room, &state.room) }
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
            defer { state.lanes = [:] }
            return state.lanes.values.flatMap { $0 }
        }
    }
}
