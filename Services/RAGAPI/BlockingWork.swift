import Dispatch
import Synchronization

/// Runs work that blocks (files, opening a database) on a queue of its own instead of the cooperative pool.
func blockingWork<Value: Sendable>(_ label: String, _ work: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        DispatchQueue(label: label).async { continuation.resume(with: Result(catching: work)) }
    }
}

/// The transformed elements in their order, made on all processors. Blocks, so it belongs inside ``blockingWork(_:_:)``.
///
/// - Parameter least: elements that are worth handing to a processor.
func onAllProcessors<Element: Sendable, Value: Sendable>(_ elements: [Element], least: Int = 64, _ transform: @Sendable (Element) -> Value) -> [Value] {
    let size = max(least, (elements.count + 7) / 8)
    let parts = stride(from: 0, to: elements.count, by: size).map { elements[$0..<min($0 + size, elements.count)] }
    let made = Mutex([[Value]](repeating: [], count: parts.count))
    DispatchQueue.concurrentPerform(iterations: parts.count) { index in
        let values = parts[index].map(transform)
        made.withLock { $0[index] = values }
    }
    return made.withLock { $0.flatMap { $0 } }
}
