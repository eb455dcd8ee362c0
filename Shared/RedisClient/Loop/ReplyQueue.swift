/// The requests that were given to one connection, in the order in which their replies will come.
///
/// A caller whose deadline passes is answered at once, but its place is kept until its reply has been read, so that
/// replies never go to the wrong caller. When the oldest place is overdue and nothing at all has been answered for
/// the client's command timeout, the connection counts as stalled.
struct ReplyQueue {
    struct Place {
        let request: Request
        /// Offset in the connection's stream of bytes at which the request starts.
        let start: Int
        var isAbandoned = false
        var gathered: [RedisValue] = []
    }

    /// A request that has its answer.
    enum Completion {
        case nothing
        case answered(Request, RedisValue)
        case nobodyWaits(Request)
        case unsolicited
    }

    private var places = FIFO<Place>()
    private let patience: Duration
    private var lastProgress = MonotonicTime(nanoseconds: 0)
    /// No deadline in the queue is earlier; it may lie too early, never too late.
    private(set) var alarm = MonotonicTime.never

    init(patience: Duration) { self.patience = patience }

    var isEmpty: Bool { self.places.isEmpty }
    var count: Int { self.places.count }

    mutating func append(_ request: Request, start: Int, now: MonotonicTime) {
        if self.places.isEmpty { self.lastProgress = now }
        self.places.append(Place(request: request, start: start))
        self.alarm = min(self.alarm, request.deadline)
    }

    /// Takes the next reply of the connection.
    mutating func receive(_ value: RedisValue, now: MonotonicTime) -> Completion {
        self.lastProgress = now
        let isComplete: Bool? = self.places.changeFirst { place in
            guard let wanted = place.request.gathers else { return true }
            place.gathered.append(value)
            return place.gathered.count == wanted
        }
        guard let isComplete else { return .unsolicited }
        guard isComplete, let place = self.places.popFirst() else { return .nothing }
        if self.places.isEmpty {
            self.alarm = .never
        } else if self.places.first?.isAbandoned == true {
            self.alarm = min(self.alarm, now + self.patience)
        }
        if place.isAbandoned { return .nobodyWaits(place.request) }
        return .answered(place.request, place.request.gathers == nil ? value : .array(place.gathered))
    }

    /// Abandons what is overdue and returns it; says whether the connection has stalled.
    mutating func expire(now: MonotonicTime) -> (overdue: [Request], isStalled: Bool) {
        var overdue: [Request] = []
        var alarm = MonotonicTime.never
        self.places.forEach { place in
            guard !place.isAbandoned else { return }
            if place.request.deadline <= now {
                place.isAbandoned = true
                overdue.append(place.request)
            } else {
                alarm = min(alarm, place.request.deadline)
            }
        }
        var isStalled = false
        if self.places.first?.isAbandoned == true {
            let limit = self.lastProgress + self.patience
            isStalled = limit <= now
            alarm = min(alarm, limit)
        }
        self.alarm = alarm
        return (overdue, isStalled)
    }

    func contains(token: UInt64) -> Bool { self.places.live.contains { $0.request.token == token } }

    /// Empties the queue of a lost connection of whose stream `written` bytes left this process.
    mutating func removeAll(written: Int) -> [(request: Request, wasWritten: Bool, isAbandoned: Bool)] {
        self.alarm = .never
        return self.places.removeAll().map { ($0.request, $0.start < written, $0.isAbandoned) }
    }
}
