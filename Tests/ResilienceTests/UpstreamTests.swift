import Synchronization
import Testing

@testable import Resilience

@Suite(.timeLimit(.minutes(1))) struct UpstreamTests {
    /// A system that counts its calls, in the manner of a mock clock.
    private final class Peer: Sendable {
        private let state = Mutex((calls: 0, isDown: false))
        var calls: Int { self.state.withLock { $0.calls } }
        func setDown(_ isDown: Bool) { self.state.withLock { $0.isDown = isDown } }
        /// The number of the call; nil when it is down.
        func call() -> Int? {
            self.state.withLock { state in
                state.calls += 1
                return state.isDown ? nil : state.calls
            }
        }
    }

    @Sendable private static func judge(_ number: Int?) -> Judgement { number == nil ? Judgement(.failure, mayRetry: true) : Judgement(.success) }

    private func upstream(_ clock: MockClock, _ change: (inout Upstream.Configuration) -> Void = { _ in }) -> Upstream {
        var configuration = Upstream.Configuration()
        configuration.backoff = Backoff(base: .zero, cap: .zero)
        configuration.retriesPerSecond = 2
        change(&configuration)
        return Upstream("peer", configuration, now: { clock.now })
    }

    private func call(_ upstream: Upstream, _ peer: Peer, deadline: Deadline? = nil, mayRepeat: Bool = true) async throws(UpstreamRefusal) -> Int? {
        try await upstream.call(deadline: deadline, mayRepeat: mayRepeat, judge: Self.judge) { _, _ in peer.call() }
    }

    /// Calls that reach a peer that is down, of a hundred a second for a minute.
    private func storm(_ change: (inout Upstream.Configuration) -> Void) async -> (calls: Int, upstream: Upstream) {
        let (clock, peer) = (MockClock(), Peer())
        peer.setDown(true)
        let upstream = self.upstream(clock, change)
        for _ in 0..<6_000 {
            _ = try? await self.call(upstream, peer)
            clock.pass(.milliseconds(10))
        }
        return (peer.calls, upstream)
    }

    @Test("a storm: what is down gets the first failures, the probes, and nothing more")
    func storm() async {
        let (calls, upstream) = await self.storm { _ in }
        // Five failures, some of them retries; then a probe after 1, 2, 4, 8, 16 seconds, the last one from 31 s on.
        #expect((9...11).contains(calls))
        #expect(upstream.refused[2] > 5_900)
    }

    @Test("without the breaker, calls and the retry budget; without both, everything three times")
    func unguardedStorm() async {
        let budget = await self.storm { $0.breaker.isEnabled = false }
        // A fifth of the calls and two a second.
        #expect((7_200...7_330).contains(budget.calls), "\(budget.calls)")
        #expect(budget.upstream.retries == budget.calls - 6_000)
        let nothing = await self.storm {
            $0.breaker.isEnabled = false
            $0.retryRatio = 2
        }
        #expect(nothing.calls == 18_000)
    }

    @Test("what may not be repeated is called once")
    func once() async throws {
        let (clock, peer) = (MockClock(), Peer())
        peer.setDown(true)
        let upstream = self.upstream(clock)
        #expect(try await self.call(upstream, peer, mayRepeat: false) == nil)
        #expect(peer.calls == 1)
    }

    @Test("past its deadline a call is not made", arguments: [(-1, 0), (60_000, 1)])
    func deadline(milliseconds: Int64, calls: Int) async {
        let (clock, peer) = (MockClock(), Peer())
        let upstream = self.upstream(clock)
        _ = try? await self.call(upstream, peer, deadline: Deadline(unixMilliseconds: Deadline.now() + milliseconds))
        #expect(peer.calls == calls)
        #expect(upstream.refused[0] == 1 - calls)
    }

    @Test("the attempt is told what is left, the nearer of timeout and deadline", arguments: [(Int64(2_000), 2.0), (60_000, 10)])
    func timeLeft(milliseconds: Int64, seconds: Double) async throws {
        let upstream = self.upstream(MockClock())
        let left = try await upstream.call(
            deadline: Deadline(unixMilliseconds: Deadline.now() + milliseconds), mayRepeat: false,
            judge: { (_: Duration) in Judgement(.success) }, attempt: { left, _ in left })
        #expect((left / .seconds(1)) <= seconds && (left / .seconds(1)) > seconds - 1)
    }

    @Test("asked to be left alone it is, whatever its breaker says", arguments: [true, false])
    func pause(asks: Bool) async throws {
        let (clock, peer) = (MockClock(), Peer())
        let upstream = self.upstream(clock)
        for _ in 0..<10 {
            _ = try? await upstream.call(
                mayRepeat: false, judge: { (_: Int?) in Judgement(.ignored, pause: asks ? .seconds(7) : nil) }, attempt: { _, _ in peer.call() })
            clock.pass(.seconds(1))
        }
        #expect(peer.calls == (asks ? 2 : 10))
        #expect(upstream.refused[3] == (asks ? 8 : 0))
        #expect(upstream.breaker.state == .closed)
    }

    @Test("no more than its places are under way, and who cannot wait is told so", arguments: [4, 1_000])
    func bulkhead(places: Int) async {
        let upstream = self.upstream(MockClock()) {
            $0.concurrency = places
            $0.waiting = 0
        }
        let (most, busy) = await withTaskGroup(of: (Int, Bool).self) { group in
            for _ in 0..<50 {
                group.addTask {
                    do throws(UpstreamRefusal) {
                        let inside = try await upstream.call(mayRepeat: false, judge: Self.judge) { _, _ in
                            try? await Task.sleep(for: .milliseconds(20))
                            return upstream.bulkhead.occupancy.inside
                        }
                        return (inside ?? 0, false)
                    } catch {
                        return (0, true)
                    }
                }
            }
            return await group.reduce((0, 0)) { (max($0.0, $1.0), $0.1 + ($1.1 ? 1 : 0)) }
        }
        #expect(most <= places)
        #expect((busy > 0) == (places < 50) && upstream.refused[1] == busy)
        #expect(upstream.bulkhead.occupancy == (0, 0))
    }

    /// One call of sixty-one hangs.
    private func hangingCall(budget: Double) async -> (value: Int??, upstream: Upstream) {
        let peer = Peer()
        var configuration = Upstream.Configuration()
        configuration.retryRatio = budget / 60
        configuration.retriesPerSecond = 0
        configuration.timeout = .seconds(20)
        let upstream = Upstream("peer", configuration)
        for _ in 0..<60 { _ = try? await self.call(upstream, peer) }
        let task = Task {
            try? await upstream.call(mayRepeat: true, judge: Self.judge) { _, cancellation -> Int? in
                let number = peer.call()
                if number == 61 { await Hang.untilCancelled(cancellation) }
                return number == 61 ? nil : number
            }
        }
        if budget < 1 {
            try? await Task.sleep(for: .milliseconds(200))
            task.cancel()
        }
        return (await task.value, upstream)
    }

    @Test("hedges come out of the retry budget: without one a call that hangs goes on hanging", arguments: [(0.0, 0), (6, 1)])
    func hedgesAreCounted(budget: Double, hedges: Int) async {
        let (value, upstream) = await self.hangingCall(budget: budget)
        #expect(value == .some(hedges == 1 ? 62 : nil))
        #expect(upstream.hedge.started == hedges && upstream.hedge.won == hedges && upstream.retries == 0)
        #expect(abs(upstream.budget.balance - (budget * 61 / 60 - Double(hedges))) < 0.01)
    }
}
