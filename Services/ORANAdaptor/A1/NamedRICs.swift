/// What the A1 Policy Management Service has named over time: who is known, and whether there may be others. It is told of answers and of
/// failures, and asks nobody itself.
struct NamedRICs: Sendable {
    /// Those of the last answer, or, before the first one, those that an earlier process was told.
    private(set) var names: [String] = []
    /// Why it did not answer when it was asked last; nil when it did.
    private(set) var failure: A1Error?
    /// Named before, and left out by the answers since `lostAt`.
    private var lost: Set<String> = []
    private var lostAt: ContinuousClock.Instant?
    private var hasAnswered = false
    /// Since when nobody knows a RIC of it.
    private var unreadSince: ContinuousClock.Instant

    private let service: String
    /// A service that starts may name few RICs at first: so long those that it named before may still come.
    private let settling: Duration
    /// So long one that has never named a RIC is waited for.
    private let patience: Duration

    /// - Parameter service: whom errors name.
    init(service: String, settling: Duration, patience: Duration, at now: ContinuousClock.Instant) {
        self.service = service
        self.settling = settling
        self.patience = patience
        self.unreadSince = now
    }

    /// What an earlier process was told. An answer to this one has the last word.
    mutating func recall(_ names: [String]) { if !self.hasAnswered { self.names = names } }

    mutating func take(_ names: [String], at now: ContinuousClock.Instant) {
        let missing = Set(self.names).union(self.settled(now) ? [] : self.lost).subtracting(names)
        let isSilent = names.isEmpty && missing.isEmpty
        if missing.isEmpty && !isSilent {
            self.lostAt = nil
        } else if self.lostAt == nil || !missing.isSubset(of: self.lost) {
            self.lostAt = now
        }
        if names.isEmpty && !self.names.isEmpty { self.unreadSince = now }
        self.lost = missing
        self.names = names
        self.hasAnswered = true
        self.failure = nil
    }

    mutating func fail(_ error: A1Error) {
        // That it is left alone for a moment says nothing of why.
        if error.kind != .suspended || self.failure == nil { self.failure = error }
    }

    /// Those that it named, or may name again: what the next process is to know.
    func remembered(at now: ContinuousClock.Instant) -> [String] { self.settled(now) ? self.names : Set(self.names).union(self.lost).sorted() }

    func listing(at now: ContinuousClock.Instant) -> PMSDirectory.Listing {
        let doubt =
            self.failure
            ?? (self.settled(now) ? nil : A1Error(.busy, ric: self.service, detail: "it has answered only for a moment, and may not have named all of them"))
        let isUnread = self.names.isEmpty && doubt != nil
        return PMSDirectory.Listing(
            names: self.names, doubt: doubt, isSilent: self.failure != nil, isUnread: isUnread,
            isAwaited: isUnread && self.unreadSince.duration(to: now) < self.patience)
    }

    private func settled(_ now: ContinuousClock.Instant) -> Bool { self.lostAt.map { $0.duration(to: now) >= self.settling } ?? true }
}
