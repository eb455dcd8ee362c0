import CoreMetrics
import IntentModel
import Synchronization

/// Observations counted by size. A timer observes seconds.
package final class PrometheusHistogram: TimerHandler, RecorderHandler {
    struct Counts: Sendable {
        /// Not cumulative; the last is for observations above every bound.
        var buckets: [UInt64]
        var sum: Double
        /// Of each bucket the last observation of a trace that is recorded; empty until there is one.
        var exemplars: [Exemplar?] = []
    }

    struct Exemplar: Sendable {
        let trace: TraceParent
        let value: Double
        /// Unix milliseconds.
        let at: Int64
    }

    let bounds: [Double]
    private let counts: Mutex<Counts>

    package init(bounds: [Double]) {
        self.bounds = bounds
        self.counts = Mutex(Counts(buckets: Array(repeating: 0, count: bounds.count + 1), sum: 0))
    }

    /// - Parameter trace: that a look at it may go on to.
    package func observe(_ value: Double, exemplar trace: TraceParent? = Correlation.exemplar) {
        guard !value.isNaN else { return }
        // Bounds are few and most observations small: a scan beats a binary search.
        var index = 0
        while index < self.bounds.count, value > self.bounds[index] { index += 1 }
        self.counts.withLock {
            $0.buckets[index] += 1
            $0.sum += value
            if let trace {
                if $0.exemplars.isEmpty { $0.exemplars = Array(repeating: nil, count: self.bounds.count + 1) }
                $0.exemplars[index] = Exemplar(trace: trace, value: value, at: Timestamp.now())
            }
        }
    }

    package func recordNanoseconds(_ duration: Int64) { self.observe(Double(duration) / 1e9) }
    package func record(_ value: Int64) { self.observe(Double(value)) }
    package func record(_ value: Double) { self.observe(value) }

    var snapshot: Counts { self.counts.withLock { $0 } }
    /// Observations so far.
    package var count: UInt64 { self.snapshot.buckets.reduce(0, +) }
}
