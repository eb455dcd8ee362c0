import Testing

@testable import Resilience

@Suite struct LoadShedderTests {
    private static let limits = LoadShedder.Limits(
        depth: [25_000, 50_000, 75_000, 100_000], age: [.seconds(20), .seconds(30), .seconds(60), .seconds(120)])

    /// A queue that is worked off at a rate, looked at twice a second.
    private struct Queue {
        var shedder = LoadShedder(LoadShedderTests.limits)
        var now = ContinuousClock.now
        /// Items by the time they came.
        var items: [(at: ContinuousClock.Instant, count: Double)] = []
        var isGuarded = true
        var refused = [0, 0, 0, 0]
        var taken = [0, 0, 0, 0]

        var depth: Int { Int(self.items.reduce(0) { $0 + $1.count }) }
        var age: Duration { self.items.first.map { $0.at.duration(to: self.now) } ?? .zero }

        /// `arrivals` a second for each rank, `rate` a second worked off.
        mutating func run(_ duration: Duration, arrivals: [Int], rate: Int) {
            let end = self.now.advanced(by: duration)
            while self.now < end {
                for rank in arrivals.indices {
                    for _ in 0..<(arrivals[rank] / 2) {
                        if self.isGuarded, self.shedder.refuse(rank) != nil { self.refused[rank] += 1 } else { self.taken[rank] += 1 }
                    }
                }
                let came = self.taken.reduce(0, +)
                if came > self.known { self.items.append((self.now, Double(came - self.known))) }
                self.known = came
                self.now = self.now.advanced(by: .milliseconds(500))
                var left = Double(rate) / 2
                while left > 0, let first = self.items.first {
                    let done = min(left, first.count)
                    left -= done
                    self.items[0].count -= done
                    if self.items[0].count < 0.001 { self.items.removeFirst() }
                }
                self.shedder.observe(depth: self.depth, age: self.age, at: self.now)
            }
        }
        private var known = 0
    }

    @Test("two minutes at three times the capacity: low is shed, high is not, and low is taken again within five seconds", arguments: [200, 500, 1_500])
    func overload(capacity: Int) {
        var queue = Queue()
        queue.run(.seconds(120), arrivals: [capacity * 2, capacity * 6 / 10, capacity * 3 / 10, capacity / 10], rate: capacity)
        #expect(queue.refused[0] > 0)
        #expect(queue.refused[2] == 0 && queue.refused[3] == 0)
        #expect(queue.age < .seconds(90))
        // A few ask whether they may come again.
        queue.run(.seconds(4.5), arrivals: [10, 0, 0, 0], rate: capacity)
        #expect(queue.shedder.level == 0)
    }

    @Test("without it the queue gets as old as the load lasts")
    func withoutShedder() {
        var queue = Queue()
        queue.isGuarded = false
        queue.run(.seconds(240), arrivals: [1_000, 300, 150, 50], rate: 500)
        #expect(queue.age > .seconds(150))
        var guarded = Queue()
        guarded.run(.seconds(240), arrivals: [1_000, 300, 150, 50], rate: 500)
        #expect(guarded.age < .seconds(60))
    }

    @Test("a burst of ten seconds refuses nobody, however fast it comes")
    func burst() {
        var queue = Queue()
        queue.shedder = LoadShedder(.init(depth: Array(repeating: 10_000_000, count: 4), age: Self.limits.age))
        queue.run(.seconds(10), arrivals: [0, 10_000, 0, 0], rate: 300)
        queue.run(.seconds(120), arrivals: [5, 5, 5, 5], rate: 800)
        #expect(queue.refused == [0, 0, 0, 0])
        #expect(queue.depth == 0 || queue.age > .seconds(20), "the burst was old before it was done")
    }

    @Test(
        "the lowest goes first: depth and age refuse as many ranks as their limits say",
        arguments: [(0, 0), (25_001, 1), (50_001, 2), (75_001, 3), (100_001, 4)])
    func depth(depth: Int, level: Int) {
        var shedder = LoadShedder(Self.limits)
        shedder.observe(depth: depth, age: .zero, at: .now)
        #expect(shedder.level == level)
        #expect((0..<4).map { shedder.refusal(of: $0) } == (0..<4).map { $0 < level ? .depth : nil })
    }

    @Test("old work refuses only those who would wait behind it")
    func ranks() {
        var shedder = LoadShedder(Self.limits)
        shedder.observe(depth: 1_000, ages: [.seconds(500), .seconds(500), .seconds(1), .seconds(1)], at: .now)
        #expect(shedder.level == 2)
        var together = LoadShedder(Self.limits)
        together.observe(depth: 1_000, age: .seconds(500), at: .now)
        #expect(together.level == 4)
    }

    @Test("an old queue that shrinks is not shed for", arguments: [(90, 0), (100, 1), (110, 1)])
    func shrinking(later: Int, level: Int) {
        var shedder = LoadShedder(Self.limits)
        let now = ContinuousClock.now
        shedder.observe(depth: 100, age: .seconds(1), at: now)
        shedder.observe(depth: later, age: .seconds(25), at: now.advanced(by: .milliseconds(500)))
        #expect(shedder.level == level)
    }

    @Test("who is refused more often than there is room for stays refused until the backlog is well below its limit")
    func demand() {
        var shedder = LoadShedder(Self.limits)
        var now = ContinuousClock.now
        shedder.observe(depth: 30_000, age: .zero, at: now)
        var depth = 30_000
        var lifted: Int?
        for _ in 0..<200 where lifted == nil {
            for _ in 0..<200 { _ = shedder.refuse(0) }
            now = now.advanced(by: .milliseconds(500))
            depth -= 100
            shedder.observe(depth: depth, age: .zero, at: now)
            if shedder.level == 0 { lifted = depth }
        }
        #expect(lifted == 18_700)
    }

    @Test("whatever is seen, refused ranks are the lowest ones, and a backlog below every limit ends all refusals", arguments: 0..<40)
    func invariants(seed: Int) {
        var random = Seeded(seed)
        var shedder = LoadShedder(Self.limits)
        var now = ContinuousClock.now
        for _ in 0..<500 {
            for _ in 0..<Int.random(in: 0...20, using: &random) { _ = shedder.refuse(.random(in: 0..<4, using: &random)) }
            now = now.advanced(by: .milliseconds(Int.random(in: 0...2_000, using: &random)))
            let (depth, age) = (Int.random(in: 0...150_000, using: &random), Duration.seconds(Int.random(in: 0...200, using: &random)))
            let before = shedder.level
            shedder.observe(depth: depth, age: age, at: now)
            #expect((0...4).contains(shedder.level))
            #expect(before - shedder.level <= 1)
            let allowed = (0..<4).count { depth > Self.limits.depth[$0] || age > Self.limits.age[$0] }
            #expect(shedder.level <= max(before, allowed))
            let refused = (0..<4).filter { shedder.refusal(of: $0) != nil }
            #expect(refused == Array(0..<shedder.level))
        }
        for _ in 0..<5 {
            now = now.advanced(by: .milliseconds(500))
            shedder.observe(depth: 10, age: .seconds(1), at: now)
        }
        #expect(shedder.level == 0)
    }
}
