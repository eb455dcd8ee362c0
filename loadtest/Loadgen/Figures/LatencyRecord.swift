import Histogram

/// Latencies in nanoseconds up to an hour, to three digits over all and to two within an interval.
enum LatencyRecord {
    typealias Whole = Histogram<UInt64>
    typealias Part = Histogram<UInt32>

    static let longest: UInt64 = 3_600_000_000_000

    static func whole() -> Whole { Whole(lowestDiscernibleValue: 1, highestTrackableValue: self.longest, numberOfSignificantValueDigits: .three) }
    static func part() -> Part { Part(lowestDiscernibleValue: 1_000, highestTrackableValue: self.longest, numberOfSignificantValueDigits: .two) }
}

extension Histogram {
    /// The smallest value that `percent` of a hundred are not above, in nanoseconds; 0 where there is none.
    func nanoseconds(_ percent: Double) -> Double { self.totalCount == 0 ? 0 : Double(self.valueAtPercentile(percent)) }
}
