package import IntentModel

/// Turns the RAN part of an expectation — a slice's SLA, radio behaviour, QoS — into A1 policies.
package protocol PolicyPlanning: Sendable {
    /// Must be deterministic: the same expectation gives the same policy ids and documents.
    func policies(for expectation: Expectation, request: IntentRequest) async throws -> PolicyPlanningResult
    /// Whether a target is an attribute of a managed element, and of no package.
    func isManaged(_ target: Target, in expectation: Expectation) -> Bool
}

package enum PolicyPlanningResult: Sendable, Equatable {
    /// The policies to put or delete, and remarks for the operator.
    case policies([PolicyChange], notes: [String])
    /// Nothing in the expectation has a counterpart in an A1 policy type.
    case notMapped
    /// A member of the policy's scope, or of its objectives, was not said and has no default.
    case clarify([Clarification])
    case refuse(Problem)
}
