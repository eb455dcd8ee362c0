import Synchronization

/// Whether the process is starting, serving or on its way out, and the one way to send it out.
package final class Drain: Sendable {
    package enum State: UInt8, AtomicRepresentable, Sendable { case starting, serving, draining }

    private let value = Atomic<State>(.starting)
    private let waiters = Mutex<[CheckedContinuation<Void, Never>]>([])

    package init() {}

    package var state: State { self.value.load(ordering: .relaxed) }
    package var isDraining: Bool { self.state == .draining }

    package func serving() { _ = self.value.compareExchange(expected: .starting, desired: .serving, ordering: .relaxed) }

    /// Stops the service: unready at once, then no new connections, then what is under way is finished. Returns at once.
    package func begin() {
        let waiters = self.waiters.withLock { waiters in
            self.value.store(.draining, ordering: .relaxed)
            defer { waiters = [] }
            return waiters
        }
        for waiter in waiters { waiter.resume() }
    }

    /// Returns once the service is to stop.
    package func wait() async {
        await withCheckedContinuation { continuation in
            let isOver = self.waiters.withLock { waiters in
                if self.value.load(ordering: .relaxed) == .draining { return true }
                waiters.append(continuation)
                return false
            }
            if isOver { continuation.resume() }
        }
    }
}
