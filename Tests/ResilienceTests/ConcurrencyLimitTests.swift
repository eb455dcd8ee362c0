import Testing

@testable import Resilience

@Suite struct ConcurrencyLimitTests {
    /// A server that does `capacity` calls side by side in `service` each and queues the rest, before it as many callers as like to.
    private struct Server {
        var capacity: Int
        var service = Duration.milliseconds(5)
        var limit: ConcurrencyLimit
        var now = ContinuousClock.now
        var worst = Duration.zero

        init(capacity: Int, _ change: (inout ConcurrencyLimiter.Configuration) -> Void = { _ in }) {
            var configuration = ConcurrencyLimiter.Configuration(initial: 200, least: 10, most: 1_000, slack: .milliseconds(2))
            change(&configuration)
            self.capacity = capacity
            self.limit = ConcurrencyLimit(configuration, at: self.now)
        }

        /// Rounds in which everybody who may enters, waits for his turn, and leaves.
        mutating func run(callers: Int, for duration: Duration) {
            let end = self.now.advanced(by: duration)
            self.worst = .zero
            while self.now < end {
                let entered = (0..<callers).count { _ in self.limit.enter(share: 1) }
                for call in 0..<max(1, entered) {
                    let took = self.service * (1 + call / self.capacity)
                    self.worst = max(self.worst, took)
                    if call < entered { self.limit.leave(took: took, dropped: false, at: self.now.advanced(by: took)) }
                }
                self.now = self.now.advanced(by: self.service * (1 + max(0, entered - 1) / self.capacity))
            }
        }
    }

    @Test("it finds a limit near what the server does at once, from above and from below", arguments: [20, 50, 150], [10, 1_000])
    func converges(capacity: Int, initial: Int) {
        var server = Server(capacity: capacity) { $0.initial = initial }
        server.run(callers: 1_000, for: .seconds(20))
        server.run(callers: 1_000, for: .seconds(2))
        // Twice the shortest time is tolerated, on average over those who wait.
        #expect((capacity...capacity * 4).contains(server.limit.limit), "\(server.limit.limit)")
        #expect(server.worst <= server.service * 5)
    }

    @Test("without it the queue is as long as there are callers")
    func withoutLimit() {
        var server = Server(capacity: 20) { $0.isEnabled = false }
        server.run(callers: 1_000, for: .seconds(20))
        #expect(server.worst == server.service * 50)
    }

    @Test("a server that gets slower and then quicker again is followed both ways")
    func follows() {
        var server = Server(capacity: 100)
        server.run(callers: 1_000, for: .seconds(10))
        let before = server.limit.limit
        server.capacity = 10
        server.run(callers: 1_000, for: .seconds(10))
        let slow = server.limit.limit
        #expect(slow * 3 < before)
        server.capacity = 100
        server.run(callers: 1_000, for: .seconds(10))
        #expect(server.limit.limit > slow * 3)
    }

    @Test("a limit that is not used does not rise")
    func unused() {
        var server = Server(capacity: 100) { $0.initial = 50 }
        server.run(callers: 10, for: .seconds(30))
        #expect(server.limit.limit == 50)
    }

    @Test("dropped calls lower it at once, down to the least")
    func drops() {
        var limit = ConcurrencyLimit(.init(initial: 400, least: 40, most: 1_000, minimumCalls: 10), at: .now)
        var now = ContinuousClock.now
        var seen = [limit.limit]
        for _ in 0..<40 {
            now = now.advanced(by: .milliseconds(200))
            for _ in 0..<10 {
                _ = limit.enter(share: 1)
                limit.leave(took: .milliseconds(1), dropped: true, at: now)
            }
            seen.append(limit.limit)
        }
        #expect(seen == seen.sorted(by: >) && seen.last == 40)
    }

    @Test("whatever happens it stays within its bounds and nobody enters beyond it", arguments: 0..<40)
    func invariants(seed: Int) {
        var random = Seeded(seed)
        let least = Int.random(in: 1...50, using: &random)
        let most = least + Int.random(in: 0...200, using: &random)
        var now = ContinuousClock.now
        var limit = ConcurrencyLimit(
            .init(initial: .random(in: 1...300, using: &random), least: least, most: most, smoothing: .random(in: 0.1...1, using: &random)), at: now)
        var entered = 0
        for _ in 0..<5_000 {
            if Bool.random(using: &random) {
                let share: Double = [0.6, 0.8, 1, 1.25].randomElement(using: &random) ?? 1
                let hasPlace = entered < limit.places(share)
                let didEnter = limit.enter(share: share)
                #expect(didEnter == hasPlace)
                if didEnter { entered += 1 }
            } else if entered > 0 {
                entered -= 1
                limit.leave(
                    took: .microseconds(Int.random(in: 0...200_000, using: &random)), dropped: Int.random(in: 0..<20, using: &random) == 0, at: now)
            }
            #expect(limit.inFlight == entered)
            #expect((least...most).contains(limit.limit))
            now = now.advanced(by: .milliseconds(Int.random(in: 0...30, using: &random)))
        }
    }

    @Test("the shell counts everybody once")
    func shell() async {
        let limiter = ConcurrencyLimiter(.init(initial: 50, least: 50, most: 50))
        let most = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<1_000 {
                group.addTask {
                    guard let start = limiter.enter() else { return 0 }
                    let inside = limiter.status.inFlight
                    await Task.yield()
                    limiter.leave(since: start)
                    return inside
                }
            }
            return await group.reduce(0, max)
        }
        #expect((1...50).contains(most))
        #expect(limiter.status.inFlight == 0)
    }
}
