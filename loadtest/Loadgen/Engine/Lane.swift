/// One thread's share of a flow: its connections, what it still has to send, and what it has measured.
struct Lane {
    let plan: FlowPlan
    let timeout: UInt64
    /// Nanoseconds after the start at which no further request is sent; nil without such an end.
    let end: UInt64?
    /// Nanoseconds between two requests of a connection; nil for none.
    let gap: UInt64?
    let stride: Int
    var recorder: FlowRecorder
    /// Requests left, where they are counted.
    var left: Int?
    /// Due times, in an open loop.
    var walk: ArrivalWalk?
    /// The number of the next request.
    var sequence: Int
    /// Connections that may take a request.
    var free: [Int] = []
    /// Connections that must wait, until when.
    var paused: [(until: UInt64, connection: Int)] = []
    var busy = 0
    var random: SplitMix

    init(_ plan: FlowPlan, share: ThreadShare, intervalLength: UInt64, seed: UInt64) {
        self.plan = plan
        self.timeout = UInt64(plan.timeout * 1e9)
        self.stride = share.count
        self.sequence = share.index
        self.random = SplitMix(seed: seed &+ UInt64(share.index))
        self.recorder = FlowRecorder(intervalLength: intervalLength, accepted: plan.accepted, keepsSamples: plan.keepsSamples)
        switch plan.pace {
        case .closed(let requests, let seconds, let perConnection):
            self.left = requests.map(share.part)
            self.end = seconds.map { UInt64($0 * 1e9) }
            self.gap = perConnection.map { UInt64(1e9 / $0) }
        case .open(let schedule):
            self.walk = ArrivalWalk(schedule, first: share.index, stride: share.count)
            self.end = UInt64(schedule.duration * 1e9)
            self.gap = nil
        }
    }

    mutating func nextSequence() -> Int {
        defer { self.sequence += self.stride }
        return self.sequence
    }
}

/// Which of the threads of a run this is.
struct ThreadShare: Sendable {
    let index: Int
    let count: Int

    /// This thread's part of a total.
    func part(of total: Int) -> Int { total / self.count + (self.index < total % self.count ? 1 : 0) }
}
