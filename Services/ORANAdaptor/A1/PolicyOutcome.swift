package import IntentModel

/// What became of a list of policy changes.
package enum PolicyOutcome: Sendable, Equatable {
    /// All took effect, in the order asked for; `enforceStatus` says what each RIC makes of it.
    case applied([AppliedPolicy])
    /// At least one can never take effect as it is. What took effect besides stays.
    case failed(Problem)
    /// At least one RIC did not take it now; the same call may be repeated at any time, after `after` at the earliest when a RIC asked for it.
    case retry(reason: String, after: Duration?)

    /// Of two lists that were carried out side by side.
    func joined(with other: PolicyOutcome) -> PolicyOutcome {
        switch (self, other) {
        case (.failed(var problem), .failed(let also)):
            problem.detail += "; \(also.detail)"
            return .failed(problem)
        case (.failed, _), (.retry, .applied): return self
        case (_, .failed), (.applied, .retry): return other
        case (.retry(let reason, let after), .retry(let also, let alsoAfter)):
            return .retry(reason: "\(reason); \(also)", after: [after, alsoAfter].compactMap(\.self).max())
        case (.applied(let policies), .applied(let more)): return .applied(policies + more)
        }
    }
}
