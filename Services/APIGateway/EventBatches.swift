import Ledger
import Synchronization

/// What has come of a feed since it was asked last: all of it at once, so that a client that is written to gets in one piece what came meanwhile.
/// For one reader.
final class EventBatches: Sendable {
    private struct State {
        var events: [LedgerEvent] = []
        var isOver = false
        var reader: CheckedContinuation<Void, Never>?
        var isBeat = false
    }

    /// A client that is so far behind comes again with the last event it has, and misses none.
    private static let limit = 8_192
    private let state = Mutex(State())
    private let tasks: Mutex<[Task<Void, Never>]> = Mutex([])

    /// - Parameter interval: after which a reader that waits gets an empty batch.
    init(_ events: AsyncStream<LedgerEvent>, beat interval: Duration = .seconds(15)) {
        let forward = Task { [weak self] in
            for await event in events { if self?.put(event) != true { break } }
            self?.end()
        }
        let beat = Task { [weak self] in
            while (try? await Task.sleep(for: interval)) != nil { self?.beat() }
        }
        self.tasks.withLock { $0 = [forward, beat] }
    }

    deinit { for task in self.tasks.withLock({ $0 }) { task.cancel() } }

    /// What is there as soon as there is something; empty for a sign of life; nil at the end of the feed, and for a reader that is cancelled.
    func next() async -> [LedgerEvent]? {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isReady = self.state.withLock { state in
                    if !state.events.isEmpty || state.isOver || state.isBeat { return true }
                    state.reader = continuation
                    return false
                }
                if isReady { continuation.resume() }
            }
        } onCancel: {
            self.end()
        }
        return self.state.withLock { state in
            defer { (state.events, state.isBeat) = ([], false) }
            return state.events.isEmpty && state.isOver ? nil : state.events
        }
    }

    /// False when there is no room.
    private func put(_ event: LedgerEvent) -> Bool {
        self.change { state in
            guard state.events.count < Self.limit, !state.isOver else { return false }
            state.events.append(event)
            return true
        }
    }

    private func beat() { self.change { $0.isBeat = true } }

    private func end() { self.change { $0.isOver = true } }

    private func change<Value: Sendable>(_ change: (inout State) -> Value) -> Value {
        let (value, reader) = self.state.withLock { state -> (Value, CheckedContinuation<Void, Never>?) in
            let value = change(&state)
            defer { state.reader = nil }
            return (value, state.reader)
        }
        reader?.resume()
        return value
    }
}
