import Foundation

/// Runs what blocks, or computes for seconds, on a thread of its own: on the two threads that run all tests it would stop the others.
package func offPool<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        Thread.detachNewThread { continuation.resume(with: Result { try body() }) }
    }
}
