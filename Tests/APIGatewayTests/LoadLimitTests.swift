import IntentModel
import Resilience
import Testing

@testable import APIGateway
@testable import Ledger

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

    @Test("the lowest priority has to wait first", arguments: [(Priority.low, 500, 20), (.medium, 1_000, 30), (.high, 1_500, 60), (.critical, 2_000, 120)])
    func backlog(_ priority: Priority, _ depth: Int, _ seconds: Int) {
        let limits = Backpressure.limits(maxBacklog: 1_000, maxAge: .seconds(20))
        #expect(limits.depth[priority.rank] == depth)
        #expect(limits.age[priority.rank] == .seconds(seconds))
    }

    @Test("with every backlog a higher priority may wait in a longer queue", arguments: [2, 3, 10, 50_000, 100_000_000])
    func order(_ maxBacklog: Int) {
        let limits = Backpressure.limits(maxBacklog: maxBacklog, maxAge: .seconds(20)).depth
        #expect(limits == limits.sorted() && Set(limits).count == 4)
        #expect(Priority.allCases.map(\.rank) == [0, 1, 2, 3])
    }

    @Test("a stage is behind with a backlog, not with one long piece of work")
    func age() {
        func states(_ depth: Int, high: Int = 0) -> [QueueState] {
            [
                QueueState(stage: .interpret, depth: 500, ageMilliseconds: 2_000),
                QueueState(stage: .publish, depth: depth, ageMilliseconds: 90_000, highDepth: high, highAgeMilliseconds: 3_000),
            ]
        }
        func seconds(_ ages: [Int]) -> [Duration] { ages.map { .seconds($0) } }
        #expect(Backpressure.ages(of: states(99)) == seconds([2, 2, 0, 0]))
        #expect(Backpressure.ages(of: states(100)) == seconds([90, 90, 0, 0]))
        #expect(Backpressure.ages(of: states(300, high: 100)) == seconds([120, 120, 3, 3]))
        #expect(Backpressure.ages(of: states(99, high: 20)) == seconds([120, 120, 0, 0]))
        #expect(Backpressure.ages(of: []) == seconds([0, 0, 0, 0]))
    }

    @Test("where low and medium have no place left, high and critical get in", arguments: [true, false])
    func shares(isEnabled: Bool) {
        let limiter = ConcurrencyLimiter(.init(isEnabled: isEnabled, initial: 100, least: 100))
        func entered(_ priority: Priority) -> Int { (0..<200).count { _ in limiter.enter(share: Admission.share(of: priority)) != nil } }
        let places = Priority.allCases.map(entered)
        #expect(places == (isEnabled ? [60, 20, 20, 25] : [200, 200, 200, 200]))
        #expect(limiter.isFull(share: Admission.share(of: .critical)) == isEnabled)
    }
}
