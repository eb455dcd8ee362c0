import Dispatch

/// File system calls, off the threads that run everything else.
enum Blocking {
    private static let queue = DispatchQueue(label: "nephoran.files", attributes: .concurrent)

    static func run<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws(GitError) -> Value {
        let result: Result<Value, any Error> = await withCheckedContinuation { continuation in
            Self.queue.async { continuation.resume(returning: Result { try work() }) }
        }
        do { return try result.get() } catch { throw GitError(error) }
    }
}
