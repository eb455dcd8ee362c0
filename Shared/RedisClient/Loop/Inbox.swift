import Synchronization

/// What callers and the loop share: the orders not yet taken, the bounds on them, and the loop's life.
final class Inbox: Sendable {
    enum Life { case unstarted, running, stopping, stopped }

    private struct State {
        var orders: [Order] = []
        var pendingCommands = 0
        var pendingBytes = 0
        var life = Life.unstarted
        var status: RedisPoolStatus
        var awaitingStop: [CheckedContinuation<Void, Never>] = []
    }

    let configuration: RedisConfiguration
    private let state: Mutex<State>
    /// True while the loop is certain to look into the inbox once more: only the order that finds it false pays for a wake-up.
    private let isAwake = Atomic(true)
    private let poller = Mutex<Poller?>(nil)

    init(_ configuration: RedisConfiguration) {
        self.configuration = configuration
        self.state = Mutex(State(status: RedisPoolStatus(size: configuration.poolSize)))
    }

    enum Admission {
        case accepted
        /// The caller has to start the loop; the order is kept for it.
        case acceptedFirst
        case rejected(RedisError)
    }

    // MARK: For callers

    func submit(_ request: Request) -> Admission {
        let admission: Admission = self.state.withLock { state in
            if state.life == .stopping || state.life == .stopped { return .rejected(Self.stopped) }
            // Checked under the lock: a task's cancellation handler runs after the flag is set, so that it either finds
            // this order in front of its own or is seen here.
            if request.token != 0, Task.isCancelled { return .rejected(Self.cancelled) }
            let bytes = request.byteCount
            guard state.pendingCommands < self.configuration.maxPendingCommands, state.pendingBytes + bytes <= self.configuration.maxPendingBytes else {
                return .rejected(RedisError(.overloaded, "\(state.pendingCommands) commands (\(state.pendingBytes) bytes) are pending already"))
            }
            state.pendingCommands += 1
            state.pendingBytes += bytes
            state.orders.append(.request(request))
            return Self.begin(&state)
        }
        if case .accepted = admission { self.wake() }
        return admission
    }

    /// An order that is not a command: it has no caller and is not bounded.
    func submit(_ order: Order) -> Admission {
        let admission: Admission = self.state.withLock { state in
            if state.life == .stopped { return .rejected(Self.stopped) }
            state.orders.append(order)
            return Self.begin(&state)
        }
        if case .accepted = admission { self.wake() }
        return admission
    }

    /// Refuses new commands from now on. The loop answers what it has and ends.
    func stop() {
        let isRunning = self.state.withLock { state in
            switch state.life {
            case .unstarted:
                state.life = .stopped
                return false
            case .running:
                state.life = .stopping
                state.orders.append(.stop)
                return true
            case .stopping, .stopped:
                return false
            }
        }
        if isRunning { self.wake() }
    }

    /// Returns when the loop has ended.
    func untilStopped() async {
        await withCheckedContinuation { continuation in
            let isOver = self.state.withLock { state in
                if state.life == .stopped { return true }
                state.awaitingStop.append(continuation)
                return false
            }
            if isOver { continuation.resume() }
        }
    }

    var status: RedisPoolStatus {
        self.state.withLock { state in
            var status = state.status
            status.pendingCommands = state.pendingCommands
            return status
        }
    }

    private static func begin(_ state: inout State) -> Admission {
        guard state.life == .unstarted else { return .accepted }
        state.life = .running
        return .acceptedFirst
    }

    private func wake() {
        guard !self.isAwake.exchange(true, ordering: .sequentiallyConsistent) else { return }
        self.poller.withLock { $0 }?.wake()
    }

    // MARK: For the loop

    func loopStarts(with poller: Poller) { self.poller.withLock { $0 = poller } }

    /// Exchanges the orders for an empty array, whose memory is used again, and settles what the last turn completed.
    func take(_ orders: inout [Order], settled: Settlement, status: RedisPoolStatus?) {
        self.state.withLock { state in
            swap(&orders, &state.orders)
            state.pendingCommands -= settled.commands
            state.pendingBytes -= settled.bytes
            if let status { state.status = status }
        }
    }

    /// False when there is something to do first.
    func maySleep() -> Bool {
        self.isAwake.store(false, ordering: .sequentiallyConsistent)
        let isEmpty = self.state.withLock { $0.orders.isEmpty }
        if !isEmpty { self.isAwake.store(true, ordering: .sequentiallyConsistent) }
        return isEmpty
    }

    func loopWoke() { self.isAwake.store(true, ordering: .relaxed) }

    /// Ends the inbox; returns the orders that nobody will take.
    func loopEnds() -> [Order] {
        let (orders, waiting) = self.state.withLock { state in
            defer {
                state.orders = []
                state.awaitingStop = []
                state.pendingCommands = 0
                state.pendingBytes = 0
                state.status = RedisPoolStatus(size: self.configuration.poolSize)
            }
            state.life = .stopped
            return (state.orders, state.awaitingStop)
        }
        self.poller.withLock { $0 = nil }
        for continuation in waiting { continuation.resume() }
        return orders
    }

    static let stopped = RedisError(.stopped, "the Redis client has been stopped")
    static let cancelled = RedisError(.cancelled, "the task was cancelled")
}

/// Requests that left the loop in one turn.
struct Settlement {
    var commands = 0
    var bytes = 0

    mutating func add(_ request: Request) {
        self.commands += 1
        self.bytes += request.byteCount
    }
}
