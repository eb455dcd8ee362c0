/// The RICs that are known, as whoever plans and whoever operates sees them.
package struct RICOverview: Sendable, Equatable, Encodable {
    package struct Service: Sendable, Equatable, Encodable {
        package let url: String
        package let state: RICSession.State
        /// Why it is unavailable, or may know other RICs.
        package let detail: String?
    }

    /// In the order of the setting, then by name.
    package let rics: [RICSession.Report]
    /// Why there may be others: nobody knows a RIC of the management service. Nil when somebody does.
    package let incomplete: String?
    /// True where planning for all RICs does better to wait, because it may name them at any moment; nil otherwise.
    package let awaited: Bool?
    /// The A1 Policy Management Service; nil where none is configured.
    package let managementService: Service?
}
