/// Connections that serve the same queue of requests: the pool, or the single one of a consumer.
///
/// Confined to the loop's thread.
final class Lane {
    static let pool = 0

    let id: Int
    let connections: [Connection]
    /// Requests that no connection could take yet. None of them has been written.
    var waiting = FIFO<Request>()
    /// No deadline in `waiting` is earlier.
    var waitingAlarm = MonotonicTime.never
    /// Why there is no connection, for the error of requests that wait in vain.
    var lastFailure: RedisError?

    init(id: Int, label: String, size: Int, configuration: RedisConfiguration, needsPrimary: Bool, listener: RedisListener? = nil) {
        self.id = id
        self.connections = (0..<size).map { _ in
            Connection(lane: id, label: label, configuration: configuration, needsPrimary: needsPrimary, listener: listener)
        }
    }

    /// The pool connects again by itself, so that it is there when it is needed; a consumer does when it is used.
    var staysConnected: Bool { self.id == Lane.pool }

    var isReady: Bool { self.connections.contains { $0.stage == .ready } }

    /// The usable connection with the fewest unanswered requests.
    var leastPending: Connection? {
        var best: Connection?
        for connection in self.connections where connection.stage == .ready {
            if let current = best, current.replies.count <= connection.replies.count { continue }
            best = connection
        }
        return best
    }

    func wait(_ request: Request) {
        self.waiting.append(request)
        self.waitingAlarm = min(self.waitingAlarm, request.deadline)
    }

    /// Puts requests back in front; they were first.
    func waitAgain(_ requests: [Request]) {
        guard !requests.isEmpty else { return }
        self.waiting.prepend(contentsOf: requests)
        for request in requests { self.waitingAlarm = min(self.waitingAlarm, request.deadline) }
    }

    func expireWaiting(now: MonotonicTime) -> [Request] {
        let overdue = self.waiting.removeAll { $0.deadline <= now }
        self.waitingAlarm = self.waiting.live.reduce(.never) { min($0, $1.deadline) }
        return overdue
    }

    var alarm: MonotonicTime { self.connections.reduce(self.waitingAlarm) { min($0, $1.alarm) } }
}
