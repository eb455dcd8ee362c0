import Histogram

/// What one thread measures of one flow. Those of several threads are merged.
struct FlowRecorder: Sendable {
    /// A stretch of the run, for charts; at most ``mostIntervals`` of them.
    struct Interval: Sendable {
        var answers = 0
        var errors = 0
        var shed = 0
        var latency = LatencyRecord.part()
    }

    /// One request, in seconds as hey's CSV has them.
    struct Sample: Sendable {
        var response: Float
        var dial: Float
        var write: Float
        var delay: Float
        var read: Float
        var status: Int
        var offset: Float
    }

    static let mostIntervals = 600
    static let mostSamples = 1_000_000

    let intervalLength: UInt64
    private let keepsSamples: Bool
    private let accepted: Set<Int>?

    private(set) var answers = 0
    /// Requests that had no answer, or not the wanted one.
    private(set) var errors = 0
    /// Answers 429 and 503.
    private(set) var shed = 0
    private(set) var bytes = 0
    private(set) var statuses: [Int: Int] = [:]
    private(set) var faults: [String: Int] = [:]
    /// From when a request was due (open loop) or sent (closed loop) until its answer was there.
    private(set) var latency = LatencyRecord.whole()
    /// From when a request was sent.
    private(set) var service = LatencyRecord.whole()
    private(set) var sum = 0.0
    private(set) var intervals: [Interval] = []
    private(set) var samples: [Sample] = []
    private var lastStatus = (code: 0, count: 0)

    /// - Parameter accepted: statuses that are no error; nil for 200…399.
    init(intervalLength: UInt64, accepted: Set<Int>?, keepsSamples: Bool) {
        self.intervalLength = max(intervalLength, 1)
        self.accepted = accepted
        self.keepsSamples = keepsSamples
    }

    var requests: Int { self.answers + self.faults.values.reduce(0, +) }

    mutating func answer(status: Int, bytes: Int, latency: UInt64, service: UInt64, at offset: UInt64) {
        self.answers += 1
        self.bytes += bytes
        if status == self.lastStatus.code { self.lastStatus.count += 1 } else { self.note(status) }
        self.latency.record(min(latency, LatencyRecord.longest))
        self.service.record(min(service, LatencyRecord.longest))
        self.sum += Double(latency)
        let isShed = status == 429 || status == 503
        let isError = self.accepted.map { !$0.contains(status) } ?? !(200..<400).contains(status)
        if isShed { self.shed += 1 }
        if isError { self.errors += 1 }
        self.inInterval(at: offset) { interval in
            interval.answers += 1
            if isError { interval.errors += 1 }
            if isShed { interval.shed += 1 }
            interval.latency.record(min(latency, LatencyRecord.longest))
        }
    }

    /// - Parameter waited: how long it was waited in vain, which counts as latency: what never came was at least that late.
    mutating func fault(_ reason: String, waited: UInt64?, at offset: UInt64) {
        self.faults[reason, default: 0] += 1
        self.errors += 1
        if let waited {
            self.latency.record(min(waited, LatencyRecord.longest))
            self.service.record(min(waited, LatencyRecord.longest))
            self.sum += Double(waited)
        }
        self.inInterval(at: offset) { interval in
            interval.errors += 1
            if let waited { interval.latency.record(min(waited, LatencyRecord.longest)) }
        }
    }

    mutating func sample(_ sample: Sample) {
        if self.keepsSamples, self.samples.count < Self.mostSamples { self.samples.append(sample) }
    }

    /// Almost every answer has the status of the one before: it costs no look-up.
    private mutating func note(_ status: Int) {
        self.settle()
        self.lastStatus = (status, 1)
    }

    /// Brings ``statuses`` up to date.
    mutating func settle() {
        if self.lastStatus.count > 0 { self.statuses[self.lastStatus.code, default: 0] += self.lastStatus.count }
        self.lastStatus.count = 0
    }

    private mutating func inInterval(at offset: UInt64, _ change: (inout Interval) -> Void) {
        let index = min(Int(offset / self.intervalLength), Self.mostIntervals - 1)
        while self.intervals.count <= index { self.intervals.append(Interval()) }
        change(&self.intervals[index])
    }

    mutating func merge(_ other: FlowRecorder) {
        var other = other
        other.settle()
        self.settle()
        self.answers += other.answers
        self.errors += other.errors
        self.shed += other.shed
        self.bytes += other.bytes
        self.sum += other.sum
        self.statuses.merge(other.statuses, uniquingKeysWith: +)
        self.faults.merge(other.faults, uniquingKeysWith: +)
        self.latency.add(other.latency)
        self.service.add(other.service)
        self.samples = Array((self.samples + other.samples).prefix(Self.mostSamples))
        for (index, interval) in other.intervals.enumerated() {
            while self.intervals.count <= index { self.intervals.append(Interval()) }
            self.intervals[index].answers += interval.answers
            self.intervals[index].errors += interval.errors
            self.intervals[index].shed += interval.shed
            self.intervals[index].latency.add(interval.latency)
        }
    }
}
