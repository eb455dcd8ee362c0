import Testing

@testable import Resilience

@Suite struct CircuitTests {
    typealias Outcome = CircuitBreaker.Outcome

    /// A circuit with a clock that is set by hand and chance that always says 0, unless told otherwise.
    struct Rig {
        let start = ContinuousClock.now
        var now: ContinuousClock.Instant
        var circuit: Circuit
        var chance = 0.0

        init(_ change: (inout CircuitBreaker.Configuration) -> Void = { _ in }) {
            var configuration = CircuitBreaker.Configuration(
                consecutiveFailures: 3, failureRatio: 0.5, minimumCalls: 10, window: .seconds(10), slowCall: .seconds(1), openFor: .seconds(4),
                openAtMost: .seconds(10), jitter: 0.5, probeLease: .seconds(2), probesToClose: 3,
                rampUp: .zero)
            change(&configuration)
            self.now = self.start
            self.circuit = Circuit(configuration, at: self.start)
        }

        mutating func pass(_ duration: Duration) { self.now = self.now.advanced(by: duration) }
        mutating func permit() throws -> CircuitBreaker.Permit { try self.circuit.permit(at: self.now) }
        mutating func record(_ permit: CircuitBreaker.Permit, _ outcome: Outcome, took: Duration = .zero) {
            let chance = self.chance
            self.circuit.record(permit, outcome, took: took, at: self.now) { chance }
        }
        mutating func call(_ outcome: Outcome, took: Duration = .zero) throws {
            let permit = try self.permit()
            self.record(permit, outcome, took: took)
        }
        mutating func refusal() -> CircuitOpen? {
            do {
                _ = try self.circuit.permit(at: self.now)
                return nil
            } catch { return error }
        }
        mutating func trip() throws { for _ in 0..<3 { try self.call(.failure) } }
    }

    @Test("three failures in a row open it, two do not", arguments: [(2, CircuitBreaker.State.closed), (3, .open)])
    func consecutive(failures: Int, state: CircuitBreaker.State) throws {
        var rig = Rig()
        for _ in 0..<failures { try rig.call(.failure) }
        #expect(rig.circuit.state == state)
    }

    @Test("a success in between starts the count again")
    func successResets() throws {
        var rig = Rig()
        for _ in 0..<4 {
            for _ in 0..<2 { try rig.call(.failure) }
            for _ in 0..<4 { try rig.call(.success) }
        }
        #expect(rig.circuit.state == .closed)
    }

    @Test("half of the calls failing open it, once there are enough of them")
    func ratio() throws {
        var rig = Rig()
        for _ in 0..<4 {
            try rig.call(.success)
            try rig.call(.failure)
        }
        #expect(rig.circuit.state == .closed)
        try rig.call(.success)
        try rig.call(.failure)
        #expect(rig.circuit.state == .open)
    }

    @Test("failures older than the window do not count")
    func windowSlides() throws {
        var rig = Rig { $0.consecutiveFailures = 100 }
        for _ in 0..<9 { try rig.call(.failure) }
        rig.pass(.seconds(11))
        for _ in 0..<9 { try rig.call(.success) }
        try rig.call(.failure)
        #expect(rig.circuit.state == .closed)
    }

    @Test("slow answers open it by their own share, whether they succeed or not", arguments: [Outcome.success, .failure])
    func slow(outcome: Outcome) throws {
        var rig = Rig {
            $0.consecutiveFailures = 100
            $0.failureRatio = 1.1
            $0.slowRatio = 0.8
        }
        for _ in 0..<3 { try rig.call(.success, took: .seconds(1) - .nanoseconds(1)) }
        for _ in 0..<11 { try rig.call(outcome, took: .seconds(1)) }
        #expect(rig.circuit.state == .closed)
        try rig.call(outcome, took: .seconds(1))
        #expect(rig.circuit.state == .open)
    }

    @Test("slow successes are no failures in a row")
    func slowIsNoFailure() throws {
        var rig = Rig { $0.slowRatio = 1.1 }
        for _ in 0..<50 { try rig.call(.success, took: .seconds(9)) }
        #expect(rig.circuit.state == .closed)
    }

    @Test("a probe that answers slowly opens it again")
    func slowProbe() throws {
        var rig = Rig()
        try rig.trip()
        rig.pass(.seconds(4))
        try rig.call(.success, took: .seconds(1))
        #expect(rig.circuit.state == .open)
    }

    @Test("having closed it lets a growing share through, then everything")
    func rampsUpByShare() throws {
        var rig = Rig { $0.rampUp = .seconds(10) }
        try rig.trip()
        rig.pass(.seconds(4))
        for _ in 0..<3 { try rig.call(.success) }
        #expect(rig.circuit.state == .closed)
        var passed: [Int] = []
        for _ in 0..<11 {
            // A thousand calls within a millisecond, so that none of them comes alone.
            passed.append((0..<1_000).count { _ in rig.refusal() == nil })
            rig.pass(.seconds(1))
        }
        for (second, count) in passed.enumerated() {
            let share = min(1, 0.1 + 0.09 * Double(second))
            #expect(abs(Double(count) - 1_000 * share) <= 10, "\(count) in second \(second)")
        }
        #expect(passed.last == 1_000)
    }

    @Test("a call that comes alone passes during a ramp-up")
    func loneCall() throws {
        var rig = Rig { $0.rampUp = .seconds(10) }
        try rig.trip()
        rig.pass(.seconds(4))
        for _ in 0..<3 { try rig.call(.success) }
        for _ in 0..<50 {
            rig.pass(.milliseconds(100))
            #expect(rig.refusal() == nil)
        }
    }

