import Kubernetes
import Synchronization

/// Objects to be looked at: each once, however often it is said, and never by two at a time; one that failed comes back later, and later each time.
final class ReconcileQueue: Sendable {
    private struct State {
        /// Waiting to be taken, in order; without what is being worked on.
        var ready: [ObjectKey] = []
        var head = 0
        var isReady: Set<ObjectKey> = []
        var busy: Set<ObjectKey> = []
        /// Said again while it was being worked on.
        var again: Set<ObjectKey> = []
        var failures: [ObjectKey: Int] = [:]
        /// What comes back later, with the number of its timer: an earlier one says nothing any more.
        var due: [ObjectKey: Int] = [:]
        var nextTimer = 0
        var waiters: [Int: CheckedContinuation<ObjectKey?, Never>] = [:]
        var nextWaiter = 0
        var isClosed = false
    }

    private let state = Mutex(State())

    func add(_ key: ObjectKey) {
        let waiter = self.state.withLock { state -> CheckedContinuation<ObjectKey?, Never>? in
            guard !state.isClosed else { return nil }
            if state.busy.contains(key) {
                state.again.insert(key)
                return nil
            }
            guard state.isReady.insert(key).inserted else { return nil }
            guard let number = state.waiters.keys.min(), let waiter = state.waiters.removeValue(forKey: number) else {
                state.ready.append(key)
                return nil
            }
            state.isReady.remove(key)
            state.due[key] = nil
            state.busy.insert(key)
            return waiter
        }
        waiter?.resume(returning: key)
    }

    /// Comes back after `pause`, unless it is looked at before.
    func add(_ key: ObjectKey, after pause: Duration) {
        guard pause > .zero else { return self.add(key) }
        let number = self.state.withLock { state -> Int? in
            guard !state.isClosed else { return nil }
            state.nextTimer += 1
            state.due[key] = state.nextTimer
            return state.nextTimer
        }
        guard let number else { return }
        Task { [weak self] in
            try? await Task.sleep(for: pause)
            guard let self, self.state.withLock({ $0.due[key] == number }) else { return }
            self.add(key)
        }
    }

    /// Nil when the queue is closed.
    func take() async -> ObjectKey? {
        await withCheckedContinuation { continuation in
            let answer = self.state.withLock { state -> ObjectKey?? in
                if state.isClosed { return .some(nil) }
                guard state.head < state.ready.count else {
                    state.nextWaiter += 1
                    state.waiters[state.nextWaiter] = continuation
                    return nil
                }
                let key = state.ready[state.head]
                state.head += 1
                if state.head > 1_024, state.head * 2 > state.ready.count {
                    state.ready.removeFirst(state.head)
                    state.head = 0
                }
                state.isReady.remove(key)
                state.due[key] = nil
                state.busy.insert(key)
                return key
            }
            if let answer { continuation.resume(returning: answer) }
        }
    }

    /// It was looked at; how often in a row that has failed.
    @discardableResult
    func done(_ key: ObjectKey, failed: Bool) -> Int {
        let (again, failures) = self.state.withLock { state -> (Bool, Int) in
            state.busy.remove(key)
            if failed { state.failures[key, default: 0] += 1 } else { state.failures[key] = nil }
            return (state.again.remove(key) != nil, state.failures[key] ?? 0)
        }
        if again { self.add(key) }
        return failures
    }

    /// Whoever waits, and whoever comes, is told that there is no more.
    func close() {
        let waiters = self.state.withLock { state in
            state.isClosed = true
            defer { state.waiters = [:] }
            return Array(state.waiters.values)
        }
        for waiter in waiters { waiter.resume(returning: nil) }
    }
}
