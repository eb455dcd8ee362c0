import Synchronization

/// Begins second calls when their time has come. One task for all calls of an upstream, and none while there are none.
final class HedgeWatch: Sendable {
    private struct State {
        var races: [(due: ContinuousClock.Instant, race: HedgedRace)] = []
        var first = 0
        var isWatching = false
    }

    private let state = Mutex(State())

    func add(_ race: HedgedRace, due: ContinuousClock.Instant) {
        let mustStart = self.state.withLock { state in
            state.races.append((due, race))
            defer { state.isWatching = true }
            return !state.isWatching
        }
        if mustStart { Task { await self.run() } }
    }

    private func run() async {
        while let (due, race) = self.next() {
            try? await Task.sleep(until: due, clock: .continuous)
            race.startSecond()
        }
    }

    /// The race that is due first and not decided; nil ends the watch.
    private func next() -> (ContinuousClock.Instant, HedgedRace)? {
        self.state.withLock { state in
            while state.first < state.races.count {
                let next = state.races[state.first]
                state.first += 1
                if state.first >= 64, state.first * 2 >= state.races.count {
                    state.races.removeFirst(state.first)
                    state.first = 0
                }
                if !next.race.isDecided { return next }
            }
            state.races.removeAll(keepingCapacity: true)
            state.first = 0
            state.isWatching = false
            return nil
        }
    }
}
