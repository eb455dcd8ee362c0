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

/// Both results; the second is found beside the first where a processor has nothing else to do. Blocks, so it belongs where ``blockingWork(_:_:)`` works.
///
/// - Parameter isWorthIt: what takes less than waking a processor is done in turn.
func atOnce<First: Sendable, Second: Sendable>(
    _ first: @Sendable () throws -> First, _ second: @Sendable () throws -> Second, if isWorthIt: Bool
) throws -> (First, Second) {
    guard isWorthIt else { return (try first(), try second()) }
    let results = Mutex<(first: Result<First, any Error>?, second: Result<Second, any Error>?)>((nil, nil))
    DispatchQueue.concurrentPerform(iterations: 2) { index in
        if index == 0 {
            let result = Result { try first() }
            results.withLock { $0.first = result }
        } else {
            let result = Result { try second() }
            results.withLock { $0.second = result }
        }
    }
    let both = results.withLock { $0 }
    return (try both.first?.get() ?? first(), try both.second?.get() ?? second())
}
