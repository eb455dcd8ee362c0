/// A policy that a RIC is to hold, as it was last put in place.
struct DesiredPolicy: Codable, Sendable, Equatable {
    let policyType: String
    let policyId: String
    /// Canonical JSON text, of the standard type.
    let document: String
    /// The intent that put it, or `by hand`.
    let origin: String
}
