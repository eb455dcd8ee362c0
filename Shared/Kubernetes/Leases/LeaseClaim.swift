/// What a `Lease` object says about who leads.
struct LeaseRecord: Sendable, Equatable {
    /// Empty when nobody does.
    var holder: String
    /// After so much silence it is anybody's.
    var duration: Duration
    /// RFC 3339 with microseconds, as the holder wrote it: compared, never computed with, since clocks differ.
    var renewTime: String
    var transitions: Int
}

/// Whether to take, renew or wait for a lease, and whether we may act. Pure; the clock is the caller's.
///
/// As client-go does it: a lease has expired when it was *seen* unchanged for its whole duration, by the clock of whoever looks. Its holder
/// stops acting earlier, after `renewWithin` without a renewal, so that two never act at once as long as clocks run alike.
struct LeaseClaim: Sendable {
    typealias Instant = ContinuousClock.Instant

    struct Timing: Sendable {
        var duration: Duration
        /// Less than the duration.
        var renewWithin: Duration
        var retryEvery: Duration
    }

    enum Move: Equatable, Sendable {
        /// Write this record: it is ours, free or expired.
        case write(holder: String, transitions: Int)
        /// Somebody else has it.
        case wait
    }

    let identity: String
    let timing: Timing
    private var seen: LeaseRecord?
    private var seenAt: Instant?
    private var renewedAt: Instant?

    init(identity: String, timing: Timing) {
        self.identity = identity
        self.timing = timing
    }

    /// - Parameter record: as it was just read; nil when there is no lease.
    mutating func move(_ record: LeaseRecord?, at now: Instant) -> Move {
        guard let record else { return .write(holder: self.identity, transitions: 0) }
        if record != self.seen {
            self.seen = record
            self.seenAt = now
        }
        if record.holder == self.identity { return .write(holder: self.identity, transitions: record.transitions) }
        let isExpired = self.seenAt.map { $0 + record.duration <= now } ?? false
        guard record.holder.isEmpty || isExpired else { return .wait }
        return .write(holder: self.identity, transitions: record.transitions + 1)
    }

    /// Our record was taken; `began` is when the writing did, since it may count from then for others.
    mutating func renewed(_ record: LeaseRecord, began: Instant) {
        self.seen = record
        self.seenAt = began
        self.renewedAt = began
    }

    /// Somebody else was seen to hold it.
    mutating func lost() { self.renewedAt = nil }

    /// When acting must have ended unless the lease is renewed before; nil when we do not lead.
    var leadsUntil: Instant? { self.renewedAt.map { $0 + self.timing.renewWithin } }

    func leads(at now: Instant) -> Bool { self.leadsUntil.map { now < $0 } ?? false }
}
