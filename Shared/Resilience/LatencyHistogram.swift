/// Quantiles of recent latencies, at most a quarter too high, in a fixed number of counts: two generations, of which the younger is filled
/// and both are asked. Pure.
struct LatencyHistogram: Sendable {
    /// Four buckets to each doubling, from a microsecond on: the last one begins after two days.
    private static let bucketCount = 160

    private let generationSize: Int
    private var counts = Array(repeating: UInt32(0), count: LatencyHistogram.bucketCount)
    private var older = Array(repeating: UInt32(0), count: LatencyHistogram.bucketCount)
    private var filled = 0
    private var olderFilled = 0

    /// - Parameter generationSize: the last one to two times as many latencies count.
    init(generationSize: Int = 500) { self.generationSize = max(1, generationSize) }

    var count: Int { self.filled + self.olderFilled }

    mutating func record(_ latency: Duration) {
        if self.filled >= self.generationSize {
            swap(&self.counts, &self.older)
            for index in self.counts.indices { self.counts[index] = 0 }
            self.olderFilled = self.filled
            self.filled = 0
        }
        self.counts[Self.bucket(of: latency)] += 1
        self.filled += 1
    }

    /// The latency that `part` (0…1) of the recent ones do not exceed, rounded up to the end of its bucket; nil without any.
    func quantile(_ part: Double) -> Duration? {
        guard self.count > 0 else { return nil }
        let rank = max(1, Int((part * Double(self.count)).rounded(.up)))
        var seen = 0
        for index in 0..<Self.bucketCount {
            seen += Int(self.counts[index]) + Int(self.older[index])
            if seen >= rank { return Self.upperBound(of: index) }
        }
        return nil
    }

    /// The position of the leading bit, and the two bits after it.
    private static func bucket(of latency: Duration) -> Int {
        let ticks = UInt64(max(1 << 12, latency.ticks)) >> 10
        let bit = 63 - ticks.leadingZeroBitCount
        return min(self.bucketCount - 1, (bit - 2) * 4 + Int(ticks >> UInt64(bit - 2)) & 3)
    }

    private static func upperBound(of index: Int) -> Duration {
        let ticks = Int64(4 + index % 4 + 1) << Int64(index / 4)
        return Duration(ticks: ticks << 10)
    }
}
