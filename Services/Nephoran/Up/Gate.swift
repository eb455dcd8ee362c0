import Synchronization

/// Closed until it is opened, once.
final class Gate: Sendable {
    private enum State {
        case closed([CheckedContinuation<Void, Never>])
        case open
    }

    private let state = Mutex(State.closed([]))

    /// False when it was open already.
    @discardableResult func open() -> Bool {
        let waiting: [CheckedContinuation<Void, Never>]? = self.state.withLock { state in
            guard case .closed(let waiting) = state else { return nil }
            state = .open
            return waiting
        }
        waiting?.forEach { $0.resume() }
        return waiting != nil
    }

    var isOpen: Bool { self.state.withLock { if case .open = $0 { true } else { false } } }

    func pass() async {
        await withCheckedContinuation { continuation in
            let isOpen = self.state.withLock { state in
                guard case .closed(let waiting) = state else { return true }
                state = .closed(waiting + [continuation])
                return false
            }
            if isOpen { continuation.resume() }
        }
    }
}
