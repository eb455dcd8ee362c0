import Synchronization

/// A count that many tasks add to.
final class Tally: Sendable {
    private let value = Atomic<Int>(0)

    var count: Int { self.value.load(ordering: .relaxed) }
    func add() { self.value.add(1, ordering: .relaxed) }
}
