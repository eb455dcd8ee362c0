import Synchronization

/// Spares an upstream that fails, and its callers the wait: ``Circuit`` behind a lock. One per upstream.
///
/// Its state is for a gauge and for degrading, never for a liveness probe.
package final class CircuitBreaker: Sendable {
    package enum State: Int, Sendable, CaseIterable {
        case closed = 0
        case halfOpen = 1
        case open = 2
    }

    package enum Outcome: Sendable, Equatable {
        /// The upstream answered, also when it refused the request (4xx).
        case success
        /// No answer, or one that is the upstream's fault (5xx).
        case failure
        /// Says nothing about the upstream's health: the caller gave up, or was told to slow down (429).
        case ignored
    }

    /// The right to make one call; hand it back with ``CircuitBreaker/record(_:_:took:)``.
    package struct Permit: Sendable, Equatable {
        let generation: Int
        let probe: Int?
    }

    private let circuit: Mutex<Circuit>
    private let now: @Sendable () -> ContinuousClock.Instant
    private let random: @Sendable () -> Double

    /// `random` gives numbers in 0..<1.
    package init(
        _ configuration: Configuration = .init(), now: @escaping @Sendable () -> ContinuousClock.Instant = { .now },
        random: @escaping @Sendable () -> Double = { .random(in: 0..<1) }
    ) {
        self.circuit = Mutex(Circuit(configuration, at: now()))
        self.now = now
        self.random = random
    }

    package func permit() throws(CircuitOpen) -> Permit { try self.permit(at: self.now()) }

    /// With a clock that the caller has read already.
    func permit(at now: ContinuousClock.Instant) throws(CircuitOpen) -> Permit {
        try self.circuit.withLock { circuit throws(CircuitOpen) in try circuit.permit(at: now) }
    }

    /// `took` is the time the call needed.
    package func record(_ permit: Permit, _ outcome: Outcome, took: Duration) { self.record(permit, outcome, took: took, at: self.now()) }

    func record(_ permit: Permit, _ outcome: Outcome, took: Duration, at now: ContinuousClock.Instant) {
        self.circuit.withLock { $0.record(permit, outcome, took: took, at: now, random: self.random) }
    }

    package var state: State { self.circuit.withLock { $0.state } }

    /// The part of the calls that passes now, 0…1: grows during a ramp-up. Nil while single probes do.
    package var share: Double? {
        let now = self.now()
        return self.circuit.withLock { $0.share(at: now) }
    }

    /// Changes of state since the start.
    package var transitions: Int { self.circuit.withLock { $0.transitions } }
}
