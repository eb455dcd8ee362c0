/// The state machine of a circuit breaker. Pure: instants and chance come from outside.
///
/// Closed, calls pass and are counted. Enough failures open it: calls are refused until a jittered time is over. Then
/// it is half-open: single probes pass, each on a lease so that a lost one cannot block the way; every success lets
/// twice as many through, until enough have succeeded to close it, while one failure opens it for longer.
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
    private var window: CallWindow
    /// Raised by every transition: results of calls permitted before it say nothing about what is true now.
    private var generation = 0
    private var lastProbe = 0
    /// Times in a row that it opened without closing in between.
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

    mutating func permit(at now: Instant) throws(CircuitOpen) -> CircuitBreaker.Permit {
        switch self.phase {
        case .closed: return CircuitBreaker.Permit(generation: self.generation, probe: nil)
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

    /// `random` gives a number in 0..<1 and is asked only when the circuit opens.
    mutating func record(
        _ permit: CircuitBreaker.Permit, _ outcome: CircuitBreaker.Outcome, took: Duration, at now: Instant, random: () -> Double
    ) {
        guard permit.generation == self.generation else { return }
        let verdict = outcome == .success && took >= self.configuration.slowCall ? .failure : outcome
        switch self.phase {
        case .open: return
        case .closed(let failures): self.recordClosed(verdict, after: failures, at: now, random)
        case .halfOpen(let successes, let leases): self.recordProbe(permit, verdict, successes, leases, at: now, random)
        }
    }

    private mutating func recordClosed(_ outcome: CircuitBreaker.Outcome, after failures: Int, at now: Instant, _ random: () -> Double) {
        guard outcome != .ignored else { return }
        let failed = outcome == .failure
        self.window.record(failed: failed, at: now)
        guard failed else {
            if failures > 0 { self.phase = .closed(consecutiveFailures: 0) }
            return
        }
        self.phase = .closed(consecutiveFailures: failures + 1)
        let totals = self.window.totals(at: now)
        let tooManyInARow = failures + 1 >= self.configuration.consecutiveFailures
        let tooManyOfAll =
            totals.calls >= self.configuration.minimumCalls && Double(totals.failures) >= self.configuration.failureRatio * Double(totals.calls)
        if tooManyInARow || tooManyOfAll { self.open(at: now, random) }
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
            self.openings = 0
            self.window.clear()
            self.become(.closed(consecutiveFailures: 0))
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
        self.generation += 1
        self.transitions += 1
    }
}
