/// The state machine of a circuit breaker. Pure: instants and chance come from outside.
///
/// Closed, calls pass and are counted. Enough failures, or too large a share of slow calls, open it: calls are refused until a
/// jittered time is over. Then it is half-open: single probes pass, each on a lease so that a lost one cannot block the way;
/// every success lets twice as many through, until enough have succeeded, while one failure opens it for longer. After that
/// it is closed but ramps up: a growing share of the calls passes.
struct Circuit: Sendable {
    typealias Instant = ContinuousClock.Instant

    private enum Phase: Sendable {
        case closed(consecutiveFailures: Int)
        case open(until: Instant)
        case halfOpen(successes: Int, leases: [Lease])
    }

    private struct Lease: Sendable {
        let probe: Int
        let expires: Instant
    }

    let configuration: CircuitBreaker.Configuration
    private var phase = Phase.closed(consecutiveFailures: 0)
    /// While closed only.
    private var rampUp: RampUp?
    private var window: CallWindow
    /// Raised by every transition: results of calls permitted before it say nothing about what is true now.
    private var generation = 0
    private var lastProbe = 0
    /// Times in a row that it opened without having carried the full load in between.
    private var openings = 0
    private(set) var transitions = 0

    init(_ configuration: CircuitBreaker.Configuration, at now: Instant) {
        self.configuration = configuration
        self.window = CallWindow(configuration.window, from: now)
    }

    var state: CircuitBreaker.State {
        switch self.phase {
        case .closed: .closed
        case .open: .open
        case .halfOpen: .halfOpen
        }
    }

    /// The part of the calls that passes, 0…1; nil while single probes do.
    func share(at now: Instant) -> Double? {
        switch self.phase {
        case .closed: self.rampUp?.share(at: now) ?? 1
        case .open: 0
        case .halfOpen: nil
        }
    }

    mutating func permit(at now: Instant) throws(CircuitOpen) -> CircuitBreaker.Permit {
        switch self.phase {
        case .closed:
            if self.rampUp != nil { try self.passRampUp(at: now) }
            return CircuitBreaker.Permit(generation: self.generation, probe: nil)
        case .open(let until):
            guard now >= until else { throw CircuitOpen(retryAfter: now.duration(to: until)) }
            self.become(.halfOpen(successes: 0, leases: []))
            return try self.permit(at: now)
        case .halfOpen(let successes, var leases):
            leases.removeAll { $0.expires <= now }
            guard leases.count < 1 << min(successes, 16) else {
                let first = leases.lazy.map(\.expires).min() ?? now
                throw CircuitOpen(retryAfter: now.duration(to: first))
            }
            self.lastProbe += 1
            leases.append(Lease(probe: self.lastProbe, expires: now.advanced(by: self.configuration.probeLease)))
            self.phase = .halfOpen(successes: successes, leases: leases)
            return CircuitBreaker.Permit(generation: self.generation, probe: self.lastProbe)
        }
    }

    private mutating func passRampUp(at now: Instant) throws(CircuitOpen) {
        if self.rampUp?.isOver(at: now) == true {
            self.rampUp = nil
            self.openings = 0
        } else if let wait = self.rampUp?.hold(at: now) {
            throw CircuitOpen(retryAfter: wait)
        }
    }

    /// `random` gives a number in 0..<1 and is asked only when the circuit opens.
    mutating func record(
        _ permit: CircuitBreaker.Permit, _ outcome: CircuitBreaker.Outcome, took: Duration, at now: Instant, random: () -> Double
    ) {
        guard permit.generation == self.generation, self.configuration.isEnabled else { return }
        switch self.phase {
        case .open: return
        case .closed(let failures): self.recordClosed(outcome, took, after: failures, at: now, random)
        case .halfOpen(let successes, let leases):
            // A probe that answers slowly has not shown that the upstream is back.
            let verdict = outcome == .success && took >= self.configuration.slowCall ? .failure : outcome
            self.recordProbe(permit, verdict, successes, leases, at: now, random)
        }
    }

    private mutating func recordClosed(
        _ outcome: CircuitBreaker.Outcome, _ took: Duration, after failures: Int, at now: Instant, _ random: () -> Double
    ) {
        guard outcome != .ignored else { return }
        let failed = outcome == .failure
        let slow = took >= self.configuration.slowCall
        self.window.record(failed: failed, slow: slow, at: now)
        if failed {
            self.phase = .closed(consecutiveFailures: failures + 1)
        } else if failures > 0 {
            self.phase = .closed(consecutiveFailures: 0)
        }
        guard failed || slow else { return }
        let totals = self.window.totals(at: now)
        let isMeasured = totals.calls >= self.configuration.minimumCalls
        let tooManyInARow = failed && failures + 1 >= self.configuration.consecutiveFailures
        let tooManyOfAll = isMeasured && Double(totals.failures) >= self.configuration.failureRatio * Double(totals.calls)
        let tooManySlow = isMeasured && Double(totals.slow) >= self.configuration.slowRatio * Double(totals.calls)
        if tooManyInARow || tooManyOfAll || tooManySlow { self.open(at: now, random) }
    }

    private mutating func recordProbe(
        _ permit: CircuitBreaker.Permit, _ outcome: CircuitBreaker.Outcome, _ successes: Int, _ leases: [Lease], at now: Instant,
        _ random: () -> Double
    ) {
        // A probe whose lease went to another has been counted out.
        guard leases.contains(where: { $0.probe == permit.probe }) else { return }
        let others = leases.filter { $0.probe != permit.probe }
        switch outcome {
        case .failure: self.open(at: now, random)
        case .ignored: self.phase = .halfOpen(successes: successes, leases: others)
        case .success where successes + 1 >= self.configuration.probesToClose:
            self.window.clear()
            self.become(.closed(consecutiveFailures: 0))
            if self.configuration.rampUp > .zero {
                self.rampUp = RampUp(over: self.configuration.rampUp, from: now)
            } else {
                self.openings = 0
            }
        case .success: self.phase = .halfOpen(successes: successes + 1, leases: others)
        }
    }

    /// Each opening in a row lasts twice as long, up to the limit, and up to a fifth longer by chance.
    private mutating func open(at now: Instant, _ random: () -> Double) {
        let longest = self.configuration.openAtMost
        let grown = min(self.configuration.openFor * (1 << min(self.openings, 16)), longest)
        self.openings += 1
        self.become(.open(until: now.advanced(by: grown + grown * (self.configuration.jitter * random()))))
    }

    private mutating func become(_ phase: Phase) {
        self.phase = phase
        self.rampUp = nil
        self.generation += 1
        self.transitions += 1
    }
}
