/// Answer of `GET /health`.
package struct HealthReport: Codable, Sendable {
    package struct Dependency: Codable, Sendable {
        package enum State: String, Codable, Sendable { case up, down }
        package var name: String
        package var state: State
        package var required: Bool
        package var latencyMs: Double
        package var detail: String?
    }

    /// `ok`; `degraded` when something optional is down; `unavailable` when the service is not ready.
    package var status: String
    package var service: String
    package var version: String
    package var colour: String
    package var environment: String
    package var uptimeSeconds: Double
    package var dependencies: [Dependency]
}
