import Histogram
import IntentModel
import Synchronization

/// Which accepted intents have come to their end, and how long that took from when their submission was due.
final class TerminalWatch: Sendable {
    struct Outcome: Sendable {
        var latency = LatencyRecord.whole()
        /// Ends by phase.
        var phases: [String: Int] = [:]
        var accepted = 0
        /// Accepted and not seen to end.
        var missing = 0
        /// When the last end was seen, in nanoseconds of the clock.
        var last: UInt64 = 0
    }

    private struct State {
        var pending: [IntentKey: UInt64] = [:]
        /// Ends that were told of before the answer was read.
        var early: [IntentKey: (at: UInt64, phase: Phase)] = [:]
        var outcome = Outcome()
    }

    /// Ends of other clients' intents are not kept beyond so many.
    private static let mostEarly = 100_000
    private let state = Mutex(State())

    /// - Parameter answer: the beginning of the body of a 202.
    func accepted(_ answer: [UInt8], since: UInt64) {
        guard let key = IntentKey.first(in: answer) else { return }
        self.state.withLock { state in
            state.outcome.accepted += 1
            if let end = state.early.removeValue(forKey: key) {
                Self.end(&state.outcome, end.phase, from: since, to: end.at)
            } else {
                state.pending[key] = since
            }
        }
    }

    func ended(_ key: IntentKey, _ phase: Phase, at time: UInt64) {
        self.state.withLock { state in
            if let since = state.pending.removeValue(forKey: key) { return Self.end(&state.outcome, phase, from: since, to: time) }
            if state.early.count >= Self.mostEarly { state.early.removeAll() }
            state.early[key] = (time, phase)
        }
    }

    private static func end(_ outcome: inout Outcome, _ phase: Phase, from: UInt64, to: UInt64) {
        outcome.latency.record(min(to > from ? to - from : 0, LatencyRecord.longest))
        outcome.phases[phase.rawValue, default: 0] += 1
        outcome.last = max(outcome.last, to)
    }

    var pendingCount: Int { self.state.withLock { $0.pending.count } }

    func outcome() -> Outcome {
        self.state.withLock { state in
            var outcome = state.outcome
            outcome.missing = state.pending.count
            return outcome
        }
    }
}
