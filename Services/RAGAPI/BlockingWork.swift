import Dispatch

/// Runs work that blocks (files, opening a database) on a queue of its own instead of the cooperative pool.
func blockingWork<Value: Sendable>(_ label: String, _ work: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        DispatchQueue(label: label).async { continuation.resume(with: Result(catching: work)) }
    }
}
