import Testing

@testable import Resilience

@Suite struct RetryBudgetPropertyTests {
    /// Retries granted, and how many might have been at most, in a random sequence of calls, retries and waits.
    private func run(seed: Int, asksBudget: Bool) -> (granted: Int, most: Double) {
        var random = Seeded(seed)
        let ratio = Double.random(in: 0...0.5, using: &random)
        let perSecond = Double.random(in: 0...20, using: &random)
        let burst = Double.random(in: 1...100, using: &random)
        let start = ContinuousClock.now
        var now = start
        var tokens = RetryTokens(ratio: ratio, perSecond: perSecond, burst: burst, at: now)
        var (calls, granted) = (0, 0)
        for _ in 0..<3_000 {
            switch Int.random(in: 0..<4, using: &random) {
            case 0:
                tokens.deposit(at: now)
                calls += 1
            case 1, 2: if !asksBudget || tokens.withdraw(at: now) { granted += 1 }
            default: now = now.advanced(by: .milliseconds(Int.random(in: -5...100, using: &random)))
            }
            if tokens.balance < 0 || tokens.balance > burst { return (.max, 0) }
        }
        return (granted, min(perSecond, burst) + ratio * Double(calls) + perSecond * (start.duration(to: max(now, start)) / .seconds(1)) * 1.1 + 1)
    }

    @Test("no sequence gets more retries than calls and time have earned, and the balance stays within its bounds", arguments: 0..<50)
    func bounded(seed: Int) {
        let run = self.run(seed: seed, asksBudget: true)
        #expect(Double(run.granted) <= run.most)
    }

    @Test("the same check fails when nobody asks the budget")
    func withoutBudget() {
        let runs = (0..<50).map { self.run(seed: $0, asksBudget: false) }
        #expect(runs.contains { Double($0.granted) > $0.most })
    }
}
