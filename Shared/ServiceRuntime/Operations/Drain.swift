import Synchronization

/// Whether the process is starting, serving or on its way out, and the one way to send it out.
package final class Drain: Sendable {
    package enum State: UInt8, AtomicRepresentable, Sendable {
        case starting, serving
        /// Unready, but still accepting connections.
        case draining
        /// No longer accepting any; each response ends its connection.
        case closing
    }

    private let value = Atomic<State>(.starting)
    private let waiters = Mutex<[CheckedContinuation<Void, Never>]>([])

    package init() {}

    package var state: State { self.value.load(ordering: .relaxed) }
    package var isDraining: Bool { self.state.rawValue >= State.draining.rawValue }
    package var isClosing: Bool { self.state == .closing }

    package func serving() { _ = self.value.compareExchange(expected: .starting, desired: .serving, ordering: .relaxed) }

    /// Stops the service: unready at once, then no new connections, then what is under way is finished. Returns at once.
    package func begin() {
        let waiters = self.waiters.withLock { waiters in
            if !self.isDraining { self.value.store(.draining, ordering: .relaxed) }
            defer { waiters = [] }
            return waiters
        }
        for waiter in waiters { waiter.resume() }
    }

    package func close() { self.value.store(.closing, ordering: .relaxed) }

    /// Returns once the service is to stop.
    package func wait() async {
        await withCheckedContinuation { continuation in
            let isOver = self.waiters.withLock { waiters in
                if self.isDraining { return true }
                waiters.append(continuation)
                return false
            }
            if isOver { continuation.resume() }
        }
    }
}
