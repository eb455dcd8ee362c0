import Synchronization

/// An in-memory index of passages by their words, for BM25 over weighted fields.
///
/// Passages go into immutable segments that are merged as they grow in number, neighbours only; searches work on a snapshot and wait
/// for nobody. Changes come from one writer at a time.
package final class KeywordIndex: Sendable {
    package let weights: FieldWeights
    private let current: Mutex<KeywordSnapshot>

    package init(weights: FieldWeights = FieldWeights()) {
        self.weights = weights
        self.current = Mutex(KeywordSnapshot(weights: weights))
    }

    /// What a search is made on; stays as it is whatever is changed meanwhile.
    package var snapshot: KeywordSnapshot { self.current.withLock { $0 } }

    /// Removes passages, adds others, and lets searches see both at the same moment.
    ///
    /// - Parameter mark: kept with the snapshot, for the caller.
    package func apply(removing numbers: [Int64], adding made: [PassageTerms], mark: [UInt8]) {
        var next = self.snapshot
        next.remove(numbers)
        for terms in made where terms.count > 0 { next.add(terms) }
        next.settle()
        next.mark = mark
        self.current.withLock { $0 = next }
    }

    /// Becomes what a file holds.
    package func adopt(_ snapshot: KeywordSnapshot) { self.current.withLock { $0 = snapshot } }

    /// Becomes what the other index is now.
    package func adopt(_ other: KeywordIndex) {
        let snapshot = other.snapshot
        self.current.withLock { $0 = snapshot }
    }
}
