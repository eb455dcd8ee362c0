import Synchronization
import Testing

@testable import Resilience

@Suite(.timeLimit(.minutes(1))) struct HedgeTests {
    @Test("a quantile is never below the true one and at most a quarter above", arguments: 0..<20)
    func quantiles(seed: Int) throws {
        var random = Seeded(seed)
        var histogram = LatencyHistogram(generationSize: 1_000)
        #expect(histogram.quantile(0.5) == nil)
        let scale = Int.random(in: 10...1_000_000, using: &random)
        let latencies = (0..<1_000).map { _ in Duration.microseconds(Int.random(in: 10...(10 + scale), using: &random)) }
        for latency in latencies { histogram.record(latency) }
        for part in [0.01, 0.5, 0.9, 0.95, 0.99, 1] {
            let exact = latencies.sorted()[max(0, Int((part * 1_000).rounded(.up)) - 1)]
            let estimate = try #require(histogram.quantile(part))
            #expect(estimate >= exact && estimate <= exact * 1.3 + .microseconds(2), "\(part): \(estimate) for \(exact)")
        }
    }

    @Test("what was long ago is forgotten")
    func forgets() throws {
        var histogram = LatencyHistogram(generationSize: 100)
        for _ in 0..<1_000 { histogram.record(.seconds(5)) }
        for _ in 0..<201 { histogram.record(.milliseconds(1)) }
        #expect(try #require(histogram.quantile(1)) < .milliseconds(2))
    }

    @Test("the second call waits for the 95th percentile, within its bounds, once there are enough calls", arguments: 0..<20)
    func timing(seed: Int) {
        var random = Seeded(seed)
        let configuration = Hedge.Configuration(least: .milliseconds(5), most: .milliseconds(100), minimumCalls: 50)
        var timing = HedgeTiming(configuration)
        var latencies: [Duration] = []
        let most = Int.random(in: 1...400, using: &random)
        for call in 0..<600 {
            #expect((timing.delay == nil) == (call < 50))
            if let delay = timing.delay {
                #expect((.milliseconds(5)...(.milliseconds(100))).contains(delay))
                // Computed from all but the last few.
                let known = latencies.dropLast(16).sorted()
                if known.count > 50 { #expect(delay >= min(.milliseconds(100), max(.milliseconds(5), known[known.count * 8 / 10]))) }
            }
            latencies.append(.milliseconds(Int.random(in: 0...most, using: &random)))
            timing.record(latencies[call])
        }
    }

    @Test("switched off there is no second call")
    func disabled() {
        var timing = HedgeTiming(.init(isEnabled: false))
        for _ in 0..<1_000 { timing.record(.milliseconds(1)) }
        #expect(timing.delay == nil)
    }

    /// Calls that are numbered; those in `hanging` end only when cancelled.
    private final class Peer: Sendable {
        private let state = Mutex((calls: 0, cancelled: [Int]()))
        let hanging: Set<Int>
        let failing: Set<Int>

        init(hanging: Set<Int> = [], failing: Set<Int> = []) {
            self.hanging = hanging
            self.failing = failing
        }

        var calls: Int { self.state.withLock { $0.calls } }
        var cancelled: [Int] { self.state.withLock { $0.cancelled } }

        /// The number of the call, negative when it failed.
        func call(_ cancellation: Cancellation?) async -> AttemptEnd {
            let number = await self.number(cancellation)
            return AttemptEnd(outcome: OutcomeBox(number), judgement: Judgement(number > 0 ? .success : .failure))
        }

        private func number(_ cancellation: Cancellation?) async -> Int {
            let number = self.state.withLock { state in
                state.calls += 1
                return state.calls
            }
            if self.hanging.contains(number) {
                await Hang.untilCancelled(cancellation)
                self.state.withLock { $0.cancelled.append(number) }
                return -number
            }
            if self.failing.contains(number) { return -number }
            return number
        }
    }

    @Test("the first answer counts and the other call is cancelled")
    func loserIsCancelled() async throws {
        let (hedge, peer) = (Hedge(), Peer(hanging: [1]))
        let result = await hedge.run(after: .milliseconds(1), from: .now, mayStart: { true }) { await peer.call($0) }
        #expect(result.number == 2)
        #expect(hedge.started == 1 && hedge.won == 1)
        while peer.cancelled.isEmpty { await Task.yield() }
        #expect(peer.cancelled == [1])
    }

    @Test("a call that is answered in time has no second one")
    func quick() async throws {
        let (hedge, peer) = (Hedge(), Peer())
        for call in 1...100 {
            let result = await hedge.run(after: .seconds(60), from: .now, mayStart: { true }) { await peer.call($0) }
            #expect(result.number == call)
        }
        #expect(peer.calls == 100 && hedge.started == 0)
    }

    @Test("a second call that fails does not end the first; when both fail the last error counts")
    func failures() async throws {
        let hedge = Hedge()
        let peer = Peer(hanging: [1], failing: [2])
        let task = Task { await hedge.run(after: .milliseconds(1), from: .now, mayStart: { true }) { await peer.call($0) } }
        while peer.calls < 2 { await Task.yield() }
        try await Task.sleep(for: .milliseconds(20))
        #expect(peer.cancelled.isEmpty)
        task.cancel()
        #expect(await task.value.number == -1)
        #expect(hedge.started == 1 && hedge.won == 0)
    }

    @Test("an error of the first call before there is a second one is the result")
    func failsFirst() async throws {
        let (hedge, peer) = (Hedge(), Peer(failing: [1]))
        let result = await hedge.run(after: .seconds(60), from: .now, mayStart: { true }) {
            await Task.yield()
            return await peer.call($0)
        }
        #expect(result.number == -1)
        #expect(peer.calls == 1 && hedge.started == 0)
    }

    @Test("without a budget there is no second call, and cancelling the caller ends the first")
    func cancelled() async throws {
        let (hedge, peer) = (Hedge(), Peer(hanging: [1]))
        await confirmation { confirm in
            let task = Task {
                await hedge.run(
                    after: .milliseconds(1), from: .now,
                    mayStart: {
                        confirm()
                        return false
                    }
                ) { await peer.call($0) }
            }
            try? await Task.sleep(for: .milliseconds(50))
            task.cancel()
            _ = await task.value
        }
        #expect(peer.calls == 1 && peer.cancelled == [1])
    }
}

extension AttemptEnd {
    fileprivate var number: Int? { (self.outcome as? OutcomeBox<Int>)?.value }
}
