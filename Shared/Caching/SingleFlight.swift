import Synchronization

/// Runs one load for all who ask for the same key at the same time.
///
/// A caller whose task is cancelled stops waiting; the load goes on for the others and is cancelled when nobody is left.
/// Every waiter gets the value or the error of the load it joined; nothing is remembered afterwards.
package final class SingleFlight<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private typealias Waiter = CheckedContinuation<Value, any Error>

    private struct Flight {
        let number: UInt64
        var task: Task<Void, Never>?
        var waiters: [UInt64: Waiter]
    }

    private struct State {
        var flights: [Key: Flight] = [:]
        var lastNumber: UInt64 = 0

        mutating func nextNumber() -> UInt64 {
            self.lastNumber += 1
            return self.lastNumber
        }
    }

    private enum Step {
        case cancelled
        case joined
        case start(flight: UInt64)
    }

    private let state = Mutex(State())
    private let joinedCount = Atomic<UInt64>(0)

    package init() {}

    /// Calls since the start that did not load because another one of the same key was loading.
    package var coalesced: UInt64 { self.joinedCount.load(ordering: .relaxed) }

    package func value(for key: Key, load: @escaping @Sendable () async throws -> Value) async throws -> Value {
        let number = self.state.withLock { $0.nextNumber() }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { waiter in
                switch self.join(key, number: number, waiter: waiter) {
                case .cancelled: waiter.resume(throwing: CancellationError())
                case .joined: self.joinedCount.add(1, ordering: .relaxed)
                case .start(let flight): self.start(flight, for: key, load: load)
                }
            }
        } onCancel: {
            self.leave(key, number: number)
        }
    }

    /// Callers that wait for the load of `key`.
    func waiting(for key: Key) -> Int { self.state.withLock { $0.flights[key]?.waiters.count ?? 0 } }

    private func join(_ key: Key, number: UInt64, waiter: Waiter) -> Step {
        self.state.withLock { state in
            // Cancellation handlers run after the flag is set: either it is seen here, or `leave` finds the waiter.
            if Task.isCancelled { return .cancelled }
            if state.flights[key] != nil {
                state.flights[key]?.waiters[number] = waiter
                return .joined
            }
            let flight = state.nextNumber()
            state.flights[key] = Flight(number: flight, waiters: [number: waiter])
            return .start(flight: flight)
        }
    }

    private func start(_ flight: UInt64, for key: Key, load: @escaping @Sendable () async throws -> Value) {
        let task = Task {
            let result: Result<Value, any Error>
            do { result = .success(try await load()) } catch { result = .failure(error) }
            self.land(flight, for: key, result)
        }
        let isWanted = self.state.withLock { state in
            guard state.flights[key]?.number == flight else { return false }
            state.flights[key]?.task = task
            return true
        }
        // It has landed, or everybody has left it.
        if !isWanted { task.cancel() }
    }

    private func land(_ flight: UInt64, for key: Key, _ result: Result<Value, any Error>) {
        let waiters = self.state.withLock { state in
            state.flights[key]?.number == flight ? state.flights.removeValue(forKey: key)?.waiters : nil
        }
        guard let waiters else { return }
        for waiter in waiters.values { waiter.resume(with: result) }
    }

    private func leave(_ key: Key, number: UInt64) {
        let (waiter, abandoned): (Waiter?, Task<Void, Never>?) = self.state.withLock { state in
            guard let waiter = state.flights[key]?.waiters.removeValue(forKey: number) else { return (nil, nil) }
            guard state.flights[key]?.waiters.isEmpty == true else { return (waiter, nil) }
            return (waiter, state.flights.removeValue(forKey: key)?.task)
        }
        abandoned?.cancel()
        waiter?.resume(throwing: CancellationError())
    }
}
