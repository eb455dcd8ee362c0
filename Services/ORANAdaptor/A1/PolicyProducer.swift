package import JSONSchema

/// One RIC as a holder of policies, whichever interface leads to it: A1-P, the A1 Policy Management Service, or either
/// through templates. One method per operation; no retries, no cache.
package protocol PolicyProducer: Sendable {
    var ric: RIC { get }
    /// Identifiers of the types the RIC offers.
    func policyTypes() async throws(A1Error) -> [String]
    func policyType(_ id: String) async throws(A1Error) -> PolicyType
    /// Identifiers of the policies of one type.
    func policies(of type: String) async throws(A1Error) -> [String]
    /// Nil when there is none.
    func policy(_ id: String, of type: String) async throws(A1Error) -> JSONValue?
    /// Creates or replaces; true when it did not exist before.
    ///
    /// - Parameter notificationDestination: where the RIC is to tell changes of the status; ignored by interfaces that cannot.
    func put(_ document: JSONValue, as id: String, of type: String, notificationDestination: String?) async throws(A1Error) -> Bool
    /// False when there was none.
    func delete(_ id: String, of type: String) async throws(A1Error) -> Bool
    /// Nil when the RIC has no status for it.
    func status(of id: String, of type: String) async throws(A1Error) -> PolicyStatus?
}
