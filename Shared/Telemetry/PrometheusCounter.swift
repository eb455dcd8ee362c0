import CoreMetrics
import Synchronization

/// A value that only rises. Whole and fractional amounts are kept apart so that the usual increment is one atomic add.
package final class PrometheusCounter: CounterHandler, FloatingPointCounterHandler {
    private let whole = Atomic<Int64>(0)
    /// The bit pattern of a `Double`.
    private let fraction = Atomic<UInt64>(0)

    package init() {}

    package var value: Double {
        Double(self.whole.load(ordering: .relaxed)) + Double(bitPattern: self.fraction.load(ordering: .relaxed))
    }

    package func increment() { self.whole.wrappingAdd(1, ordering: .relaxed) }

    package func increment(by amount: Int64) {
        guard amount > 0 else { return }
        self.whole.wrappingAdd(amount, ordering: .relaxed)
    }

    package func increment(by amount: Double) {
        guard amount > 0, amount.isFinite else { return }
        self.fraction.add(amount)
    }

    /// For a value that is counted elsewhere, such as the kernel's account of CPU time.
    package func set(_ value: Double) {
        self.whole.store(0, ordering: .relaxed)
        self.fraction.store(value.bitPattern, ordering: .relaxed)
    }

    package func reset() { self.set(0) }
}

extension Atomic<UInt64> {
    /// Adds to the `Double` whose bit pattern this holds.
    func add(_ amount: Double) {
        var old = self.load(ordering: .relaxed)
        while true {
            let new = (Double(bitPattern: old) + amount).bitPattern
            let (exchanged, original) = self.weakCompareExchange(expected: old, desired: new, ordering: .relaxed)
            if exchanged { return }
            old = original
        }
    }
}
