package import IntentModel

/// What is for all RICs cannot be planned: the A1 Policy Management Service has named none yet, and there is no other, or it is early.
package struct RICsAwaited: Error, Equatable, CustomStringConvertible {
    /// Why it has named none.
    package let reason: String

    package init(reason: String) { self.reason = reason }

    package var description: String { "The A1 policy management service has not named a RIC yet: \(self.reason)" }

    /// What an intent ends with that has waited for long enough.
    package var problem: Problem {
        Problem(
            status: 503, code: "rics_unknown", title: "No RIC is known",
            detail: "\(self). Correct A1_PMS_URL of oran-adaptor, start the service, or name RICs in A1_URL; then retry the intent.")
    }
}
