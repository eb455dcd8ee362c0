import Synchronization
import Testing

/// Holds tasks until it is opened; then it stays open.
final class Gate: Sendable {
    private let state = Mutex<(isOpen: Bool, waiting: [CheckedContinuation<Void, Never>])>((false, []))

    func wait() async {
        await withCheckedContinuation { continuation in
            let isOpen = self.state.withLock { state in
                if !state.isOpen { state.waiting.append(continuation) }
                return state.isOpen
            }
            if isOpen { continuation.resume() }
        }
    }

    func open() {
        let waiting = self.state.withLock { state in
            defer { state = (true, []) }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }
}

/// Counts from several tasks.
final class Counter: Sendable {
    private let count = Atomic(0)

    var value: Int { self.count.load(ordering: .relaxed) }

    /// Returns the new value.
    @discardableResult func increment() -> Int { self.count.add(1, ordering: .relaxed).newValue }
}

/// Asks again and again, for at most ten seconds, whether `condition` holds.
func eventually(_ what: Comment, _ location: SourceLocation = #_sourceLocation, _ condition: () -> Bool) async {
    let end = ContinuousClock.now + .seconds(10)
    while ContinuousClock.now < end {
        if condition() { return }
        await Task.yield()
    }
    Issue.record(what, sourceLocation: location)
}