    @Test("failing during a ramp-up it opens for longer than before; after it, for the first length")
    func relapse() throws {
        var rig = Rig { $0.rampUp = .seconds(3) }
        try rig.trip()
        rig.pass(.seconds(4))
        for _ in 0..<3 { try rig.call(.success) }
        for _ in 0..<3 {
            rig.pass(.milliseconds(100))
            try rig.call(.failure)
        }
        #expect(rig.refusal() == CircuitOpen(retryAfter: .seconds(8)))
        rig.pass(.seconds(8))
        for _ in 0..<3 { try rig.call(.success) }
        rig.pass(.seconds(3))
        try rig.trip()
        #expect(rig.refusal() == CircuitOpen(retryAfter: .seconds(4)))
    }

    @Test("switched off it never refuses")
    func disabled() throws {
        var rig = Rig { $0.isEnabled = false }
        for _ in 0..<100 { try rig.call(.failure, took: .seconds(9)) }
        #expect(rig.circuit.state == .closed)
    }

    @Test("ignored outcomes are nothing")
    func ignored() throws {
        var rig = Rig()
        for _ in 0..<50 { try rig.call(.ignored, took: .seconds(9)) }
        #expect(rig.circuit.state == .closed)
    }

    @Test("open it refuses, saying for how long", arguments: [(0.0, Duration.seconds(4)), (0.5, .seconds(5)), (1.0, .seconds(6))])
    func openRefuses(chance: Double, retryAfter: Duration) throws {
        var rig = Rig()
        rig.chance = chance
        try rig.trip()
        #expect(rig.refusal() == CircuitOpen(retryAfter: retryAfter))
        rig.pass(retryAfter - .nanoseconds(1))
        #expect(rig.refusal() != nil)
        rig.pass(.nanoseconds(1))
        #expect(rig.refusal() == nil)
        #expect(rig.circuit.state == .halfOpen)
    }

    @Test("half-open it lets one probe through, then two, and closes after three")
    func rampsUp() throws {
        var rig = Rig()
        try rig.trip()
        rig.pass(.seconds(4))
        let first = try rig.permit()
        #expect(rig.refusal() == CircuitOpen(retryAfter: .seconds(2)))
        rig.record(first, .success)
        let second = try rig.permit()
        let third = try rig.permit()
        #expect(rig.refusal() != nil)
        rig.record(second, .success)
        #expect(rig.circuit.state == .halfOpen)
        rig.record(third, .success)
        #expect(rig.circuit.state == .closed)
        #expect(rig.circuit.transitions == 3)
    }

    @Test("a failed probe opens it again for twice as long, up to the limit")
    func reopens() throws {
        var rig = Rig()
        try rig.trip()
        for seconds in [4, 8, 10, 10] {
            #expect(rig.refusal() == CircuitOpen(retryAfter: .seconds(seconds)))
            rig.pass(.seconds(seconds))
            try rig.call(.failure)
            #expect(rig.circuit.state == .open)
        }
    }

    @Test("having closed, it opens for the first length again")
    func closingForgets() throws {
        var rig = Rig()
        try rig.trip()
        rig.pass(.seconds(4))
        try rig.call(.failure)
        rig.pass(.seconds(8))
        for _ in 0..<3 { try rig.call(.success) }
        #expect(rig.circuit.state == .closed)
        try rig.trip()
        #expect(rig.refusal() == CircuitOpen(retryAfter: .seconds(4)))
    }

    @Test("a lost probe keeps others out only for its lease, and its late result is ignored")
    func leaseExpires() throws {
        var rig = Rig()
        try rig.trip()
        rig.pass(.seconds(4))
        let lost = try rig.permit()
        #expect(rig.refusal() != nil)
        rig.pass(.seconds(2))
        let next = try rig.permit()
        rig.record(lost, .failure)
        #expect(rig.circuit.state == .halfOpen)
        rig.record(next, .success)
        #expect(rig.circuit.state == .halfOpen)
    }

    @Test("an ignored probe gives its place back")
    func ignoredProbe() throws {
        var rig = Rig()
        try rig.trip()
        rig.pass(.seconds(4))
        try rig.call(.ignored)
        #expect(rig.refusal() == nil)
    }

    @Test("results of calls from before the trip are ignored", arguments: [Outcome.success, .failure])
    func lateResults(outcome: Outcome) throws {
        var rig = Rig()
        let late = try (0..<5).map { _ in try rig.permit() }
        try rig.trip()
        rig.pass(.seconds(4))
        let probe = try rig.permit()
        for permit in late { rig.record(permit, outcome) }
        #expect(rig.circuit.state == .halfOpen)
        #expect(rig.circuit.transitions == 2)
        rig.record(probe, .failure)
        #expect(rig.circuit.state == .open)
    }

    @Test("a result told twice counts once")
    func twice() throws {
        var rig = Rig()
        try rig.trip()
        rig.pass(.seconds(4))
        let probe = try rig.permit()
        for _ in 0..<5 { rig.record(probe, .success) }
        #expect(rig.circuit.state == .halfOpen)
    }

    @Test("under many tasks the shell loses no failure and counts its transitions")
    func shell() async throws {
        let start = ContinuousClock.now
        let breaker = CircuitBreaker(.init(consecutiveFailures: 1000, minimumCalls: 2000), now: { start }, random: { 0 })
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<1000 {
                group.addTask {
                    let permit = try breaker.permit()
                    breaker.record(permit, .failure, took: .zero)
                }
            }
            try await group.waitForAll()
        }
        #expect(breaker.state == .open)
        #expect(breaker.transitions == 1)
        #expect(throws: CircuitOpen(retryAfter: .seconds(1))) { try breaker.permit() }
    }

    @Test("the gauge says 0 closed, 1 half-open, 2 open")
    func gauge() { #expect(CircuitBreaker.State.allCases.map(\.rawValue) == [0, 1, 2]) }
}
