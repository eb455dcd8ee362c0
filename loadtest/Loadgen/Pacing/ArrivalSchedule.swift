/// When requests are due in an open loop: a rate that is constant or changes evenly within each segment. Pure arithmetic, so that a request's due
/// time depends on its number alone and never on how the target behaves: that is what keeps its latency free of coordinated omission.
struct ArrivalSchedule: Sendable, Equatable {
    struct Segment: Sendable, Equatable {
        /// Seconds, above 0.
        var duration: Double
        /// Requests a second at its beginning and at its end, 0 or more.
        var from: Double
        var to: Double

        /// Requests within.
        var count: Double { self.duration * (self.from + self.to) / 2 }

        /// Seconds until `count` requests are due, at most ``duration``.
        func time(after count: Double) -> Double {
            let slope = (self.to - self.from) / self.duration
            guard abs(slope) > 1e-9 else { return self.from > 0 ? min(count / self.from, self.duration) : self.duration }
            // from·t + slope·t²/2 = count
            let root = (self.from * self.from + 2 * slope * count).squareRoot()
            guard root.isFinite else { return self.duration }
            return min(max((root - self.from) / slope, 0), self.duration)
        }
    }

    let segments: [Segment]
    /// Requests due over all segments.
    let total: Int
    /// Seconds.
    let duration: Double

    init(_ segments: [Segment]) {
        self.segments = segments
        self.total = Int(segments.reduce(0) { $0 + $1.count } + 1e-6)
        self.duration = segments.reduce(0) { $0 + $1.duration }
    }

    /// - Parameter duration: seconds; nil never ends.
    static func constant(rate: Double, for duration: Double) -> ArrivalSchedule { ArrivalSchedule([Segment(duration: duration, from: rate, to: rate)]) }

    /// Seconds after the start at which request `index` (0-based) is due; nil when there is none.
    func time(of index: Int) -> Double? {
        guard index >= 0, index < self.total else { return nil }
        var before = 0.0
        var left = Double(index)
        for segment in self.segments {
            if left < segment.count { return before + segment.time(after: left) }
            left -= segment.count
            before += segment.duration
        }
        return nil
    }
}

/// A walk over the numbers `first`, `first + stride`, … of a schedule that remembers its segment, so that the next due time costs no search.
struct ArrivalWalk: Sendable {
    private let schedule: ArrivalSchedule
    private let stride: Int
    private var segment = 0
    private var before = 0.0
    private var countBefore = 0.0
    private(set) var index: Int

    init(_ schedule: ArrivalSchedule, first: Int, stride: Int) {
        self.schedule = schedule
        self.stride = stride
        self.index = first
    }

    /// Seconds after the start at which ``index`` is due; nil at the end.
    mutating func due() -> Double? {
        guard self.index < self.schedule.total else { return nil }
        while self.segment < self.schedule.segments.count {
            let segment = self.schedule.segments[self.segment]
            let left = Double(self.index) - self.countBefore
            if left < segment.count { return self.before + segment.time(after: left) }
            self.countBefore += segment.count
            self.before += segment.duration
            self.segment += 1
        }
        return nil
    }

    mutating func advance() { self.index += self.stride }
}
