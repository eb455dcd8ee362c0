/// What decides when the next request is sent.
enum Pace: Sendable, Equatable {
    /// A connection sends its next request when it has the answer to the last one (as hey and wrk do).
    ///
    /// - `requests`: in all; nil for as many as there is time for.
    /// - `seconds`: nil for as long as the requests take.
    /// - `perConnection`: at most so many a second on each connection; nil as fast as answers come.
    case closed(requests: Int?, seconds: Double?, perConnection: Double?)
    /// Requests are sent when they are due, whatever became of those before; their latency counts from then.
    case open(ArrivalSchedule)

    var isOpen: Bool { if case .open = self { true } else { false } }

    /// Seconds from start to end; nil when requests are counted instead.
    var duration: Double? {
        switch self {
        case .closed(_, let seconds, _): seconds
        case .open(let schedule): schedule.duration
        }
    }
}
