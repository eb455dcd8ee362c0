import Synchronization

/// Numbers from 1, each given once.
final class Identifiers: Sendable {
    private let last = Atomic(0)

    func next() -> Int { self.last.add(1, ordering: .relaxed).newValue }
}
