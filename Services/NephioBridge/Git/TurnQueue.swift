import Synchronization

/// One at a time, in the order of arrival. A turn that began is finished even when who asked for it is cancelled:
/// half a publication is worse than a late one.
final class TurnQueue: Sendable {
    private struct State {
        var last: Task<Void, Never>?
        var waiting = 0
    }

    private let state = Mutex(State())
    private let capacity: Int

    init(capacity: Int) { self.capacity = capacity }

    /// Turns that wait or are being taken.
    var depth: Int { self.state.withLock { $0.waiting } }
    var isIdle: Bool { self.depth == 0 }

    /// - Throws: ``GitError/overloaded`` when `capacity` turns are waiting, and what `work` throws.
    func take<Value: Sendable>(_ work: @escaping @Sendable () async throws -> Value) async throws -> Value {
        let task: Task<Value, any Error>? = self.state.withLock { state in
            guard state.waiting < self.capacity else { return nil }
            state.waiting += 1
            let previous = state.last
            let task = Task {
                await previous?.value
                defer { self.state.withLock { $0.waiting -= 1 } }
                return try await work()
            }
            state.last = Task { _ = try? await task.value }
            return task
        }
        guard let task else { throw GitError.overloaded }
        return try await task.value
    }
}
