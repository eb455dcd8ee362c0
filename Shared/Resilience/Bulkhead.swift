import Synchronization

/// Lets a bounded number of callers at something at once, a bounded number more wait, for a bounded time.
package final class Bulkhead: Sendable {
    package enum Refusal: Error, Equatable {
        /// As many as may wait are waiting.
        case full
        /// No place came free in time.
        case timedOut
        /// The calling task was cancelled while it waited.
        case cancelled
    }

    package let limit: Int
    private let queue: Mutex<BulkheadQueue<CheckedContinuation<Refusal?, Never>>>
    private let lastID = Atomic(0)
    private let waitAtMost: Duration

    package init(limit: Int, waitingLimit: Int, waitAtMost: Duration) {
        self.limit = max(1, limit)
        self.queue = Mutex(BulkheadQueue(limit: max(1, limit), waitingLimit: max(0, waitingLimit)))
        self.waitAtMost = waitAtMost
    }

    /// Runs `body` inside; throws a ``Refusal`` without running it, or what `body` throws.
    package func run<Value>(
        isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> sending Value
    ) async throws -> sending Value {
        if !self.tryEnter() { try await self.enter(within: self.waitAtMost, isolation: isolation) }
        defer { self.leave() }
        return try await body()
    }

    /// Callers inside and waiting, for gauges.
    package var occupancy: (inside: Int, waiting: Int) { self.queue.withLock { ($0.inside, $0.waiting) } }

    /// True when there is a place at once. Every entry, this or the other one, ends with ``leave()``.
    func tryEnter() -> Bool { self.queue.withLock { $0.enter() } }

    /// Waits for a place, for `wait` at most or as long as anybody may.
    func enter(within wait: Duration, isolation: isolated (any Actor)? = #isolation) async throws(Refusal) {
        let id = self.lastID.add(1, ordering: .relaxed).newValue
        var timer: Task<Void, Never>?
        let refusal: Refusal? = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                switch self.queue.withLock({ $0.enter(id, waiting: continuation) }) {
                case .inside: continuation.resume(returning: nil)
                case .full: continuation.resume(returning: .full)
                case .queued:
                    timer = self.withdraw(id, after: min(wait, self.waitAtMost))
                    // The handler may have run before there was a place to withdraw.
                    if Task.isCancelled { self.withdraw(id, .cancelled) }
                }
            }
        } onCancel: {
            self.withdraw(id, .cancelled)
        }
        timer?.cancel()
        if let refusal { throw refusal }
    }

    func leave() {
        let next = self.queue.withLock { $0.leave() }
        next?.resume(returning: nil)
    }

    private func withdraw(_ id: Int, _ reason: Refusal) {
        let waiter = self.queue.withLock { $0.withdraw(id) }
        waiter?.resume(returning: reason)
    }

    private func withdraw(_ id: Int, after wait: Duration) -> Task<Void, Never> {
        Task {
            // Cancelled: the place came in time.
            do { try await Task.sleep(for: wait) } catch { return }
            self.withdraw(id, .timedOut)
        }
    }
}
