/// Which RICs and managed elements there are, and what they hold. The oran-adaptor knows.
package protocol RICDirectory: Sendable {
    /// - Throws: ``RICsAwaited``
    func rics() async throws -> [RICInfo]
    /// Why there may be RICs besides these, which get nothing of what is planned now; nil when there are none.
    func unnamed() async throws -> String?
    /// Every policy of the RICs that answer.
    func policies() async throws -> [PolicyReference]
    /// A policy's document as JSON text; nil when the RIC has none or does not answer.
    func document(of policy: PolicyReference) async throws -> String?
    /// Names of the managed elements that are configured over O1.
    func elements() async throws -> [String]
    /// What an element has of a class of the NRM: attributes as JSON text, by identifier, which is a distinguished name but for RRMPolicyRatio.
    func objects(of element: String, class name: String) async throws -> [String: String]
}

extension RICDirectory {
    package func unnamed() async throws -> String? { nil }
}

package struct RICInfo: Sendable, Equatable {
    package var name: String
    /// False while it does not answer; its types are then the last known, perhaps none.
    package var available: Bool
    package var policyTypes: [String]

    package init(name: String, available: Bool = true, policyTypes: [String]) {
        self.name = name
        self.available = available
        self.policyTypes = policyTypes
    }
}

package struct PolicyReference: Sendable, Equatable {
    package var ric: String
    package var policyType: String
    package var policyId: String

    package init(ric: String, policyType: String, policyId: String) {
        self.ric = ric
        self.policyType = policyType
        self.policyId = policyId
    }
}
