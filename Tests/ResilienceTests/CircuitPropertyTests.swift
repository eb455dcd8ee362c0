import Testing

@testable import Resilience

/// Random sequences of calls, results and waits, held against what a breaker promises.
@Suite struct CircuitPropertyTests {
    private static func configuration(_ random: inout Seeded) -> CircuitBreaker.Configuration {
        CircuitBreaker.Configuration(
            consecutiveFailures: .random(in: 1...8, using: &random), failureRatio: .random(in: 0.2...0.9, using: &random),
            minimumCalls: .random(in: 1...30, using: &random), window: .seconds(Int.random(in: 1...60, using: &random)), slowCall: .seconds(1),
            slowRatio: .random(in: 0.2...1, using: &random), openFor: .milliseconds(Int.random(in: 100...5_000, using: &random)),
            openAtMost: .seconds(Int.random(in: 5...60, using: &random)), jitter: .random(in: 0...0.5, using: &random), probeLease: .seconds(2),
            probesToClose: .random(in: 1...5, using: &random), rampUp: .seconds(Int.random(in: 0...10, using: &random)))
    }

    @Test("whatever happens, refusals keep their word, probes are few, and late results change nothing", arguments: 0..<60)
    func invariants(seed: Int) throws {
        var random = Seeded(seed)
        let configuration = Self.configuration(&random)
        var now = ContinuousClock.now
        var circuit = Circuit(configuration, at: now)
        var pending: [(permit: CircuitBreaker.Permit, at: ContinuousClock.Instant)] = []
        var closedUntil: ContinuousClock.Instant?
        var halfOpenSince = 0
        var successes = 0
        for _ in 0..<2_000 {
            switch Int.random(in: 0..<10, using: &random) {
            case 0..<5:
                let before = circuit.state
                do {
                    let permit = try circuit.permit(at: now)
                    if let until = closedUntil { #expect(now >= until, "passed before the time it had named") }
                    closedUntil = nil
                    if permit.probe != nil {
                        if before == .open {
                            successes = 0
                            halfOpenSince = circuit.transitions
                        }
                        let leased = pending.count { $0.permit.probe != nil && $0.permit.generation == permit.generation && $0.at + .seconds(2) > now }
                        #expect(leased < 1 << successes, "\(leased) probes are out after \(successes) successes")
                    }
                    pending.append((permit, now))
                } catch {
                    #expect(error.retryAfter > .zero)
                    #expect(before != .closed || configuration.rampUp > .zero)
                    if circuit.state == .open { closedUntil = now + error.retryAfter }
                }
            case 5..<9:
                guard !pending.isEmpty else { continue }
                let (permit, _) = pending.remove(at: .random(in: pending.indices, using: &random))
                let outcome: CircuitBreaker.Outcome = [.success, .success, .failure, .ignored].randomElement(using: &random) ?? .success
                let took = Duration.milliseconds(Int.random(in: 0...1_500, using: &random))
                let (transitions, state) = (circuit.transitions, circuit.state)
                let isStale = permit.generation != transitions
                var chance = random
                circuit.record(permit, outcome, took: took, at: now) { Double.random(in: 0..<1, using: &chance) }
                random = chance
                if isStale { #expect(circuit.transitions == transitions && circuit.state == state, "a late result moved it") }
                if circuit.transitions != transitions { closedUntil = nil }
                // One whose lease has run out may count or not: it does until another has taken its place.
                if !isStale, state == .halfOpen, circuit.transitions == halfOpenSince, outcome == .success, took < .seconds(1) { successes += 1 }
            default: now = now.advanced(by: .milliseconds(Int.random(in: 0...3_000, using: &random)))
            }
        }
    }

    @Test("an upstream that is healthy is never refused", arguments: 0..<20)
    func healthy(seed: Int) throws {
        var random = Seeded(seed)
        var now = ContinuousClock.now
        var circuit = Circuit(Self.configuration(&random), at: now)
        for _ in 0..<3_000 {
            let permit = try circuit.permit(at: now)
            circuit.record(permit, .success, took: .milliseconds(Int.random(in: 0...999, using: &random)), at: now) { 0 }
            now = now.advanced(by: .milliseconds(Int.random(in: 0...200, using: &random)))
        }
        #expect(circuit.transitions == 0)
    }

    /// Calls that reach an upstream that is down, of one every ten milliseconds for two minutes.
    private func reached(_ change: (inout CircuitBreaker.Configuration) -> Void) -> (calls: Int, openings: Int) {
        var configuration = CircuitBreaker.Configuration()
        change(&configuration)
        var random = Seeded(7)
        var now = ContinuousClock.now
        var circuit = Circuit(configuration, at: now)
        var calls = 0
        for _ in 0..<12_000 {
            if let permit = try? circuit.permit(at: now) {
                calls += 1
                circuit.record(permit, .failure, took: .zero, at: now) { Double.random(in: 0..<1, using: &random) }
            }
            now = now.advanced(by: .milliseconds(10))
        }
        return (calls, circuit.transitions)
    }

    @Test("an upstream that is down gets the first failures and single probes; without the breaker it gets everything")
    func down() {
        // 1, 2, 4, 8, 16, 30, 30, 30 seconds and up to a fifth more.
        #expect((5 + 6...5 + 8).contains(self.reached { _ in }.calls))
        #expect(self.reached { $0.isEnabled = false }.calls == 12_000)
        // Guards within it: without the doubling, and without leases and their limit, there would be more.
        #expect(self.reached { $0.openAtMost = $0.openFor }.calls > 90)
    }

    @Test("whatever state it is in, an upstream that is back carries the full load again in the end", arguments: 0..<40)
    func liveness(seed: Int) throws {
        var random = Seeded(seed)
        let configuration = Self.configuration(&random)
        var now = ContinuousClock.now
        var circuit = Circuit(configuration, at: now)
        for _ in 0..<300 {
            if let permit = try? circuit.permit(at: now), Bool.random(using: &random) {
                circuit.record(permit, Bool.random(using: &random) ? .failure : .success, took: .zero, at: now) { 0.5 }
            }
            now = now.advanced(by: .milliseconds(Int.random(in: 0...500, using: &random)))
        }
        let limit = configuration.openAtMost * (1 + configuration.jitter) + configuration.rampUp + .seconds(10)
        let end = now.advanced(by: limit)
        while now < end {
            if let permit = try? circuit.permit(at: now) { circuit.record(permit, .success, took: .zero, at: now) { 0.5 } }
            now = now.advanced(by: .milliseconds(100))
        }
        for _ in 0..<1_000 { _ = try circuit.permit(at: now) }
        #expect(circuit.state == .closed && circuit.share(at: now) == 1)
    }
}
