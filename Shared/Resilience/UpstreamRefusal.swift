/// Why a call was not made.
package enum UpstreamRefusal: Error, Sendable, Equatable {
    /// Its deadline had passed.
    case tooLate
    /// As many calls as may wait are waiting, or the wait was too long.
    case busy
    /// The upstream is taken to be down.
    case open(retryAfter: Duration)
    /// The upstream asked to be left alone, and that time is not over.
    case paused(retryAfter: Duration)
    /// The caller gave up before it was made.
    case cancelled

    package static let reasons = ["late", "busy", "open", "paused", "cancelled"]

    /// Metric label.
    package var reason: String { Self.reasons[self.index] }

    var index: Int {
        switch self {
        case .tooLate: 0
        case .busy: 1
        case .open: 2
        case .paused: 3
        case .cancelled: 4
        }
    }
}
