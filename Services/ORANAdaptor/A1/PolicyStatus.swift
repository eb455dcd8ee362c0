package import JSONSchema

/// What a RIC says about the enforcement of a policy, A1TD `PolicyStatusObject`.
package struct PolicyStatus: Sendable, Equatable, Codable {
    package enum Enforcement: String, Sendable, Codable {
        case enforced = "ENFORCED"
        case notEnforced = "NOT_ENFORCED"
        /// The RIC says nothing.
        case undefined = "UNDEFINED"
    }

    package var enforcement: Enforcement
    /// `SCOPE_NOT_APPLICABLE`, `STATEMENT_NOT_APPLICABLE` or `OTHER_REASON`.
    package var reason: String?

    package static let undefined = PolicyStatus(enforcement: .undefined)

    package init(enforcement: Enforcement, reason: String? = nil) {
        self.enforcement = enforcement
        self.reason = reason
    }

    /// Tolerates a document encoded twice, empty members (the O-RAN SC simulator before anything is known) and the near-RT RIC's
    /// own `instance_status`.
    package init(_ value: JSONValue) {
        var value = value
        if let text = value.string, let inner = try? JSONValue(parsing: text) { value = inner }
        let word = value["enforceStatus"]?.string ?? value["enforcementStatus"]?.string ?? value["instance_status"]?.string ?? value["status"]?.string ?? ""
        let reason = (value["enforceReason"] ?? value["enforcementReason"])?.string.flatMap { $0.isEmpty ? nil : $0 }
        switch word.uppercased() {
        case "ENFORCED", "IN EFFECT": self.init(enforcement: .enforced)
        case "NOT_ENFORCED", "NOT ENFORCED", "NOT IN EFFECT": self.init(enforcement: .notEnforced, reason: reason)
        default: self.init(enforcement: .undefined, reason: reason)
        }
    }

    /// Whether waiting cannot change it. `OTHER_REASON` is also what a RIC says while it still works on it.
    package var isSettled: Bool {
        switch self.enforcement {
        case .enforced: true
        case .notEnforced: self.reason == "SCOPE_NOT_APPLICABLE" || self.reason == "STATEMENT_NOT_APPLICABLE"
        case .undefined: false
        }
    }
}
