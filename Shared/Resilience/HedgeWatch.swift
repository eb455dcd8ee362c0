import Synchronization

/// Begins second calls when their time has come. One task for all calls of an upstream, and none while there are none.
///
/// Nearly all first calls end before that: what was added last is mostly what is removed next, so that a race is freed with its call
/// instead of being kept until it would have been due.
final class HedgeWatch: Sendable {
    private struct Entry {
        let due: ContinuousClock.Instant
        /// Nil when removed.
        var race: HedgedRace?
    }

    private enum Step {
        case start(HedgedRace)
        case sleep(until: ContinuousClock.Instant)
        case end
    }

    private struct State {
        var entries: [Entry] = []
        /// The place of the first entry: places go on counting when entries at the front are dropped.
        var base = 0
        /// Of the entries, the first one that was not taken out at the front yet.
        var first = 0
        var isWatching = false

        mutating func dropFirst() {
            self.entries[self.first].race = nil
            self.first += 1
            guard self.first >= 64 || self.first == self.entries.count, self.first * 2 >= self.entries.count else { return }
            self.entries.removeFirst(self.first)
            self.base += self.first
            self.first = 0
        }
    }

    private let state = Mutex(State())

    /// - Returns: where it is, for ``remove(_:)``.
    func add(_ race: HedgedRace, due: ContinuousClock.Instant) -> Int {
        let (place, mustStart) = self.state.withLock { state in
            state.entries.append(Entry(due: due, race: race))
            defer { state.isWatching = true }
            return (state.base + state.entries.count - 1, !state.isWatching)
        }
        if mustStart { Task { await self.run() } }
        return place
    }

    /// Once for every race added.
    ///
    /// - Returns: whether its second call has not been begun, and never will be.
    func remove(_ place: Int) -> Bool {
        self.state.withLock { state in
            let index = place - state.base
            guard index >= state.first else { return false }
            state.entries[index].race = nil
            while state.entries.count > state.first, state.entries[state.entries.count - 1].race == nil { state.entries.removeLast() }
            return true
        }
    }

    private func run() async {
        while true {
            switch self.next(at: .now) {
            case .start(let race): race.startSecond()
            case .sleep(let due): try? await Task.sleep(until: due, clock: .continuous)
            case .end: return
            }
        }
    }

    private func next(at now: ContinuousClock.Instant) -> Step {
        self.state.withLock { state in
            while state.first < state.entries.count {
                let entry = state.entries[state.first]
                if let race = entry.race {
                    guard entry.due <= now else { return .sleep(until: entry.due) }
                    state.dropFirst()
                    return .start(race)
                }
                state.dropFirst()
            }
            state.isWatching = false
            return .end
        }
    }
}
