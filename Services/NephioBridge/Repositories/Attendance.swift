import Synchronization

/// Waits for work at something that may not answer, but not for long: who waits has others to serve.
final class Attendance: Sendable {
    enum Outcome<Value: Sendable>: Sendable {
        case done(Value)
        /// It goes on.
        case late(Task<Value, Never>)
        /// Not begun: other work is late.
        case busy

        /// Nil when it is not done.
        var value: Value? { if case .done(let value) = self { value } else { nil } }
    }

    private final class Race: Sendable {
        enum Runner { case work, clock }

        private let winner = Mutex<Runner?>(nil)

        var isDone: Bool { self.winner.withLock { $0 == .work } }

        /// Whether it is the first to arrive.
        func isWon(by runner: Runner) -> Bool {
            self.winner.withLock { winner in
                winner = winner ?? runner
                return winner == runner
            }
        }
    }

    private let overdue = Atomic<Int>(0)

    /// Work that was given up waiting for goes on.
    var isOverdue: Bool { self.overdue.load(ordering: .acquiring) != 0 }

    /// Begins `work` unless other work is late, and waits for it for `patience`. Who is cancelled waits no longer; the work is finished all the same.
    func attend<Value: Sendable>(for patience: Duration, _ work: @escaping @Sendable () async -> Value) async -> Outcome<Value> {
        guard !self.isOverdue else { return .busy }
        let (signals, signal) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingOldest(1))
        let race = Race()
        let timer = Task {
            try await Task.sleep(for: patience)
            // Counted before it can be counted out.
            self.overdue.add(1, ordering: .acquiringAndReleasing)
            if race.isWon(by: .clock) { signal.finish() } else { self.overdue.subtract(1, ordering: .acquiringAndReleasing) }
        }
        let task = Task {
            let value = await work()
            if race.isWon(by: .work) { timer.cancel() } else { self.overdue.subtract(1, ordering: .acquiringAndReleasing) }
            signal.finish()
            return value
        }
        for await _ in signals {}
        return race.isDone ? .done(await task.value) : .late(task)
    }
}
