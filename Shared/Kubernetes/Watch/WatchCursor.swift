import Resilience

/// Where the following of a selection has come to: what to ask for next, and when. Pure; the clock and the dice are the caller's.
struct WatchCursor: Sendable {
    enum Demand: Equatable, Sendable {
        /// A page of the list; the first when nil.
        case list(next: String?)
        case watch(from: String)
    }

    private(set) var demand = Demand.list(next: nil)
    /// Version of the list whose pages are being read.
    private var listVersion: String?
    private(set) var failures = 0
    /// How often the whole list was begun.
    private(set) var lists = 0
    let backoff: Backoff

    init(backoff: Backoff = Backoff(base: .milliseconds(200), cap: .seconds(30))) { self.backoff = backoff }

    /// A page has come. True when it was the last.
    mutating func listed(_ resourceVersion: String, next: String?) -> Bool {
        if self.demand == .list(next: nil) {
            // All pages are of one moment, that of the first.
            self.listVersion = resourceVersion
            self.lists += 1
        }
        self.failures = 0
        if let next {
            self.demand = .list(next: next)
            return false
        }
        self.demand = .watch(from: self.listVersion ?? resourceVersion)
        return true
    }

    /// The watch has come so far; an event or a bookmark.
    mutating func reached(_ resourceVersion: String) {
        guard case .watch = self.demand else { return }
        self.demand = .watch(from: resourceVersion)
        self.failures = 0
    }

    /// The server ended the watch, as it does after a while.
    ///
    /// - Parameter progressed: it had brought something. One that brings nothing and ends at once is not asked again at once.
    mutating func ended(progressed: Bool, lasted: Duration, random: Double = .random(in: 0..<1)) -> Duration {
        if progressed || lasted >= .seconds(1) {
            self.failures = 0
            return .zero
        }
        return self.pause(nil, random)
    }

    /// A list or a watch failed: how long to wait.
    mutating func failed(_ error: KubernetesError, random: Double = .random(in: 0..<1)) -> Duration {
        if error.isGone {
            // What was asked for is no longer kept. At once, but for one that says so again and again.
            let isList = if case .list = self.demand { true } else { false }
            self.demand = .list(next: nil)
            self.listVersion = nil
            if !isList, self.failures == 0 {
                self.failures = 1
                return .zero
            }
        }
        return self.pause(error.retryAfter, random)
    }

    private mutating func pause(_ retryAfter: Duration?, _ random: Double) -> Duration {
        self.failures += 1
        // At least half, or those that failed together hammer.
        let bound = self.backoff.bound(attempt: self.failures - 1)
        return (retryAfter ?? .zero) + bound / 2 + bound / 2 * min(max(random, 0), 1)
    }
}
