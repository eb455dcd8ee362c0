/// A call on its way through the guards of an ``Upstream``.
package struct UpstreamCall: Sendable {
    /// When the current attempt began.
    var now: ContinuousClock.Instant
    let end: ContinuousClock.Instant
    let mayRepeat: Bool
    /// It has a place in the bulkhead.
    var isInside = false
    var permit: CircuitBreaker.Permit?
    /// How long the second call waits; nil when there is none.
    var hedgeDelay: Duration?
    var attempts = 0

    init(now: ContinuousClock.Instant, end: ContinuousClock.Instant, mayRepeat: Bool) {
        self.now = now
        self.end = end
        self.mayRepeat = mayRepeat
    }

    /// When its last attempt did.
    package var began: ContinuousClock.Instant { self.now }

    package var left: Duration { self.now.duration(to: self.end) }
}
