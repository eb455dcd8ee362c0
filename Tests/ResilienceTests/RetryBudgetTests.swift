import Testing

@testable import Resilience

@Suite struct RetryBudgetTests {
    let start = ContinuousClock.now

    @Test("every five calls earn one retry")
    func ratio() {
        var tokens = RetryTokens(ratio: 0.2, perSecond: 0, burst: 100, at: self.start)
        for _ in 0..<50 { tokens.deposit(at: self.start) }
        #expect((0..<20).filter { _ in tokens.withdraw(at: self.start) }.count == 10)
    }

    @Test("without traffic ten retries a second are left")
    func floor() {
        var tokens = RetryTokens(ratio: 0.2, perSecond: 10, burst: 100, at: self.start)
        #expect((0..<50).filter { _ in tokens.withdraw(at: self.start) }.count == 10)
        #expect((0..<50).filter { _ in tokens.withdraw(at: self.start.advanced(by: .seconds(2))) }.count == 20)
    }

    @Test("no more than the burst is saved up, and a clock that steps back earns nothing")
    func burst() {
        var tokens = RetryTokens(ratio: 0.2, perSecond: 10, burst: 30, at: self.start)
        let later = self.start.advanced(by: .seconds(3600))
        #expect((0..<100).filter { _ in tokens.withdraw(at: later) }.count == 30)
        tokens.deposit(at: self.start)
        #expect(tokens.withdraw(at: later) == false)
    }

    @Test("concurrent callers together get what there is")
    func shared() async {
        let start = self.start
        let budget = RetryBudget(ratio: 0.2, perSecond: 0, burst: 100, now: { start })
        for _ in 0..<200 { budget.recordCall() }
        let granted = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<200 { group.addTask { budget.mayRetry() } }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(granted == 40)
    }
}
