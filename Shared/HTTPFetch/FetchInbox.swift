import Synchronization

/// Who is told that there are messages. From any thread.
protocol FetchSleeper: Sendable {
    func wake()
}

/// What any thread may tell the fetcher's thread, and the life of that thread: none before the first request,
/// none after the stop.
final class FetchInbox: Sendable {
    enum Message {
        case start(FetchOrder)
        case cancel(UInt64)
        /// The consumer of a paused stream has room again.
        case resume(UInt64)
    }

    private enum Phase {
        case idle
        case running(any FetchSleeper)
        case stopped
    }

    private struct State {
        var phase = Phase.idle
        var messages: [Message] = []
        /// The thread sleeps, or is about to: the next message has to wake it.
        var isResting = false
    }

    private let state = Mutex(State())
    private let outstanding = Atomic(0)
    private let lastID = Atomic<UInt64>(0)
    let configuration: HTTPFetcher.Configuration
    /// Whose thread is used; nil: one of its own.
    private let lender: (any FetchLoop)?

    init(_ configuration: HTTPFetcher.Configuration, on lender: (any FetchLoop)? = nil) {
        self.configuration = configuration
        self.lender = lender
    }

    func nextID() -> UInt64 { self.lastID.add(1, ordering: .relaxed).newValue }

    /// Nil when the order is accepted, and then answered exactly once.
    func submit(_ order: FetchOrder) -> FetchError? {
        let limit = self.configuration.maxOutstanding
        guard self.outstanding.add(1, ordering: .relaxed).newValue <= limit else {
            self.answered()
            return .overloaded(limit: limit)
        }
        let (refusal, sleeper): (FetchError?, (any FetchSleeper)?) = self.state.withLock { state in
            switch state.phase {
            case .stopped: return (.stopped, nil)
            case .running(let sleeper): return (nil, Self.append(.start(order), to: &state) ? sleeper : nil)
            case .idle:
                guard let multi = MultiHandle(self.configuration) else { return (TransferCode.outOfMemory.error, nil) }
                state.messages.append(.start(order))
                if let lender, let lent = LentLoop(self, multi, on: lender) {
                    state.phase = .running(lent)
                    return (nil, lent)
                }
                state.phase = .running(multi)
                TransferLoop.start(self, multi)
                return (nil, nil)
            }
        }
        sleeper?.wake()
        if refusal != nil { self.answered() }
        return refusal
    }

    /// Ignored when there is no thread, and by the thread when the transfer is over.
    func post(_ message: Message) {
        let sleeper: (any FetchSleeper)? = self.state.withLock { state in
            guard case .running(let sleeper) = state.phase, Self.append(message, to: &state) else { return nil }
            return sleeper
        }
        sleeper?.wake()
    }

    func stop() {
        let sleeper: (any FetchSleeper)? = self.state.withLock { state in
            defer { state.phase = .stopped }
            if case .running(let sleeper) = state.phase { return sleeper }
            return nil
        }
        sleeper?.wake()
    }

    /// An accepted order is about to be answered and no longer counts.
    func answered() { self.outstanding.subtract(1, ordering: .relaxed) }

    /// Everything posted since the last call; for the fetcher's thread.
    func collect() -> (messages: [Message], isStopped: Bool) {
        self.state.withLock { state in
            var messages: [Message] = []
            swap(&messages, &state.messages)
            state.isResting = false
            if case .stopped = state.phase { return (messages, true) }
            return (messages, false)
        }
    }

    /// Whether there is nothing to collect; if so, the next message wakes the fetcher's thread, which asks before it sleeps.
    func rest() -> Bool {
        self.state.withLock { state in
            if case .stopped = state.phase { return false }
            state.isResting = state.messages.isEmpty
            return state.isResting
        }
    }

    /// Whether the thread is to be woken, when the lock is free again: only the first message does, and only who sleeps.
    private static func append(_ message: Message, to state: inout State) -> Bool {
        state.messages.append(message)
        defer { state.isResting = false }
        return state.isResting
    }
}
