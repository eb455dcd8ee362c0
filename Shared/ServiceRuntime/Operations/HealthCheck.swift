/// Something a service depends on, and how to ask whether it is there.
package struct HealthCheck: Sendable {
    package let name: String
    /// Without it the service is not ready. Otherwise it works on, degraded.
    package let isRequired: Bool
    package let timeout: Duration
    /// Returns when the dependency is there, with what is to be said about it, if anything; throws what is wrong otherwise.
    package let probe: @Sendable () async throws -> String?

    package init(_ name: String, isRequired: Bool = true, timeout: Duration = .seconds(1), probe: @escaping @Sendable () async throws -> Void) {
        self.name = name
        self.isRequired = isRequired
        self.timeout = timeout
        self.probe = {
            try await probe()
            return nil
        }
    }

    /// Something the service works without; what there is to say about it is said in `/health`.
    package init(_ name: String, saying note: @escaping @Sendable () -> String?) {
        self.name = name
        self.isRequired = false
        self.timeout = .seconds(1)
        self.probe = { note() }
    }

    /// Whether the dependency is there, whatever is to be said about it.
    package func holds() async -> Bool {
        do {
            _ = try await self.probe()
            return true
        } catch {
            return false
        }
    }
}
