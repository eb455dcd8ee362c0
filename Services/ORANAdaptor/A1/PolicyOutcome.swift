package import IntentModel

/// What became of a list of policy changes.
package enum PolicyOutcome: Sendable, Equatable {
    /// All took effect, in the order asked for; `enforceStatus` says what each RIC makes of it.
    case applied([AppliedPolicy])
    /// At least one can never take effect as it is. What took effect besides stays.
    case failed(Problem)
    /// At least one RIC did not take it now; the same call may be repeated at any time, after `after` at the earliest when a RIC asked for it.
    case retry(reason: String, after: Duration?)
}
