/// Something a service depends on, and how to ask whether it is there.
package struct HealthCheck: Sendable {
    package let name: String
    /// Without it the service is not ready. Otherwise it works on, degraded.
    package let isRequired: Bool
    package let timeout: Duration
    /// Returns when the dependency is there, throws what is wrong otherwise.
    package let probe: @Sendable () async throws -> Void

    package init(_ name: String, isRequired: Bool = true, timeout: Duration = .seconds(1), probe: @escaping @Sendable () async throws -> Void) {
        self.name = name
        self.isRequired = isRequired
        self.timeout = timeout
        self.probe = probe
    }
}
