import Synchronization

/// Says that nobody waits any more for one call of several that a task makes; for all of them, the task is cancelled.
package final class Cancellation: Sendable {
    private enum State {
        case open
        case watched(@Sendable () -> Void)
        case cancelled
    }

    private let state = Mutex(State.open)

    /// Runs `handler` when cancelled: at once, if that was before. One handler at a time.
    package func onCancel(_ handler: @escaping @Sendable () -> Void) {
        let isCancelled = self.state.withLock { state in
            if case .cancelled = state { return true }
            state = .watched(handler)
            return false
        }
        if isCancelled { handler() }
    }

    package func cancel() {
        let handler = self.state.withLock { state in
            defer { state = .cancelled }
            if case .watched(let handler) = state { return Optional(handler) }
            return nil
        }
        handler?()
    }
}
