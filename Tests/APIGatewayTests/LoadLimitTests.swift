import IntentModel
import Testing

@testable import APIGateway

@Suite struct LoadLimitTests {
    private let start = ContinuousClock.now

    @Test("a key may use a second's worth at once, then as fast as the rate")
    func bucket() {
        let limiter = RateLimiter(rate: 5)
        for left in (0..<5).reversed() {
            #expect(limiter.take("a", now: self.start) == .init(isAllowed: true, limit: 5, remaining: left, retryAfter: 0))
        }
        #expect(limiter.take("a", now: self.start) == .init(isAllowed: false, limit: 5, remaining: 0, retryAfter: 1))
        #expect(limiter.take("a", now: self.start + .milliseconds(199)).isAllowed == false)
        #expect(limiter.take("a", now: self.start + .milliseconds(201)).isAllowed)
        #expect(limiter.take("a", now: self.start + .milliseconds(202)).isAllowed == false)
    }

    @Test("keys do not take from each other")
    func keys() {
        let limiter = RateLimiter(rate: 1)
        #expect(limiter.take("a", now: self.start).isAllowed && !limiter.take("a", now: self.start).isAllowed)
        #expect(limiter.take("b", now: self.start).isAllowed)
    }

    @Test("a long pause saves up no more than a second's worth")
    func pause() {
        let limiter = RateLimiter(rate: 3)
        _ = limiter.take("a", now: self.start)
        let later = self.start + .seconds(3600)
        #expect((0..<10).count { _ in limiter.take("a", now: later).isAllowed } == 3)
    }

    @Test("refused requests cost nothing: whoever keeps asking still gets the rate")
    func insistent() {
        let limiter = RateLimiter(rate: 10)
        let allowed = (0..<10_000).count { limiter.take("a", now: self.start + .milliseconds($0)).isAllowed }
        #expect((108...110).contains(allowed))
    }

    @Test("no limit is no limit")
    func off() {
        #expect(RateLimiter(rate: 0).isOff && !RateLimiter(rate: 1).isOff)
    }

    @Test("very many keys are all limited")
    func manyKeys() {
        let limiter = RateLimiter(rate: 1)
        for number in 0..<10_050 { #expect(limiter.take("k\(number)", now: self.start + .milliseconds(number / 100)).isAllowed) }
        #expect(!limiter.take("k10049", now: self.start + .milliseconds(101)).isAllowed)
    }

    @Test("the lowest priority has to wait first", arguments: [(Priority.low, 500), (.medium, 1_000), (.high, 1_500), (.critical, 2_000)])
    func backlog(_ priority: Priority, _ limit: Int) {
        #expect(Backpressure.limit(for: priority, maxBacklog: 1_000) == limit)
    }

    @Test("with every backlog a higher priority may wait in a longer queue", arguments: [2, 3, 10, 50_000, 100_000_000])
    func order(_ maxBacklog: Int) {
        let limits = Priority.allCases.map { Backpressure.limit(for: $0, maxBacklog: maxBacklog) }
        #expect(limits == limits.sorted() && Set(limits).count == 4)
    }
}
