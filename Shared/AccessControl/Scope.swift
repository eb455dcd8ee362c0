/// What a key may do. `admin` includes the others.
package enum Scope: String, Codable, Sendable, CaseIterable {
    case intentsRead = "intents:read"
    case intentsWrite = "intents:write"
    case intentsApprove = "intents:approve"
    case metricsRead = "metrics:read"
    case admin
}
