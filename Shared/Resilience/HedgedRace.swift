import Synchronization

/// Two calls of the same, of which the first success counts. The second one may never begin.
final class HedgedRace: Sendable {
    private typealias Waiter = CheckedContinuation<AttemptEnd?, Never>

    private struct State: Sendable {
        var isDecided = false
        var second: Task<Void, Never>?
        /// Of the second call, when it succeeded.
        var end: AttemptEnd?
        /// The first call has failed and waits for the second.
        var waiter: Waiter?
    }

    /// Of the first call.
    let first = Cancellation()
    /// Makes the second call; nil when it may not.
    private let hedge: @Sendable () async -> AttemptEnd?
    private let state = Mutex(State())

    init(_ hedge: @escaping @Sendable () async -> AttemptEnd?) { self.hedge = hedge }

    var hedgeWon: Bool { self.state.withLock { $0.end != nil } }

    func startSecond() {
        self.state.withLock { state in
            guard !state.isDecided, state.second == nil else { return }
            state.second = Task { self.end(ofSecond: await self.hedge()) }
        }
    }

    /// The end that counts, once the first call has ended.
    func end(ofFirst end: AttemptEnd) async -> AttemptEnd {
        let decided = self.state.withLock { state -> AttemptEnd? in
            // A failure, or one that we have brought about ourselves, leaves the decision to the second call while there is one.
            if state.end == nil, state.second != nil, end.judgement.outcome != .success, !Task.isCancelled { return nil }
            state.isDecided = true
            state.second?.cancel()
            return state.end ?? end
        }
        if let decided { return decided }
        let second = await withTaskCancellationHandler {
            await withCheckedContinuation { waiter in
                let hasEnded = self.state.withLock { state in
                    if state.second == nil || state.end != nil { return true }
                    state.waiter = waiter
                    return false
                }
                if hasEnded { waiter.resume(returning: nil) }
            }
        } onCancel: {
            self.state.withLock { $0.second }?.cancel()
        }
        return self.state.withLock { state in
            state.isDecided = true
            return state.end
        } ?? second ?? end
    }

    private func end(ofSecond end: AttemptEnd?) {
        let succeeded = end?.judgement.outcome == .success
        let (waiter, won) = self.state.withLock { state -> (Waiter?, Bool) in
            state.second = nil
            guard !state.isDecided else { return (nil, false) }
            if succeeded {
                state.end = end
                state.isDecided = true
            }
            defer { state.waiter = nil }
            return (state.waiter, succeeded)
        }
        if let waiter { waiter.resume(returning: end) } else if won { self.first.cancel() }
    }
}
