import Synchronization

/// Asks a second time when a read takes longer than nearly all reads do: the first answer counts, the other call is cancelled.
/// One per upstream. Hedges come out of the upstream's retry budget, so that they cannot double its load.
package final class Hedge: Sendable {
    package struct Configuration: Sendable, Equatable {
        package var isEnabled: Bool
        /// Part of the recent reads that were quicker than the second call waits; 0…1.
        package var quantile: Double
        /// It waits this long at least and at most.
        package var least: Duration
        package var most: Duration
        /// Reads that must have been seen before there are hedges.
        package var minimumCalls: Int

        package init(
            isEnabled: Bool = true, quantile: Double = 0.95, least: Duration = .milliseconds(10), most: Duration = .seconds(2), minimumCalls: Int = 50
        ) {
            self.isEnabled = isEnabled
            self.quantile = quantile
            self.least = least
            self.most = max(least, most)
            self.minimumCalls = max(1, minimumCalls)
        }
    }

    private let timing: Mutex<HedgeTiming>
    /// Of ``HedgeTiming/delay``, in ticks; 0 for none. Read by every call, while it changes with every sixteenth.
    private let delayTicks = Atomic<Int64>(0)
    private let watch = HedgeWatch()
    private let startedCount = Atomic<Int>(0)
    private let wonCount = Atomic<Int>(0)

    package init(_ configuration: Configuration = .init()) { self.timing = Mutex(HedgeTiming(configuration)) }

    /// How long the second call waits now; nil when there is none.
    package var delay: Duration? {
        let ticks = self.delayTicks.load(ordering: .relaxed)
        return ticks > 0 ? Duration(ticks: ticks) : nil
    }
    /// Second calls made since the start, and those of them whose answer came first.
    package var started: Int { self.startedCount.load(ordering: .relaxed) }
    package var won: Int { self.wonCount.load(ordering: .relaxed) }

    func record(_ took: Duration) {
        self.timing.withLock { timing in
            guard timing.record(took) else { return }
            self.delayTicks.store(timing.delay?.ticks ?? 0, ordering: .relaxed)
        }
    }

    /// Runs `attempt`, and after `delay` once more when `mayStart` says so. The first success counts; when there is none, the call that
    /// ended last.
    ///
    /// The first call is made by our own task: a call that is answered in time costs no other one.
    func run(
        after delay: Duration, from now: ContinuousClock.Instant, mayStart: @escaping @Sendable () -> Bool,
        _ attempt: @escaping @Sendable (Cancellation?) async -> AttemptEnd
    ) async -> AttemptEnd {
        let race = HedgedRace {
            guard mayStart() else { return nil }
            self.startedCount.add(1, ordering: .relaxed)
            return await attempt(nil)
        }
        let place = self.watch.add(race, due: now.advanced(by: delay))
        let first = await attempt(race.first)
        if self.watch.remove(place) { return first }
        let end = await race.end(ofFirst: first)
        if race.hedgeWon { self.wonCount.add(1, ordering: .relaxed) }
        return end
    }
}
