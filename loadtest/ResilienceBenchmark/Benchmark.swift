import Foundation
import Resilience

/// What the guards of an ``Upstream`` cost a call that does nothing, beside the call alone. Prints nanoseconds per call, the best
/// of many short rounds, since other work shares the processor; ends with 1 when all of them together cost a microsecond or more.
@main
struct Benchmark {
    private static let calls = 5_000
    private static let rounds = 300

    @inline(never) private static func work() async -> Int { 1 }

    private static func upstream(_ change: (inout Upstream.Configuration) -> Void) -> Upstream {
        var configuration = Upstream.Configuration()
        configuration.hedge.isEnabled = false
        change(&configuration)
        return Upstream("benchmark", configuration)
    }

    private static func measure(_ call: @Sendable () async -> Int) async -> Double {
        var best = Double.infinity
        var sum = 0
        for _ in 0..<self.rounds {
            let start = ContinuousClock.now
            for _ in 0..<self.calls { sum &+= await call() }
            best = min(best, start.duration(to: .now) / .nanoseconds(self.calls))
        }
        precondition(sum == self.rounds * self.calls, "calls were lost")
        return best
    }

    @Sendable private static func judge(_: Int) -> Judgement { Judgement(.success) }

    private static func call(_ upstream: Upstream, deadline: Deadline?, mayRepeat: Bool) async -> Int {
        let value = try? await upstream.call(deadline: deadline, mayRepeat: mayRepeat, judge: self.judge) { _, _ in
            await self.work()
        }
        return value ?? 0
    }

    static func main() async {
        let deadline = Deadline(in: .seconds(3_600))
        let limiter = ConcurrencyLimiter()
        let bare = await self.measure { await self.work() }
        let writes = self.upstream { _ in }
        let writing = await self.measure { await self.call(writes, deadline: deadline, mayRepeat: false) }
        let reads = self.upstream { $0.hedge.isEnabled = true }
        let reading = await self.measure { await self.call(reads, deadline: deadline, mayRepeat: true) }
        let gate = await self.measure {
            guard let start = limiter.enter(share: 0.8) else { return 0 }
            let value = await self.work()
            limiter.leave(since: start)
            return value
        }
        let all = await self.measure {
            guard let start = limiter.enter(share: 0.8) else { return 0 }
            let value = await self.call(reads, deadline: deadline, mayRepeat: true)
            limiter.leave(since: start)
            return value
        }
        precondition(reads.hedge.delay != nil, "hedging was not armed")
        func row(_ name: String, _ nanoseconds: Double) {
            print("| \(name) | \(Int(nanoseconds.rounded())) ns | \(Int((nanoseconds / bare).rounded())) |")
        }
        print("| around an empty async call | per call | times the bare call |\n|---|---|---|")
        row("nothing", bare)
        row("deadline, bulkhead, breaker, retry budget", writing)
        row("… and hedging", reading)
        row("concurrency limiter", gate)
        row("all of them", all)
        if all >= 1_000 {
            print("all of them cost \(Int(all)) ns; less than 1000 is wanted")
            exit(1)
        }
    }
}
