package import IntentModel
import Synchronization

/// What the enforcement of an intent's policies means for the intent. A RIC takes its time: until it has made up its mind, or `within` is
/// over, the intent waits. Remembered in this process only; another one starts to count anew.
package final class EnforcementWatch: Sendable {
    package enum Judgement: Sendable, Equatable {
        /// Enforced, or the RIC does not say.
        case settled
        case wait(Duration)
        case fail(Problem)
    }

    private let within: Duration
    private let now: @Sendable () -> ContinuousClock.Instant
    private let waiting = Mutex<[IntentID: ContinuousClock.Instant]>([:])
    private static let limit = 10_000

    package init(within: Duration, now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }) {
        self.within = within
        self.now = now
    }

    package func judge(_ policies: [AppliedPolicy], of id: IntentID) -> Judgement {
        let ignored = policies.filter { $0.change != .delete && $0.enforceStatus == PolicyStatus.Enforcement.notEnforced.rawValue }
        guard let first = ignored.first else {
            self.forget(id)
            return .settled
        }
        let final = ignored.first { PolicyStatus(enforcement: .notEnforced, reason: $0.enforceReason).isSettled }
        let waited = self.waited(for: id)
        guard final != nil || waited >= self.within else { return .wait(waited < .seconds(10) ? .milliseconds(500) : .seconds(3)) }
        self.forget(id)
        return .fail(Self.problem(final ?? first))
    }

    private func waited(for id: IntentID) -> Duration {
        let now = self.now()
        return self.waiting.withLock { waiting in
            if let start = waiting[id] { return start.duration(to: now) }
            // What waits this long besides so many others has been given up by everybody.
            if waiting.count >= Self.limit, let oldest = waiting.min(by: { $0.value < $1.value })?.key { waiting[oldest] = nil }
            waiting[id] = now
            return .zero
        }
    }

    private func forget(_ id: IntentID) { self.waiting.withLock { $0[id] = nil } }

    private static func problem(_ policy: AppliedPolicy) -> Problem {
        let reason = policy.enforceReason.map { " (\($0))" } ?? ""
        return Problem(
            status: 409, code: "policy_not_enforced", title: "Not enforced", detail: "\(policy.ric) does not enforce \(policy.policyId)\(reason)")
    }
}
