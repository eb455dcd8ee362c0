import CoreMetrics
import Synchronization

/// A value that rises and falls.
package final class PrometheusGauge: MeterHandler, RecorderHandler {
    /// The bit pattern of a `Double`.
    private let bits = Atomic<UInt64>(0)

    package init() {}

    package var value: Double { Double(bitPattern: self.bits.load(ordering: .relaxed)) }

    package func set(_ value: Int64) { self.set(Double(value)) }
    package func set(_ value: Double) { self.bits.store(value.bitPattern, ordering: .relaxed) }
    package func increment(by amount: Double) { self.bits.add(amount) }
    package func decrement(by amount: Double) { self.bits.add(-amount) }
    package func record(_ value: Int64) { self.set(Double(value)) }
    package func record(_ value: Double) { self.set(value) }
}
