import Testing

@testable import Resilience

@Suite struct BackoffTests {
    let backoff = Backoff(base: .milliseconds(100), cap: .seconds(1), factor: 2)

    @Test("the bound doubles up to the cap", arguments: [(-1, 100), (0, 100), (1, 200), (3, 800), (4, 1000), (1_000_000, 1000), (Int.max, 1000)])
    func bound(attempt: Int, milliseconds: Int) { #expect(self.backoff.bound(attempt: attempt) == .milliseconds(milliseconds)) }

    @Test("chance places the wait between nothing and the bound", arguments: [(0.0, 0), (0.25, 100), (1.0, 400), (7.0, 400), (-1.0, 0)])
    func jitter(random: Double, milliseconds: Int) { #expect(self.backoff.delay(attempt: 2, random: random) == .milliseconds(milliseconds)) }

    @Test("what the server asked for is waited in any case")
    func retryAfter() { #expect(self.backoff.delay(attempt: 0, random: 0.5, retryAfter: .seconds(3)) == .milliseconds(3050)) }

    @Test("a factor of one, or a base of zero, stays where it is")
    func constant() {
        #expect(Backoff(base: .milliseconds(5), factor: 1).bound(attempt: Int.max) == .milliseconds(5))
        #expect(Backoff(base: .zero).bound(attempt: Int.max) == .zero)
    }
}
